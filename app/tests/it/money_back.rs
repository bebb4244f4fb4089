//! Money that goes back: refunds by staff and at the gateway, disputes won and lost. Whatever becomes of the
//! messages, the end is the same.

use billing::hold::{self, HoldReason};
use billing::refund::{self, NewRefund, TermAfter};
use billing::status::Status;
use kit::{Currency, Money, Span};
use testkit::{TestDb, engines};

use crate::support::{Browser, Shop, TestSite, WAYS};

/// A house where Mara has paid once, its messages faring so.
async fn paid(on: &TestDb, way: &str) -> TestSite {
    paid_in(on, way).await.0
}

async fn paid_in(on: &TestDb, way: &str) -> (TestSite, Shop) {
    let site = TestSite::on(on).await;
    let shop = site.set_up().await;
    site.outside.messages_fare(way).await;
    site.buy("Mara", &shop, &shop.month).await.expect("bought");
    site.news().await;
    assert_eq!(site.standing("Mara").await.status, Status::Active, "{way}");
    assert_eq!(site.opened("mara").await, ["Movies", "Series"], "{way}");
    (site, shop)
}

async fn ask_refund(site: &TestSite, minor: i64) {
    let payment = site.payments().await.remove(0);
    let new = NewRefund {
        payment: payment.id,
        amount: Money::new(minor, Currency::EUR),
        term: TermAfter::Keep,
        reason: "asked for kindly".to_owned(),
    };
    site.change(async |tx| refund::ask(tx, &new).await.expect("can be refunded"))
        .await;
    site.news().await;
}

async fn assert_nothing_left(site: &TestSite, way: &str) {
    assert_eq!(
        site.live_grants("Mara").await,
        0,
        "{way}: the time is taken back"
    );
    assert!(!site.standing("Mara").await.has_access(), "{way}");
    assert_eq!(site.opened("mara").await, Vec::<String>::new(), "{way}");
    site.assert_books().await;
    site.assert_no_failures().await;
}

async fn assert_kept(site: &TestSite, way: &str) {
    assert_eq!(site.live_grants("Mara").await, 1, "{way}: the time stays");
    assert_eq!(site.standing("Mara").await.status, Status::Active, "{way}");
    assert_eq!(site.opened("mara").await, ["Movies", "Series"], "{way}");
    site.assert_books().await;
    site.assert_no_failures().await;
}

#[tokio::test]
async fn a_whole_refund_takes_the_time_and_the_access_back() {
    for way in WAYS {
        for engine in engines().await {
            let site = paid(&engine, way).await;
            ask_refund(&site, 1200).await;
            assert_eq!(
                site.outside.at_stripe("refund").await.len(),
                1,
                "{way}: sent once"
            );
            assert_nothing_left(&site, way).await;
        }
    }
}

#[tokio::test]
async fn a_refund_of_a_part_keeps_the_time() {
    for way in WAYS {
        for engine in engines().await {
            let site = paid(&engine, way).await;
            ask_refund(&site, 300).await;
            assert_eq!(
                site.outside.at_stripe("refund").await.len(),
                1,
                "{way}: sent once"
            );
            assert_kept(&site, way).await;
        }
    }
}

#[tokio::test]
async fn a_refund_made_at_the_gateway_counts_as_one_made_here() {
    for way in WAYS {
        for engine in engines().await {
            let site = paid(&engine, way).await;
            site.outside.refund_last(Some(500)).await;
            site.news().await;
            assert_kept(&site, way).await;
            site.outside.refund_last(None).await;
            site.news().await;
            assert_nothing_left(&site, way).await;
        }
    }
}

/// Mara's payment is disputed: access is withheld until it is decided.
async fn disputed(on: &TestDb, way: &str) -> (TestSite, String) {
    let (site, _, dispute) = disputed_in(on, way).await;
    (site, dispute)
}

async fn disputed_in(on: &TestDb, way: &str) -> (TestSite, Shop, String) {
    let (site, shop) = paid_in(on, way).await;
    let dispute = site.outside.dispute_last().await;
    site.news().await;
    let standing = site.standing("Mara").await;
    assert_eq!(standing.status, Status::Suspended, "{way}: held");
    assert_eq!(standing.holds.len(), 1, "{way}: by one hold");
    assert_eq!(site.live_grants("Mara").await, 1, "{way}: the time runs on");
    assert_eq!(site.opened("mara").await, Vec::<String>::new(), "{way}");
    assert_eq!(
        site.wants("dispute").await.len(),
        1,
        "{way}: a person is asked"
    );
    (site, shop, dispute)
}

#[tokio::test]
async fn a_dispute_that_is_won_gives_access_back() {
    for way in WAYS {
        for engine in engines().await {
            let (site, dispute) = disputed(&engine, way).await;
            site.outside.decide(&dispute, true).await;
            site.news().await;
            assert_eq!(site.wants("dispute").await.len(), 0, "{way}");
            assert_kept(&site, way).await;
        }
    }
}

#[tokio::test]
async fn a_dispute_that_is_lost_takes_the_time_back() {
    for way in WAYS {
        for engine in engines().await {
            let (site, dispute) = disputed(&engine, way).await;
            site.outside.decide(&dispute, false).await;
            site.news().await;
            assert_eq!(site.wants("dispute").await.len(), 0, "{way}");
            assert_nothing_left(&site, way).await;
        }
    }
}

#[tokio::test]
async fn after_a_lost_dispute_paying_again_waits_for_staff_to_lift_the_hold() {
    for engine in engines().await {
        let (site, shop, dispute) = disputed_in(&engine, "on").await;
        site.outside.decide(&dispute, false).await;
        site.news().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.news().await;
        let standing = site.standing("Mara").await;
        assert_eq!(site.live_grants("Mara").await, 1, "what was paid is there");
        assert_eq!(standing.status, Status::Suspended);
        assert_eq!(standing.holds.len(), 1);
        assert_eq!(standing.holds[0].reason, HoldReason::Chargeback);
        assert_eq!(site.opened("mara").await, Vec::<String>::new());

        let held = standing.holds[0].id.clone();
        site.change(async |tx| {
            hold::lift(tx, &held, Some("settled"))
                .await
                .expect("lifted")
        })
        .await;
        assert_kept(&site, "lifted by hand").await;
    }
}

/// Checklist: E28
#[tokio::test]
async fn who_expired_is_let_in_again_when_a_payment_is_put_to_them() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        site.stride(Span::days(60)).await;
        assert!(!site.standing("Mara").await.has_access());
        assert!(site.opened("mara").await.is_empty());

        site.stray_payment(&shop).await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        let stray = site
            .payments()
            .await
            .into_iter()
            .find(|one| one.payer_id.is_none());
        let payment = stray.expect("nobody's").id;
        let mara = site.member("Mara").await.to_string();
        let typed = [
            ("member", mara.as_str()),
            ("price", shop.month.as_str()),
            ("reason", "The transfer was Mara's."),
        ];
        let path = format!("/office/payments/{payment}/assign");
        let moved = office.post(&path, &typed).await;
        assert_eq!(moved.status, 303, "{}", moved.body);
        site.hear().await;
        assert!(site.standing("Mara").await.has_access());
        assert_eq!(
            site.opened("mara").await,
            ["Movies", "Series"],
            "let in again"
        );
        assert_eq!(site.imbalance().await, 0);
        site.assert_no_failures().await;
    }
}
