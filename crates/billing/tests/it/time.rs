//! Time given, taken back, withheld and cancelled, as stored.

use billing::hold::{self, HoldReason, NewHold};
use billing::status::Status;
use billing::subscription::{self, NewSubscription, When};
use billing::term::{self, Cause, CauseKind, Granted, NewGrant, Revoked};
use billing::{BillingError, joining, privacy};
use kit::Timestamp;
use kit::calendar::Length;

use crate::ground::{Ground, at, grounds, new_plan};

#[tokio::test]
async fn a_cause_gives_once_however_often_it_is_told() {
    for ground in grounds().await {
        let id = ground.membership().await;
        assert_eq!(
            ground.pay(&id, Length::months(1), "pay_1").await,
            Granted::New
        );
        assert_eq!(
            ground.pay(&id, Length::months(1), "pay_1").await,
            Granted::AlreadyThere
        );
        let standing = ground.standing(&id).await;
        assert_eq!(standing.status, Status::Active);
        assert_eq!(standing.term.paid_until, Some(at("2026-04-01T12:00:00Z")));
        assert_eq!(standing.subscription.ends_at, at("2026-04-01T12:00:00Z"));
        assert_eq!(ground.told("billing.status_changed").await, 1);
        assert_eq!(ground.told("billing.term_changed").await, 2);
    }
}

#[tokio::test]
async fn time_taken_back_moves_the_rest_forward() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::months(1), "pay_1").await;
        ground.pay(&id, Length::months(1), "pay_2").await;
        let cause = Cause::new(CauseKind::Payment, "pay_1");
        for expected in [Revoked::Now(id.clone()), Revoked::Before(id.clone())] {
            let mut tx = ground.begin().await;
            let revoked = term::revoke(&mut tx, &cause, "refunded").await.unwrap();
            tx.save().await.unwrap();
            assert_eq!(revoked, expected);
        }
        let standing = ground.standing(&id).await;
        assert_eq!(standing.term.paid_until, Some(at("2026-04-01T12:00:00Z")));
        // The cause stays used up.
        assert_eq!(
            ground.pay(&id, Length::months(1), "pay_1").await,
            Granted::AlreadyThere
        );
    }
}

#[tokio::test]
async fn a_length_without_sense_is_refused() {
    for ground in grounds().await {
        let id = ground.membership().await;
        for count in [0, 4000, u32::MAX] {
            let cause = Cause::new(CauseKind::Staff, "absurd");
            let grant = NewGrant::new(&id, Length::years(count), cause, ground.world.now());
            let mut tx = ground.begin().await;
            let refused = term::grant(&mut tx, &grant).await;
            assert!(matches!(refused, Err(BillingError::Refused(_))));
        }
    }
}

async fn place(ground: &Ground, hold: &NewHold) -> kit::id::HoldId {
    let mut tx = ground.begin().await;
    let id = hold::place(&mut tx, hold).await.unwrap();
    tx.save().await.unwrap();
    id
}

#[tokio::test]
async fn access_returns_when_the_last_hold_is_lifted() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::months(1), "pay_1").await;
        let hold = |reason, source: &str| NewHold {
            subscription: id.clone(),
            reason,
            source: source.to_owned(),
            note: Some("Please write to us.".to_owned()),
            until: Timestamp::NEVER,
        };
        let staff = place(&ground, &hold(HoldReason::Staff, "")).await;
        let bank = place(&ground, &hold(HoldReason::Chargeback, "dsp_1")).await;
        assert_eq!(
            place(&ground, &hold(HoldReason::Chargeback, "dsp_1")).await,
            bank
        );
        for (lifted, expected) in [(staff, Status::Suspended), (bank, Status::Active)] {
            let mut tx = ground.begin().await;
            assert!(hold::lift(&mut tx, &lifted, Some("settled")).await.unwrap());
            tx.save().await.unwrap();
            assert_eq!(ground.standing(&id).await.status, expected);
        }
        assert_eq!(ground.told("billing.status_changed").await, 3);
    }
}

#[tokio::test]
async fn a_pause_gives_its_time_back_whether_it_ends_early_or_by_itself() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::months(1), "pay_1").await;
        let pause = |until: Timestamp| NewHold {
            subscription: id.clone(),
            reason: HoldReason::CustomerPause,
            source: String::new(),
            note: None,
            until,
        };
        let mut tx = ground.begin().await;
        let endless = hold::place(&mut tx, &pause(Timestamp::NEVER)).await;
        assert!(matches!(endless, Err(BillingError::Refused(_))));
        drop(tx);

        ground.days_later(10);
        let early = place(&ground, &pause(at("2026-03-31T12:00:00Z"))).await;
        let standing = ground.standing(&id).await;
        assert_eq!(standing.status, Status::Paused);
        assert_eq!(standing.subscription.ends_at, at("2026-04-21T12:00:00Z"));
        ground.days_later(5);
        let mut tx = ground.begin().await;
        assert!(hold::lift(&mut tx, &early, None).await.unwrap());
        tx.save().await.unwrap();
        let standing = ground.standing(&id).await;
        assert_eq!(standing.status, Status::Active);
        assert_eq!(standing.subscription.ends_at, at("2026-04-06T12:00:00Z"));

        place(&ground, &pause(at("2026-03-18T12:00:00Z"))).await;
        ground.days_later(2);
        let standing = ground.standing(&id).await;
        assert_eq!(standing.status, Status::Active, "over by itself");
        assert_eq!(standing.term.paid_until, Some(at("2026-04-08T12:00:00Z")));
    }
}

#[tokio::test]
async fn a_cancellation_at_the_end_can_be_undone_and_one_in_effect_cannot() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::months(1), "pay_1").await;
        let mut tx = ground.begin().await;
        let end = subscription::cancel(&mut tx, &id, When::AtEnd, None)
            .await
            .unwrap();
        tx.save().await.unwrap();
        assert_eq!(end, at("2026-04-01T12:00:00Z"));
        assert_eq!(ground.standing(&id).await.status, Status::Active);
        let mut tx = ground.begin().await;
        assert!(subscription::undo_cancel(&mut tx, &id).await.unwrap());
        subscription::cancel(&mut tx, &id, When::Now, Some("moved away"))
            .await
            .unwrap();
        assert!(subscription::undo_cancel(&mut tx, &id).await.is_err());
        tx.save().await.unwrap();
        let standing = ground.standing(&id).await;
        assert_eq!(standing.status, Status::Cancelled);
        assert!(!standing.subscription.is_living());
    }
}

#[tokio::test]
async fn there_is_one_living_membership_and_after_it_another() {
    for ground in grounds().await {
        let id = ground.membership().await;
        let old = ground.standing(&id).await.subscription;
        let again = NewSubscription {
            subject: old.subject.clone(),
            payer_id: old.payer_id,
            plan_version_id: old.plan_version_id,
        };
        let mut tx = ground.begin().await;
        let refused = subscription::start(&mut tx, &again).await;
        assert!(matches!(refused, Err(BillingError::Refused(_))));
        subscription::cancel(&mut tx, &id, When::Now, None)
            .await
            .unwrap();
        let second = subscription::start(&mut tx, &again).await.unwrap();
        tx.save().await.unwrap();
        let living = subscription::living_of(&ground.db, &old.subject)
            .await
            .unwrap();
        assert_eq!(living.unwrap().id, second);
    }
}

#[tokio::test]
async fn a_permanent_member_never_ends_until_that_is_taken_back() {
    for ground in grounds().await {
        let id = ground.membership().await;
        let mut tx = ground.begin().await;
        subscription::make_permanent(&mut tx, &id, Some("a friend"))
            .await
            .unwrap();
        tx.save().await.unwrap();
        let standing = ground.standing(&id).await;
        assert!(standing.is_permanent() && standing.changes_at.is_never());
        let mut tx = ground.begin().await;
        let grant = &standing.grants[0].id;
        term::revoke_grant(&mut tx, grant, "no longer")
            .await
            .unwrap();
        tx.save().await.unwrap();
        assert_eq!(ground.standing(&id).await.status, Status::Pending);
    }
}

#[tokio::test]
async fn a_person_can_take_their_data_along_and_have_the_words_erased() {
    for ground in grounds().await {
        let id = ground.membership().await;
        ground.pay(&id, Length::months(1), "pay_1").await;
        let subject = ground.standing(&id).await.subscription.subject;
        let mut tx = ground.begin().await;
        subscription::cancel(&mut tx, &id, When::AtEnd, Some("too ill"))
            .await
            .unwrap();
        let now = ground.world.now();
        let export = privacy::export_of(&mut tx, &subject, now).await.unwrap();
        assert_eq!(export[0].cancel_reason.as_deref(), Some("too ill"));
        assert_eq!(export[0].grants.len(), 1);
        privacy::erase(&mut tx, &subject).await.unwrap();
        let export = privacy::export_of(&mut tx, &subject, now).await.unwrap();
        assert_eq!(export[0].cancel_reason, None);
        tx.save().await.unwrap();
    }
}

#[tokio::test]
async fn two_members_become_one_and_so_does_their_time() {
    for ground in grounds().await {
        let id = ground.membership().await;
        let from = ground.standing(&id).await.subscription.subject;
        let into = ground.member();
        let mut tx = ground.begin().await;
        joining::subjects(&mut tx, &from, &into).await.unwrap();
        tx.save().await.unwrap();
        let moved = ground.standing(&id).await.subscription;
        assert_eq!(moved.subject, into);
        let second = ground.start(&from, &moved.plan_version_id).await;
        let before = ground.standing(&id).await.grants.len();
        let given = ground.standing(&second).await.grants.len();
        let mut tx = ground.begin().await;
        joining::subjects(&mut tx, &from, &into).await.unwrap();
        tx.save().await.unwrap();
        assert_eq!(ground.standing(&id).await.grants.len(), before + given);
        assert!(!ground.standing(&second).await.subscription.is_living());
    }
}

#[tokio::test]
async fn a_plan_of_another_kind_is_refused() {
    for ground in grounds().await {
        let id = ground.membership().await;
        let mut radio = new_plan("Radio");
        radio.kind = billing::plan::PlanKind::Radio;
        let (_, version) = ground.plan(&radio).await;
        let mut tx = ground.begin().await;
        let refused = subscription::change_plan(&mut tx, &id, &version, None).await;
        assert!(matches!(refused, Err(BillingError::Refused(_))));
    }
}
