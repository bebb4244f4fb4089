//! Whatever a gateway reports, doubled and in whatever order: the books balance, and the end is the same.

use billing::fact::{AgreementState, DisputeProgress, Fact};
use billing::gateway::ChargeMode;
use kit::{Span, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Builder;

use crate::money_ground::{Sale, Shop, disputed, refunded, shops};

/// What happened at the gateway, by numbers that mean the same in each order.
#[derive(Debug, Clone, Copy)]
enum Happened {
    Paid(i64),
    PartBack(i64),
    RestBack(i64),
    Disputed(i64),
    Decided(i64, bool),
}

fn history() -> impl Strategy<Value = Vec<Happened>> {
    let one = (0_i64..3, 0_u8..6).prop_map(|(n, kind)| match kind {
        0 | 1 => Happened::Paid(n),
        2 => Happened::PartBack(n),
        3 => Happened::RestBack(n),
        4 => Happened::Disputed(n),
        // Each dispute is decided one way only.
        _ => Happened::Decided(n, n == 0),
    });
    prop::collection::vec(one, 1..14)
}

fn fact(sale: &Sale, tag: &str, begins: Timestamp, happened: Happened) -> Fact {
    let agreement = format!("sub_{tag}");
    let transaction = |n: i64| format!("{agreement}_in_{n}");
    let at = |n: i64| begins + Span::days(30 * n);
    match happened {
        Happened::Paid(n) => Fact::Payment(sale.renewed(&agreement, n, begins)),
        Happened::PartBack(n) => Fact::Refund(refunded(
            &transaction(n),
            &format!("re_{tag}_{n}_a"),
            333,
            at(n),
        )),
        Happened::RestBack(n) => Fact::Refund(refunded(
            &transaction(n),
            &format!("re_{tag}_{n}_b"),
            857,
            at(n),
        )),
        Happened::Disputed(n) => {
            let open = DisputeProgress::Open;
            Fact::Dispute(disputed(
                &transaction(n),
                &format!("dp_{tag}_{n}"),
                open,
                at(n),
            ))
        }
        Happened::Decided(n, won) => {
            let end = if won {
                DisputeProgress::Won
            } else {
                DisputeProgress::Lost
            };
            Fact::Dispute(disputed(
                &transaction(n),
                &format!("dp_{tag}_{n}"),
                end,
                at(n),
            ))
        }
    }
}

/// Tells it as it came, then heals it as `reconcile` does: every object once more, payments first.
async fn live_through(
    shop: &Shop,
    tag: &str,
    history: &[Happened],
    first: &[Happened],
) -> Vec<(i64, i64)> {
    let sale = shop.sale(ChargeMode::Recurring, 0).await;
    let begins = shop.now();
    let agreed = sale.agreed(&format!("sub_{tag}"), AgreementState::Live);
    shop.apply(&Fact::Agreement(agreed)).await;
    for happened in first {
        shop.apply(&fact(&sale, tag, begins, *happened)).await;
    }
    let is_paid = |it: &&Happened| matches!(it, Happened::Paid(_));
    for happened in history.iter().filter(is_paid) {
        shop.apply(&fact(&sale, tag, begins, *happened)).await;
    }
    for happened in history.iter().filter(|it| !is_paid(it)) {
        shop.apply(&fact(&sale, tag, begins, *happened)).await;
    }
    assert!(shop.wallet(&sale).await >= 0);
    let term = shop.ground.standing(&sale.subscription).await.term;
    let since = |at: Timestamp| at.since(begins).as_ms();
    term.stretches
        .iter()
        .map(|it| (since(it.from), since(it.until)))
        .collect()
}

#[test]
fn five_hundred_histories_end_the_same_in_any_order() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let shops = runtime.block_on(shops());
    let cases = u32::try_from(500 / shops.len()).unwrap_or(500);
    for (on, shop) in shops.iter().enumerate() {
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(cases)
        };
        let shuffled = history().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle()));
        let next = std::cell::Cell::new(0_u32);
        TestRunner::new(config)
            .run(&shuffled, |(history, shuffled)| {
                next.set(next.get() + 1);
                let n = next.get();
                runtime.block_on(async {
                    let straight = live_through(shop, &format!("{on}s{n}"), &history, &[]).await;
                    let mixed = live_through(shop, &format!("{on}m{n}"), &history, &shuffled).await;
                    prop_assert_eq!(straight, mixed);
                    // The proof reads everything, so not each time.
                    if n.is_multiple_of(50) {
                        shop.assert_books().await;
                    }
                    Ok(())
                })
            })
            .unwrap();
    }
}
