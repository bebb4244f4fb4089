//! A server that asks for an account of its platform before anybody new comes in.

use serde_json::{Value, json};
use testkit::engines;

use super::{Scene, share_of};
use crate::support::{Browser, Shop, TestSite};

async fn emby(site: &TestSite) -> Value {
    let url = site.outside.emby("/_control/state");
    site.outside.call("GET", &url, None).await.1
}

fn names(state: &Value) -> Vec<&str> {
    let users = state["users"].as_array().expect("a list");
    users
        .iter()
        .filter_map(|user| user["name"].as_str())
        .collect()
}

/// Ticks it on the server's own form, and keeps the rest of what stands there.
async fn ask_for_accounts(site: &TestSite, shop: &Shop) {
    let chief = site.administrator("Robin").await;
    let mut office = Browser::of(site, &chief).await;
    let path = format!("/office/servers/{}", shop.server);
    let fields = [
        ("name", "Zenith"),
        ("public_address", "https://emby.example.org"),
        ("enabled", "on"),
        ("takes_members", "on"),
        ("licensed", "on"),
        ("needs_account", "on"),
    ];
    let saved = office.post(&format!("{path}/edit"), &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let form = office.get(&format!("{path}/edit")).await.body;
    let tick = form.split("name=\"needs_account\"").nth(1).expect("a tick");
    assert!(
        tick.split('>').next().unwrap().contains("checked"),
        "{tick}"
    );
}

/// Checklist: A06
#[tokio::test]
async fn where_an_account_is_asked_for_nobody_comes_in_without_a_real_one() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up_on("emby").await;
        ask_for_accounts(&site, &shop).await;
        let before = emby(&site).await["user_count"].clone();
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        assert_eq!(
            emby(&site).await["user_count"],
            before,
            "nobody is made yet"
        );
        assert_eq!(site.letters("give_account").await.len(), 1);
        let account = site.account("Mara").await;
        let mut mara = Browser::of(&site, &account).await;
        let mine = mara.get("/account").await.body;
        assert!(mine.contains("Give your Emby Connect account"), "{mine}");
        let path = format!(
            "/account/watching/{}/connect",
            share_of(&site, "Mara").await.id
        );

        let odd = mara.post(&path, &[("name", "noor vos")]).await;
        assert_eq!(odd.status, 422);
        assert!(odd.body.contains("value=\"noor vos\""), "{}", odd.body);
        for (wrong, words) in [
            ("nobody-knows", "knows nobody called"),
            ("new@example.org", "has no account of the address"),
        ] {
            let given = mara.post(&path, &[("name", wrong)]).await;
            assert_eq!(given.status, 303, "{}", given.body);
            site.hear().await;
            let page = mara.get(&path).await.body;
            assert!(page.contains(words), "{page}");
            let state = emby(&site).await;
            assert_eq!(state["user_count"], before, "{wrong}: {:?}", names(&state));
        }
        assert_eq!(
            site.wants("paid_not_in").await.len(),
            0,
            "it is the member's turn"
        );

        let given = mara.post(&path, &[("name", "hedda.lund")]).await;
        assert_eq!(given.status, 303, "{}", given.body);
        site.hear().await;
        let share = share_of(&site, "Mara").await;
        assert!(share.is_open(), "{:?}: {:?}", share.state, share.reason);
        let page = mara.get(&path).await.body;
        assert!(page.contains("waits for your yes"), "{page}");
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn a_lost_answer_about_the_account_makes_no_second_user_and_no_second_mail() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up_on("emby").await;
        ask_for_accounts(&site, &shop).await;
        let before = emby(&site).await["user_count"].as_i64().unwrap();
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        for path in ["/Connect/Link", "/Users/New"] {
            let order =
                json!({ "kind": "drop_answer", "method": "POST", "path": path, "times": 1 });
            let url = site.outside.emby("/_control/faults");
            assert!(site.outside.call("POST", &url, Some(order)).await.0 < 300);
        }
        let account = site.account("Mara").await;
        let mut mara = Browser::of(&site, &account).await;
        let path = format!(
            "/account/watching/{}/connect",
            share_of(&site, "Mara").await.id
        );
        mara.post(&path, &[("name", "hedda.lund")]).await;
        site.hear().await;
        site.advance(kit::Span::minutes(10)).await;
        let (share, state) = (share_of(&site, "Mara").await, emby(&site).await);
        assert!(share.is_open(), "{:?}: {:?}", share.state, share.reason);
        assert_eq!(state["user_count"], before + 1);
        let mails = state["connect_mails"].as_array().map(Vec::len);
        assert_eq!(mails, Some(1), "{state}");
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn who_is_in_stays_in_when_accounts_are_asked_for_later() {
    for engine in engines().await {
        let scene = Scene::open(&engine, "emby").await;
        ask_for_accounts(&scene.site, &scene.shop).await;
        scene.site.advance(kit::Span::hours(2)).await;
        let share = share_of(&scene.site, "Mara").await;
        assert!(share.is_open(), "{:?}: {:?}", share.state, share.reason);
        scene.site.assert_no_failures().await;
    }
}
