//! Moves that have to do with Plex, where people are invited and accept.

use flows::told_at_once::platform_account;
use kit::Span;
use lists::moves::Chosen;
use media::identity::Proven;
use media::moving::{self, Stand};
use media::platform::PlatformAccount;
use media::{Level, RemoteRef};
use serde_json::json;
use testkit::engines;

use super::scene::{Scene, another_jellyfin, newcomer};
use crate::plex::{add_polaris, add_server, person};
use crate::support::{Browser, TestSite};

/// Checklist: G33
#[tokio::test]
async fn members_go_from_emby_to_plex_and_back() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up_on("emby").await;
        newcomer(&site, &shop, "Mara").await;
        let noor = json!({ "accounts": [{ "name": "noor", "id": 2100 }] });
        let url = site.outside.plex_tv("/_control/seed");
        site.outside.call("POST", &url, Some(noor)).await;
        let chief = site.administrator("Robin").await;
        let target = add_polaris(&site, &mut Browser::of(&site, &chief).await).await;
        let mut scene = Scene {
            source: shop.server.clone(),
            target,
            borealis: another_jellyfin(&site).await,
            site,
            shop,
        };
        let id = scene.begin().await;
        assert_eq!(scene.progress(&id).await.of(Stand::Asked), 1);
        show_plex_account(&scene.site, "Mara").await;
        assert_eq!(scene.progress(&id).await.of(Stand::Invited), 1);
        assert!(
            scene.is_open("Mara", &scene.source).await,
            "kept until they accept"
        );
        person(&scene.site, json!({ "person": "noor", "action": "accept" })).await;
        scene.site.advance(Span::hours(2)).await;
        assert_eq!(scene.progress(&id).await.of(Stand::Moved), 1);
        assert!(scene.is_open("Mara", &scene.target).await);
        assert_eq!(scene.level("Mara", &scene.source).await, Some(Level::Ended));

        std::mem::swap(&mut scene.source, &mut scene.target);
        let preview = scene.foreseen(false, &Chosen::Everybody).await;
        assert_eq!(preview.prospects[0].outlook, moving::Outlook::Restored);
        let back = scene.begin().await;
        scene.later().await;
        assert_eq!(scene.progress(&back).await.of(Stand::Moved), 1);
        assert!(scene.is_open("Mara", &scene.target).await, "back on Emby");
        scene.site.assert_no_failures().await;
    }
}

async fn show_plex_account(site: &TestSite, who: &str) {
    let member = site.member(who).await;
    let proven = Proven {
        platform: "plex".to_owned(),
        account: PlatformAccount {
            id: RemoteRef::new("2100"),
            name: "noor".to_owned(),
            email: None,
            confirmed: true,
            has_pass: false,
            most_people: None,
        },
        key: None,
    };
    let vault = &site.house.tools.vault;
    site.change(async |tx| {
        platform_account::link(tx, vault, &member, &proven)
            .await
            .unwrap();
    })
    .await;
}

/// Checklist: G33
#[tokio::test]
async fn after_a_plex_server_is_replaced_everybody_is_invited_to_the_new_one_and_reminded() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        site.settings().await;
        let noor = json!({ "accounts": [{ "name": "noor", "id": 2100 }] });
        let url = site.outside.plex_tv("/_control/seed");
        site.outside.call("POST", &url, Some(noor)).await;
        let robin = site.administrator("Robin").await;
        let mut chief = Browser::of(&site, &robin).await;
        let source = add_polaris(&site, &mut chief).await;
        let shop = site.set_up_with(source.clone()).await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        show_plex_account(&site, "Mara").await;
        site.hear().await;
        person(&site, json!({ "person": "noor", "action": "accept" })).await;
        site.advance(Span::hours(2)).await;
        // Hours later, a grave step asks for a sign-in of now.
        let mut chief = Browser::of(&site, &robin).await;
        let target = add_server(&site, &mut chief, "bram", "Vega").await;
        let scene = Scene {
            borealis: another_jellyfin(&site).await,
            source,
            target,
            site,
            shop,
        };
        let site = &scene.site;
        assert!(scene.is_open("Mara", &scene.source).await);
        let told = site.letters("invitation_waiting").await.len();

        let id = scene.begin_of(true, &Chosen::Everybody).await;
        assert_eq!(scene.progress(&id).await.of(Stand::Invited), 1);
        let page = chief.get(&format!("/office/moves/{id}")).await.body;
        assert!(page.contains("Invited, not accepted"), "{page}");
        let again = async || site.letters("invitation_waiting").await.len() - told;
        assert_eq!(again().await, 1, "invited at once");
        site.advance(Span::days(2)).await;
        assert_eq!(again().await, 1);
        site.advance(Span::days(2)).await;
        assert_eq!(again().await, 2, "reminded after three days");

        person(site, json!({ "person": "noor", "action": "accept" })).await;
        site.advance(Span::hours(2)).await;
        assert_eq!(scene.progress(&id).await.of(Stand::Moved), 1);
        assert!(scene.is_open("Mara", &scene.target).await);
        site.assert_no_failures().await;
    }
}
