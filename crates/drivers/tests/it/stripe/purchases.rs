//! Purchases, renewals, refunds, disputes and ends, with messages and without any.

use billing::agreement::{self, WantedEnd};
use billing::gateway::ChargeMode;
use billing::inbox::MessageState;
use billing::payment::{self, Payment, PaymentFilter};
use billing::refund::{self, NewRefund, TermAfter};
use billing::standing;
use billing::status::Status;
use kit::{PageAsked, Span};
use serde_json::json;
use std::time::Duration;

use super::counter::{Sale, Till, tills};

async fn payments(till: &Till, sale: &Sale) -> Vec<Payment> {
    let filter = PaymentFilter {
        subscription: Some(sale.subscription.clone()),
        ..Default::default()
    };
    payment::list(&till.db, &filter, &PageAsked::first(50))
        .await
        .unwrap()
        .rows
}

/// Messages get the time that they need on the wire; without them, the schedule's turn comes.
async fn settle(till: &Till, webhooks: bool) {
    if webhooks {
        // A bound, for a machine that is busy with other tests: twenty seconds.
        for _ in 0..400 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            till.work().await;
            if till.state().await["webhooks_waiting"] == 0 {
                break;
            }
        }
        till.work().await;
    } else {
        till.reconcile().await;
    }
}

async fn status(till: &Till, sale: &Sale) -> Status {
    let standing = standing::standing(&till.db, &sale.subscription, till.world.now()).await;
    standing.unwrap().status
}

#[tokio::test]
async fn e12_a_card_payment_opens_a_month_with_messages_and_without() {
    for webhooks in [true, false] {
        for till in tills(webhooks).await {
            let sale = till.sale(ChargeMode::OneOff, 0).await;
            assert!(sale.url.starts_with("http"));
            settle(&till, webhooks).await;
            assert!(
                till.live_grants(&sale).await.is_empty(),
                "E21: nothing before it is paid"
            );
            till.pay(&sale).await;
            settle(&till, webhooks).await;
            assert_eq!(till.live_grants(&sale).await.len(), 1);
            assert_eq!(status(&till, &sale).await, Status::Active);
            till.later(Span::minutes(15)).await;
            settle(&till, webhooks).await;
            till.reconcile().await;
            let asked = PageAsked::first(50);
            let messages = billing::inbox::list(&till.db, None, &asked)
                .await
                .unwrap()
                .rows;
            let read = messages
                .iter()
                .filter(|it| it.state == MessageState::Done)
                .count();
            assert_eq!(read > 0, webhooks, "{messages:?}");
            let paid = &payments(&till, &sale).await[0];
            assert!(paid.fee_known, "the fee arrives later");
            assert_eq!(till.live_grants(&sale).await.len(), 1);
            till.assert_books().await;
        }
    }
}

#[tokio::test]
async fn e13_an_agreement_renews_and_ends_with_messages_and_without() {
    for webhooks in [true, false] {
        for till in tills(webhooks).await {
            let sale = till.sale(ChargeMode::Recurring, 0).await;
            till.pay(&sale).await;
            settle(&till, webhooks).await;
            assert_eq!(till.live_grants(&sale).await.len(), 1);
            // The period ends, and the renewal settles an hour or two later.
            for _ in 0..2 {
                till.later(Span::days(31)).await;
                till.later(Span::hours(3)).await;
                settle(&till, webhooks).await;
                assert_eq!(status(&till, &sale).await, Status::Active);
            }
            assert_eq!(till.live_grants(&sale).await.len(), 3);
            let now = till.world.now();
            let term = standing::standing(&till.db, &sale.subscription, now)
                .await
                .unwrap()
                .term;
            assert!(
                term.stretches
                    .windows(2)
                    .all(|it| it[0].until == it[1].from),
                "{term:?}"
            );
            let mut tx = till.db.begin(kit::Actor::console()).await.unwrap();
            agreement::want_end(&mut tx, &sale.subscription, WantedEnd::AtPeriodEnd)
                .await
                .unwrap();
            tx.save().await.unwrap();
            till.work().await;
            let known = agreement::of_subscription(&till.db, &sale.subscription)
                .await
                .unwrap();
            assert!(known[0].ends_at_period_end);
            till.later(Span::days(40)).await;
            settle(&till, webhooks).await;
            assert_eq!(till.live_grants(&sale).await.len(), 3, "no further charge");
            till.assert_books().await;
        }
    }
}

#[tokio::test]
async fn a_trial_is_free_and_its_first_payment_comes_after_it() {
    for till in tills(false).await {
        let sale = till.sale(ChargeMode::Recurring, 7).await;
        till.pay(&sale).await;
        settle(&till, false).await;
        assert_eq!(status(&till, &sale).await, Status::Trial);
        till.later(Span::days(7)).await;
        till.later(Span::hours(3)).await;
        settle(&till, false).await;
        assert_eq!(status(&till, &sale).await, Status::Active);
        assert_eq!(till.live_grants(&sale).await.len(), 2);
        till.assert_books().await;
    }
}

#[tokio::test]
async fn refunds_from_here_and_from_the_gateway_take_back_the_same() {
    for till in tills(false).await {
        for mode in [ChargeMode::OneOff, ChargeMode::Recurring] {
            let sale = till.sale(mode, 0).await;
            till.pay(&sale).await;
            settle(&till, false).await;
            let paid = payments(&till, &sale).await.remove(0);
            for minor in [500, 1000] {
                let mut tx = till.db.begin(kit::Actor::console()).await.unwrap();
                let new = NewRefund {
                    payment: paid.id.clone(),
                    amount: kit::Money::new(minor, paid.currency),
                    term: TermAfter::Keep,
                    reason: "asked".to_owned(),
                };
                refund::ask(&mut tx, &new).await.unwrap();
                tx.save().await.unwrap();
                let grants = till.live_grants(&sale).await.len();
                assert_eq!(grants, 1);
                till.work().await;
            }
            assert!(till.live_grants(&sale).await.is_empty());
            settle(&till, false).await;
            let known = refund::of_payment(&till.db, &paid.id).await.unwrap();
            assert_eq!(known.len(), 2, "found again, not booked again");
        }
        till.assert_books().await;
    }
}

#[tokio::test]
async fn a_dispute_suspends_and_a_won_one_restores() {
    for till in tills(false).await {
        let sale = till.sale(ChargeMode::OneOff, 0).await;
        till.pay(&sale).await;
        settle(&till, false).await;
        let intent = payments(&till, &sale).await[0]
            .provider_transaction
            .to_string();
        let dispute = till
            .control("dispute", json!({ "payment_intent": intent }))
            .await;
        settle(&till, false).await;
        assert_eq!(status(&till, &sale).await, Status::Suspended);
        let verdict = json!({ "dispute": dispute["id"], "won": true });
        till.control("close_dispute", verdict).await;
        settle(&till, false).await;
        assert_eq!(status(&till, &sale).await, Status::Active);
        till.assert_books().await;
    }
}
