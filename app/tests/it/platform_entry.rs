//! Coming in with a Plex account: registering, signing in again, and what opens nothing.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use people::account;
use serde_json::json;
use testkit::{TestDb, engines};

use crate::plex::{add_polaris, allow_newest, person};
use crate::support::{Browser, Page, TestSite};

/// A house with a Plex server that takes only people with a Plex account.
async fn house(on: &TestDb) -> TestSite {
    let site = TestSite::on(on).await;
    site.settings().await;
    let chief = site.administrator("Robin").await;
    let mut office = Browser::of(&site, &chief).await;
    add_polaris(&site, &mut office).await;
    let here = "/office/settings/registration";
    let version = office.get(here).await.hidden("version").expect("a version");
    let typed = [
        ("version", version.as_str()),
        ("open", "on"),
        ("platform_only", "on"),
    ];
    let saved = office.post(here, &typed).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    site
}

/// Presses the button, says yes at Plex, and gives the address that Plex leads back to.
async fn through_plex(site: &TestSite, browser: &mut Browser, who: &str) -> String {
    let begun = browser.post("/sign-in/platform", &[]).await;
    assert_eq!(begun.status, 303, "{}", begun.body);
    let page = begun.location().to_owned();
    assert!(page.starts_with(&site.outside.plex_tv("")), "{page}");
    allow_newest(site, who).await;
    let (_, back) = page.split_once("forwardUrl=").expect("a way back");
    let back = back
        .split('&')
        .next()
        .unwrap()
        .replace("%3A", ":")
        .replace("%2F", "/");
    back.strip_prefix(site.address())
        .expect("to this house")
        .to_owned()
}

async fn come_in(site: &TestSite, browser: &mut Browser, who: &str) -> Page {
    let back = through_plex(site, browser, who).await;
    browser.get(&back).await
}

async fn wouts(site: &TestSite) -> Option<account::Account> {
    let state = crate::plex::plex_state(site).await;
    let all = state["accounts"].as_array().expect("accounts").clone();
    let wout = all
        .iter()
        .find(|one| one["username"] == "wout")
        .expect("at Plex");
    let email = kit::Email::parse(wout["email"].as_str().expect("an address")).unwrap();
    account::find_by_email(&site.house.db, &email)
        .await
        .unwrap()
}

/// Checklist: A05
#[tokio::test]
async fn only_who_has_a_plex_account_registers_and_comes_in_by_it_again() {
    for engine in engines().await {
        let site = house(&engine).await;
        let mut browser = Browser::at(site.address());
        let page = browser.get("/register").await;
        assert!(page.body.contains("Register with Plex"), "{}", page.body);
        assert!(!page.body.contains("type=\"password\""), "{}", page.body);
        let typed = [
            ("name", "Wout"),
            ("email", "wout@elsewhere.example"),
            ("password", "a quiet evening"),
        ];
        let refused = browser.post("/register", &typed).await;
        assert!(
            refused.body.contains("Only people with a Plex account"),
            "{}",
            refused.body
        );

        let came = come_in(&site, &mut browser, "wout").await;
        assert_eq!(came.location(), "/account", "{}", came.body);
        let account = wouts(&site)
            .await
            .expect("registered by the address that Plex knows");
        assert!(account.is_confirmed(), "Plex has confirmed it");
        assert_eq!(browser.get("/account").await.status, 200, "and signed in");

        let mut other = Browser::at(site.address());
        let again = come_in(&site, &mut other, "wout").await;
        assert_eq!(again.location(), "/account", "{}", again.body);
        assert_eq!(wouts(&site).await.expect("the same").id, account.id);
        site.run_jobs().await;
        site.assert_no_failures().await;
    }
}

/// Checklist: A05
#[tokio::test]
async fn a_sign_in_by_plex_opens_nothing_in_another_browser_or_for_somebody_elses_address() {
    for engine in engines().await {
        let site = house(&engine).await;
        let mut browser = Browser::at(site.address());
        let back = through_plex(&site, &mut browser, "wout").await;
        let mut thief = Browser::at(site.address());
        let refused = thief.get(&back).await;
        assert!(
            refused
                .body
                .contains("This browser has not begun this sign-in"),
            "{}",
            refused.body
        );
        through_plex(&site, &mut thief, "jonas").await;
        let refused = thief.get(&back).await;
        assert!(
            refused.body.contains("not known here, or it is over"),
            "{}",
            refused.body
        );
        assert!(wouts(&site).await.is_none(), "nobody came in");

        let unsure = json!({ "person": "wout", "action": "confirm", "done": false });
        person(&site, unsure).await;
        let refused = browser.get(&back).await;
        assert!(
            refused
                .body
                .contains("Plex has not confirmed your e-mail address"),
            "{}",
            refused.body
        );
        assert!(wouts(&site).await.is_none());

        let mara = site.account("Mara").await;
        let hers = json!({ "person": "teun", "action": "change_email", "to": mara.email.as_str() });
        person(&site, hers).await;
        let mut other = Browser::at(site.address());
        let came = come_in(&site, &mut other, "teun").await;
        assert_eq!(
            came.location(),
            "/register/sent",
            "the same as for anybody: {}",
            came.body
        );
        assert_ne!(
            other.get("/account").await.status,
            200,
            "not into her sign-in"
        );
        site.run_jobs().await;
        assert_eq!(
            site.letters("already_registered").await.len(),
            1,
            "she is written to"
        );
    }
}
