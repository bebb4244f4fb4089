//! A server that cannot be reached is told by letter once per incident, and when it is over. Its line on
//! Overview is `media`'s own.

use async_trait::async_trait;
use jobs::{JobError, Lane};
use kit::{Actor, Span, Subject};
use media::events::{ServerBack, ServerUnreachable};
use outreach::LetterKind;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post_to_operator};
use crate::tools::Tools;

/// Hears [`ServerUnreachable`].
pub struct UnreachableServerTellsOperator;

#[async_trait]
impl Flow for UnreachableServerTellsOperator {
    const NAME: &'static str = "flows.unreachable_server_tells_operator";
    const LANE: Lane = Lane::Mail;
    type Event = ServerUnreachable;

    async fn run(heard: ServerUnreachable, tools: &Tools) -> Result<(), JobError> {
        Ok(unreachable(heard, tools).await?)
    }
}

async fn unreachable(heard: ServerUnreachable, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(UnreachableServerTellsOperator::NAME))
        .await?;
    let since = tx.now();
    let note = Note {
        key: format!("server_unreachable/{}/{}", heard.server, hour(since)),
        kind: LetterKind::ServerUnreachable,
        path: format!("/office/servers/{}", heard.server),
        subject: Subject::of(&heard.server),
        words: Box::new(move |reader| {
            vec![
                ("server", heard.name.clone()),
                ("reason", reader.say(&heard.reason)),
                ("since", reader.time(since)),
            ]
        }),
    };
    post_to_operator(&mut tx, note).await?;
    Ok(tx.save().await?)
}

/// Hears [`ServerBack`].
pub struct ReturnedServerTellsOperator;

#[async_trait]
impl Flow for ReturnedServerTellsOperator {
    const NAME: &'static str = "flows.returned_server_tells_operator";
    const LANE: Lane = Lane::Mail;
    type Event = ServerBack;

    async fn run(heard: ServerBack, tools: &Tools) -> Result<(), JobError> {
        Ok(back(heard, tools).await?)
    }
}

async fn back(heard: ServerBack, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(ReturnedServerTellsOperator::NAME))
        .await?;
    let now = tx.now();
    let since = now - Span::ms(heard.down_ms);
    let note = Note {
        key: format!("server_back/{}/{}", heard.server, hour(now)),
        kind: LetterKind::ServerBack,
        path: format!("/office/servers/{}", heard.server),
        subject: Subject::of(&heard.server),
        words: Box::new(move |reader| {
            vec![
                ("server", heard.name.clone()),
                ("since", reader.moment(since)),
            ]
        }),
    };
    post_to_operator(&mut tx, note).await?;
    Ok(tx.save().await?)
}

/// A server that comes and goes all the time writes once an hour at most.
fn hour(at: kit::Timestamp) -> i64 {
    at.ms().div_euclid(Span::hours(1).as_ms())
}
