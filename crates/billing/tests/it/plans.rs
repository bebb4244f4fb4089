//! Plans, versions and prices.

use billing::BillingError;
use billing::plan::{self, Deleted, NewPlan};
use billing::price::{self, NewPrice, PriceMode};
use billing::subscription;
use kit::calendar::Length;
use kit::id::GatewayId;
use kit::{Currency, Money};

use crate::ground::{grounds, new_plan};

/// Checklist: C01
#[tokio::test]
async fn what_was_sold_keeps_its_version_until_it_is_moved() {
    for ground in grounds().await {
        let mut plan = new_plan("Standard");
        plan.sections
            .insert("media".to_owned(), r#"{"streams":2}"#.to_owned());
        let (id, first) = ground.plan(&plan).await;
        let sold = ground.start(&ground.member(), &first).await;
        let mut tx = ground.begin().await;
        plan.sections
            .insert("media".to_owned(), r#"{"streams":4}"#.to_owned());
        let second = plan::revise(&mut tx, &id, &plan).await.unwrap();
        tx.save().await.unwrap();
        let section = |standing: &billing::standing::Standing| {
            standing.plan.section("media").map(str::to_owned)
        };
        let before = ground.standing(&sold).await;
        assert_eq!(section(&before).unwrap(), r#"{"streams":2}"#);
        let on = subscription::by_version(&ground.db, &id).await.unwrap();
        assert_eq!((&on[0].version, on[0].n), (&first, 1));
        let mut tx = ground.begin().await;
        plan::move_everybody(&mut tx, &id, "more for all")
            .await
            .unwrap();
        tx.save().await.unwrap();
        ground
            .run(billing::jobs::MoveSubscriptions {
                plan: id.clone(),
                version: second.clone(),
                by: kit::Actor::console(),
                reason: None,
            })
            .await;
        let on = subscription::by_version(&ground.db, &id).await.unwrap();
        assert_eq!((&on[0].version, on[0].n), (&second, 1));
        let after = ground.standing(&sold).await;
        assert_eq!(section(&after).unwrap(), r#"{"streams":4}"#);
        assert_eq!(plan::versions_of(&ground.db, &id).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn saving_a_plan_unchanged_makes_no_version() {
    for ground in grounds().await {
        let (id, first) = ground.plan(&new_plan("Standard")).await;
        let mut tx = ground.begin().await;
        let moved = NewPlan {
            position: 9,
            ..new_plan("Standard")
        };
        assert_eq!(plan::revise(&mut tx, &id, &moved).await.unwrap(), first);
        tx.save().await.unwrap();
        let found = plan::find(&ground.db, &id).await.unwrap().unwrap();
        assert_eq!((found.position, found.version.number), (9, 1));
    }
}

#[tokio::test]
async fn c13_exactly_one_membership_plan_is_the_default() {
    for ground in grounds().await {
        let (first, _) = ground.plan(&new_plan("Standard")).await;
        let (second, _) = ground.plan(&new_plan("Family")).await;
        let default = plan::default(&ground.db).await.unwrap().unwrap();
        assert_eq!(default.id, first);
        let mut tx = ground.begin().await;
        plan::make_default(&mut tx, &second).await.unwrap();
        let refused = plan::delete(&mut tx, &second).await;
        assert!(matches!(refused, Err(BillingError::Refused(_))));
        tx.save().await.unwrap();
        let defaults = plan::list(&ground.db).await.unwrap();
        let defaults = defaults.iter().filter(|plan| plan.is_default).count();
        assert_eq!(defaults, 1);
    }
}

#[tokio::test]
async fn c01_a_plan_that_was_sold_is_archived_and_another_deleted() {
    for ground in grounds().await {
        ground.plan(&new_plan("Default")).await;
        let (sold, version) = ground.plan(&new_plan("Sold")).await;
        let (unsold, _) = ground.plan(&new_plan("Unsold")).await;
        let bought = ground.start(&ground.member(), &version).await;
        let mut tx = ground.begin().await;
        price::create(&mut tx, &monthly(&unsold, 500))
            .await
            .unwrap();
        assert_eq!(
            plan::delete(&mut tx, &sold).await.unwrap(),
            Deleted::Archived
        );
        assert_eq!(plan::delete(&mut tx, &unsold).await.unwrap(), Deleted::Gone);
        tx.save().await.unwrap();
        assert!(plan::find(&ground.db, &unsold).await.unwrap().is_none());
        assert_eq!(plan::list(&ground.db).await.unwrap().len(), 1);
        let kept = subscription::find(&ground.db, &bought).await.unwrap();
        assert_eq!(kept.unwrap().plan_version_id, version);
    }
}

fn monthly(plan: &kit::id::PlanId, minor: i64) -> NewPrice {
    NewPrice {
        plan_id: plan.clone(),
        amount: Money::new(minor, Currency::EUR),
        period: Length::months(1),
        mode: PriceMode::Recurring,
    }
}

#[tokio::test]
async fn a_changed_price_is_a_new_one_and_the_gateway_knows_each() {
    for ground in grounds().await {
        let (plan, _) = ground.plan(&new_plan("Standard")).await;
        let gateway: GatewayId = ground.world.world().id();
        let mut tx = ground.begin().await;
        let old = price::create(&mut tx, &monthly(&plan, 500)).await.unwrap();
        price::set_reference(&mut tx, &old, &gateway, "price_1")
            .await
            .unwrap();
        let new = price::replace(&mut tx, &old, &monthly(&plan, 700))
            .await
            .unwrap();
        tx.save().await.unwrap();
        let offered = price::list_of(&ground.db, &plan).await.unwrap();
        assert_eq!(offered.len(), 1);
        assert_eq!(offered[0].id, new);
        assert_eq!(offered[0].replaces.as_ref(), Some(&old));
        let known = price::find_by_reference(&ground.db, &gateway, "price_1")
            .await
            .unwrap();
        assert_eq!(known.unwrap().id, old);
        assert_eq!(
            price::reference(&ground.db, &new, &gateway).await.unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn a_plan_without_a_name_and_a_price_of_nothing_are_refused_in_words() {
    for ground in grounds().await {
        let (plan, _) = ground.plan(&new_plan("Standard")).await;
        let mut tx = ground.begin().await;
        let nameless = plan::create(&mut tx, &NewPlan { ..new_plan("  ") }).await;
        assert!(matches!(nameless, Err(BillingError::Refused(_))));
        for minor in [0, -500, Money::LARGEST_MINOR + 1] {
            let refused = price::create(&mut tx, &monthly(&plan, minor)).await;
            assert!(matches!(refused, Err(BillingError::Refused(_))));
        }
    }
}
