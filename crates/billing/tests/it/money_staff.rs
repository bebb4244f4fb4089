//! What staff do with money: enter, void, place, approve, reject.

use billing::attempt::{self, AttemptState};
use billing::enter::{self, EnteredPayment};
use billing::fact::Fact;
use billing::gateway::ChargeMode;
use billing::payment::{self, PaymentFilter};
use billing::status::Status;
use billing::{manual, receipt};
use kit::{PageAsked, Span, Timestamp};

use crate::ground::grounds;
use crate::money_ground::{BY_HAND, Sale, Shop, euros, shops};

fn entered(shop: &Shop, sale: &Sale, transaction: &str, sequence: u32) -> EnteredPayment {
    EnteredPayment {
        order: sale.order.clone(),
        amount: euros(1190),
        transaction: Some(transaction.to_owned()),
        sequence,
        settled_at: shop.now() - Span::days(2),
        from: shop.now() - Span::days(2),
        until: Timestamp::NEVER,
        note: Some("by bank".to_owned()),
        attempt: None,
    }
}

#[tokio::test]
async fn e02_staff_enter_a_payment_with_dates_and_their_own_transaction_id() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        let mut tx = shop.ground.begin().await;
        let payment = entered(&shop, &sale, "BANK-77", 1);
        let id = enter::enter(&mut tx, &payment).await.unwrap();
        tx.save().await.unwrap();
        let standing = shop.ground.standing(&sale.subscription).await;
        assert_eq!(standing.status, Status::Active);
        assert_eq!(standing.term.stretches[0].from, shop.now() - Span::days(2));
        let kept = payment::find(&shop.ground.db, &id).await.unwrap();
        assert_eq!(kept.provider_transaction.as_str(), "BANK-77");
        let mut tx = shop.ground.begin().await;
        assert!(
            enter::enter(&mut tx, &payment).await.is_err(),
            "one transaction, booked twice"
        );
        tx.save().await.unwrap();
        let other = shop.sale(ChargeMode::OneOff, 0).await;
        let mut tx = shop.ground.begin().await;
        enter::enter(&mut tx, &entered(&shop, &other, "BANK-77", 2))
            .await
            .unwrap();
        tx.save().await.unwrap();
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn e01_payments_of_all_sources_are_in_one_list() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        shop.apply(&Fact::Payment(sale.paid("pi_1", 1190, shop.now())))
            .await;
        let by_hand = shop.sale(ChargeMode::OneOff, 0).await;
        let mut tx = shop.ground.begin().await;
        enter::enter(&mut tx, &entered(&shop, &by_hand, "CASH", 1))
            .await
            .unwrap();
        tx.save().await.unwrap();
        let filter = PaymentFilter::default();
        let first = payment::list(&shop.ground.db, &filter, &PageAsked::first(1))
            .await
            .unwrap();
        let next = PageAsked::new(1, first.next);
        let second = payment::list(&shop.ground.db, &filter, &next)
            .await
            .unwrap();
        assert_eq!(first.rows[0].provider, "testpay");
        assert_eq!(second.rows[0].provider, payment::BY_HAND);
        assert!(second.next.is_none());
    }
}

/// Checklist: E02
#[tokio::test]
async fn a_mistyped_payment_is_voided_with_everything_it_gave() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        let mut tx = shop.ground.begin().await;
        let id = enter::enter(&mut tx, &entered(&shop, &sale, "B1", 1))
            .await
            .unwrap();
        tx.save().await.unwrap();
        for _ in 0..2 {
            let mut tx = shop.ground.begin().await;
            enter::void(&mut tx, &id, "typed twice").await.unwrap();
            tx.save().await.unwrap();
        }
        assert!(shop.live_grants(&sale).await.is_empty());
        let papers = receipt::of_payment(&shop.ground.db, &id).await.unwrap();
        assert_eq!(papers.iter().map(|it| it.total_minor).sum::<i64>(), 0);
        let other = shop.sale(ChargeMode::OneOff, 0).await;
        shop.apply(&Fact::Payment(other.paid("pi_1", 1190, shop.now())))
            .await;
        let filter = PaymentFilter {
            payer: Some(other.payer.id.clone()),
            ..Default::default()
        };
        let page = payment::list(&shop.ground.db, &filter, &PageAsked::first(1))
            .await
            .unwrap();
        let mut tx = shop.ground.begin().await;
        assert!(enter::void(&mut tx, &page.rows[0].id, "no").await.is_err());
        tx.save().await.unwrap();
        shop.assert_books().await;
    }
}

/// Checklist: E02
#[tokio::test]
async fn bad_dates_and_amounts_are_refused_in_words() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        let good = entered(&shop, &sale, "B1", 1);
        let bad = [
            EnteredPayment {
                amount: euros(0),
                ..good.clone()
            },
            EnteredPayment {
                amount: euros(-5),
                ..good.clone()
            },
            EnteredPayment {
                settled_at: shop.now() + Span::hours(1),
                ..good.clone()
            },
            EnteredPayment {
                until: good.from,
                ..good.clone()
            },
        ];
        for entered in bad {
            let mut tx = shop.ground.begin().await;
            assert!(enter::enter(&mut tx, &entered).await.is_err());
            tx.save().await.unwrap();
        }
        assert!(shop.live_grants(&sale).await.is_empty());
    }
}

#[tokio::test]
async fn a_person_places_money_that_no_rule_could() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        let mut fact = sale.paid("pi_1", 1190, shop.now());
        fact.attempt = None;
        shop.apply(&Fact::Payment(fact)).await;
        let filter = PaymentFilter {
            unplaced: true,
            ..Default::default()
        };
        let page = payment::list(&shop.ground.db, &filter, &PageAsked::first(1))
            .await
            .unwrap();
        let id = &page.rows[0].id;
        let mut tx = shop.ground.begin().await;
        enter::place(&mut tx, id, &sale.order, "it is Mara's")
            .await
            .unwrap();
        assert!(
            enter::place(&mut tx, id, &sale.order, "again")
                .await
                .is_err()
        );
        tx.save().await.unwrap();
        assert_eq!(shop.live_grants(&sale).await.len(), 1);
        assert_eq!(
            chronicle::want::count_open(&shop.ground.db).await.unwrap(),
            0
        );
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn a_transfer_counts_when_staff_approve_its_proof() {
    for ground in grounds().await {
        let shop = Shop::on(ground, &BY_HAND).await;
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        assert_eq!(sale.attempt.state, AttemptState::AwaitingProof);
        let mut tx = shop.ground.begin().await;
        let id = &sale.attempt.id;
        assert!(
            manual::upload_proof(&mut tx, id, "x.svg", b"<svg/>")
                .await
                .is_err()
        );
        let pdf = b"%PDF-1.7 paid".as_slice();
        let proof = manual::upload_proof(&mut tx, id, "bank.pdf", pdf)
            .await
            .unwrap();
        tx.save().await.unwrap();
        let kept = manual::content(&shop.ground.db, id, &proof)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(kept, ("application/pdf".to_owned(), pdf.to_vec()));
        assert!(shop.live_grants(&sale).await.is_empty());
        let mut tx = shop.ground.begin().await;
        manual::approve(&mut tx, id, euros(1000), None)
            .await
            .unwrap();
        tx.save().await.unwrap();
        assert!(shop.live_grants(&sale).await.is_empty(), "paid in part");
        let mut tx = shop.ground.begin().await;
        manual::approve(&mut tx, id, euros(190), Some("the rest"))
            .await
            .unwrap();
        assert!(
            manual::approve(&mut tx, id, euros(190), None)
                .await
                .is_err()
        );
        tx.save().await.unwrap();
        assert_eq!(shop.live_grants(&sale).await.len(), 1);
        assert_eq!(
            chronicle::want::count_open(&shop.ground.db).await.unwrap(),
            0
        );
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn a_rejected_transfer_says_why_and_gives_nothing() {
    for ground in grounds().await {
        let shop = Shop::on(ground, &BY_HAND).await;
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        let mut tx = shop.ground.begin().await;
        manual::reject(&mut tx, &sale.attempt.id, "nothing arrived")
            .await
            .unwrap();
        assert!(
            manual::approve(&mut tx, &sale.attempt.id, euros(1190), None)
                .await
                .is_err()
        );
        tx.save().await.unwrap();
        let kept = attempt::find(&shop.ground.db, &sale.attempt.id)
            .await
            .unwrap();
        assert_eq!(kept.state, AttemptState::Rejected);
        assert_eq!(kept.reason.unwrap().in_english(), "nothing arrived");
    }
}
