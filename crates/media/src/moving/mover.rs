//! Movers: each member of a move, how far they are, and what is counted of them.

use std::collections::BTreeMap;

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, MoveId};
use kit::stored::stored_words;
use kit::{Text, t};

use crate::error::MediaError;
use crate::moving::outlook::{Outlook, Prospect};
use crate::moving::{Move, MoveState};
use crate::share::{ShareState, UserStage};

stored_words! {
    /// How far a member of a move is.
    pub enum MoverState {
        Waiting = "waiting",
        /// On the source, and being let in on the target.
        Entering = "entering",
        Moved = "moved",
        /// Was on the target before; the source ended.
        Already = "already",
        /// Could not be let in: they stay on the source.
        Failed = "failed",
        /// Did not set out, or their membership ended on the way.
        LeftOut = "left_out",
        /// To be brought back.
        Recalled = "recalled",
        /// On the target, and being let in on the source again.
        Returning = "returning",
        Returned = "returned",
    }
}

stored_words! {
    /// How a member of a move stands, together with what their share shows: for people.
    pub enum Stand {
        Waiting = "waiting",
        LettingIn = "letting_in",
        /// Invited; the member has not accepted.
        Invited = "invited",
        /// The member must choose a name and a password, or sign in with the platform, or left by themselves.
        Asked = "asked",
        Moved = "moved",
        Already = "already",
        Failed = "failed",
        LeftOut = "left_out",
        /// Is to be brought back, and has not set out.
        Recalled = "recalled",
        BringingBack = "bringing_back",
        Returned = "returned",
    }
}

impl Stand {
    /// From a mover's state and their share where they go. Pure.
    pub fn of(state: MoverState, share: Option<ShareState>, stage: Option<UserStage>) -> Self {
        let theirs = match (share, stage) {
            (Some(ShareState::Invited), _) => Some(Self::Invited),
            (Some(ShareState::BeingSetUp), Some(UserStage::Unnamed))
            | (_, Some(UserStage::Gone)) => Some(Self::Asked),
            _ => None,
        };
        match state {
            MoverState::Waiting => Self::Waiting,
            MoverState::Entering => theirs.unwrap_or(Self::LettingIn),
            MoverState::Moved => Self::Moved,
            MoverState::Already => Self::Already,
            MoverState::Failed => Self::Failed,
            MoverState::LeftOut => Self::LeftOut,
            MoverState::Recalled => Self::Recalled,
            MoverState::Returning => theirs.unwrap_or(Self::BringingBack),
            MoverState::Returned => Self::Returned,
        }
    }
}

/// How many members of a move stand where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    counts: BTreeMap<Stand, i64>,
}

impl Progress {
    pub fn of(&self, stand: Stand) -> i64 {
        self.counts.get(&stand).copied().unwrap_or(0)
    }

    /// All of them, with those who were left out from the start.
    pub fn all(&self) -> i64 {
        self.counts.values().sum()
    }

    /// Those with whom nothing more is going to happen by itself.
    pub fn settled(&self) -> i64 {
        use Stand::{Already, Failed, LeftOut, Moved, Returned};
        [Moved, Already, Failed, LeftOut, Returned]
            .into_iter()
            .map(|stand| self.of(stand))
            .sum()
    }

    /// Whether somebody waits for us, and not for themselves.
    pub fn is_ours_to_do(&self) -> bool {
        let unstarted = self.of(Stand::Waiting) + self.of(Stand::Recalled);
        unstarted + self.at_work() > 0
    }

    /// How many have to act themselves.
    pub fn waits(&self) -> i64 {
        self.of(Stand::Invited) + self.of(Stand::Asked)
    }

    /// How many are being let in at this moment.
    pub fn at_work(&self) -> i64 {
        self.of(Stand::LettingIn) + self.of(Stand::BringingBack)
    }
}

db::row! {
    struct Counted {
        state: MoverState,
        share: Option<ShareState>,
        stage: Option<UserStage>,
        n: i64,
    }
}

// The share where they go: back on the source for those who return.
const COUNT: &str = "
    select m.state, s.state as share, s.stage, count(*) as n
      from movers m
      join moves v on v.id = m.move_id
      left join shares s on s.member_id = m.member_id
            and s.server_id = case when m.state in ('recalled', 'returning') then v.source_id else v.target_id end
     where m.move_id = $1
     group by m.state, s.state, s.stage";

/// Counts a move's members.
pub async fn progress(mut read: impl Read, id: &MoveId) -> Result<Progress, DbError> {
    let rows: Vec<Counted> = read.all(COUNT, values![id]).await?;
    let mut progress = Progress::default();
    for row in rows {
        let stand = Stand::of(row.state, row.share, row.stage);
        *progress.counts.entry(stand).or_default() += row.n;
    }
    Ok(progress)
}

const WRITE: &str = "
    insert into movers (move_id, member_id, outlook, state, is_open, reason, changed_at)
    select cast($1 as text), value, cast($2 as text), cast($3 as text), cast($4 as boolean), cast($5 as text),
           cast($6 as bigint)
      from json_each(cast($7 as text))";

/// Writes the members down, as many at once as were foreseen alike.
pub(super) async fn write(
    tx: &mut Tx<'_>,
    id: &MoveId,
    prospects: &[Prospect],
) -> Result<(), MediaError> {
    let mut alike: Vec<(Outlook, Option<&Text>, Vec<&MemberId>)> = Vec::new();
    for one in prospects {
        let same = |(outlook, why, _): &&mut (Outlook, Option<&Text>, Vec<&MemberId>)| {
            *outlook == one.outlook && *why == one.obstacle.as_ref()
        };
        match alike.iter_mut().find(same) {
            Some((_, _, members)) => members.push(&one.member),
            None => alike.push((one.outlook, one.obstacle.as_ref(), vec![&one.member])),
        }
    }
    let now = tx.now();
    for (outlook, why, members) in alike {
        let state = if why.is_some() {
            MoverState::LeftOut
        } else {
            MoverState::Waiting
        };
        let row = values![
            id,
            outlook,
            state,
            why.is_none(),
            why.cloned(),
            now,
            as_json(&members)
        ];
        match tx.run(WRITE, row).await {
            Err(DbError::Duplicate(_)) => {
                return Err(MediaError::Refused(t!(
                    "Somebody of them is in another move since you looked. Look at the list once more."
                )));
            }
            other => other?,
        };
    }
    Ok(())
}

fn as_json(members: &[&MemberId]) -> String {
    serde_json::to_string(members).expect("ids print as JSON")
}

const NEXT: &str = "
    select member_id from movers
     where move_id = $1 and state in ('waiting', 'recalled') order by member_id limit $2";

/// Who sets out next.
pub async fn next(mut read: impl Read, id: &MoveId, limit: i64) -> Result<Vec<MemberId>, DbError> {
    let rows: Vec<(MemberId,)> = read.all(NEXT, values![id, limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

const ARRIVED: &str = "
    select m.member_id
      from movers m
      join moves v on v.id = m.move_id
      join shares s on s.member_id = m.member_id
            and s.server_id = case when m.state = 'returning' then v.source_id else v.target_id end
     where m.move_id = $1 and m.state in ('entering', 'returning')
       and s.state = 'in_place' and s.seen_level = 'full'
     order by m.member_id limit $2";

/// Who is in where they were to go, and was not noted yet.
pub async fn arrived(
    mut read: impl Read,
    id: &MoveId,
    limit: i64,
) -> Result<Vec<MemberId>, DbError> {
    let rows: Vec<(MemberId,)> = read.all(ARRIVED, values![id, limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

const SET_OUT: &str = "
    update movers
       set state = case when state = 'recalled' then 'returning' else 'entering' end, reason = null,
           changed_at = $3
     where move_id = $1 and member_id = $2 and state in ('waiting', 'recalled')";

/// Notes that the member sets out. `false`: they have already, or shall not.
pub(super) async fn set_out(
    tx: &mut Tx<'_>,
    id: &MoveId,
    member: &MemberId,
) -> Result<bool, DbError> {
    let now = tx.now();
    Ok(tx.run(SET_OUT, values![id, member, now]).await? > 0)
}

const CLOSE: &str = "
    update movers set state = $3, is_open = false, reason = $4, changed_at = $5
     where move_id = $1 and member_id = $2 and is_open";

/// The member's way ends here, wherever it led. Safe to repeat.
pub async fn close(
    tx: &mut Tx<'_>,
    id: &MoveId,
    member: &MemberId,
    state: MoverState,
    reason: Option<&Text>,
) -> Result<bool, DbError> {
    let now = tx.now();
    let row = values![id, member, state, reason.cloned(), now];
    Ok(tx.run(CLOSE, row).await? > 0)
}

const STAY: &str = "
    update movers set state = 'returned', is_open = false, changed_at = $2
     where move_id = $1 and state = 'waiting'";
// Who is in another move by now is left to that one.
const RECALL: &str = "
    update movers set state = 'recalled', is_open = true, reason = null, changed_at = $2
     where move_id = $1 and state in ('entering', 'moved', 'already')
       and member_id not in (select o.member_id from movers o where o.is_open and o.move_id <> $1)";

/// Whoever has not set out stays; the others are to be brought back.
pub(super) async fn recall(tx: &mut Tx<'_>, id: &MoveId) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(STAY, values![id, now]).await?;
    tx.run(RECALL, values![id, now]).await?;
    Ok(())
}

const RETRY_ALL: &str = "
    update movers set state = $2, is_open = true, reason = null, changed_at = $3
     where move_id = $1 and state = 'failed'
       and member_id not in (select o.member_id from movers o where o.is_open)";
const RETRY_ONE: &str = "
    update movers set state = $2, is_open = true, reason = null, changed_at = $3
     where move_id = $1 and state = 'failed' and member_id = $4
       and member_id not in (select o.member_id from movers o where o.is_open)";

pub(super) async fn retry(
    tx: &mut Tx<'_>,
    moving: &Move,
    member: Option<&MemberId>,
) -> Result<i64, DbError> {
    let state = match moving.state {
        MoveState::Undoing | MoveState::Undone => MoverState::Recalled,
        _ => MoverState::Waiting,
    };
    let now = tx.now();
    let count = match member {
        None => tx.run(RETRY_ALL, values![moving.id, state, now]).await?,
        Some(member) => {
            tx.run(RETRY_ONE, values![moving.id, state, now, member])
                .await?
        }
    };
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

const OPEN_OF: &str = "
    select member_id from movers
     where is_open and member_id in (select value from json_each(cast($1 as text)))";

/// Which of these are on their way in some move.
pub async fn open_of(mut read: impl Read, members: &[&MemberId]) -> Result<Vec<MemberId>, DbError> {
    let rows: Vec<(MemberId,)> = read.all(OPEN_OF, values![as_json(members)]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

db::row! {
    /// Somebody whose way ended without arriving, and why.
    #[derive(Debug, Clone)]
    pub struct Stuck {
        pub member_id: MemberId,
        pub reason: Option<Text>,
    }
}

const FAILED: &str = "
    select member_id, reason from movers
     where move_id = $1 and state = 'failed' order by member_id limit $2";

/// Who failed.
pub async fn failed(mut read: impl Read, id: &MoveId, limit: i64) -> Result<Vec<Stuck>, DbError> {
    read.all(FAILED, values![id, limit]).await
}

const DROP_DOUBLE: &str = "
    delete from movers
     where member_id = $1
       and (move_id in (select o.move_id from movers o where o.member_id = $2)
            or (is_open and exists (select 1 from movers p where p.member_id = $2 and p.is_open)))";
const HAND_OVER: &str = "update movers set member_id = $2 where member_id = $1";
const ERASE: &str = "delete from movers where member_id = $1";

/// Gives `from`'s ways to `to`, who keeps their own where both have one.
pub(crate) async fn merge(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), DbError> {
    tx.run(DROP_DOUBLE, values![from, to]).await?;
    tx.run(HAND_OVER, values![from, to]).await?;
    Ok(())
}

/// Forgets that a member was in moves.
pub(crate) async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    tx.run(ERASE, values![member]).await?;
    Ok(())
}
