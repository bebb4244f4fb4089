//! Fast enough for a busy evening, in a build without optimisation.

#![expect(clippy::disallowed_methods, reason = "a test of how long it takes")]

use std::time::Instant;

use serde_json::json;

use super::shop::Shop;

#[test]
fn two_hundred_checkouts_take_less_than_four_seconds_and_events_stay_quick() {
    let shop = Shop::new();
    let begun = Instant::now();
    for _ in 0..200 {
        let session = shop.session("");
        shop.control("pay", &json!({ "session": session["id"] }));
    }
    let checkouts_ms = begun.elapsed().as_millis();
    let begun = Instant::now();
    for _ in 0..10 {
        shop.get("/v1/events?limit=100&types[]=checkout.session.completed");
    }
    let listing_ms = begun.elapsed().as_millis() / 10;
    assert!(
        checkouts_ms < 4_000 && listing_ms < 100,
        "{checkouts_ms} ms, {listing_ms} ms"
    );
}
