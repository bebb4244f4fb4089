//! The same by a program of staff: scans, subtitles and devices, seen at the server as its own calls.

use media::device;
use people::role::Permission;
use serde_json::{Value, json};
use testkit::engines;

use super::Scene;
use super::devices::{Device, MARA};
use crate::programs::Program;
use crate::support::Browser;

const FILE: &str = "1\n00:00:01,000 --> 00:00:02,500\nSchöne Grüße!\n";

async fn librarian(scene: &Scene) -> Program<'_> {
    let scopes = [Permission::LibrariesSee, Permission::LibrariesChange];
    Program::of(&scene.site, "Chief", &scopes).await
}

/// The first film of a library, as the server lists it.
async fn film(robin: &Program<'_>, library: &str) -> Value {
    let all = robin.get(&format!("libraries/{library}/items")).await;
    let rows = all["data"].as_array().unwrap();
    rows.iter()
        .find(|row| row["kind"] == "video")
        .unwrap()
        .clone()
}

/// Checklist: J10
#[tokio::test]
async fn a_program_has_a_film_and_a_folder_scanned_on_every_kind_of_server() {
    for kind in ["jellyfin", "emby", "plex"] {
        for engine in engines().await {
            let scene = Scene::open(&engine, kind).await;
            let robin = librarian(&scene).await;
            let library = scene.library("Movies").await;
            let film = film(&robin, &library).await;
            let order = json!({"library_id": library, "item_id": film["id"]});
            let (status, asked) = robin.ask("POST", "scans", Some(order.clone())).await;
            assert_eq!(
                (status, &asked["state"]),
                (201, &json!("asked")),
                "{kind}: {asked}"
            );
            assert_eq!(asked["title"], film["title"], "{kind}");
            scene.site.run_jobs().await;
            let path = format!("scans/{}", asked["id"].as_str().unwrap());
            assert_eq!(robin.get(&path).await["state"], "scanning", "{kind}");

            let outside = json!({"library_id": library, "path": "/etc"});
            let (status, refused) = robin.ask("POST", "scans", Some(outside)).await;
            assert_eq!(status, 422, "{kind}: {refused}");
            assert!(refused["errors"]["path"].is_array(), "{kind}: {refused}");
            let neither = json!({"library_id": library});
            assert_eq!(robin.ask("POST", "scans", Some(neither)).await.0, 422);
            let folder = json!({"library_id": library, "path": "Season 2"});
            let (status, asked) = robin.ask("POST", "scans", Some(folder)).await;
            assert_eq!(status, 201, "{kind}: {asked}");
            let mara = scene.site.member("Mara").await;
            let (server, item) = (&scene.shop.server, film["id"].as_str().unwrap());
            let there = format!("{}?library={library}", scene.path("missing"));
            let account = scene.site.account("Mara").await;
            let mut browser = Browser::of(&scene.site, &account).await;
            let asked = browser.post(&there, &[("item", item)]).await;
            assert_eq!(asked.status, 303, "{kind}: {}", asked.body);
            let path = format!("scans?member_id={mara}&server_id={server}");
            let hers = robin.get(&path).await;
            assert_eq!(hers["data"][0]["title"], film["title"], "{kind}: {hers}");
            let all = robin.get("scans").await;
            assert_eq!(
                all["data"].as_array().map(Vec::len),
                Some(2),
                "{kind}: {all}"
            );
        }
    }
}

/// Checklist: J13
#[tokio::test]
async fn a_program_gives_a_film_subtitles_once() {
    for engine in engines().await {
        let scene = Scene::open(&engine, "jellyfin").await;
        let robin = librarian(&scene).await;
        let library = scene.library("Movies").await;
        let film = film(&robin, &library).await;
        let give = |file: &str| json!({"library_id": library, "item_id": film["id"], "language": "de", "file": file});
        let wrong = Some(give("%PDF-1.7 nothing"));
        let (status, refused) = robin.ask("POST", "subtitles", wrong).await;
        assert_eq!(status, 422, "{refused}");
        assert!(refused["errors"]["file"].is_array(), "{refused}");
        let mut ids = Vec::new();
        for _ in 0..2 {
            let (status, given) = robin.ask("POST", "subtitles", Some(give(FILE))).await;
            assert_eq!(status, 201, "{given}");
            ids.push(given["id"].clone());
        }
        assert_eq!(ids[0], ids[1], "the same file is taken once");
        scene.site.run_jobs().await;
        let path = format!("subtitles?server_id={}", scene.shop.server);
        let all = robin.get(&path).await;
        assert_eq!(all["data"][0]["state"], "done", "{all}");
        assert_eq!(scene.orders("subtitles").await.len(), 1, "one upload");
    }
}

/// Checklist: G37
#[tokio::test]
async fn a_program_lists_a_members_devices_and_signs_one_out() {
    for kind in ["emby", "jellyfin"] {
        for engine in engines().await {
            let scene = Scene::open(&engine, kind).await;
            let attic = Device::signed_in(&scene, MARA, "attic").await;
            let sofa = Device::signed_in(&scene, MARA, "sofa").await;
            let servers = scene.site.house.tools.servers();
            device::read(&servers, &scene.shop.server).await.unwrap();
            let scopes = [Permission::MembersSee, Permission::MembersChange];
            let robin = Program::of(&scene.site, "Chief", &scopes).await;
            let mara = scene.site.member("Mara").await;
            let path = format!("devices?member_id={mara}&search=att");
            let all = robin.get(&path).await;
            let device = &all["data"][0];
            assert_eq!(device["name"], "attic", "{kind}: {all}");
            assert_eq!(device["member_id"], json!(mara), "{kind}");
            let path = format!("devices/{}", device["id"].as_str().unwrap());
            let sign_out = format!("{path}/sign-out");
            let (status, gone) = robin.ask("POST", &sign_out, None).await;
            assert_eq!(status, 200, "{kind}: {gone}");
            assert!(!attic.is_signed_in(&scene.site).await, "{kind}");
            assert!(sofa.is_signed_in(&scene.site).await, "{kind}");
            assert_eq!(robin.ask("GET", &path, None).await.0, 404, "{kind}");
        }
    }
}
