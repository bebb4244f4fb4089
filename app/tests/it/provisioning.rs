//! Provisioning: whatever the server does, who has paid is let in as soon as it can be, everybody knows why not
//! yet, and users that are not ours are never touched.

use kit::{Actor, Span};
use media::credentials::{self, Credentials};
use media::server::Choices;
use media::share::{self, Share};
use serde_json::{Value, json};
use testkit::{TestDb, engines};

use crate::support::{Shop, TestSite};

const BOTH: [&str; 2] = ["Movies", "Series"];
const KEY: &str = r#"MediaBrowser Token="standin-jellyfin-key""#;

async fn shop(on: &TestDb) -> (TestSite, Shop, Vec<String>) {
    let site = TestSite::on(on).await;
    let shop = site.set_up().await;
    let foreign = foreign_users(&site).await;
    (site, shop, foreign)
}

/// Everything about the users that were there before us, as it is written.
async fn foreign_users(site: &TestSite) -> Vec<String> {
    let state = site.outside.jellyfin_state().await;
    let users = state["users"].as_array().cloned().unwrap_or_default();
    let before = ["admin", "template", "ottoline", "Jonas Feld", "grandma"];
    let kept = |user: &&Value| before.contains(&user["name"].as_str().unwrap_or_default());
    users.iter().filter(kept).map(Value::to_string).collect()
}

async fn the_share(site: &TestSite) -> Share {
    let member = site.member("Mara").await;
    let mut all = share::list_of_member(&site.house.db, &member)
        .await
        .expect("read");
    all.remove(0)
}

async fn assert_in(site: &TestSite, foreign: &[String], what: &str) {
    assert_eq!(site.opened("mara").await, BOTH, "{what}");
    let token = site
        .outside
        .jellyfin_sign_in("mara", "a quiet evening")
        .await;
    assert!(token.is_some(), "{what}: with the password that was chosen");
    assert_eq!(
        site.wants("paid_not_in").await.len(),
        0,
        "{what}: the line goes"
    );
    assert_eq!(site.live_grants("Mara").await, 1, "{what}");
    assert_eq!(
        foreign_users(site).await,
        foreign,
        "{what}: others are untouched"
    );
}

#[tokio::test]
async fn a_server_that_fails_is_shown_with_reason_and_next_try_and_recovers() {
    let faults = [
        json!({ "kind": "refuse" }),
        json!({ "kind": "status", "status": 500 }),
        json!({ "kind": "status", "status": 401 }),
        json!({ "kind": "status", "status": 404 }),
        json!({ "kind": "refuse", "path": "/Policy" }),
        json!({ "kind": "status", "status": 500, "path": "/Users/New" }),
    ];
    for engine in engines().await {
        for fault in &faults {
            let (site, shop, foreign) = shop(&engine.fresh().await).await;
            site.outside.jellyfin_fault(fault.clone()).await;
            site.buy("Mara", &shop, &shop.month).await.expect("bought");
            site.news().await;
            assert_eq!(site.live_grants("Mara").await, 1, "{fault}: paid is paid");
            let wants = site.wants("paid_not_in").await;
            assert_eq!(wants.len(), 1, "{fault}: the operator is told");
            let why = wants[0]
                .detail
                .as_ref()
                .map(kit::Text::in_english)
                .unwrap_or_default();
            assert!(why.len() > 15, "{fault}: with the reason: {why}");
            let share = the_share(&site).await;
            let target = upkeep::find(&site.house.db, share::TARGET_KIND, share.id.as_str()).await;
            let target = target.expect("read").expect("is kept");
            assert!(target.reason.is_some(), "{fault}: on the member's page too");
            assert!(
                target.next_try_at > site.world.now() || target.next_try_at.is_never(),
                "{fault}"
            );

            site.outside.no_faults().await;
            site.stride(Span::minutes(30)).await;
            site.stride(Span::minutes(61)).await;
            assert_in(&site, &foreign, &fault.to_string()).await;
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_late_or_never_comes_makes_no_second_user() {
    let faults = [
        json!({ "kind": "delay", "ms": 400 }),
        json!({ "kind": "silent", "path": "/Users/New", "times": 1 }),
        json!({ "kind": "drop_answer", "path": "/Users/New", "times": 1 }),
        json!({ "kind": "drop_answer", "path": "/Policy", "times": 2 }),
    ];
    for engine in engines().await {
        for fault in &faults {
            let (site, shop, foreign) = shop(&engine.fresh().await).await;
            site.outside.jellyfin_fault(fault.clone()).await;
            site.buy("Mara", &shop, &shop.month).await.expect("bought");
            site.news().await;
            site.news().await;
            assert_in(&site, &foreign, &fault.to_string()).await;
            let state = site.outside.jellyfin_state().await;
            assert_eq!(state["user_count"], foreign.len() + 1, "{fault}: one user");
            site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn a_name_that_somebody_else_has_is_not_taken_over() {
    for engine in engines().await {
        let (site, shop, foreign) = shop(&engine).await;
        let seed = json!({ "users": [{ "name": "Mara", "password": "somebody else's", "libraries": ["Music"] }] });
        let url = site.outside.jellyfin("/_control/seed");
        site.outside.call("POST", &url, Some(seed)).await;
        let theirs = site.outside.jellyfin_user("mara").await.expect("is there");
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.news().await;
        assert_eq!(
            site.letters("choose_media_password").await.len(),
            1,
            "asked to choose"
        );

        let share = the_share(&site).await;
        let other = Credentials::parse("mara.b", "a quiet evening").expect("fits");
        let vault = site.house.tools.vault.clone();
        site.change(async |tx| {
            credentials::choose(tx, &vault, &share.id, &other)
                .await
                .expect("is free")
        })
        .await;
        site.news().await;
        assert_eq!(site.opened("mara.b").await, BOTH);
        let now = site.outside.jellyfin_user("mara").await.expect("is there");
        let mut policy = now["policy"].clone();
        // We tried once whether the name is the member's own; the server counts that, and nothing else changed.
        policy["InvalidLoginAttemptCount"] = json!(0);
        let mut before = theirs["policy"].clone();
        before["InvalidLoginAttemptCount"] = json!(0);
        assert_eq!(policy.to_string(), before.to_string(), "byte by byte");
        assert_eq!(now["libraries"], theirs["libraries"]);
        assert_eq!(now["password"], theirs["password"]);
        assert_eq!(foreign_users(&site).await, foreign);
    }
}

#[tokio::test]
async fn two_members_cannot_choose_the_same_name() {
    for engine in engines().await {
        let (site, shop, _) = shop(&engine).await;
        site.begin_checkout("Mara", &shop, &shop.month)
            .await
            .expect("begun");
        let pages = site.outside.at_stripe("checkout.session").await.len();
        let refused = site.begin_as("Nils", "mara", &shop, &shop.month).await;
        let why = refused.expect_err("the name is hers");
        assert!(why.contains("taken"), "{why}");
        assert_eq!(
            site.outside.at_stripe("checkout.session").await.len(),
            pages,
            "before money"
        );
    }
}

/// Checklist: G13
#[tokio::test]
async fn a_full_house_refuses_before_money_is_taken() {
    for engine in engines().await {
        let (site, shop, _) = shop(&engine).await;
        let server = media::server::find(&site.house.db, &shop.server)
            .await
            .expect("read")
            .expect("is there");
        let one = Choices {
            ceiling: Some(1),
            ..Choices::of(&server)
        };
        site.change(async |tx| {
            media::server::change(tx, &shop.server, one)
                .await
                .expect("changed")
        })
        .await;
        // An open page holds the place.
        let (_, page) = site
            .begin_checkout("Mara", &shop, &shop.month)
            .await
            .expect("one place");
        let pages = site.outside.at_stripe("checkout.session").await.len();
        let refused = site.begin_checkout("Nils", &shop, &shop.month).await;
        let why = refused.expect_err("there is no room");
        assert!(why.len() > 20, "the reason is said: {why}");
        assert_eq!(
            site.outside.at_stripe("checkout.session").await.len(),
            pages,
            "no page, no money"
        );
        site.outside.pay(&page, "4242424242424242").await;
        site.news().await;
        assert_eq!(site.opened("mara").await, BOTH);
        assert!(
            site.begin_checkout("Nils", &shop, &shop.month)
                .await
                .is_err()
        );
        site.assert_no_failures().await;
    }
}

async fn behind_our_back(site: &TestSite, method: &str, path: &str, body: Option<Value>) {
    let headers = [("authorization", KEY.to_owned())];
    let url = site.outside.jellyfin(path);
    let (status, answer) = site.outside.call_as(method, &url, &headers, body).await;
    assert!(status < 300, "{method} {path}: {status} {answer}");
}

/// Checklist: G28, M05
#[tokio::test]
async fn what_was_changed_behind_our_back_is_put_right_within_the_hour_or_at_once_by_hand() {
    for engine in engines().await {
        let (site, shop, foreign) = shop(&engine).await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.news().await;
        let user = site.outside.jellyfin_user("mara").await.expect("is there");
        let path = format!("/Users/{}/Policy", user["id"].as_str().expect("an id"));
        let mut wide = user["policy"].clone();
        wide["EnableAllFolders"] = json!(true);

        behind_our_back(&site, "POST", &path, Some(wide.clone())).await;
        assert!(site.opened("mara").await.len() > 2);
        site.stride(Span::minutes(61)).await;
        assert_in(&site, &foreign, "by the hour").await;

        behind_our_back(&site, "POST", &path, Some(wide)).await;
        let share = the_share(&site).await;
        site.change(async |tx| {
            upkeep::look_again(tx, share::TARGET_KIND, share.id.as_str())
                .await
                .expect("woken")
        })
        .await;
        assert_in(&site, &foreign, "by hand").await;
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn a_user_deleted_behind_our_back_is_chosen_anew() {
    for engine in engines().await {
        let (site, shop, foreign) = shop(&engine).await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.news().await;
        let user = site.outside.jellyfin_user("mara").await.expect("is there");
        let path = format!("/Users/{}", user["id"].as_str().expect("an id"));
        behind_our_back(&site, "DELETE", &path, None).await;
        site.stride(Span::minutes(61)).await;
        assert!(
            site.outside.jellyfin_user("mara").await.is_none(),
            "no user without a password"
        );
        assert_eq!(
            site.letters("choose_media_password").await.len(),
            1,
            "asked to choose"
        );

        let share = the_share(&site).await;
        let again = Credentials::parse("mara", "a quiet evening").expect("fits");
        let vault = site.house.tools.vault.clone();
        let mut tx = site.house.db.begin(Actor::console()).await.expect("begun");
        credentials::choose(&mut tx, &vault, &share.id, &again)
            .await
            .expect("chosen");
        tx.save().await.expect("saved");
        site.news().await;
        assert_in(&site, &foreign, "chosen anew").await;
        site.assert_no_failures().await;
    }
}
