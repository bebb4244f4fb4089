//! Reminders: on the chosen days, once, and not to those who need none.

use billing::jobs::TellDueReminders;
use billing::subscription::{self, Agreement, AgreementState};
use kit::calendar::Length;
use kit::id::{GatewayId, Id, SubscriptionId};

use crate::ground::{Ground, grounds};

async fn told_after(ground: &Ground, days: i64) -> usize {
    ground.days_later(days);
    ground.run(TellDueReminders {}).await;
    ground.run(TellDueReminders {}).await;
    ground.told("billing.expiring_soon").await
}

async fn agree(ground: &Ground, id: &SubscriptionId, state: AgreementState) {
    let agreement = Agreement {
        gateway_id: GatewayId::parse("gtw_1").unwrap(),
        reference: "sub_at_gateway".to_owned(),
        state,
    };
    let mut tx = ground.begin().await;
    subscription::set_agreement(&mut tx, id, &agreement)
        .await
        .unwrap();
    tx.save().await.unwrap();
}

#[tokio::test]
async fn e30_a_member_is_reminded_on_the_chosen_days() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::days(30), "pay_1").await;
        // 30 days: the steps are 14, 7, 3 and 1 days before the end.
        let walk = [(15, 0), (1, 1), (6, 1), (1, 2), (4, 3), (2, 4), (1, 4)];
        for (days, told) in walk {
            assert_eq!(told_after(&ground, days).await, told);
        }
    }
}

/// Checklist: E30
#[tokio::test]
async fn after_downtime_only_the_latest_step_is_told() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::days(30), "pay_1").await;
        assert_eq!(told_after(&ground, 28).await, 1);
    }
}

#[tokio::test]
async fn whoever_has_just_paid_for_a_week_is_not_told_that_two_are_left() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::days(7), "pay_1").await;
        assert_eq!(told_after(&ground, 1).await, 0);
        assert_eq!(told_after(&ground, 3).await, 1);
    }
}

#[tokio::test]
async fn e31_permanent_and_renewing_members_are_not_reminded() {
    for ground in grounds().await {
        let renewing = ground.membership().await;
        ground.pay(&renewing, Length::days(30), "pay_1").await;
        agree(&ground, &renewing, AgreementState::Live).await;
        let permanent = ground.membership().await;
        ground.pay(&permanent, Length::ENDLESS, "pay_2").await;
        assert_eq!(told_after(&ground, 28).await, 0);
    }
}

#[tokio::test]
async fn e32_after_a_cancelled_agreement_reminders_come_again() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::days(30), "pay_1").await;
        agree(&ground, &id, AgreementState::Live).await;
        assert_eq!(told_after(&ground, 20).await, 0);
        agree(&ground, &id, AgreementState::Ended).await;
        assert_eq!(told_after(&ground, 0).await, 1);
    }
}
