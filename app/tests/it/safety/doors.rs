//! What is turned away: too many tries, too much at once, forged messages, used links, ways to other sites.

use testkit::engines;
use web::SiteConfig;

use super::{Door, PASSWORD, register, sign_in};
use crate::support::{Browser, TestSite};

#[tokio::test]
async fn too_many_tries_are_asked_to_wait() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    let mut browser = Browser::at(site.address());
    for _ in 0..10 {
        assert_eq!(sign_in(&mut browser, "Mara", "no", "").await.status, 422);
    }
    let page = sign_in(&mut browser, "Mara", "no", "").await;
    assert_eq!(page.status, 429);
    assert!(
        page.body.contains("Please wait 15 minutes and try again."),
        "{}",
        page.body
    );
    site.world.advance(kit::Span::minutes(16));
    assert_eq!(sign_in(&mut browser, "Mara", "no", "").await.status, 422);
}

/// Asks for resets as if from many addresses. Answers the last status.
async fn ask_from_many(base: &str) -> u16 {
    let mut browser = Browser::at(base);
    let mut last = 0;
    for n in 0..22 {
        browser.headers = vec![("x-forwarded-for", format!("198.51.100.{n}"))];
        let email = format!("person{n}@example.org");
        last = browser.post("/reset", &[("email", &email)]).await.status;
    }
    last
}

#[tokio::test]
async fn a_forwarded_address_is_believed_only_from_the_proxy() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    assert_eq!(
        ask_from_many(site.address()).await,
        429,
        "made up by a visitor"
    );
    site.world.advance(kit::Span::hours(2));
    let behind = SiteConfig {
        trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
        allow_standins: true,
        ..SiteConfig::default()
    };
    let door = Door::of(&site, behind).await;
    assert_eq!(ask_from_many(&door.address).await, 303, "told by the proxy");
}

#[tokio::test]
async fn too_much_at_once_is_refused() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    let mut browser = Browser::at(site.address());
    let long = "x".repeat(200 * 1024);
    let page = browser.post("/reset", &[("email", &long)]).await;
    assert_eq!(page.status, 413);
    assert!(page.body.contains("That is too large"));
    let body = Some(vec![b'x'; 300 * 1024]);
    let hook = browser.send("POST", "/hooks/stripe/x", &[], body).await;
    assert_eq!(hook.status, 413);
}

#[tokio::test]
async fn forged_messages_are_refused_and_break_nothing() {
    let site = TestSite::on(&engines().await[0]).await;
    let shop = site.set_up().await;
    let all = billing::gateways::list(&site.house.db).await.unwrap();
    let stripe = all.iter().find(|one| one.id == shop.stripe).unwrap();
    let mut browser = Browser::at(site.address());
    let bodies: [&[u8]; 4] = [
        b"",
        b"{}",
        b"\xff\xfe not text",
        br#"{"id":"evt_1","type":"checkout.session.completed"}"#,
    ];
    for signature in [
        "",
        "t=1,v1=00",
        "t=,v1=",
        "nonsense",
        "t=9999999999999999999,v1=zz",
    ] {
        for body in bodies {
            let headers = [("stripe-signature", signature)];
            let path = stripe.hook_path();
            let known = browser
                .send("POST", &path, &headers, Some(body.to_vec()))
                .await;
            assert_eq!(known.status, 400, "{signature:?}");
            let unknown = browser
                .send(
                    "POST",
                    "/hooks/stripe/guessed",
                    &headers,
                    Some(body.to_vec()),
                )
                .await;
            assert_eq!(unknown.status, 404);
        }
    }
}

#[tokio::test]
async fn links_that_are_used_or_made_up_say_so() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    let mut browser = Browser::at(site.address());
    let ways = [
        "/reset/",
        "/confirm/",
        "/sign-in/link/",
        "/start/",
        "/account/choose/",
    ];
    for way in ways {
        for secret in ["made-up", "%2e%2e%2f", "ü", &"x".repeat(2000)] {
            let path = format!("{way}{}", secret.replace('ü', "%C3%BC"));
            let seen = browser.get(&path).await;
            assert_eq!(seen.status, 410, "GET {path}");
            assert!(seen.body.contains("used up"), "GET {path}");
        }
        assert_eq!(browser.get(&format!("{way}%00")).await.status, 404);
        let path = format!("{way}made-up");
        let fields = [
            ("password", PASSWORD),
            ("name", "Mara"),
            ("email", "mara@example.org"),
        ];
        assert_eq!(browser.post(&path, &fields).await.status, 410, "{path}");
    }
}

#[tokio::test]
async fn the_way_back_never_leads_to_another_site() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    register(&site, "Mara").await;
    let foreign = [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/a\r\nset-cookie: x=1",
    ];
    for next in foreign {
        let mut browser = Browser::at(site.address());
        let page = sign_in(&mut browser, "Mara", PASSWORD, next).await;
        assert_eq!(page.location(), "/account", "{next:?}");
        let fields = [("password", PASSWORD), ("next", next)];
        let proved = browser.post("/account/prove", &fields).await;
        assert_eq!(proved.location(), "/account/security", "{next:?}");
        site.world.advance(kit::Span::minutes(20));
    }
    let mut browser = Browser::at(site.address());
    let page = sign_in(&mut browser, "Mara", PASSWORD, "/plans?a=b").await;
    assert_eq!(page.location(), "/plans?a=b");
}
