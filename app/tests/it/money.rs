//! The money way: whatever happens to messages and processes, the end is the same.

use serde_json::json;
use testkit::engines;

use crate::support::{Lots, TestSite};

/// What must be true after one purchase, however it came about.
async fn assert_let_in_once(site: &TestSite, who: &str) {
    let standing = site.standing(who).await;
    assert!(
        standing.has_access(),
        "{who} has access: {:?}",
        standing.status
    );
    assert_eq!(site.live_grants(who).await, 1, "one grant for one payment");
    assert_eq!(site.imbalance().await, 0, "the ledger is balanced");
    let token = site
        .outside
        .jellyfin_sign_in(who, "a quiet evening")
        .await
        .expect("can sign in");
    let seen = site
        .outside
        .libraries_seen(&token)
        .await
        .expect("a valid token");
    assert_eq!(seen, ["Movies", "Series"], "exactly the plan's libraries");
}

/// Checklist: E12, E21, J04
#[tokio::test]
async fn a_paid_checkout_opens_the_server_once() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        assert!(
            site.outside.jellyfin_user("mara").await.is_none(),
            "nobody is let in before the gateway says so"
        );
        site.hear().await;
        assert_let_in_once(&site, "Mara").await;
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn with_all_webhooks_lost_the_end_is_the_same() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.outside
            .stripe_fault(json!({ "kind": "named", "name": "webhooks_lost" }))
            .await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.world.advance(kit::Span::minutes(11));
        site.turn().await;
        assert_let_in_once(&site, "Mara").await;
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn doubled_reordered_and_forged_webhooks_change_nothing() {
    for fault in ["webhooks_doubled", "webhooks_reordered", "webhooks_forged"] {
        for engine in engines().await {
            let site = TestSite::on(&engine).await;
            let shop = site.set_up().await;
            site.outside
                .stripe_fault(json!({ "kind": "named", "name": fault }))
                .await;
            site.buy("Mara", &shop, &shop.month).await.expect("bought");
            site.hear().await;
            assert_let_in_once(&site, "Mara").await;
        }
    }
}

/// Pulls the plug at every step of a purchase: after a restart the end is the same.
///
/// A step is one save or one outgoing call, before and after.
#[tokio::test]
async fn a_purchase_ends_the_same_wherever_the_process_dies() {
    purchase_stopped_everywhere(true).await;
}

/// The same with no webhook at all: reconciling alone must get there.
#[tokio::test]
async fn a_purchase_without_webhooks_ends_the_same_wherever_the_process_dies() {
    purchase_stopped_everywhere(false).await;
}

async fn purchase_stopped_everywhere(webhooks: bool) {
    let mut lots = Lots::new();
    for engine in engines().await {
        let steps = purchase_stopped_at(&engine.fresh().await, webhooks, None).await;
        assert!(steps > 20, "a purchase has {steps} steps");
        for stop in stops(steps, &mut lots) {
            eprintln!("{:?}: stopping at step {stop} of {steps}", engine.engine);
            purchase_stopped_at(&engine.fresh().await, webhooks, Some(stop)).await;
        }
    }
}

/// Every third step, to keep the run short; which ones is drawn anew each time, so that in a few runs each has
/// had its turn. `PLAYHOUSE_TEST_EVERY_STEP` takes them all.
fn stops(steps: i64, lots: &mut Lots) -> impl Iterator<Item = i64> {
    let width = if std::env::var_os("PLAYHOUSE_TEST_EVERY_STEP").is_some() {
        1
    } else {
        3
    };
    let first = i64::try_from(lots.below(width)).unwrap_or(0);
    (first..steps).step_by(usize::try_from(width).unwrap_or(1))
}

/// Answers how many steps were passed.
async fn purchase_stopped_at(engine: &testkit::TestDb, webhooks: bool, stop: Option<i64>) -> i64 {
    let mut site = TestSite::on(engine).await;
    let shop = site.set_up().await;
    if !webhooks {
        site.outside
            .stripe_fault(json!({ "kind": "named", "name": "webhooks_lost" }))
            .await;
    }
    site.account("Mara").await;
    match stop {
        Some(stop) => site.world.stop_at(stop),
        None => site.world.count_from_here(),
    }
    let paid = site.buy("Mara", &shop, &shop.month).await.is_ok();
    if webhooks {
        site.try_hear().await;
    } else {
        // Reconciling alone must find the payment; it may die at it as well.
        site.world.advance(kit::Span::minutes(11));
        drop(site.house.runner.turn_schedules().await);
        drop(site.house.runner.run_until_idle().await);
    }
    let steps = site.world.steps_passed();
    if stop.is_some() {
        site = site.reopened().await;
    }
    site.world.advance(kit::Span::minutes(3));
    site.outside.advance(kit::Span::minutes(3)).await;
    site.turn().await;
    if !paid {
        // The customer saw an error and begins again.
        site.buy("Mara", &shop, &shop.month)
            .await
            .expect("bought at the second try");
    }
    for _ in 0..4 {
        site.advance(kit::Span::minutes(11)).await;
    }
    assert_let_in_once(&site, "Mara").await;
    site.assert_no_failures().await;
    steps
}
