//! What payments, refunds and disputes effect, once each.

use billing::attempt::{self, AttemptState};
use billing::fact::{AgreementState, DisputeProgress, Fact, PaidFor, PaymentState, RefundProgress};
use billing::gateway::{ChargeMode, GatewayRef, Realm};
use billing::ledger::{self, Account};
use billing::order::{self, OrderState};
use billing::payment::{self, Booked, PaymentFilter};
use billing::refund::{self, NewRefund, TermAfter};
use billing::status::Status;
use billing::{inbox, receipt, subscription};
use kit::{Currency, Money, PageAsked, Span};

use crate::money_ground::{Sale, Shop, disputed, euros, origin, refunded, shops};

async fn only_payment(shop: &Shop) -> payment::Payment {
    let filter = PaymentFilter::default();
    let page = payment::list(&shop.ground.db, &filter, &PageAsked::first(10))
        .await
        .unwrap();
    assert_eq!(page.rows.len(), 1);
    page.rows.into_iter().next().unwrap()
}

async fn balance(shop: &Shop, account: Account) -> i64 {
    let balance = ledger::balance(&shop.ground.db, &account, Currency::EUR).await;
    balance.unwrap().amount_minor
}

fn clearing() -> Account {
    Account::Clearing {
        provider: origin().provider,
        account: origin().account,
    }
}

#[tokio::test]
async fn e21_a_settled_payment_gives_its_time_once_however_often_it_is_reported() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        let mut fact = sale.paid("pi_1", 1190, shop.now());
        fact.state = PaymentState::Processing;
        shop.apply(&Fact::Payment(fact.clone())).await;
        assert!(shop.live_grants(&sale).await.is_empty());
        fact.state = PaymentState::Settled;
        fact.fee = None;
        shop.apply(&Fact::Payment(fact.clone())).await;
        fact.fee = Some(euros(59));
        for _ in 0..3 {
            shop.apply(&Fact::Payment(fact.clone())).await;
        }
        assert_eq!(shop.live_grants(&sale).await.len(), 1);
        assert_eq!(
            shop.ground.standing(&sale.subscription).await.status,
            Status::Active
        );
        assert_eq!(balance(&shop, clearing()).await, 1190 - 59);
        assert_eq!(balance(&shop, Account::Fees).await, 59);
        assert_eq!(balance(&shop, Account::Income).await, -1000);
        assert_eq!(balance(&shop, Account::TaxPayable).await, -190);
        let order = order::find(&shop.ground.db, &sale.order.id).await.unwrap();
        assert_eq!(order.state, OrderState::Settled);
        let attempt = attempt::find(&shop.ground.db, &sale.attempt.id)
            .await
            .unwrap();
        assert_eq!(attempt.state, AttemptState::Settled);
        assert_eq!(shop.ground.told("billing.payment_settled").await, 1);
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn a_receipt_is_numbered_and_frozen() {
    for shop in shops().await {
        for n in 1..=3 {
            let sale = shop.sale(ChargeMode::OneOff, 0).await;
            let fact = sale.paid(&format!("pi_{n}"), 1190, shop.now());
            shop.apply(&Fact::Payment(fact)).await;
        }
        let filter = PaymentFilter::default();
        let page = payment::list(&shop.ground.db, &filter, &PageAsked::first(10))
            .await
            .unwrap();
        let mut numbers = Vec::new();
        for payment in &page.rows {
            let receipt = &receipt::of_payment(&shop.ground.db, &payment.id)
                .await
                .unwrap()[0];
            let paper = &receipt.paper.0;
            assert_eq!(paper.total, euros(1190));
            assert_eq!(paper.tax, euros(190));
            assert_eq!(paper.lines[0].tax_label, "VAT 19 %");
            numbers.push(receipt.number);
        }
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3]);
    }
}

/// Money that does not fit is booked, waits for a person, and opens nothing.
async fn assert_unplaced(shop: &Shop, sale: &Sale) {
    let payment = only_payment(shop).await;
    assert_eq!(payment.booked, Booked::Unplaced);
    assert!(!payment.placed && payment.problem.is_some());
    assert!(shop.live_grants(sale).await.is_empty());
    let order = order::find(&shop.ground.db, &sale.order.id).await.unwrap();
    assert_eq!(order.state, OrderState::Open);
    assert_eq!(
        chronicle::want::count_open(&shop.ground.db).await.unwrap(),
        1
    );
    shop.assert_books().await;
}

#[tokio::test]
async fn another_currency_account_or_realm_grants_nothing() {
    for wrong in 0..4 {
        for shop in shops().await {
            let sale = shop.sale(ChargeMode::OneOff, 0).await;
            let mut fact = sale.paid("pi_1", 1190, shop.now());
            match wrong {
                0 => {
                    let dollars = Currency::parse("USD").unwrap();
                    fact.amount = Money::new(1190, dollars);
                    fact.fee = None;
                }
                1 => fact.origin.account = "acct_other".to_owned(),
                2 => fact.origin.realm = Realm::Live,
                _ => fact.paid_for = PaidFor::Other,
            }
            shop.apply(&Fact::Payment(fact)).await;
            assert_unplaced(&shop, &sale).await;
        }
    }
}

#[tokio::test]
async fn less_than_asked_opens_nothing_until_the_rest_arrives_and_more_is_credit() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        shop.apply(&Fact::Payment(sale.paid("pi_1", 100, shop.now())))
            .await;
        assert!(shop.live_grants(&sale).await.is_empty());
        assert_eq!(
            balance(&shop, Account::Deposit(sale.order.id.clone())).await,
            -100
        );
        shop.apply(&Fact::Payment(sale.paid("pi_2", 1100, shop.now())))
            .await;
        assert_eq!(shop.live_grants(&sale).await.len(), 1);
        assert_eq!(
            balance(&shop, Account::Deposit(sale.order.id.clone())).await,
            0
        );
        assert_eq!(shop.wallet(&sale).await, 10);
        shop.apply(&Fact::Payment(sale.paid("pi_3", 1190, shop.now())))
            .await;
        assert_eq!(
            shop.live_grants(&sale).await.len(),
            1,
            "paying twice gives credit, not time"
        );
        assert_eq!(shop.wallet(&sale).await, 1200);
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn renewals_follow_each_other_without_a_gap_in_whatever_order_they_arrive() {
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        for shop in shops().await {
            let sale = shop.sale(ChargeMode::Recurring, 0).await;
            let begins = shop.now();
            let agreed = sale.agreed("sub_1", AgreementState::Live);
            for n in order {
                shop.apply(&Fact::Agreement(agreed.clone())).await;
                shop.apply(&Fact::Payment(sale.renewed("sub_1", n, begins)))
                    .await;
            }
            let standing = shop.ground.standing(&sale.subscription).await;
            assert_eq!(standing.term.stretches.len(), 3);
            let joined = standing
                .term
                .stretches
                .windows(2)
                .all(|it| it[0].until == it[1].from);
            assert!(joined, "{:?}", standing.term);
            let found = subscription::find(&shop.ground.db, &sale.subscription)
                .await
                .unwrap();
            assert!(found.unwrap().agreement_state.renews());
            shop.assert_books().await;
        }
    }
}

#[tokio::test]
async fn a_trial_at_the_gateway_is_trial_time_and_costs_nothing() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::Recurring, 7).await;
        shop.apply(&Fact::Agreement(sale.agreed("sub_1", AgreementState::Live)))
            .await;
        let mut fact = sale.renewed("sub_1", 0, shop.now());
        fact.paid_for = PaidFor::Trial;
        fact.amount = euros(0);
        fact.fee = None;
        fact.settled_at = shop.now();
        shop.apply(&Fact::Payment(fact)).await;
        assert_eq!(
            shop.ground.standing(&sale.subscription).await.status,
            Status::Trial
        );
        let first = sale.renewed("sub_1", 1, shop.now() - Span::days(23));
        shop.apply(&Fact::Payment(first)).await;
        assert_eq!(shop.live_grants(&sale).await.len(), 2);
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn a_failed_renewal_is_told_once_and_takes_nothing() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::Recurring, 0).await;
        let begins = shop.now();
        shop.apply(&Fact::Agreement(sale.agreed("sub_1", AgreementState::Live)))
            .await;
        shop.apply(&Fact::Payment(sale.renewed("sub_1", 0, begins)))
            .await;
        let mut failed = sale.renewed("sub_1", 1, begins);
        failed.state = PaymentState::Failed;
        for _ in 0..3 {
            shop.apply(&Fact::Payment(failed.clone())).await;
        }
        assert_eq!(shop.ground.told("billing.payment_failed").await, 1);
        failed.state = PaymentState::Settled;
        shop.apply(&Fact::Payment(failed)).await;
        assert_eq!(shop.live_grants(&sale).await.len(), 2);
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn a_whole_refund_takes_back_exactly_its_time_and_a_part_keeps_it() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::Recurring, 0).await;
        let begins = shop.now();
        shop.apply(&Fact::Agreement(sale.agreed("sub_1", AgreementState::Live)))
            .await;
        for n in 0..2 {
            shop.apply(&Fact::Payment(sale.renewed("sub_1", n, begins)))
                .await;
        }
        let part = refunded("sub_1_in_0", "re_1", 400, shop.now());
        shop.apply(&Fact::Refund(part.clone())).await;
        shop.apply(&Fact::Refund(part)).await;
        assert_eq!(shop.live_grants(&sale).await.len(), 2);
        shop.apply(&Fact::Refund(refunded(
            "sub_1_in_0",
            "re_2",
            790,
            shop.now(),
        )))
        .await;
        assert_eq!(shop.live_grants(&sale).await.len(), 1);
        assert_eq!(balance(&shop, Account::Income).await, -1000);
        assert_eq!(balance(&shop, Account::TaxPayable).await, -190);
        assert_eq!(balance(&shop, clearing()).await, 1190 - 2 * 59);
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn a_refund_that_the_gateway_takes_back_is_undone_and_asks_for_a_person() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        shop.apply(&Fact::Payment(sale.paid("pi_1", 1190, shop.now())))
            .await;
        let mut fact = refunded("pi_1", "re_1", 200, shop.now());
        fact.state = RefundProgress::Pending;
        shop.apply(&Fact::Refund(fact.clone())).await;
        assert_eq!(balance(&shop, clearing()).await, 1190 - 59 - 200);
        fact.state = RefundProgress::Failed;
        shop.apply(&Fact::Refund(fact.clone())).await;
        shop.apply(&Fact::Refund(fact)).await;
        assert_eq!(balance(&shop, clearing()).await, 1190 - 59);
        assert_eq!(shop.ground.told("billing.refund_failed").await, 1);
        let payment = only_payment(&shop).await;
        let left = refund::refundable(&shop.ground.db, &payment).await.unwrap();
        assert_eq!(left, euros(1190));
        shop.assert_books().await;
    }
}

#[tokio::test]
async fn more_than_came_cannot_go_back() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::OneOff, 0).await;
        shop.apply(&Fact::Payment(sale.paid("pi_1", 1190, shop.now())))
            .await;
        let payment = only_payment(&shop).await;
        let ask = async |minor| {
            let new = NewRefund {
                payment: payment.id.clone(),
                amount: euros(minor),
                term: TermAfter::Keep,
                reason: "asked".to_owned(),
            };
            let mut tx = shop.ground.begin().await;
            let asked = refund::ask(&mut tx, &new).await;
            tx.save().await.unwrap();
            asked
        };
        assert!(ask(0).await.is_err());
        assert!(ask(-5).await.is_err());
        assert!(ask(1191).await.is_err());
        assert!(ask(1000).await.is_ok());
        assert!(ask(191).await.is_err(), "a refund under way counts");
        assert!(ask(190).await.is_ok());
    }
}

#[tokio::test]
async fn a_dispute_holds_the_subscription_and_its_end_is_booked_once() {
    for (end, grants, held, clearing_after) in [
        (DisputeProgress::Won, 1, false, 1190 - 59 - 1500),
        (DisputeProgress::Lost, 0, true, -59 - 1500),
    ] {
        for shop in shops().await {
            let sale = shop.sale(ChargeMode::OneOff, 0).await;
            shop.apply(&Fact::Payment(sale.paid("pi_1", 1190, shop.now())))
                .await;
            let open = disputed("pi_1", "dp_1", DisputeProgress::Open, shop.now());
            shop.apply(&Fact::Dispute(open.clone())).await;
            shop.apply(&Fact::Dispute(open)).await;
            let standing = shop.ground.standing(&sale.subscription).await;
            assert_eq!(standing.status, Status::Suspended);
            let over = disputed("pi_1", "dp_1", end, shop.now());
            shop.apply(&Fact::Dispute(over.clone())).await;
            shop.apply(&Fact::Dispute(over)).await;
            assert_eq!(shop.live_grants(&sale).await.len(), grants);
            let standing = shop.ground.standing(&sale.subscription).await;
            assert_eq!(standing.status == Status::Suspended, held);
            assert_eq!(balance(&shop, Account::Disputed).await, 0);
            assert_eq!(balance(&shop, clearing()).await, clearing_after);
            shop.assert_books().await;
        }
    }
}

#[tokio::test]
async fn an_ended_agreement_says_nothing_about_the_one_in_its_place() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::Recurring, 0).await;
        let mut first = sale.agreed("sub_1", AgreementState::Live);
        shop.apply(&Fact::Agreement(first.clone())).await;
        let second = sale.agreed("sub_2", AgreementState::Live);
        shop.apply(&Fact::Agreement(second)).await;
        assert_eq!(
            chronicle::want::count_open(&shop.ground.db).await.unwrap(),
            1
        );
        first.state = AgreementState::Ended;
        first.ended_at = Some(shop.now());
        shop.apply(&Fact::Agreement(first)).await;
        let found = subscription::find(&shop.ground.db, &sale.subscription)
            .await
            .unwrap();
        let found = found.unwrap();
        assert_eq!(found.agreement.as_deref(), Some("sub_2"));
        assert!(found.agreement_state.renews());
    }
}

#[tokio::test]
async fn money_of_an_agreement_that_nobody_here_made_waits_for_a_person() {
    for shop in shops().await {
        let sale = shop.sale(ChargeMode::Recurring, 0).await;
        let mut fact = sale.renewed("sub_x", 0, shop.now());
        fact.attempt = None;
        fact.agreement = Some(GatewayRef::new("sub_x"));
        shop.apply(&Fact::Payment(fact)).await;
        assert_unplaced(&shop, &sale).await;
        let messages = inbox::list(&shop.ground.db, None, &PageAsked::first(5))
            .await
            .unwrap();
        assert!(messages.rows.is_empty());
    }
}
