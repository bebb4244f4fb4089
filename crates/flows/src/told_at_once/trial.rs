//! A free trial: a place first, then the time; access follows by itself.

use billing::plan::Plan;
use billing::trial::{self, NewTrial};
use billing::{payer, plan};
use kit::id::{PlanId, SubscriptionId};
use kit::{Span, Subject, t};
use media::Entitlements;
use media::account_change;
use media::entitlements::SECTION;
use media::place;
use media::placement::Asked;
use people::account::Account;
use people::member;

use crate::error::FlowError;
use crate::told_at_once::checkout::{self, MediaChoice};
use crate::told_at_once::house_rules;
use crate::tools::Tools;

/// Where somebody would rather watch. `None`: anywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish<'a> {
    pub location: Option<&'a str>,
    /// A kind of server.
    pub platform: Option<&'a str>,
}

/// Starts the plan's trial for an account, or says why not.
pub async fn start(
    tools: &Tools,
    account: &Account,
    plan: &PlanId,
    wish: Wish<'_>,
    media: &MediaChoice,
) -> Result<SubscriptionId, FlowError> {
    tools
        .db
        .attempt(|| start_once(tools, account, plan, wish, media))
        .await
}

async fn start_once(
    tools: &Tools,
    account: &Account,
    plan: &PlanId,
    wish: Wish<'_>,
    media: &MediaChoice,
) -> Result<SubscriptionId, FlowError> {
    let mut tx = tools.db.begin(account.actor()).await?;
    house_rules::can_write_letters(&mut tx).await?;
    let plan: Plan = plan::find(&mut tx, plan)
        .await?
        .ok_or(FlowError::NotFound)?;
    let member = member::of_account(&mut tx, account).await?;
    account_change::refuse_due(&mut tx, &member.id).await?;
    let owner = Subject::of(&account.id);
    let payer = payer::ensure(&mut tx, &owner, &account.name, Some(account.email.as_str())).await?;
    payer::lock(&mut tx, &payer.id).await?;
    let new = NewTrial {
        subject: Subject::of(&member.id),
        payer_id: payer.id,
        plan_version_id: plan.version.id.clone(),
        email: Some(account.email.clone()),
    };
    let subscription = trial::start(&mut tx, &new).await?;
    let entitlements = Entitlements::parse(plan.version.section(SECTION))?;
    if entitlements.is_empty() {
        return Err(FlowError::Refused(t!("This plan opens no libraries yet.")));
    }
    let asked = Asked {
        member: &member.id,
        entitlements: &entitlements,
        trial: true,
        permanent: false,
        location: wish.location,
        platform: wish.platform,
    };
    // Held until the flow that hears of the trial turns it into a share.
    let until = tx.now() + Span::hours(1);
    let places = place::reserve(&mut tx, &asked, subscription.as_str(), until).await?;
    if let MediaChoice::New(chosen) = media {
        checkout::choose(&mut tx, tools, &places, chosen).await?;
    }
    tx.save().await?;
    Ok(subscription)
}
