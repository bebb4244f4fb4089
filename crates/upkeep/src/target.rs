//! Targets: what is kept in order, one row each.

use db::{DbError, Listing, Read, Tx, values};
use kit::id::{LeaseId, TargetId};
use kit::stored::stored_words;
use kit::{PageAsked, PageOf, Span, Subject, Text, Timestamp};

use crate::tend::TendTarget;

stored_words! {
    /// How a target stands. On pages: being set up, in place, differs, failed.
    pub enum TargetState {
        Waiting = "waiting",
        InPlace = "in_place",
        /// Tried, and not right yet; it will be tried again.
        Differs = "differs",
        Failed = "failed",
    }
}

db::row! {
    /// One thing that is kept as it should be.
    #[derive(Debug, Clone)]
    pub struct Target {
        pub id: TargetId,
        pub kind: String,
        /// What the hand knows it by, e.g. a share's id.
        pub target_key: String,
        /// Whose failures are counted together, e.g. a server's id.
        pub remote: String,
        pub subject: Subject,
        pub desired_version: i64,
        pub seen_version: i64,
        pub state: TargetState,
        pub reason: Option<Text>,
        pub tries: i64,
        pub next_try_at: Timestamp,
        pub wanted_at: Timestamp,
        pub settled_at: Timestamp,
    }
}

/// A target to keep in order from now on, or whose desired state has changed.
#[derive(Debug, Clone)]
pub struct NewTarget {
    pub kind: &'static str,
    pub key: String,
    pub remote: String,
    pub subject: Subject,
}

const WANT: &str = "
    insert into targets
           (id, kind, target_key, remote, subject, desired_version, seen_version, state, reason, tries,
            next_try_at, locked_until, lease, wanted_at, settled_at)
    values ($1, $2, $3, $4, $5, 1, 0, 'waiting', null, 0, $6, 0, '', $6, 0)
    on conflict (kind, target_key) do update
       set desired_version = targets.desired_version + 1, state = 'waiting', reason = null, tries = 0,
           remote = excluded.remote, subject = excluded.subject, next_try_at = excluded.next_try_at,
           wanted_at = excluded.wanted_at
 returning id";

/// Says that what should be has changed (or is new): it is tended as soon as this is saved.
pub async fn want(tx: &mut Tx<'_>, target: &NewTarget) -> Result<TargetId, DbError> {
    let id: TargetId = tx.id();
    let now = tx.now();
    let row = values![
        id,
        target.kind,
        target.key,
        target.remote,
        target.subject,
        now
    ];
    let (id,): (TargetId,) = tx.one(WANT, row).await?;
    jobs::add_once(tx, &TendTarget { target: id.clone() }, id.as_str()).await?;
    Ok(id)
}

const LOOK_AGAIN: &str = "
    update targets set next_try_at = $3, tries = 0 where kind = $1 and target_key = $2 returning id";

/// Wakes a target whose desired state is as before: a button, or a look that found it changed outside.
/// `false`: there is no such target.
pub async fn look_again(tx: &mut Tx<'_>, kind: &str, key: &str) -> Result<bool, DbError> {
    let now = tx.now();
    let found: Option<(TargetId,)> = tx.maybe(LOOK_AGAIN, values![kind, key, now]).await?;
    let Some((id,)) = found else { return Ok(false) };
    jobs::add_once(tx, &TendTarget { target: id.clone() }, id.as_str()).await?;
    Ok(true)
}

const FORGET: &str = "delete from targets where kind = $1 and target_key = $2";

/// Keeps a target in order no longer.
pub async fn forget(tx: &mut Tx<'_>, kind: &str, key: &str) -> Result<(), DbError> {
    tx.run(FORGET, values![kind, key]).await?;
    Ok(())
}

const COLUMNS_BY_KEY: &str = "
    select id, kind, target_key, remote, subject, desired_version, seen_version, state, reason, tries,
           next_try_at, wanted_at, settled_at
      from targets where kind = $1 and target_key = $2";

/// `None`: nothing of this kind and key is kept in order.
pub async fn find(mut read: impl Read, kind: &str, key: &str) -> Result<Option<Target>, DbError> {
    read.maybe(COLUMNS_BY_KEY, values![kind, key]).await
}

const OF_SUBJECT: &str = "
    select id, kind, target_key, remote, subject, desired_version, seen_version, state, reason, tries,
           next_try_at, wanted_at, settled_at
      from targets where subject = $1 order by id";

/// All targets about one thing, e.g. a member's shares.
pub async fn of_subject(mut read: impl Read, subject: &Subject) -> Result<Vec<Target>, DbError> {
    read.all(OF_SUBJECT, values![subject]).await
}

/// Which targets are asked for.
#[derive(Debug, Clone, Default)]
pub struct TargetFilter {
    pub state: Option<TargetState>,
    pub remote: Option<String>,
}

const TARGETS: Listing = Listing {
    base: "
        select id, kind, target_key, remote, subject, desired_version, seen_version, state, reason, tries,
               next_try_at, wanted_at, settled_at
          from targets where true",
    clauses: &[
        ("state", "and state = ?"),
        ("remote", "and remote = ?"),
        ("after", "and (wanted_at, id) < (?, ?)"),
    ],
    orders: &[("newest", "order by wanted_at desc, id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&TARGETS];

/// Latest wanted first.
pub async fn list(
    read: impl Read,
    filter: &TargetFilter,
    asked: &PageAsked,
) -> Result<PageOf<Target>, DbError> {
    let rows = TARGETS
        .ask()
        .filter("state", filter.state.map(|state| values![state]))
        .filter(
            "remote",
            filter.remote.as_ref().map(|remote| values![remote]),
        )
        .filter("after", asked.after_number())
        .rows(read, "newest", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &Target| {
        PageAsked::mark(row.wanted_at.ms(), &row.id)
    }))
}

/// How long one round may take before another process may begin one.
const LEASE: Span = Span::minutes(2);

const TAKE: &str = "
    update targets set locked_until = $3, lease = $4
     where id = $1 and locked_until <= $2
 returning id, kind, target_key, remote, subject, desired_version, seen_version, state, reason, tries,
           next_try_at, wanted_at, settled_at";

/// Takes a target for one round. `None`: it is gone, or another hand is at it.
pub(crate) async fn take(
    tx: &mut Tx<'_>,
    id: &TargetId,
    lease: &LeaseId,
) -> Result<Option<Target>, DbError> {
    let now = tx.now();
    tx.maybe(TAKE, values![id, now, now + LEASE, lease]).await
}

const IS_KEPT: &str = "select count(*) as n from targets where id = $1";

/// Whether the target is still there at all.
pub(crate) async fn is_kept(mut read: impl Read, id: &TargetId) -> Result<bool, DbError> {
    Ok(read.one::<(i64,)>(IS_KEPT, values![id]).await?.0 > 0)
}

/// What a round leaves behind.
pub(crate) struct Left {
    pub state: TargetState,
    pub reason: Option<Text>,
    pub tries: i64,
    pub next_try_at: Timestamp,
}

const LEAVE: &str = "
    update targets
       set state = $3, reason = $4, tries = $5, next_try_at = $6, seen_version = $7, settled_at = $8,
           locked_until = 0, lease = ''
     where id = $1 and lease = $2 and desired_version = $7";

const RELEASE: &str = "
    update targets set locked_until = 0, lease = '' where id = $1 and lease = $2";

/// Writes down a round's end. `false`: what should be has changed meanwhile, or the lease was lost; the
/// round's result no longer counts.
pub(crate) async fn leave(
    tx: &mut Tx<'_>,
    target: &Target,
    lease: &LeaseId,
    left: &Left,
) -> Result<bool, DbError> {
    let now = tx.now();
    let row = values![
        target.id,
        lease,
        left.state,
        left.reason,
        left.tries,
        left.next_try_at,
        target.desired_version,
        now
    ];
    if tx.run(LEAVE, row).await? == 1 {
        return Ok(true);
    }
    tx.run(RELEASE, values![target.id, lease]).await?;
    Ok(false)
}

const OVERDUE: &str = "
    select id from targets
     where next_try_at <= $1 and locked_until <= $1 and state <> 'in_place' and state <> 'failed'
     order by next_try_at limit $2";

/// Targets whose time has come although no job came: another process died between.
pub(crate) async fn overdue(
    mut read: impl Read,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<TargetId>, DbError> {
    let rows: Vec<(TargetId,)> = read.all(OVERDUE, values![now, limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
