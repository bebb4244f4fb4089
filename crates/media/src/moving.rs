//! Moves: members of one server who are led to another, one after the other, in the background.
//!
//! A [`Move`] is begun with what [`outlook`] foresaw for each of its [`mover`]s. From the moment a mover is under
//! way, placement keeps them on the source and lets them in on the target ([`going`]); once they are in there, the
//! source ends. So whatever pays, extends, changes or ends a membership meanwhile ends right, because it settles
//! the placement in the same way. Terms, payments and sign-ins are not touched here at all.

use db::{DbError, Listing, Read, Tx, values};
use kit::id::{MemberId, MoveId, ServerId};
use kit::stored::stored_words;
use kit::{PageAsked, PageOf, Subject, Text, Timestamp, t};

use crate::error::MediaError;
use crate::events::{MoveChange, MoveChanged, MoveEnded};
use crate::server;

pub(crate) mod going;
pub mod mover;
pub mod outlook;

pub use going::{Going, going, leads_to, set_out, target_failed};
pub use mover::{MoverState, Progress, Stand, progress};
pub use outlook::{Outlook, Prospect};

stored_words! {
    /// How a move stands.
    pub enum MoveState {
        Running = "running",
        /// Nobody new sets out; who is under way arrives.
        Paused = "paused",
        /// Everybody has arrived, could not, or is waited for by nothing of ours.
        Done = "done",
        /// Everybody is being brought back.
        Undoing = "undoing",
        Undone = "undone",
    }
}

db::row! {
    /// Members of one server who are led to another. Names are as they were, should a server go.
    #[derive(Debug, Clone)]
    pub struct Move {
        pub id: MoveId,
        pub source_id: ServerId,
        pub source_name: String,
        pub target_id: ServerId,
        pub target_name: String,
        /// The source is lost: nobody waits for the target before it ends there, and nothing is asked of it.
        pub source_gone: bool,
        pub state: MoveState,
        /// In the words of whoever began it.
        pub reason: String,
        pub begun_at: Timestamp,
        /// When the last had arrived or could not; [`Timestamp::NEVER`]: not yet.
        pub ended_at: Timestamp,
        /// How many were still to act themselves when it ended.
        pub waits: i64,
    }
}

impl Move {
    pub fn subject(&self) -> Subject {
        Subject::of(&self.id)
    }

    /// Whether somebody may still set out by themselves.
    pub fn is_at_work(&self) -> bool {
        matches!(self.state, MoveState::Running | MoveState::Undoing)
    }
}

const FIND: &str = "
    select id, source_id, source_name, target_id, target_name, source_gone, state, reason, begun_at, ended_at, waits
      from moves where id = $1";

/// `None`: there is no such move.
pub async fn find(mut read: impl Read, id: &MoveId) -> Result<Option<Move>, DbError> {
    read.maybe(FIND, values![id]).await
}

async fn required_move(read: impl Read, id: &MoveId) -> Result<Move, MediaError> {
    find(read, id).await?.ok_or(MediaError::NotFound)
}

const MOVES: Listing = Listing {
    base: "
        select id, source_id, source_name, target_id, target_name, source_gone, state, reason, begun_at, ended_at, waits
          from moves where true",
    clauses: &[("after", "and (begun_at, id) < (?, ?)")],
    orders: &[("newest", "order by begun_at desc, id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&MOVES];

/// Latest first.
pub async fn list(read: impl Read, asked: &PageAsked) -> Result<PageOf<Move>, DbError> {
    let rows = MOVES
        .ask()
        .filter("after", asked.after_number())
        .rows(read, "newest", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &Move| {
        PageAsked::mark(row.begun_at.ms(), &row.id)
    }))
}

const AT_WORK: &str = "select id from moves where state in ('running', 'undoing')";

/// Those in which somebody may still set out.
pub async fn list_at_work(mut read: impl Read) -> Result<Vec<MoveId>, DbError> {
    let rows: Vec<(MoveId,)> = read.all(AT_WORK, values![]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// A move to begin.
#[derive(Debug, Clone)]
pub struct NewMove {
    pub source: ServerId,
    pub target: ServerId,
    pub source_gone: bool,
    pub reason: String,
}

const INSERT: &str = "
    insert into moves (id, source_id, source_name, target_id, target_name, source_gone, state, reason, begun_at,
                       ended_at, waits)
    values ($1, $2, $3, $4, $5, $6, 'running', $7, $8, 9223372036854775807, 0)";

/// Begins a move of those who were foreseen; the others of the preview are kept with their reasons.
pub async fn begin(
    tx: &mut Tx<'_>,
    new: &NewMove,
    prospects: &[Prospect],
) -> Result<Move, MediaError> {
    let source = server::required_server(&mut *tx, &new.source).await?;
    let target = server::required_server(&mut *tx, &new.target).await?;
    if prospects.iter().all(|one| one.obstacle.is_some()) {
        return Err(MediaError::Refused(t!(
            "Nobody of those chosen can be moved. The list says why for each of them."
        )));
    }
    let (id, now): (MoveId, _) = (tx.id(), tx.now());
    let row = values![
        id,
        source.id,
        source.name,
        target.id,
        target.name,
        new.source_gone,
        new.reason,
        now
    ];
    tx.run(INSERT, row).await?;
    mover::write(tx, &id, prospects).await?;
    let begun = required_move(&mut *tx, &id).await?;
    tell(tx, &begun, MoveChange::Begun, new.reason.clone()).await?;
    Ok(begun)
}

/// Tells what somebody did with a move; what follows is the flows'.
async fn tell(
    tx: &mut Tx<'_>,
    moving: &Move,
    change: MoveChange,
    reason: String,
) -> Result<(), DbError> {
    let event = MoveChanged {
        moving: moving.id.clone(),
        source: moving.source_id.clone(),
        source_name: moving.source_name.clone(),
        target: moving.target_id.clone(),
        target_name: moving.target_name.clone(),
        change,
        reason,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const SET_STATE: &str = "
    update moves set state = $2, ended_at = 9223372036854775807 where id = $1 and state = $3";

async fn change_state(
    tx: &mut Tx<'_>,
    id: &MoveId,
    (from, to): (MoveState, MoveState),
    change: MoveChange,
) -> Result<Move, MediaError> {
    let moving = required_move(&mut *tx, id).await?;
    if moving.state == to {
        return Ok(moving);
    }
    if tx.run(SET_STATE, values![id, to, from]).await? == 0 {
        return Err(MediaError::Refused(t!(
            "The move is not where it was when you looked. Reload the page and look again."
        )));
    }
    tell(tx, &moving, change, String::new()).await?;
    required_move(tx, id).await
}

/// Nobody new sets out; who is under way arrives. Safe to repeat.
pub async fn pause(tx: &mut Tx<'_>, id: &MoveId) -> Result<Move, MediaError> {
    let states = (MoveState::Running, MoveState::Paused);
    change_state(tx, id, states, MoveChange::Paused).await
}

/// The others set out again. Safe to repeat.
pub async fn resume(tx: &mut Tx<'_>, id: &MoveId) -> Result<Move, MediaError> {
    let states = (MoveState::Paused, MoveState::Running);
    change_state(tx, id, states, MoveChange::Resumed).await
}

/// Why it cannot be taken back. `None`: it can.
pub fn why_not_undone(moving: &Move) -> Option<Text> {
    match moving.state {
        MoveState::Undoing | MoveState::Undone => Some(t!("This move is taken back already.")),
        _ if moving.source_gone => Some(t!(
            "{server} is gone, so nobody can be brought back to it. Pause the move to keep the others from setting out.",
            server = &moving.source_name
        )),
        _ => None,
    }
}

/// Brings everybody back who was moved or is under way; who has not set out stays. Safe to repeat.
pub async fn undo(tx: &mut Tx<'_>, id: &MoveId) -> Result<Move, MediaError> {
    let moving = required_move(&mut *tx, id).await?;
    if moving.state == MoveState::Undoing {
        return Ok(moving);
    }
    if let Some(reason) = why_not_undone(&moving) {
        return Err(MediaError::Refused(reason));
    }
    let states = (moving.state, MoveState::Undoing);
    let undoing = change_state(tx, id, states, MoveChange::Undone).await?;
    mover::recall(tx, id).await?;
    Ok(undoing)
}

const WORK_AGAIN: &str = "
    update moves
       set state = case when state in ('undoing', 'undone') then 'undoing' else 'running' end,
           ended_at = 9223372036854775807
     where id = $1";

/// Those who failed set out once more: one of them, or all. Answers how many there are.
pub async fn retry(
    tx: &mut Tx<'_>,
    id: &MoveId,
    member: Option<&MemberId>,
) -> Result<i64, MediaError> {
    let moving = required_move(&mut *tx, id).await?;
    let count = mover::retry(tx, &moving, member).await?;
    if count > 0 {
        if moving.state != MoveState::Paused {
            tx.run(WORK_AGAIN, values![id]).await?;
        }
        tell(tx, &moving, MoveChange::Retried, String::new()).await?;
    }
    Ok(count)
}

const FINISH: &str = "
    update moves
       set state = case when state in ('undoing', 'undone') then 'undone' else 'done' end, ended_at = $2, waits = $3
     where id = $1 and state = $4 and waits = $5";

/// Ends a move in which nothing of ours is left to do, and tells what came of it; once more when the last of
/// those who had to act themselves has arrived. `false`: there is nothing to tell.
pub async fn finish(tx: &mut Tx<'_>, id: &MoveId) -> Result<bool, MediaError> {
    let moving = required_move(&mut *tx, id).await?;
    let progress = mover::progress(&mut *tx, id).await?;
    let is_over = matches!(moving.state, MoveState::Done | MoveState::Undone);
    let is_last = is_over && moving.waits > 0 && progress.waits() == 0;
    if progress.is_ours_to_do() || !(moving.is_at_work() || is_last) {
        return Ok(false);
    }
    let now = tx.now();
    let row = values![id, now, progress.waits(), moving.state, moving.waits];
    if tx.run(FINISH, row).await? == 0 {
        return Ok(false);
    }
    let undone = matches!(moving.state, MoveState::Undoing | MoveState::Undone);
    chronicle::tell(tx, &ended(moving, &progress, undone)).await?;
    Ok(true)
}

fn ended(moving: Move, progress: &Progress, undone: bool) -> MoveEnded {
    MoveEnded {
        moving: moving.id,
        source: moving.source_id,
        source_name: moving.source_name,
        target: moving.target_id,
        target_name: moving.target_name,
        undone,
        moved: progress.of(Stand::Moved),
        already: progress.of(Stand::Already),
        waits: progress.waits(),
        failed: progress.of(Stand::Failed),
        left_out: progress.of(Stand::LeftOut),
        returned: progress.of(Stand::Returned),
    }
}

pub(crate) use mover::{erase, merge};
