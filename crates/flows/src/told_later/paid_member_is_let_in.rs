//! Who has paid is let in, or the operator learns why not: on Overview at once, by letter once per incident.

use async_trait::async_trait;
use billing::standing::{Standing, standing};
use chronicle::Tone;
use chronicle::want::{self, NewWant};
use db::Tx;
use jobs::{Job, JobError, Lane};
use kit::id::{MemberId, SubscriptionId};
use kit::{Actor, Subject, Text, t};
use media::share::{self, Share};
use outreach::LetterKind;
use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::letters::{Note, post_to_operator};
use crate::told_later::term_change_sets_access::is_moving;
use crate::tools::Tools;

/// Looks whether a member who should be in is in. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeeThatMemberIsIn {
    pub subscription: SubscriptionId,
}

#[async_trait]
impl Job for SeeThatMemberIsIn {
    const NAME: &'static str = "flows.see_that_member_is_in";
    const LANE: Lane = Lane::Bulk;
    type Needs = Tools;

    async fn run(&self, tools: &Tools) -> Result<(), JobError> {
        Ok(see(tools, &self.subscription).await?)
    }
}

async fn see(tools: &Tools, id: &SubscriptionId) -> Result<(), FlowError> {
    let mut tx = tools.db.begin(Actor::flow(SeeThatMemberIsIn::NAME)).await?;
    let now = tx.now();
    let standing = standing(&mut tx, id, now).await?;
    let Some(member) = standing.subscription.subject.as_id::<MemberId>() else {
        return Ok(());
    };
    let shares = share::list_of_member(&mut tx, &member).await?;
    let stuck = shares
        .iter()
        .find(|share| share.takes_place && !share.is_open());
    match stuck {
        // On their way to another server they are still on the one before; the move says how far they are.
        _ if is_moving(&mut tx, &member).await? => return Ok(()),
        // They were asked by letter to choose a name and a password; it is not the operator's turn.
        Some(share) if share.needs_credentials() => return Ok(()),
        Some(share) if standing.has_access() => {
            media::call_for_person(&mut tx, share, why(share)).await?;
            complain(&mut tx, &standing, &member, &why(share)).await?;
        }
        _ => settled(&mut tx, &member).await?,
    }
    Ok(tx.save().await?)
}

fn why(share: &Share) -> Text {
    share
        .reason
        .clone()
        .unwrap_or(t!("The server has not answered yet."))
}

/// No server has room or can serve the plan although it was sold: tried again while the operator makes room.
/// Where there is a share, `media` opens the line on Overview; here there is none to open it for.
pub(super) async fn no_place(
    tools: &Tools,
    standing: &Standing,
    member: &MemberId,
    reason: Text,
) -> Result<(), FlowError> {
    let mut tx = tools.db.begin(Actor::flow(SeeThatMemberIsIn::NAME)).await?;
    let new = NewWant {
        key: want_key(member),
        kind: "paid_not_in",
        sentence: t!(
            "{member} has paid, and no server has a place",
            member = name_of(&mut tx, member).await?
        ),
        detail: Some(reason.clone()),
        action_label: t!("Look at the servers"),
        action_href: "/office/servers".to_owned(),
        tone: Tone::Bad,
        subject: Subject::of(member),
    };
    want::open(&mut tx, &new).await?;
    complain(&mut tx, standing, member, &reason).await?;
    tx.save().await?;
    Err(FlowError::Refused(reason))
}

async fn name_of(tx: &mut Tx<'_>, member: &MemberId) -> Result<String, FlowError> {
    let person = people::member::find(&mut *tx, member).await?;
    Ok(person.map_or_else(|| member.to_string(), |person| person.name))
}

/// Writes to the operator, once per incident.
pub(super) async fn complain(
    tx: &mut Tx<'_>,
    standing: &Standing,
    member: &MemberId,
    reason: &Text,
) -> Result<(), FlowError> {
    let name = name_of(tx, member).await?;
    let plan = standing.plan.name.clone();
    let reason = reason.clone();
    let note = Note {
        // The version changes with every fact, so a new incident after a new payment is told again.
        key: format!(
            "paid_not_let_in/{}/{}",
            standing.subscription.id, standing.subscription.version
        ),
        kind: LetterKind::PaidNotLetIn,
        path: format!("/office/members/{member}"),
        subject: Subject::of(member),
        words: Box::new(move |reader| {
            vec![
                ("member", name.clone()),
                ("plan", plan.clone()),
                ("reason", reader.say(&reason)),
            ]
        }),
    };
    Ok(post_to_operator(tx, note).await?)
}

/// The member is in: the line on Overview goes.
pub(super) async fn settled(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), FlowError> {
    want::done(tx, &want_key(member)).await?;
    Ok(())
}

fn want_key(member: &MemberId) -> String {
    format!("no_place/{member}")
}
