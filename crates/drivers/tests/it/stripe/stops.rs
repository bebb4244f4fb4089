//! The process dies before or after any save and any call: the same end state, nothing doubled.

use billing::attempt::{self, AttemptState};
use billing::checkout::Opening;
use billing::gateway::ChargeMode;
use billing::payment::{self, PaymentFilter};
use billing::refund::{self, NewRefund, TermAfter};
use kit::id::{PaymentId, SubscriptionId};
use kit::{Actor, PageAsked, Span};
use serde_json::{Value, json};

use super::counter::{Sale, Till, tills};

/// The only page that was opened, if any.
async fn page(till: &Till) -> Option<Value> {
    let pages = till.state().await["objects"]["checkout.session"].clone();
    let pages = pages.as_array().cloned().unwrap_or_default();
    assert!(pages.len() <= 1, "one attempt, one page: {pages:?}");
    pages.into_iter().next()
}

async fn pay_if_open(till: &Till) {
    if let Some(page) = page(till).await.filter(|page| page["status"] == "open") {
        till.control("pay", json!({ "session": page["id"] })).await;
    }
}

async fn only_payment(till: &Till, subscription: &SubscriptionId) -> PaymentId {
    let filter = PaymentFilter {
        subscription: Some(subscription.clone()),
        ..Default::default()
    };
    let page = payment::list(&till.db, &filter, &PageAsked::first(5))
        .await
        .unwrap();
    assert_eq!(page.rows.len(), 1);
    page.rows.into_iter().next().unwrap().id
}

async fn buys_once(mode: ChargeMode) {
    // A bound; the loop ends when the whole purchase passes.
    for stop in 0..500 {
        let mut was_stopped = false;
        for till in tills(false).await {
            let (subscription, _, attempt) = till.ordered(mode, 0).await;
            till.world.stop_at(stop);
            drop(till.try_open(&attempt).await);
            pay_if_open(&till).await;
            drop(till.try_reconcile().await);
            was_stopped = till.world.steps_passed() > stop;
            till.world.revive();

            // A new process: leases of the dead one run out, the customer comes back.
            till.later(Span::minutes(2)).await;
            if let Opening::Page(_) | Opening::Unknown(_) = till.reopen(&attempt).await {
                drop(till.reopen(&attempt).await);
                pay_if_open(&till).await;
            }
            till.reconcile().await;
            till.later(Span::minutes(10)).await;
            till.reconcile().await;
            let kept = attempt::find(&till.db, &attempt.id).await.unwrap();
            assert_eq!(kept.state, AttemptState::Settled, "stopped at {stop}");
            let sale = Sale {
                subscription,
                attempt,
                url: String::new(),
            };
            assert_eq!(till.live_grants(&sale).await.len(), 1, "stopped at {stop}");
            only_payment(&till, &sale.subscription).await;
            till.assert_books().await;
        }
        if !was_stopped {
            assert!(stop > 10, "the purchase has more steps than {stop}");
            return;
        }
    }
    panic!("the purchase never came to its end");
}

#[tokio::test]
async fn a_purchase_that_is_stopped_anywhere_gives_one_month_once() {
    buys_once(ChargeMode::OneOff).await;
}

#[tokio::test]
async fn an_agreement_that_is_stopped_anywhere_is_made_once() {
    buys_once(ChargeMode::Recurring).await;
}

#[tokio::test]
async fn a_refund_that_is_stopped_anywhere_goes_back_once() {
    for stop in 0..200 {
        let mut was_stopped = false;
        for till in tills(false).await {
            let sale = till.sale(ChargeMode::OneOff, 0).await;
            till.pay(&sale).await;
            till.reconcile().await;
            let id = only_payment(&till, &sale.subscription).await;
            let mut tx = till.db.begin(Actor::console()).await.unwrap();
            let new = NewRefund {
                payment: id.clone(),
                amount: kit::Money::new(1500, kit::Currency::EUR),
                term: TermAfter::Revoke,
                reason: "asked".to_owned(),
            };
            refund::ask(&mut tx, &new).await.unwrap();
            tx.save().await.unwrap();
            till.world.stop_at(stop);
            drop(till.try_work().await);
            was_stopped = till.world.steps_passed() > stop;
            till.world.revive();

            till.later(Span::minutes(2)).await;
            till.work().await;
            till.reconcile().await;
            assert!(
                till.live_grants(&sale).await.is_empty(),
                "stopped at {stop}"
            );
            let refunds = till.state().await["objects"]["refund"].clone();
            assert_eq!(refunds.as_array().unwrap().len(), 1, "stopped at {stop}");
            let known = refund::of_payment(&till.db, &id).await.unwrap();
            assert_eq!(known.len(), 1, "stopped at {stop}");
            till.assert_books().await;
        }
        if !was_stopped {
            assert!(stop > 5, "the refund has more steps than {stop}");
            return;
        }
    }
    panic!("the refund never came to its end");
}
