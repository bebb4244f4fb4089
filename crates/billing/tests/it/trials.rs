//! Trials: one for each person, as far as the operator allows.

use billing::settings::TrialSettings;
use billing::status::Status;
use billing::trial::{self, NewTrial};
use billing::{BillingError, subscription};
use kit::calendar::Length;
use kit::id::{PlanVersionId, SubscriptionId};
use kit::{Email, Subject};

use crate::ground::{Ground, grounds, new_plan};

async fn trial_plan(ground: &Ground) -> PlanVersionId {
    let mut plan = new_plan("Trial");
    plan.trial = Some(Length::days(7));
    ground.plan(&plan).await.1
}

async fn allow(ground: &Ground, trials: TrialSettings) {
    let (_, version) = settings::load::<TrialSettings>(&ground.db).await.unwrap();
    let mut tx = ground.begin().await;
    settings::save(&mut tx, &trials, version).await.unwrap();
    tx.save().await.unwrap();
}

fn enabled() -> TrialSettings {
    TrialSettings {
        enabled: true,
        ..TrialSettings::default()
    }
}

async fn start(
    ground: &Ground,
    subject: &Subject,
    email: &str,
    version: &PlanVersionId,
) -> Result<SubscriptionId, BillingError> {
    let trial = NewTrial {
        subject: subject.clone(),
        payer_id: ground.payer(),
        plan_version_id: version.clone(),
        email: Some(Email::parse(email).unwrap()),
    };
    let mut tx = ground.begin().await;
    let started = trial::start(&mut tx, &trial).await?;
    tx.save().await.unwrap();
    Ok(started)
}

fn is_refused(outcome: &Result<SubscriptionId, BillingError>) -> bool {
    matches!(outcome, Err(BillingError::Refused(_)))
}

#[tokio::test]
async fn d01_trials_are_offered_only_if_the_operator_says_so() {
    for ground in grounds().await {
        let version = trial_plan(&ground).await;
        let mara = ground.member();
        assert!(is_refused(
            &start(&ground, &mara, "mara@example.org", &version).await
        ));
        allow(&ground, enabled()).await;
        let id = start(&ground, &mara, "mara@example.org", &version)
            .await
            .unwrap();
        assert_eq!(ground.standing(&id).await.status, Status::Trial);
    }
}

#[tokio::test]
async fn d08_nobody_takes_a_second_trial_by_another_address_or_another_name() {
    for ground in grounds().await {
        let version = trial_plan(&ground).await;
        allow(&ground, enabled()).await;
        let mara = ground.member();
        let id = start(&ground, &mara, "mara@example.org", &version)
            .await
            .unwrap();
        let mut tx = ground.begin().await;
        subscription::cancel(&mut tx, &id, subscription::When::Now, None)
            .await
            .unwrap();
        tx.save().await.unwrap();
        let other = ground.member();
        assert!(is_refused(
            &start(&ground, &mara, "new@example.org", &version).await
        ));
        assert!(is_refused(
            &start(&ground, &other, "Mara+2@example.org", &version).await
        ));
        start(&ground, &other, "other@example.org", &version)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn d03_at_the_cap_no_new_trial_starts() {
    for ground in grounds().await {
        let version = trial_plan(&ground).await;
        let trials = TrialSettings {
            most_at_once: 1,
            ..enabled()
        };
        allow(&ground, trials).await;
        let (mara, jonas) = (ground.member(), ground.member());
        start(&ground, &mara, "mara@example.org", &version)
            .await
            .unwrap();
        assert!(is_refused(
            &start(&ground, &jonas, "jonas@example.org", &version).await
        ));
    }
}

/// Checklist: D01
#[tokio::test]
async fn a_checkout_that_was_left_becomes_the_trial() {
    for ground in grounds().await {
        let left = ground.membership().await;
        let subject = ground.standing(&left).await.subscription.subject;
        let version = trial_plan(&ground).await;
        allow(&ground, enabled()).await;
        let id = start(&ground, &subject, "mara@example.org", &version)
            .await
            .unwrap();
        assert_eq!(id, left);
        assert_eq!(ground.standing(&id).await.plan.id, version);
    }
}
