//! The shop: what is offered, and what is not.

use billing::gateways::{self, GatewayForm};
use kit::Actor;
use testkit::engines;

use crate::support::{Browser, TestSite};

/// Checklist: E18
#[tokio::test]
async fn a_kind_of_payment_that_is_switched_off_is_refused_before_money_is_asked_for() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let row = gateways::find(&site.house.db, &shop.stripe)
            .await
            .expect("read")
            .expect("there");
        let card = site.house.tools.gateways.card("stripe").expect("a card");
        let form = GatewayForm {
            title: row.title.clone(),
            enabled: true,
            one_off: true,
            recurring: false,
            values: row.config.0.clone(),
            secrets: std::collections::BTreeMap::default(),
        };
        let mut tx = site
            .house
            .db
            .begin(Actor::console())
            .await
            .expect("a transaction");
        gateways::change(&mut tx, &site.house.tools.vault, &row, card, &form)
            .await
            .expect("changed");
        tx.save().await.expect("saved");

        let refused = site
            .begin_checkout("Mara", &shop, &shop.monthly)
            .await
            .expect_err("refused");
        assert!(
            refused.contains("not offered for this kind of payment"),
            "{refused}"
        );
        site.begin_checkout("Mara", &shop, &shop.month)
            .await
            .expect("paying once is still offered");
    }
}

/// Checklist: J07
#[tokio::test]
async fn extending_adds_a_month_to_the_month_that_runs() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        let first = site.standing("Mara").await.subscription.ends_at;
        site.buy("Mara", &shop, &shop.month)
            .await
            .expect("bought again");
        site.hear().await;
        let second = site.standing("Mara").await.subscription.ends_at;
        assert!(
            second.since(first).as_ms() >= kit::Span::days(28).as_ms(),
            "a month more"
        );
        assert_eq!(site.live_grants("Mara").await, 2);
        assert_eq!(site.imbalance().await, 0);
        site.assert_no_failures().await;
    }
}

/// Checklist: C03, E20
#[tokio::test]
async fn checkout_shows_name_price_and_length_and_lets_choose_between_once_and_renewing() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let mara = site.account("Mara").await;
        let page = Browser::of(&site, &mara)
            .await
            .get(&format!("/checkout/{}", shop.plan))
            .await;
        assert_eq!(page.status, 200);
        for words in [
            "Family",
            "12.00",
            "month",
            shop.month.as_str(),
            shop.monthly.as_str(),
        ] {
            assert!(page.body.contains(words), "{words} is not on the page");
        }
    }
}

/// Checklist: C04
#[tokio::test]
async fn a_plan_without_a_library_group_is_not_saved_and_says_why() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        site.set_up().await;
        let robin = site.administrator("Robin").await;
        let mut browser = Browser::of(&site, &robin).await;
        let before = billing::plan::list(&site.house.db)
            .await
            .expect("listed")
            .len();
        let typed = [("name", "Empty handed"), ("position", "2")];
        let page = browser.post("/office/plans/new", &typed).await;
        assert_eq!(page.status, 422, "{}", page.body);
        assert!(
            page.body.contains("at least one library group"),
            "{}",
            page.body
        );
        assert!(page.body.contains("Empty handed"), "what was typed is kept");
        assert_eq!(
            billing::plan::list(&site.house.db)
                .await
                .expect("listed")
                .len(),
            before
        );
    }
}
