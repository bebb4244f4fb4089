//! A server that cannot be reached is told once per incident, and when it is over.

use async_trait::async_trait;
use chronicle::Tone;
use chronicle::want::{self, NewWant};
use jobs::{JobError, Lane};
use kit::id::ServerId;
use kit::{Actor, Span, Subject, t};
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
    let new = NewWant {
        key: want_key(&heard.server),
        kind: "server_down",
        sentence: t!("“{server}” cannot be reached", server = &heard.name),
        detail: Some(heard.reason.clone()),
        action_label: t!("Look at the server"),
        action_href: format!("/office/servers/{}", heard.server),
        tone: Tone::Bad,
        subject: Subject::of(&heard.server),
    };
    want::open(&mut tx, &new).await?;
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
    want::done(&mut tx, &want_key(&heard.server)).await?;
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

fn want_key(server: &ServerId) -> String {
    format!("server_down/{server}")
}
