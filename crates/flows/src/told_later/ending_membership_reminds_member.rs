//! Some days before the time runs out, the member is reminded: once for each step that the operator chose.

use async_trait::async_trait;
use billing::events::ExpiringSoon;
use billing::standing::standing;
use jobs::{JobError, Lane};
use kit::id::MemberId;
use kit::{Actor, Subject};
use outreach::LetterKind;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post_to_member};
use crate::tools::Tools;

/// Hears [`ExpiringSoon`].
pub struct EndingMembershipRemindsMember;

#[async_trait]
impl Flow for EndingMembershipRemindsMember {
    const NAME: &'static str = "flows.ending_membership_reminds_member";
    const LANE: Lane = Lane::Mail;
    type Event = ExpiringSoon;

    async fn run(heard: ExpiringSoon, tools: &Tools) -> Result<(), JobError> {
        Ok(remind(heard, tools).await?)
    }
}

async fn remind(heard: ExpiringSoon, tools: &Tools) -> Result<(), FlowError> {
    let Some(member) = heard.subject.as_id::<MemberId>() else {
        return Ok(());
    };
    let mut tx = tools
        .db
        .begin(Actor::flow(EndingMembershipRemindsMember::NAME))
        .await?;
    let now = tx.now();
    let standing = standing(&mut tx, &heard.subscription, now).await?;
    // Paid meanwhile: no reminder of what is no longer ahead.
    if standing.subscription.ends_at != heard.until {
        return Ok(());
    }
    let plan = standing.plan.name.clone();
    let note = Note {
        key: format!(
            "expiring_soon/{}/{}/{}",
            heard.subscription,
            heard.until.ms(),
            heard.step_days
        ),
        kind: LetterKind::ExpiringSoon,
        path: "/account".to_owned(),
        subject: Subject::of(&member),
        words: Box::new(move |reader| {
            vec![
                ("plan", plan.clone()),
                ("until", reader.day(heard.until)),
                ("days", heard.step_days.to_string()),
            ]
        }),
    };
    post_to_member(&mut tx, &member, note).await?;
    Ok(tx.save().await?)
}
