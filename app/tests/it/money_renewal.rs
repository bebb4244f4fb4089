//! Renewals: the gateway renews, an hour late as the real one does; a failing card is warned of, and an end is an
//! end. Whatever becomes of the messages, the end is the same.

use billing::standing::Standing;
use billing::status::Status;
use billing::subscription::When;
use kit::{Span, Timestamp};
use testkit::{TestDb, engines};

use crate::support::{FAILS_LATER, Shop, TestSite, WAYS};

const GOOD: &str = "4242424242424242";

/// A house where Mara's membership renews, its messages faring so.
async fn renewing(on: &TestDb, way: &str, card: &str) -> (TestSite, Shop) {
    let site = TestSite::on(on).await;
    let shop = site.set_up().await;
    site.outside.messages_fare(way).await;
    site.buy_with("Mara", &shop, &shop.monthly, card).await;
    site.news().await;
    let standing = site.standing("Mara").await;
    assert_eq!(standing.status, Status::Active, "{way}: the first payment");
    (site, shop)
}

fn paid_until(standing: &Standing) -> Timestamp {
    standing.term.ends_at().expect("time was given")
}

/// Goes to half an hour after the end of the paid time: the period is over, its invoice is not settled yet.
async fn into_the_draft_hour(site: &TestSite) {
    let until = paid_until(&site.standing("Mara").await);
    site.stride_to(until - Span::minutes(30)).await;
    site.stride(Span::hours(1)).await;
}

/// Checklist: E13
#[tokio::test]
async fn two_renewals_settle_late_and_nobody_loses_access() {
    for way in WAYS {
        for engine in engines().await {
            let (site, _) = renewing(&engine, way, GOOD).await;
            for paid in 1..=2 {
                let before = paid_until(&site.standing("Mara").await);
                into_the_draft_hour(&site).await;
                let standing = site.standing("Mara").await;
                assert_eq!(
                    standing.status,
                    Status::Active,
                    "{way}: an invoice may be late"
                );
                assert_eq!(
                    site.live_grants("Mara").await,
                    paid,
                    "{way}: not settled yet"
                );
                site.stride(Span::minutes(50)).await;
                site.news().await;
                let standing = site.standing("Mara").await;
                assert_eq!(
                    site.live_grants("Mara").await,
                    paid + 1,
                    "{way}: one more month"
                );
                let gap = standing
                    .term
                    .stretches
                    .windows(2)
                    .find(|pair| pair[0].until != pair[1].from);
                assert_eq!(gap, None, "{way}: a late settlement leaves no gap");
                assert!(paid_until(&standing) > before, "{way}");
            }
            assert_eq!(
                site.payments().await.len(),
                3,
                "{way}: each charge is booked once"
            );
            assert_eq!(site.outside.running_at_stripe().await.len(), 1);
            assert_eq!(site.opened("mara").await, ["Movies", "Series"]);
            site.assert_books().await;
            site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn a_renewal_that_fails_is_warned_of_and_ends_in_grace_then_suspension() {
    for way in WAYS {
        for engine in engines().await {
            let (site, _) = renewing(&engine, way, FAILS_LATER).await;
            into_the_draft_hour(&site).await;
            site.stride(Span::minutes(50)).await;
            site.news().await;
            assert_eq!(site.standing("Mara").await.status, Status::PastDue, "{way}");
            assert_eq!(
                site.letters("payment_failed").await.len(),
                1,
                "{way}: told once"
            );
            assert_eq!(site.opened("mara").await, ["Movies", "Series"], "{way}");

            site.stride(Span::days(4)).await;
            assert_eq!(site.standing("Mara").await.status, Status::Grace, "{way}");
            assert_eq!(site.opened("mara").await, ["Movies", "Series"], "{way}");
            site.stride(Span::days(8)).await;
            assert_eq!(
                site.standing("Mara").await.status,
                Status::Suspended,
                "{way}"
            );
            assert_eq!(site.opened("mara").await, Vec::<String>::new(), "{way}");
            assert_eq!(site.letters("suspended").await.len(), 1, "{way}: told once");

            site.stride(Span::days(8)).await;
            assert_eq!(
                site.live_grants("Mara").await,
                1,
                "{way}: only what was paid"
            );
            site.assert_no_orphans().await;
            site.assert_books().await;
            site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn a_renewal_ended_by_the_member_stops_at_the_gateway_and_the_month_stays() {
    for way in WAYS {
        for engine in engines().await {
            let (site, _) = renewing(&engine, way, GOOD).await;
            site.cancel("Mara", When::AtEnd).await;
            site.news().await;
            assert_eq!(site.standing("Mara").await.status, Status::Active, "{way}");
            let until = paid_until(&site.standing("Mara").await);
            site.stride_to(until + Span::hours(3)).await;
            site.news().await;
            assert_eq!(
                site.standing("Mara").await.status,
                Status::Cancelled,
                "{way}"
            );
            assert_eq!(site.payments().await.len(), 1, "{way}: charged no more");
            assert_eq!(site.opened("mara").await, Vec::<String>::new(), "{way}");
            site.assert_no_orphans().await;
            site.assert_books().await;
            site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn an_end_that_is_taken_back_renews_again() {
    for way in WAYS {
        for engine in engines().await {
            let (site, _) = renewing(&engine, way, GOOD).await;
            site.cancel("Mara", When::AtEnd).await;
            site.news().await;
            site.undo_cancel("Mara").await;
            site.news().await;
            into_the_draft_hour(&site).await;
            site.stride(Span::minutes(50)).await;
            site.news().await;
            assert_eq!(site.standing("Mara").await.status, Status::Active, "{way}");
            assert_eq!(site.live_grants("Mara").await, 2, "{way}: renewed");
            assert_eq!(site.outside.running_at_stripe().await.len(), 1, "{way}");
            site.assert_books().await;
            site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn a_membership_ended_at_once_is_never_charged_again() {
    for way in WAYS {
        for engine in engines().await {
            let (site, _) = renewing(&engine, way, GOOD).await;
            site.cancel("Mara", When::Now).await;
            site.news().await;
            assert_eq!(
                site.standing("Mara").await.status,
                Status::Cancelled,
                "{way}"
            );
            assert_eq!(site.opened("mara").await, Vec::<String>::new(), "{way}");
            site.assert_no_orphans().await;
            site.stride(Span::days(33)).await;
            site.news().await;
            assert_eq!(site.payments().await.len(), 1, "{way}: charged no more");
            site.assert_books().await;
            site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn a_page_that_is_left_closes_and_gives_its_place_back() {
    for way in WAYS {
        for engine in engines().await {
            let site = TestSite::on(&engine).await;
            let shop = site.set_up().await;
            site.outside.messages_fare(way).await;
            let begun = site.begin_checkout("Mara", &shop, &shop.monthly).await;
            let (begun, _) = begun.expect("can begin");
            site.stride(Span::hours(2)).await;
            site.stride(Span::days(1)).await;
            let attempt = billing::attempt::find(&site.house.db, &begun.attempt).await;
            assert!(attempt.expect("is kept").state.is_over(), "{way}");
            site.assert_no_orphans().await;
            assert_eq!(site.standing("Mara").await.status, Status::Pending, "{way}");
            assert!(site.outside.jellyfin_user("mara").await.is_none(), "{way}");
            site.assert_no_failures().await;
        }
    }
}
