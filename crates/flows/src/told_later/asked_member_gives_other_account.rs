//! Who must give another account of a platform is written to, with the way to do it.

use async_trait::async_trait;
use jobs::{JobError, Lane};
use kit::{Actor, Subject};
use media::account_change;
use media::events::AccountChangeAsked;
use outreach::LetterKind;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post_to_member};
use crate::tools::Tools;

/// Hears [`AccountChangeAsked`].
pub struct AskedMemberGivesOtherAccount;

#[async_trait]
impl Flow for AskedMemberGivesOtherAccount {
    const NAME: &'static str = "flows.asked_member_gives_other_account";
    const LANE: Lane = Lane::Mail;
    type Event = AccountChangeAsked;

    async fn run(heard: AccountChangeAsked, tools: &Tools) -> Result<(), JobError> {
        Ok(write(heard, tools).await?)
    }
}

async fn write(heard: AccountChangeAsked, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(AskedMemberGivesOtherAccount::NAME))
        .await?;
    let due = account_change::due_of(&mut tx, &heard.member).await?;
    // They may have done it already, or need not any more.
    let Some(due) = due.filter(|due| due.platform == heard.platform) else {
        return Ok(());
    };
    let card = tools.makers.find(&due.platform).map(|maker| maker.card());
    let platform = card.map_or_else(|| due.platform.clone(), |card| card.title.to_owned());
    let note = Note {
        key: format!("give_other_account/{}", due.id),
        kind: LetterKind::GiveOtherAccount,
        path: "/account/other-account".to_owned(),
        subject: Subject::of(&heard.member),
        words: Box::new(move |_| {
            vec![
                ("platform", platform.clone()),
                ("reason", due.reason.clone()),
            ]
        }),
    };
    post_to_member(&mut tx, &heard.member, note).await?;
    Ok(tx.save().await?)
}
