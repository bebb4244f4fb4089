//! What the clock changes by itself is told once, also after a time without a process.

use billing::jobs::{SweepStatuses, TellDueDeletions};
use billing::settings::TermSettings;
use billing::status::Status;
use kit::calendar::Length;

use crate::ground::{Ground, grounds};

async fn set_terms(ground: &Ground, change: impl FnOnce(&mut TermSettings)) {
    let (mut terms, version) = settings::load::<TermSettings>(&ground.db).await.unwrap();
    change(&mut terms);
    let mut tx = ground.begin().await;
    settings::save(&mut tx, &terms, version).await.unwrap();
    tx.save().await.unwrap();
}

async fn copied(ground: &Ground, id: &kit::id::SubscriptionId) -> Status {
    let found = billing::subscription::find(&ground.db, id).await.unwrap();
    found.unwrap().status
}

#[tokio::test]
async fn e33_each_change_by_the_clock_is_told_once() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::months(1), "pay_1").await;
        let walk = [
            (31, Status::Grace),
            (3, Status::Suspended),
            (14, Status::Expired),
        ];
        for (told, (days, expected)) in walk.into_iter().enumerate() {
            ground.days_later(days);
            ground.run(SweepStatuses {}).await;
            ground.run(SweepStatuses {}).await;
            assert_eq!(copied(&ground, &id).await, expected);
            assert_eq!(ground.told("billing.status_changed").await, told + 2);
        }
        // Paying at any point restores everything by itself.
        ground.pay(&id, Length::months(1), "pay_2").await;
        assert_eq!(copied(&ground, &id).await, Status::Active);
    }
}

#[tokio::test]
async fn new_rules_reach_everybody_by_the_next_sweep() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::months(1), "pay_1").await;
        ground.days_later(32);
        ground.run(SweepStatuses {}).await;
        assert_eq!(copied(&ground, &id).await, Status::Grace);
        set_terms(&ground, |terms| terms.grace_days = 0).await;
        ground.run(SweepStatuses {}).await;
        assert_eq!(copied(&ground, &id).await, Status::Suspended);
    }
}

#[tokio::test]
async fn e34_deletion_is_told_once_after_the_announced_days_and_only_if_wanted() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::months(1), "pay_1").await;
        ground.days_later(60);
        ground.run(SweepStatuses {}).await;
        ground.days_later(29);
        ground.run(TellDueDeletions {}).await;
        assert_eq!(ground.told("billing.deletion_due").await, 0);
        set_terms(&ground, |terms| terms.delete_after_days = Some(30)).await;
        ground.run(TellDueDeletions {}).await;
        assert_eq!(ground.told("billing.deletion_due").await, 0);
        ground.days_later(1);
        ground.run(TellDueDeletions {}).await;
        ground.run(TellDueDeletions {}).await;
        assert_eq!(ground.told("billing.deletion_due").await, 1);
    }
}

#[tokio::test]
async fn many_are_swept_page_by_page() {
    for ground in grounds().await {
        let (_, version) = ground.plan(&crate::ground::new_plan("Standard")).await;
        for number in 0..600 {
            let id = ground.start(&ground.member(), &version).await;
            ground
                .pay(&id, Length::days(1), &format!("pay_{number}"))
                .await;
        }
        ground.days_later(2);
        ground.run(SweepStatuses {}).await;
        let left = billing::sweep::changing(&ground.db, ground.world.now(), None).await;
        assert!(left.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_sweep_that_dies_anywhere_tells_each_change_once() {
    for stop in 0..8 {
        for ground in grounds().await {
            let (_, version) = ground.plan(&crate::ground::new_plan("Standard")).await;
            for payment in ["pay_1", "pay_2", "pay_3"] {
                let id = ground.start(&ground.member(), &version).await;
                ground.pay(&id, Length::days(1), payment).await;
            }
            ground.days_later(2);
            ground.world.stop_at(stop);
            let died = billing::jobs::SweepStatuses {};
            let outcome = jobs::Job::run(&died, &ground.db).await;
            assert_eq!(outcome.is_err(), stop < 6);
            ground.world.revive();
            ground.run(SweepStatuses {}).await;
            assert_eq!(ground.told("billing.status_changed").await, 6);
        }
    }
}

#[tokio::test]
async fn sweeps_at_the_same_time_tell_each_change_once() {
    for ground in grounds().await {
        let (_, version) = ground.plan(&crate::ground::new_plan("Standard")).await;
        for number in 0..20 {
            let id = ground.start(&ground.member(), &version).await;
            ground
                .pay(&id, Length::days(1), &format!("pay_{number}"))
                .await;
        }
        ground.days_later(2);
        tokio::join!(
            ground.run(SweepStatuses {}),
            ground.run(SweepStatuses {}),
            ground.run(SweepStatuses {}),
        );
        assert_eq!(ground.told("billing.status_changed").await, 40);
    }
}

#[tokio::test]
async fn what_happens_next_is_said_at_every_point_of_the_way() {
    for ground in grounds().await {
        set_terms(&ground, |terms| terms.delete_after_days = Some(30)).await;
        let id = ground.membership().await;
        let begin = "This begins as soon as a payment arrives.";
        assert_eq!(said(&ground, &id).await, begin);
        ground.pay(&id, Length::months(1), "pay_1").await;
        let walk = [
            (0, "paid until"),
            (31, "Access stays until"),
            (3, "Paying restores it at once"),
            (14, "the media account is deleted on"),
        ];
        for (days, words) in walk {
            ground.days_later(days);
            let said = said(&ground, &id).await;
            assert!(said.contains(words), "{said}");
        }
    }
}

async fn said(ground: &Ground, id: &kit::id::SubscriptionId) -> String {
    ground.standing(id).await.next.in_english()
}
