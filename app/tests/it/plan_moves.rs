//! Buying again: another plan, after the end, and beside a renewal.

use billing::plan;
use billing::status::Status;
use billing::subscription::When;
use kit::Span;
use testkit::engines;

use crate::support::TestSite;

#[tokio::test]
async fn what_is_bought_is_what_they_have() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let (other, price) = site.add_small_plan(&shop).await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.news().await;
        assert_eq!(
            site.opened("mara").await,
            ["Series"],
            "what is left of the first plan"
        );
        site.buy("Mara", &shop, &price)
            .await
            .expect("bought another");
        assert_eq!(
            site.subscription("Mara").await.plan_id,
            shop.plan,
            "not paid yet"
        );
        site.news().await;

        let standing = site.standing("Mara").await;
        assert_eq!(standing.subscription.plan_id, other);
        let plan = plan::find(&site.house.db, &other).await.unwrap().unwrap();
        assert_eq!(standing.subscription.plan_version_id, plan.version.id);
        assert_eq!(site.live_grants("Mara").await, 2, "the time adds up");
        assert_eq!(
            site.opened("mara").await,
            ["Movies"],
            "what the other plan gives"
        );
        site.assert_books().await;
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn who_comes_back_after_everything_has_ended_is_let_in_again() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.news().await;
        site.days(60).await;
        assert_eq!(site.standing("Mara").await.status, Status::Expired);
        assert_eq!(site.policy("mara").await["IsDisabled"], true);
        site.buy("Mara", &shop, &shop.month)
            .await
            .expect("bought again");
        site.news().await;
        assert_eq!(site.standing("Mara").await.status, Status::Active);
        assert_eq!(site.policy("mara").await["IsDisabled"], false);
        assert_eq!(site.opened("mara").await, ["Movies", "Series"]);
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn beside_a_renewal_nothing_else_is_sold() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.monthly)
            .await
            .expect("bought");
        site.news().await;
        let refused = site.buy("Mara", &shop, &shop.month).await;
        let why = refused.expect_err("nobody pays twice");
        assert!(why.contains("renews by itself"), "{why}");

        // Once the renewal is ended, paying another way is possible, and the renewal stays ended.
        site.cancel("Mara", When::AtEnd).await;
        site.news().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.news().await;
        assert_eq!(site.live_grants("Mara").await, 2);
        site.days(35).await;
        assert_eq!(
            site.standing("Mara").await.status,
            Status::Active,
            "the paid month counts"
        );
        assert_eq!(site.payments().await.len(), 2, "charged no more");
        site.assert_no_orphans().await;
        site.assert_books().await;
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn who_extends_after_cancelling_stays() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.news().await;
        site.cancel("Mara", When::AtEnd).await;
        site.buy("Mara", &shop, &shop.month)
            .await
            .expect("extended");
        site.news().await;
        site.stride(Span::days(40)).await;
        assert_eq!(site.standing("Mara").await.status, Status::Active);
        assert_eq!(site.opened("mara").await, ["Movies", "Series"]);
        site.assert_no_failures().await;
    }
}
