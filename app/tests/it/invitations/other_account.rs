//! Members who must give another Plex account: held up until they have, then invited with it.

use media::account_change;
use media::share::ShareState;
use people::identity;
use serde_json::json;
use testkit::engines;

use crate::plex::{Scene, allow_newest};
use crate::support::Browser;

/// Mara watches as `noor`, who is in.
async fn with_mara(scene: &Scene) {
    let (site, shop) = (&scene.site, &scene.shop);
    let second = json!({ "accounts": [{ "name": "noor.two", "id": 2101 }] });
    let url = site.outside.plex_tv("/_control/seed");
    site.outside.call("POST", &url, Some(second)).await;
    site.buy("Mara", shop, &shop.month).await.expect("bought");
    site.hear().await;
    scene.sign_in("Mara", "noor", true).await;
    site.hear().await;
    assert_eq!(scene.share("Mara").await.state, ShareState::InPlace);
}

/// Mara comes with an account of Plex; answers the page that she is shown at last.
async fn give(scene: &Scene, browser: &mut Browser, person: &str) -> (u16, String) {
    let begun = browser
        .post("/account/other-account", &[("accepts", "yes")])
        .await;
    assert_eq!(begun.status, 303, "{}", begun.body);
    allow_newest(&scene.site, person).await;
    let back = browser.get(begun.location()).await;
    (back.status, back.body)
}

/// Checklist: B23, J10
#[tokio::test]
async fn a_member_who_is_asked_gives_another_account_and_is_invited_with_it() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        with_mara(&scene).await;
        let member = scene.site.member("Mara").await;
        let chosen = [
            ("member", member.as_str()),
            ("reason", "Plex closed the account that shared with you."),
        ];
        let office = &mut scene.office;
        let preview = office
            .post("/office/members/other-account", &chosen[..1])
            .await;
        assert!(preview.body.contains("Mara"), "{}", preview.body);
        let asked = office
            .post("/office/members/other-account/ask", &chosen)
            .await;
        assert_eq!(asked.status, 303, "{}", asked.body);
        let site = &scene.site;
        site.run_jobs().await;
        assert_eq!(site.letters("give_other_account").await.len(), 1);

        let account = site.account("Mara").await;
        let mut browser = Browser::of(site, &account).await;
        let page = browser.get("/account").await.body;
        assert!(page.contains("Please give another Plex account"), "{page}");
        let (status, same) = give(&scene, &mut browser, "noor").await;
        assert_eq!(status, 422);
        assert!(same.contains("cannot be used here any longer"), "{same}");
        assert_eq!(give(&scene, &mut browser, "noor.two").await.0, 303);
        site.hear().await;

        assert!(scene.guest("noor").await.is_none(), "the former one is off");
        let guest = scene.guest("noor.two").await.expect("invited");
        assert_eq!(guest["state"], "accepted");
        assert_eq!(guest["sections"], json!(["Movies", "Series"]));
        assert_eq!(scene.share("Mara").await.state, ShareState::InPlace);
        let known = identity::list_of(&site.house.db, &member).await.unwrap();
        let plex: Vec<&str> = known.iter().map(|one| one.label.as_str()).collect();
        assert_eq!(plex, ["noor.two"], "replaced everywhere");
        let open = account_change::open_of(&site.house.db, &member).await;
        assert!(open.unwrap().is_empty());
        let page = browser.get("/account").await.body;
        assert!(!page.contains("Please give another Plex account"), "{page}");
        site.assert_no_failures().await;
    }
}

/// Checklist: B24, J09, J11
#[tokio::test]
async fn who_is_asked_neither_buys_nor_comes_back_before_unless_it_is_switched_off() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        with_mara(&scene).await;
        let gone = json!({ "person": "noor", "action": "leave" });
        scene.person(gone).await;
        scene.site.advance(kit::Span::hours(3)).await;
        let member = scene.site.member("Mara").await;
        let path = format!("/office/members/{member}/other-account");
        let office = &mut scene.office;
        let asked = office.post(&path, &[("reason", "It was closed.")]).await;
        assert_eq!(asked.status, 303, "{}", asked.body);
        let (site, shop) = (&scene.site, &scene.shop);

        let refused = site.buy("Mara", shop, &shop.month).await.unwrap_err();
        assert!(
            refused.contains("Sign in with another one first"),
            "{refused}"
        );
        let account = site.account("Mara").await;
        let mut browser = Browser::of(site, &account).await;
        let page = browser.get("/account").await.body;
        assert!(!page.contains("Invite me again"), "{page}");
        let again = format!("/account/watching/{}/again", scene.share("Mara").await.id);
        assert_eq!(browser.post(&again, &[]).await.status, 422);

        // Switched off as a whole, nobody is held up; the button itself has a switch of its own.
        let settings = [("invite_oneself", "on"), ("version", "0")];
        let saved = scene
            .office
            .post("/office/settings/access", &settings)
            .await;
        assert_eq!(saved.status, 303, "{}", saved.body);
        let page = browser.get("/account").await.body;
        assert!(!page.contains("Please give another Plex account"), "{page}");
        assert!(page.contains("Invite me again"), "{page}");
        let settings = [("account_changes", "on"), ("version", "1")];
        scene
            .office
            .post("/office/settings/access", &settings)
            .await;
        scene.office.post(&format!("{path}/drop"), &[]).await;
        let page = browser.get("/account").await.body;
        assert!(!page.contains("Invite me again"), "{page}");
        assert_eq!(browser.post(&again, &[]).await.status, 422);
        site.buy("Mara", shop, &shop.month)
            .await
            .expect("free again");
    }
}
