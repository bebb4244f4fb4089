//! Sessions: their cookies, when they change and when they end; and who learns that somebody has a sign-in.

use kit::Span;
use testkit::engines;
use web::SiteConfig;

use super::{Door, PASSWORD, register, sign_in, signed_in};
use crate::support::{Browser, TestSite};

async fn is_in(browser: &Browser) -> bool {
    browser.clone().get("/account").await.status == 200
}

#[tokio::test]
async fn cookies_belong_to_this_house_alone() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    register(&site, "Mara").await;
    let safe = SiteConfig {
        is_safe: true,
        allow_standins: true,
        ..SiteConfig::default()
    };
    let door = Door::of(&site, safe).await;
    let mut browser = Browser::at(&door.address);
    let first = browser.get("/").await;
    let came_in = sign_in(&mut browser, "Mara", PASSWORD, "").await;
    let cookies: Vec<&str> = [first.set_cookies(), came_in.set_cookies()].concat();
    assert!(
        cookies
            .iter()
            .any(|line| line.starts_with("__Host-session="))
    );
    for line in cookies {
        assert!(line.starts_with("__Host-"), "{line}");
        for wanted in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(line.contains(wanted), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
    assert!(
        first
            .header("strict-transport-security")
            .contains("max-age")
    );
}

#[tokio::test]
async fn the_secret_changes_at_sign_in_and_at_each_proof() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    register(&site, "Mara").await;
    let mut browser = Browser::at(site.address());
    let planted = "planted-by-somebody-else".to_owned();
    browser
        .cookies
        .insert("ph_session".to_owned(), planted.clone());
    sign_in(&mut browser, "Mara", PASSWORD, "").await;
    assert_ne!(browser.cookies["ph_session"], planted);
    let before = browser.clone();
    let wrong = browser
        .post("/account/prove", &[("password", "not it")])
        .await;
    assert_eq!(wrong.status, 422);
    let proved = browser
        .post("/account/prove", &[("password", PASSWORD)])
        .await;
    assert_eq!(proved.status, 303);
    assert_ne!(before.cookies["ph_session"], browser.cookies["ph_session"]);
    assert!(is_in(&browser).await);
    assert!(!is_in(&before).await, "the old secret is worth nothing");
}

#[tokio::test]
async fn sessions_end_when_left_alone_and_in_the_end_always() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    register(&site, "Mara").await;
    let idle = signed_in(&site, "Mara").await;
    site.world.advance(Span::hours(11));
    assert!(is_in(&idle).await);
    site.world.advance(Span::hours(13));
    assert!(!is_in(&idle).await, "left alone for longer than 12 hours");
    let busy = signed_in(&site, "Mara").await;
    for _ in 0..16 {
        site.world.advance(Span::hours(10));
        assert!(is_in(&busy).await, "in use");
    }
    site.world.advance(Span::hours(10));
    assert!(
        !is_in(&busy).await,
        "a week is the most, however much in use"
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_and_not_only_the_cookie() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    register(&site, "Mara").await;
    let mut browser = signed_in(&site, "Mara").await;
    let stolen = browser.clone();
    assert_eq!(browser.post("/sign-out", &[]).await.status, 303);
    assert!(!browser.cookies.contains_key("ph_session"));
    assert!(!is_in(&stolen).await);
}

#[tokio::test]
async fn nobody_learns_who_has_a_sign_in() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    let first = register(&site, "Mara").await;
    let again = register(&site, "Mara").await;
    assert_eq!(first.status, again.status);
    assert_eq!(first.location(), again.location());
    let mut pages = Vec::new();
    for name in ["Mara", "Nemo"] {
        let mut browser = Browser::at(site.address());
        let token = browser.token().await;
        let refused = sign_in(&mut browser, name, "not the password", "").await;
        let login = format!("{}@example.org", name.to_lowercase());
        let same = refused.body.replace(&token, "").replace(&login, "");
        pages.push((refused.status, same));
    }
    assert_eq!(pages[0], pages[1], "the same page for both");
    let mut answers = Vec::new();
    for email in ["mara@example.org", "nemo@example.org"] {
        let mut browser = Browser::at(site.address());
        for path in ["/reset", "/confirm"] {
            let page = browser.post(path, &[("email", email)]).await;
            answers.push((page.status, page.location().to_owned()));
        }
    }
    assert_eq!(answers[..2], answers[2..]);
}
