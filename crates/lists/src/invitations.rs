//! How far an invitation has come on each of its servers.

use std::collections::BTreeSet;

use billing::{BillingError, plan, subscription};
use db::Read;
use kit::id::ServerId;
use kit::stored::stored_words;
use kit::{Subject, Text, Timestamp};
use media::entitlements::SECTION;
use media::placement::{self, Candidate};
use media::share::{self, Share, ShareState, UserStage};
use media::{Entitlements, chosen};
use people::invitation::{Invitation, InvitationState};
use upkeep::{Target, TargetState};

stored_words! {
    /// How far it is on one server, from first to last.
    pub enum Step {
        /// The letter is on its way, or was not written yet.
        Preparing = "preparing",
        Sent = "sent",
        /// Somebody looked at the letter's page.
        Opened = "opened",
        /// They have a sign-in here, and have not said who they are there.
        Accepted = "accepted",
        /// They have said who they are there, and are being let in.
        Chosen = "chosen",
        /// The platform has invited them, and waits for their yes.
        InvitedThere = "invited_there",
        InPlace = "in_place",
        Failed = "failed",
        /// Taken back, or the membership is over.
        Over = "over",
    }
}

/// One server of an invitation.
#[derive(Debug, Clone)]
pub struct DoorStep {
    pub server: ServerId,
    pub server_name: String,
    pub step: Step,
    /// Why it is not further.
    pub reason: Option<Text>,
}

/// All servers of an invitation: those that were chosen for it, else those where they were placed.
pub async fn doors(
    mut read: impl Read,
    invitation: &Invitation,
    now: Timestamp,
) -> Result<Vec<DoorStep>, BillingError> {
    let member = &invitation.member_id;
    let shares = share::list_of_member(&mut read, member).await?;
    let targets = upkeep::of_subject(&mut read, &Subject::of(member)).await?;
    let mut ids: BTreeSet<ServerId> = chosen::of_member(&mut read, member)
        .await?
        .into_iter()
        .collect();
    if ids.is_empty() {
        let placed = shares.iter().filter(|share| share.takes_place);
        ids.extend(placed.map(|share| share.server_id.clone()));
    }
    let wanted = wanted(&mut read, invitation).await?;
    let candidates = placement::candidates(&mut read, now).await?;
    let with = |one: &Candidate| {
        let share = shares.iter().find(|share| share.server_id == one.server.id);
        let (step, reason) = match share.filter(|share| share.takes_place) {
            Some(share) => step_of(invitation, share, &targets, now),
            None => not_there(invitation, one, &wanted, now),
        };
        DoorStep {
            server: one.server.id.clone(),
            server_name: one.server.name.clone(),
            step,
            reason,
        }
    };
    Ok(candidates
        .iter()
        .filter(|one| ids.contains(&one.server.id))
        .map(with)
        .collect())
}

/// What the plan of the member gives now.
async fn wanted(
    mut read: impl Read,
    invitation: &Invitation,
) -> Result<Entitlements, BillingError> {
    let subject = Subject::of(&invitation.member_id);
    let Some(living) = subscription::living_of(&mut read, &subject).await? else {
        return Ok(Entitlements::default());
    };
    let version = plan::version(&mut read, &living.plan_version_id).await?;
    let section = version
        .as_ref()
        .and_then(|version| version.section(SECTION));
    // A plan that cannot be read opens nothing; its own page says so.
    Ok(Entitlements::parse(section).unwrap_or_default())
}

fn not_there(
    invitation: &Invitation,
    one: &Candidate,
    wanted: &Entitlements,
    now: Timestamp,
) -> (Step, Option<Text>) {
    if invitation.state(now) == InvitationState::Withdrawn {
        return (Step::Over, None);
    }
    match one.obstacle(wanted, false, false) {
        Some(obstacle) => (Step::Failed, Some(obstacle.text(&one.server))),
        None => (Step::Preparing, None),
    }
}

fn step_of(
    invitation: &Invitation,
    share: &Share,
    targets: &[Target],
    now: Timestamp,
) -> (Step, Option<Text>) {
    let reason = share.reason.clone();
    let step = match share.state {
        ShareState::Left | ShareState::Removed => Step::Over,
        _ if share.is_open() => Step::InPlace,
        _ if share.stage == UserStage::Gone => Step::Failed,
        ShareState::Invited => Step::InvitedThere,
        _ if share.needs_credentials() => return (before_choice(invitation, now), None),
        _ if is_stuck(share, targets) => Step::Failed,
        _ => Step::Chosen,
    };
    (step, reason.filter(|_| step != Step::InPlace))
}

fn before_choice(invitation: &Invitation, now: Timestamp) -> Step {
    match invitation.state(now) {
        InvitationState::Accepted => Step::Accepted,
        InvitationState::Withdrawn => Step::Over,
        _ if !invitation.opened_at.is_never() => Step::Opened,
        _ if !invitation.sent_at.is_never() => Step::Sent,
        _ => Step::Preparing,
    }
}

fn is_stuck(share: &Share, targets: &[Target]) -> bool {
    let key = share.id.as_str();
    let target = targets.iter().find(|target| target.target_key == key);
    let tried =
        target.is_some_and(|target| target.state == TargetState::Failed || target.tries > 0);
    tried && share.reason.is_some()
}
