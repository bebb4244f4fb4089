//! Devices: seen by staff, counted against the plan, signed out by their own member.

use kit::Span;
use serde_json::json;
use testkit::engines;

use super::Scene;
use crate::support::{Browser, Page, TestSite};

/// A device of somebody, signed in as its own app would.
pub struct Device {
    kind: &'static str,
    token: String,
}

impl Device {
    pub async fn signed_in(scene: &Scene, (name, password): (&str, &str), device: &str) -> Self {
        let who = format!(r#"Client="Test", Device="{device}", DeviceId="{device}", Version="1""#);
        let outside = &scene.site.outside;
        let (url, header) = match scene.kind {
            "emby" => (
                outside.emby("/emby/Users/AuthenticateByName"),
                ("x-emby-authorization", format!("Emby UserId=\"\", {who}")),
            ),
            _ => (
                outside.jellyfin("/Users/AuthenticateByName"),
                ("authorization", format!("MediaBrowser {who}")),
            ),
        };
        let body = json!({ "Username": name, "Pw": password });
        let (status, answer) = outside.call_as("POST", &url, &[header], Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        Self {
            kind: scene.kind,
            token: answer["AccessToken"].as_str().unwrap().to_owned(),
        }
    }

    pub async fn is_signed_in(&self, site: &TestSite) -> bool {
        let outside = &site.outside;
        let (url, header) = match self.kind {
            "emby" => (
                outside.emby("/emby/System/Info"),
                ("x-emby-token", self.token.clone()),
            ),
            _ => (
                outside.jellyfin("/Users/Me"),
                (
                    "authorization",
                    format!("MediaBrowser Token=\"{}\"", self.token),
                ),
            ),
        };
        outside.call_as("GET", &url, &[header], None).await.0 == 200
    }
}

/// The addresses of the forms that sign a device out, in the order of the page.
fn sign_outs(page: &Page) -> Vec<String> {
    let parts = page.body.split("action=\"/account/devices/").skip(1);
    parts
        .filter_map(|part| part.split('"').next())
        .map(|rest| format!("/account/devices/{rest}"))
        .collect()
}

pub const MARA: (&str, &str) = ("mara", "a quiet evening");

/// Checklist: C11
#[tokio::test]
async fn a_member_over_the_limit_of_devices_chooses_which_one_goes() {
    for kind in ["emby", "jellyfin"] {
        for engine in engines().await {
            let mut scene = Scene::limited(&engine, kind, Some("1")).await;
            let phone = Device::signed_in(&scene, MARA, "phone").await;
            scene.site.outside.advance(Span::minutes(5)).await;
            let television = Device::signed_in(&scene, MARA, "television").await;
            let page = scene.mara.get("/account/devices").await;
            assert!(
                page.body.contains("2 of the 1 devices"),
                "{kind}: {}",
                page.body
            );
            assert!(page.body.contains("That is one too many."), "{kind}");
            let account = scene.mara.get("/account").await;
            assert!(account.body.contains("That is one too many."), "{kind}");

            let buttons = sign_outs(&page);
            assert_eq!(buttons.len(), 2, "{kind}: {}", page.body);
            let mut stranger = Browser::of(&scene.site, &scene.site.account("Jonas").await).await;
            assert_eq!(stranger.post(&buttons[1], &[]).await.status, 404);
            assert!(phone.is_signed_in(&scene.site).await);

            // The answer of the server is lost, and it is looked at instead.
            scene
                .fault(json!({ "kind": "drop_answer", "method": "DELETE", "path": "/Devices", "times": 1 }))
                .await;
            let gone = scene.mara.post(&buttons[1], &[]).await;
            assert_eq!(gone.status, 303, "{kind}: {}", gone.body);
            assert!(!phone.is_signed_in(&scene.site).await, "{kind}");
            assert!(television.is_signed_in(&scene.site).await, "{kind}");
            let page = scene.mara.get("/account/devices").await;
            assert!(page.body.contains("1 of the 1 devices"), "{}", page.body);
            scene.site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn a_device_that_somebody_else_uses_is_not_signed_out() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine, "jellyfin").await;
        let own = Device::signed_in(&scene, MARA, "living room").await;
        let other = ("ottoline", "ottoline-password");
        let others = Device::signed_in(&scene, other, "living room").await;
        let page = scene.mara.get("/account/devices").await;
        let refused = scene.mara.post(&sign_outs(&page)[0], &[]).await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.body.contains("Somebody else uses living room"),
            "{}",
            refused.body
        );
        assert!(own.is_signed_in(&scene.site).await && others.is_signed_in(&scene.site).await);
    }
}

/// Checklist: G37
#[tokio::test]
async fn staff_see_the_devices_of_every_server_with_their_last_user() {
    for kind in ["emby", "jellyfin"] {
        for engine in engines().await {
            let scene = Scene::open(&engine, kind).await;
            Device::signed_in(&scene, MARA, "attic").await;
            let chief = scene.site.administrator("Robin").await;
            let mut office = Browser::of(&scene.site, &chief).await;
            let asked = office.post("/office/devices/read", &[]).await;
            assert_eq!(asked.status, 303);
            scene.site.hear().await;
            let all = office.get("/office/devices").await;
            let name = if kind == "emby" { "Zenith" } else { "Aurora" };
            for words in ["attic", "Test", name, "Mara", "mara"] {
                assert!(all.body.contains(words), "{kind}: {words}: {}", all.body);
            }
            for (words, is_found) in [("att", true), ("MARA", true), ("cellar", false)] {
                let found = office.get(&format!("/office/devices?q={words}")).await;
                assert_eq!(found.body.contains("attic"), is_found, "{kind}: {words}");
            }
        }
    }
}

/// Checklist: G37
#[tokio::test]
async fn a_licence_that_runs_out_of_devices_is_told_while_some_are_free() {
    for engine in engines().await {
        let scene = Scene::open(&engine, "emby").await;
        let chief = scene.site.administrator("Robin").await;
        let mut office = Browser::of(&scene.site, &chief).await;
        let path = format!("/office/servers/{}", scene.share.server_id);
        let mut set_licence = async |licensed: bool| {
            let mut fields = vec![
                ("name", "Zenith"),
                ("public_address", "https://emby.example.org"),
                ("enabled", "on"),
                ("takes_members", "on"),
            ];
            if licensed {
                fields.push(("licensed", "on"));
            }
            let saved = office.post(&format!("{path}/edit"), &fields).await;
            assert_eq!(saved.status, 303, "{}", saved.body);
            let asked = office.post("/office/devices/read", &[]).await;
            assert_eq!(asked.status, 303);
            scene.site.hear().await;
            let page = office.get(&path).await.body;
            assert!(page.contains("Devices that its licence counts"), "{page}");
            scene.site.wants("devices_full").await.len()
        };
        for nth in 0..23 {
            Device::signed_in(&scene, MARA, &format!("room {nth}")).await;
        }
        assert_eq!(set_licence(false).await, 1, "23 of 25");
        assert_eq!(set_licence(true).await, 0, "23 of 75");
        scene.site.assert_no_failures().await;
    }
}
