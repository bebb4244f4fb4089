//! The member is told when access is withheld and when it is over, with the reason and the way back.

use async_trait::async_trait;
use billing::events::StatusChanged;
use billing::standing::{Standing, standing};
use billing::status::Status;
use jobs::{JobError, Lane};
use kit::id::MemberId;
use kit::{Actor, Subject, Text, t};
use outreach::LetterKind;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post_to_member};
use crate::told_later::share_news_reach_member::plan_words;
use crate::tools::Tools;

/// Hears [`StatusChanged`].
pub struct StatusChangeWritesToMember;

#[async_trait]
impl Flow for StatusChangeWritesToMember {
    const NAME: &'static str = "flows.status_change_writes_to_member";
    const LANE: Lane = Lane::Mail;
    type Event = StatusChanged;

    async fn run(heard: StatusChanged, tools: &Tools) -> Result<(), JobError> {
        Ok(write(heard, tools).await?)
    }
}

async fn write(heard: StatusChanged, tools: &Tools) -> Result<(), FlowError> {
    let Some(member) = heard.subject.as_id::<MemberId>() else {
        return Ok(());
    };
    let kind = match heard.to {
        Status::Suspended => LetterKind::Suspended,
        Status::Cancelled => LetterKind::Cancelled,
        _ => return Ok(()),
    };
    let mut tx = tools
        .db
        .begin(Actor::flow(StatusChangeWritesToMember::NAME))
        .await?;
    let now = tx.now();
    let standing = standing(&mut tx, &heard.subscription, now).await?;
    // It may have changed again since: then there is nothing to say any more.
    if standing.status != heard.to {
        return Ok(());
    }
    let note = Note {
        key: format!(
            "{}/{}/{}",
            kind.word(),
            heard.subscription,
            standing.subscription.version
        ),
        kind,
        path: "/account".to_owned(),
        subject: Subject::of(&member),
        words: Box::new(move |reader| {
            let mut words = plan_words(Some(&standing), reader);
            words.push(("reason", reader.say(&reason(&standing))));
            words
        }),
    };
    post_to_member(&mut tx, &member, note).await?;
    Ok(tx.save().await?)
}

fn reason(standing: &Standing) -> Text {
    match standing.holds.first() {
        Some(hold) => hold.text(),
        None => t!("the time that was paid for is over."),
    }
}
