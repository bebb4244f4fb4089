//! A member made by staff: the person, a subscription and time given for a reason, in one transaction.

use billing::subscription::{self, NewSubscription};
use billing::term::{self, Cause, CauseKind, NewGrant};
use billing::{payer, plan};
use db::Tx;
use kit::id::{MemberId, PlanId, SubscriptionId};
use kit::{Length, Span, Subject, Timestamp, t};
use people::member::{self, Member, NewMember};

use crate::error::FlowError;

/// What staff give to somebody.
#[derive(Debug, Clone)]
pub struct Gift {
    pub plan: PlanId,
    pub until: Until,
    /// Why, for the time line.
    pub cause: CauseKind,
}

/// How long it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// In whole days, rounded up.
    Day(Timestamp),
    /// So long from now on.
    For(Length),
    Permanent,
}

/// Makes a member, and gives them a plan if one is given.
pub async fn create(
    tx: &mut Tx<'_>,
    new: &NewMember,
    gift: Option<&Gift>,
) -> Result<Member, FlowError> {
    let member = member::create(tx, new).await?;
    if let Some(gift) = gift {
        give(tx, &member, gift).await?;
    }
    Ok(member)
}

/// Puts a member on a plan until a day, or for good. Each call gives.
pub async fn give(
    tx: &mut Tx<'_>,
    member: &Member,
    gift: &Gift,
) -> Result<SubscriptionId, FlowError> {
    let cause = cause_id(tx, &member.id);
    give_because(tx, member, gift, &cause).await
}

/// Like [`give`], for a cause that is known: the same gives once.
pub(super) async fn give_because(
    tx: &mut Tx<'_>,
    member: &Member,
    gift: &Gift,
    cause: &str,
) -> Result<SubscriptionId, FlowError> {
    let plan = plan::find(&mut *tx, &gift.plan)
        .await?
        .ok_or(FlowError::NotFound)?;
    let subject = Subject::of(&member.id);
    let owner = match &member.account_id {
        Some(account) => Subject::of(account),
        None => subject.clone(),
    };
    let email = member.email.as_ref().map(kit::Email::as_str);
    let payer = payer::ensure(tx, &owner, &member.name, email).await?;
    let living = subscription::living_of_kind(&mut *tx, &subject, plan.kind()).await?;
    let id = if let Some(living) = living {
        living.id
    } else {
        let new = NewSubscription {
            subject,
            payer_id: payer.id,
            plan_version_id: plan.version.id.clone(),
        };
        subscription::start(tx, &new).await?
    };
    let now = tx.now();
    let length = match gift.until {
        Until::Permanent => Length::ENDLESS,
        Until::For(length) => length,
        Until::Day(end) if end > now => Length::days(days_between(now, end)),
        Until::Day(_) => {
            return Err(FlowError::Refused(t!(
                "The end lies in the past. Choose a day that is still to come."
            )));
        }
    };
    let cause = Cause::new(gift.cause, cause);
    term::grant(tx, &NewGrant::new(&id, length, cause, now)).await?;
    Ok(id)
}

/// Each gift is a cause of its own.
fn cause_id(tx: &Tx<'_>, member: &MemberId) -> String {
    let gift: kit::id::EventId = tx.id();
    format!("{member}/{gift}")
}

fn days_between(now: Timestamp, end: Timestamp) -> u32 {
    let day = Span::days(1).as_ms();
    u32::try_from((end.since(now).as_ms() + day - 1) / day).unwrap_or(u32::MAX)
}
