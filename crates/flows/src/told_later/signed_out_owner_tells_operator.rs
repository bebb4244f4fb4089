//! An owner account whose key is dead is told by letter once per incident, and when it is over: nobody can be let in
//! or taken out meanwhile. Its line on Overview is `media`'s own.

use async_trait::async_trait;
use jobs::{JobError, Lane};
use kit::{Actor, Span, Subject};
use media::events::{OwnerSignedIn, OwnerSignedOut};
use outreach::LetterKind;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post_to_operator};
use crate::tools::Tools;

/// Hears [`OwnerSignedOut`].
pub struct SignedOutOwnerTellsOperator;

#[async_trait]
impl Flow for SignedOutOwnerTellsOperator {
    const NAME: &'static str = "flows.signed_out_owner_tells_operator";
    const LANE: Lane = Lane::Mail;
    type Event = OwnerSignedOut;

    async fn run(heard: OwnerSignedOut, tools: &Tools) -> Result<(), JobError> {
        Ok(signed_out(heard, tools).await?)
    }
}

async fn signed_out(heard: OwnerSignedOut, tools: &Tools) -> Result<(), FlowError> {
    let actor = Actor::flow(SignedOutOwnerTellsOperator::NAME);
    let mut tx = tools.db.begin(actor).await?;
    let note = Note {
        key: format!("owner_signed_out/{}/{}", heard.owner, hour(tx.now())),
        kind: LetterKind::OwnerSignedOut,
        path: format!("/office/owners/{}", heard.owner),
        subject: Subject::of(&heard.owner),
        words: Box::new(move |reader| {
            vec![
                ("account", heard.name.clone()),
                ("reason", reader.say(&heard.reason)),
            ]
        }),
    };
    post_to_operator(&mut tx, note).await?;
    Ok(tx.save().await?)
}

/// Hears [`OwnerSignedIn`].
pub struct ReturnedOwnerTellsOperator;

#[async_trait]
impl Flow for ReturnedOwnerTellsOperator {
    const NAME: &'static str = "flows.returned_owner_tells_operator";
    const LANE: Lane = Lane::Mail;
    type Event = OwnerSignedIn;

    async fn run(heard: OwnerSignedIn, tools: &Tools) -> Result<(), JobError> {
        if heard.was_out {
            signed_in(heard, tools).await?;
        }
        Ok(())
    }
}

async fn signed_in(heard: OwnerSignedIn, tools: &Tools) -> Result<(), FlowError> {
    let actor = Actor::flow(ReturnedOwnerTellsOperator::NAME);
    let mut tx = tools.db.begin(actor).await?;
    let note = Note {
        key: format!("owner_back/{}/{}", heard.owner, hour(tx.now())),
        kind: LetterKind::OwnerBack,
        path: format!("/office/owners/{}", heard.owner),
        subject: Subject::of(&heard.owner),
        words: Box::new(move |_| vec![("account", heard.name.clone())]),
    };
    post_to_operator(&mut tx, note).await?;
    Ok(tx.save().await?)
}

/// An account that comes and goes all the time writes once an hour at most.
fn hour(at: kit::Timestamp) -> i64 {
    at.ms().div_euclid(Span::hours(1).as_ms())
}
