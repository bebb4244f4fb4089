//! Many invitations at once: the lines that staff brought, each with what came of it. A job works them off.

use db::{DbError, Read, Tx, values};
use kit::id::{BatchId, InvitationId, PlanId};
use kit::stored::stored_words;
use kit::{Actor, Email, Json, Text, Timestamp};

stored_words! {
    /// What came of a line.
    pub enum LineState {
        Waiting = "waiting",
        Invited = "invited",
        /// Nothing was done, and the reason says why.
        Skipped = "skipped",
    }
}

db::row! {
    /// A list of people to invite.
    #[derive(Debug, Clone)]
    pub struct Batch {
        pub id: BatchId,
        /// What all of them get, in the words of whoever reads it.
        pub terms: String,
        pub total: i64,
        pub made_by: String,
        pub made_at: Timestamp,
        /// `NEVER` while lines wait.
        pub ended_at: Timestamp,
    }
}

db::row! {
    /// One person of a list.
    #[derive(Debug, Clone)]
    pub struct Line {
        pub batch_id: BatchId,
        pub number: i64,
        pub name: String,
        pub email: Email,
        /// `None`: the plan of the list.
        pub plan_id: Option<PlanId>,
        /// `None`: as long as the list says.
        pub days: Option<i64>,
        pub state: LineState,
        pub reason: Option<Text>,
        pub invitation_id: Option<InvitationId>,
    }
}

/// A line to be worked off, already checked.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// Where it stood in what was brought.
    pub number: i64,
    pub name: String,
    pub email: Email,
    pub plan: Option<PlanId>,
    pub days: Option<u32>,
}

const INSERT: &str = "
    insert into invitation_batches (id, terms, total, made_by, made_at, ended_at)
    values ($1, $2, $3, $4, $5, 9223372036854775807)";

const INSERT_LINE: &str = "
    insert into invitation_lines (batch_id, number, name, email, email_key, plan_id, days, state)
    values ($1, $2, $3, $4, $5, $6, $7, 'waiting')
    on conflict do nothing";

/// Keeps a list; an address that stands in it twice counts once.
pub async fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    terms: &str,
    lines: &[NewLine],
) -> Result<BatchId, DbError> {
    let (id, now): (BatchId, _) = (tx.id(), tx.now());
    let total = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let row = values![id, terms, total, actor.name.clone(), now];
    tx.run(INSERT, row).await?;
    for line in lines {
        let row = values![
            id,
            line.number,
            line.name,
            line.email,
            line.email.key(),
            line.plan,
            line.days.map(i64::from)
        ];
        tx.run(INSERT_LINE, row).await?;
    }
    Ok(id)
}

const FIND: &str = "
    select id, terms, total, made_by, made_at, ended_at from invitation_batches where id = $1";

/// `None`: there is no such list.
pub async fn find(mut read: impl Read, id: &BatchId) -> Result<Option<Batch>, DbError> {
    read.maybe(FIND, values![id]).await
}

const LATEST: &str = "
    select id, terms, total, made_by, made_at, ended_at
      from invitation_batches order by made_at desc, id desc limit 20";

/// The latest lists, newest first.
pub async fn latest(mut read: impl Read) -> Result<Vec<Batch>, DbError> {
    read.all(LATEST, values![]).await
}

const LINES: &str = "
    select batch_id, number, name, email, plan_id, days, state, reason, invitation_id
      from invitation_lines where batch_id = $1 order by number";

/// All lines of a list, as they were brought.
pub async fn lines(mut read: impl Read, id: &BatchId) -> Result<Vec<Line>, DbError> {
    read.all(LINES, values![id]).await
}

const WAITING: &str = "
    select batch_id, number, name, email, plan_id, days, state, reason, invitation_id
      from invitation_lines where batch_id = $1 and state = 'waiting' order by number limit $2";

/// The next lines that nothing was done about.
pub async fn waiting(mut read: impl Read, id: &BatchId, limit: i64) -> Result<Vec<Line>, DbError> {
    read.all(WAITING, values![id, limit]).await
}

const DONE: &str = "
    update invitation_lines set state = $3, reason = $4, invitation_id = $5
     where batch_id = $1 and number = $2 and state = 'waiting'";

/// Notes what came of a line: an invitation, or why not. `false`: it was done before.
pub async fn note(
    tx: &mut Tx<'_>,
    line: &Line,
    came: Result<&InvitationId, &Text>,
) -> Result<bool, DbError> {
    let (state, reason, invitation) = match came {
        Ok(id) => (LineState::Invited, None, Some(id.clone())),
        Err(reason) => (LineState::Skipped, Some(reason.clone()), None),
    };
    let row = values![line.batch_id, line.number, state, reason, invitation];
    Ok(tx.run(DONE, row).await? > 0)
}

const END: &str = "
    update invitation_batches set ended_at = $2 where id = $1 and ended_at = 9223372036854775807";

/// The last line is done. Safe to repeat.
pub async fn end(tx: &mut Tx<'_>, id: &BatchId) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(END, values![id, now]).await?;
    Ok(())
}

const ERASE: &str = "
    update invitation_lines set name = 'Erased', email = invitation_id, email_key = invitation_id
     where invitation_id in (select value from json_each(cast($1 as text)))";

/// Takes names and addresses off the lines of these invitations. Safe to repeat.
pub(crate) async fn erase(tx: &mut Tx<'_>, ids: Vec<InvitationId>) -> Result<(), DbError> {
    tx.run(ERASE, values![Json(ids)]).await?;
    Ok(())
}
