//! Free trials: one for each person, known by member and by e-mail address, as far as the operator allows.

use std::fmt::Write as _;

use db::{DbError, Read, Tx, values};
use kit::id::{PayerId, PlanVersionId, SubscriptionId};
use kit::{Email, Subject, Text, t};
use sha2::{Digest, Sha256};

use crate::error::BillingError;
use crate::plan::{PlanKind, PlanVersion};
use crate::settings::TrialSettings;
use crate::status::Status;
use crate::subscription::NewSubscription;
use crate::term::{Cause, CauseKind, NewGrant};
use crate::{plan, subscription, term};

/// A trial to be started.
#[derive(Debug, Clone)]
pub struct NewTrial {
    pub subject: Subject,
    pub payer_id: PayerId,
    pub plan_version_id: PlanVersionId,
    /// Of the person; without it only the member is compared.
    pub email: Option<Email>,
}

/// Starts a trial, or says in a sentence why not.
pub async fn start(tx: &mut Tx<'_>, trial: &NewTrial) -> Result<SubscriptionId, BillingError> {
    if let Some(reason) = refusal(&mut *tx, &trial.subject, trial.email.as_ref()).await? {
        return Err(BillingError::Refused(reason));
    }
    let version = trial_version(tx, &trial.plan_version_id).await?;
    let Some(length) = version.trial() else {
        return Err(BillingError::Refused(t!(
            "This plan has no free trial. Choose a trial plan, or pay for this one."
        )));
    };
    let id = subscription_for(tx, trial).await?;
    note(tx, &trial.subject, trial.email.as_ref(), &id).await?;
    let cause = Cause::new(CauseKind::Trial, trial.subject.as_str());
    let grant = NewGrant::new(&id, length, cause, tx.now());
    term::grant(tx, &grant).await?;
    Ok(id)
}

async fn trial_version(tx: &mut Tx<'_>, id: &PlanVersionId) -> Result<PlanVersion, BillingError> {
    let version = plan::version(&mut *tx, id)
        .await?
        .ok_or_else(|| BillingError::not_found(id))?;
    let plan = plan::find(&mut *tx, &version.plan_id).await?;
    let is_offered = plan.is_some_and(|plan| plan.is_active && plan.version.id == version.id);
    if !is_offered {
        return Err(BillingError::Refused(t!(
            "This trial is no longer offered. Please choose among the plans as they are now."
        )));
    }
    Ok(version)
}

/// A pending subscription (a checkout that was left) is used; otherwise one is started.
async fn subscription_for(
    tx: &mut Tx<'_>,
    trial: &NewTrial,
) -> Result<SubscriptionId, BillingError> {
    let living = subscription::living_of(&mut *tx, &trial.subject).await?;
    if let Some(pending) = living.filter(|found| found.status == Status::Pending) {
        subscription::change_plan(tx, &pending.id, &trial.plan_version_id, None).await?;
        return Ok(pending.id);
    }
    let new = NewSubscription {
        subject: trial.subject.clone(),
        payer_id: trial.payer_id.clone(),
        plan_version_id: trial.plan_version_id.clone(),
    };
    subscription::start(tx, &new).await
}

const INSERT: &str = "
    insert into trials (subject, email_hash, subscription_id, started_at) values ($1, $2, $3, $4)";

/// Notes that somebody has had their trial, e.g. a free start at a gateway. Refused if they had one before.
pub async fn note(
    tx: &mut Tx<'_>,
    subject: &Subject,
    email: Option<&Email>,
    subscription: &SubscriptionId,
) -> Result<(), BillingError> {
    let now = tx.now();
    let row = values![subject, email.map(email_hash), subscription, now];
    match tx.run(INSERT, row).await {
        Err(DbError::Duplicate(_)) => Err(BillingError::Refused(had_one())),
        settled => Ok(settled.map(|_| ())?),
    }
}

/// Why no trial can be started for this person now. `None`: it can.
pub async fn refusal(
    mut read: impl Read,
    subject: &Subject,
    email: Option<&Email>,
) -> Result<Option<Text>, DbError> {
    let (trials, _) = settings::load::<TrialSettings>(&mut read).await?;
    if !trials.enabled {
        return Ok(Some(t!("Free trials are not offered at the moment.")));
    }
    if has_had(&mut read, subject, email).await? {
        return Ok(Some(had_one()));
    }
    let living = subscription::living_of_kind(&mut read, subject, PlanKind::Membership).await?;
    if living.is_some_and(|found| found.status != Status::Pending && found.cancel_at.is_never()) {
        return Ok(Some(t!(
            "A trial is for newcomers; there is a membership already. Choose a plan to go on."
        )));
    }
    let most = i64::from(trials.most_at_once);
    if most > 0 && count_running(&mut read).await? >= most {
        return Ok(Some(t!(
            "All trial places are taken at the moment. Please try again in some days, or choose a plan."
        )));
    }
    Ok(None)
}

fn had_one() -> Text {
    t!("There is one free trial for each person, and it has been used. Choose a plan to go on.")
}

const COUNT_RUNNING: &str = "select count(*) as n from subscriptions where status = 'trial'";

/// How many are in a trial now.
pub async fn count_running(mut read: impl Read) -> Result<i64, DbError> {
    Ok(read.one::<(i64,)>(COUNT_RUNNING, values![]).await?.0)
}

const HAS_HAD: &str = "
    select count(*) as n from trials where subject = $1 or email_hash = $2";

/// Whether this person has had a trial.
pub async fn has_had(
    mut read: impl Read,
    subject: &Subject,
    email: Option<&Email>,
) -> Result<bool, DbError> {
    let row = values![subject, email.map(email_hash)];
    Ok(read.one::<(i64,)>(HAS_HAD, row).await?.0 > 0)
}

/// Whether the operator wants a trial before any purchase, and this person has had none.
pub async fn is_required_first(
    mut read: impl Read,
    subject: &Subject,
    email: Option<&Email>,
) -> Result<bool, DbError> {
    let (trials, _) = settings::load::<TrialSettings>(&mut read).await?;
    if !trials.enabled || !trials.required_first {
        return Ok(false);
    }
    Ok(!has_had(read, subject, email).await?)
}

/// The address is kept as a hash only, so that it can be recognised after the person was erased. What
/// follows a plus sign is left out: such addresses reach the same person.
fn email_hash(email: &Email) -> String {
    let key = email.key();
    let (local, domain) = key.split_once('@').unwrap_or((&key, ""));
    let local = local.split('+').next().unwrap_or(local);
    let digest = Sha256::digest(format!("{local}@{domain}").as_bytes());
    let mut hex = String::with_capacity(64);
    for byte in digest {
        write!(hex, "{byte:02x}").expect("a string takes all that is written to it");
    }
    hex
}
