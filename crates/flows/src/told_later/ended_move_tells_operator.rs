//! What came of a move is told to the operator by letter: exact counts, and who could not be moved, with reasons.

use async_trait::async_trait;
use db::Tx;
use jobs::{JobError, Lane};
use kit::{Actor, Reader, Subject};
use media::events::MoveEnded;
use media::moving::{self, mover};
use outreach::LetterKind;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post_to_operator};
use crate::tools::Tools;

/// A letter names so many; the page names all.
const NAMED: i64 = 50;

/// Hears [`MoveEnded`].
pub struct EndedMoveTellsOperator;

#[async_trait]
impl Flow for EndedMoveTellsOperator {
    const NAME: &'static str = "flows.ended_move_tells_operator";
    const LANE: Lane = Lane::Mail;
    type Event = MoveEnded;

    async fn run(heard: MoveEnded, tools: &Tools) -> Result<(), JobError> {
        Ok(report(&heard, tools).await?)
    }
}

async fn report(heard: &MoveEnded, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(EndedMoveTellsOperator::NAME))
        .await?;
    let Some(moving) = moving::find(&mut tx, &heard.moving).await? else {
        return Ok(());
    };
    let failed = failed(&mut tx, heard).await?;
    let kind = if heard.undone {
        LetterKind::MoveUndone
    } else {
        LetterKind::MoveDone
    };
    let note = Note {
        // Whoever was tried again brings another end, and another report.
        key: format!(
            "{}/{}/{}/{}",
            kind.word(),
            moving.id,
            moving.ended_at.ms(),
            heard.waits
        ),
        kind,
        path: format!("/office/moves/{}", moving.id),
        subject: Subject::of(&moving.id),
        words: Box::new(move |reader| words(reader, heard, &failed)),
    };
    post_to_operator(&mut tx, note).await?;
    Ok(tx.save().await?)
}

/// Who failed, and why.
async fn failed(
    tx: &mut Tx<'_>,
    heard: &MoveEnded,
) -> Result<Vec<(String, Option<kit::Text>)>, FlowError> {
    let mut failed = Vec::new();
    for stuck in mover::failed(&mut *tx, &heard.moving, NAMED).await? {
        let person = people::member::find(&mut *tx, &stuck.member_id).await?;
        let name = person.map_or_else(|| stuck.member_id.to_string(), |person| person.name);
        failed.push((name, stuck.reason));
    }
    Ok(failed)
}

fn words(
    reader: &Reader,
    heard: &MoveEnded,
    failed: &[(String, Option<kit::Text>)],
) -> Vec<(&'static str, String)> {
    let number = |n: i64| n.to_string();
    let lines: Vec<String> = failed
        .iter()
        .map(|(name, why)| {
            let why = why.as_ref().map(|why| reader.say(why)).unwrap_or_default();
            format!("- {name}: {why}")
        })
        .collect();
    vec![
        ("source", heard.source_name.clone()),
        ("target", heard.target_name.clone()),
        ("moved", number(heard.moved)),
        ("already", number(heard.already)),
        ("waits", number(heard.waits)),
        ("failed", number(heard.failed)),
        ("left_out", number(heard.left_out)),
        ("returned", number(heard.returned)),
        ("names", lines.join("\n")),
    ]
}
