//! The button of checkout, pressed again: at once, after the way back, and after paying.

use serde_json::json;
use testkit::engines;

use crate::support::{Browser, Shop, TestSite};

/// A checkout form as the browser sends it.
fn checkout_form(shop: &Shop) -> (String, [(&'static str, &str); 5]) {
    let fields = [
        ("price", shop.month.as_str()),
        ("gateway", shop.stripe.as_str()),
        ("media", "new"),
        ("media_name", "mara"),
        ("media_password", "a quiet evening"),
    ];
    (format!("/checkout/{}", shop.plan), fields)
}

#[tokio::test]
async fn a_button_pressed_twice_at_once_leads_to_one_page_and_buys_once() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let account = site.account("Mara").await;
        let (path, fields) = checkout_form(&shop);
        let mut first = Browser::of(&site, &account).await;
        first.token().await;
        let mut second = first.clone();
        // The first press is still at work at the gateway when the second arrives there.
        let slow = json!({ "kind": "named", "name": "slow_work", "times": 1 });
        site.outside.stripe_fault(slow).await;
        let (one, two) = tokio::join!(first.post(&path, &fields), second.post(&path, &fields));
        assert_eq!(one.status, 303, "{}", one.body);
        assert_eq!(two.status, 303, "{}", two.body);
        assert_eq!(one.location(), two.location(), "both lead to one page");
        assert_eq!(site.outside.open_pages().await.len(), 1);

        let session = two.location().rsplit('/').next().unwrap();
        site.outside.pay(session, "4242424242424242").await;
        site.hear().await;
        assert_eq!(site.live_grants("Mara").await, 1);
        site.advance(kit::Span::hours(3)).await;
        assert_eq!(site.live_grants("Mara").await, 1);
        site.assert_books().await;
        site.assert_no_orphans().await;
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn the_way_back_and_another_press_lead_to_the_same_page_until_something_changes() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let account = site.account("Mara").await;
        let (path, fields) = checkout_form(&shop);
        let mut browser = Browser::of(&site, &account).await;
        let first = browser.post(&path, &fields).await;
        assert_eq!(first.status, 303, "{}", first.body);
        site.world.advance(kit::Span::minutes(9));
        let again = browser.post(&path, &fields).await;
        assert_eq!(again.location(), first.location());

        let mut other = fields;
        other[0].1 = shop.monthly.as_str();
        let renewing = browser.post(&path, &other).await;
        assert_eq!(renewing.status, 303, "{}", renewing.body);
        assert_ne!(renewing.location(), first.location(), "another price");

        // Whoever has paid and presses again means another month.
        let session = first.location().rsplit('/').next().unwrap();
        site.outside.pay(session, "4242424242424242").await;
        site.hear().await;
        let more = browser.post(&path, &fields).await;
        assert_eq!(more.status, 303, "{}", more.body);
        assert_ne!(more.location(), first.location(), "one more month");
        site.world.advance(kit::Span::minutes(11));
        let later = browser.post(&path, &fields).await;
        assert_ne!(later.location(), more.location(), "a page of its own");
        site.advance(kit::Span::hours(3)).await;
        assert_eq!(site.live_grants("Mara").await, 1);
        site.assert_no_orphans().await;
        site.assert_no_failures().await;
    }
}
