//! Sessions: a secret in a cookie, kept here by its hash, with an idle and an absolute end.
//!
//! A session gets a new secret whenever it becomes worth more: at sign-in and at step-up ([`prove`]).

use db::{DbError, FromRow, Read, Row, Tx, values};
use kit::id::{AccountId, SessionId};
use kit::stored::stored_words;
use kit::{Actor, Json, Secret, Span, Timestamp};

use crate::account::{self, Account};
use crate::digest;
use crate::error::PeopleError;
use crate::events::{AccountEntered, SessionRevoked, SignedIn};
use crate::role::{Permission, Permissions};

stored_words! {
    /// By what the person proved who they are; the strongest so far.
    pub enum Proof {
        Password = "password",
        /// A one-time link: the console's, or a mailed one.
        Link = "link",
        /// A password and an authenticator's or recovery code.
        SecondFactor = "second_factor",
        Passkey = "passkey",
    }
}

impl Proof {
    /// Whether it takes two things at once: knowing and having.
    pub const fn is_strong(self) -> bool {
        matches!(self, Self::SecondFactor | Self::Passkey)
    }
}

/// Grave acts want a proof not older than this.
pub const FRESH_FOR: Span = Span::minutes(15);
/// A visit is noted at most so often.
const TOUCH_EVERY: Span = Span::minutes(1);
/// How long staff may look at the site as somebody else.
const ENTERED_FOR: Span = Span::hours(1);

/// How long a session lives without a visit, and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub idle: Span,
    pub absolute: Span,
}

impl Limits {
    pub const STAFF: Self = Self {
        idle: Span::hours(12),
        absolute: Span::days(7),
    };
    pub const STAY: Self = Self {
        idle: Span::days(14),
        absolute: Span::days(90),
    };
    pub const VISIT: Self = Self {
        idle: Span::hours(12),
        absolute: Span::days(7),
    };

    pub fn of(account: &Account, stay: Stay) -> Self {
        match stay {
            _ if account.is_staff() => Self::STAFF,
            Stay::Yes => Self::STAY,
            Stay::No => Self::VISIT,
        }
    }
}

/// Whether the person asked to stay signed in on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stay {
    Yes,
    #[default]
    No,
}

/// The browser that asks.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    pub user_agent: String,
    /// The visitor's own address, after trusted proxies.
    pub address: String,
}

/// A session that has just begun or got a new secret.
#[derive(Debug, Clone)]
pub struct Started {
    pub id: SessionId,
    /// For the cookie; kept nowhere else.
    pub secret: Secret,
    pub account: Account,
    /// Whether the cookie outlives the browser.
    pub stay: Stay,
    pub absolute_until: Timestamp,
}

const INSERT: &str = "
    insert into sessions
           (id, token_hash, account_id, stay, proof, proved_at, entered_by, user_agent, address,
            created_at, seen_at, idle_ms, idle_until, absolute_until)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $6, $6, $10, $11, $12)";

/// Begins a session and tells of the sign-in. The caller has seen to it that the account may sign in.
pub async fn start(
    tx: &mut Tx<'_>,
    account: &Account,
    proof: Proof,
    stay: Stay,
    browser: &Browser,
) -> Result<Started, PeopleError> {
    let limits = Limits::of(account, stay);
    let started = insert(tx, account, proof, stay, browser, limits, None).await?;
    let event = SignedIn {
        account: account.id.clone(),
        session: started.id.clone(),
        name: account.name.clone(),
        address: browser.address.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(started)
}

async fn insert(
    tx: &mut Tx<'_>,
    account: &Account,
    proof: Proof,
    stay: Stay,
    browser: &Browser,
    limits: Limits,
    entered_by: Option<AccountId>,
) -> Result<Started, DbError> {
    let secret = Secret::new(tx.world().token());
    let (id, now): (SessionId, _) = (tx.id(), tx.now());
    let row = values![
        id,
        digest::of(&secret),
        account.id,
        stay == Stay::Yes,
        proof,
        now,
        entered_by,
        cut(&browser.user_agent, 300),
        cut(&browser.address, 60),
        limits.idle.as_ms(),
        now + limits.idle,
        now + limits.absolute
    ];
    tx.run(INSERT, row).await?;
    Ok(Started {
        id,
        secret,
        account: account.clone(),
        stay,
        absolute_until: now + limits.absolute,
    })
}

/// The text's first characters: both come from strangers.
fn cut(text: &str, most: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect()
}

/// Enters the site as somebody else ("log in as"): an hour at most, never strong, told, and never as an
/// account that may more in the office than the one who enters.
pub async fn enter(
    tx: &mut Tx<'_>,
    visit: &Visit,
    account: &Account,
    browser: &Browser,
) -> Result<Started, PeopleError> {
    if account.is_staff() || visit.entered_by.is_some() || !visit.may(Permission::AccountsEnter) {
        return Err(PeopleError::Forbidden(kit::t!(
            "You can enter the site only as a customer, and only from your own sign-in."
        )));
    }
    let limits = Limits {
        idle: ENTERED_FOR,
        absolute: ENTERED_FOR,
    };
    let by = visit.account.id.clone();
    let started = insert(
        tx,
        account,
        Proof::Link,
        Stay::No,
        browser,
        limits,
        Some(by.clone()),
    )
    .await?;
    let event = AccountEntered {
        account: account.id.clone(),
        by,
        name: account.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(started)
}

/// A request's session with its account, read together with what the account may.
#[derive(Debug, Clone)]
pub struct Visit {
    pub session: SessionId,
    pub account: Account,
    pub permissions: Permissions,
    pub proof: Proof,
    pub proved_at: Timestamp,
    pub seen_at: Timestamp,
    pub absolute_until: Timestamp,
    /// The staff member who looks at the site as this account.
    pub entered_by: Option<AccountId>,
    entered_by_name: Option<String>,
    /// Whether the account has a second factor or a passkey, whatever this session was proven by.
    pub is_protected: bool,
}

impl FromRow for Visit {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let account = Account::from_row(row)?;
        let granted: Json<Permissions> = row.get("permissions")?;
        Ok(Self {
            session: row.get("session")?,
            permissions: Permissions::of(account.level, &account.role_id, &granted.0),
            account,
            proof: row.get("proof")?,
            proved_at: row.get("proved_at")?,
            seen_at: row.get("seen_at")?,
            absolute_until: row.get("absolute_until")?,
            entered_by: row.get("entered_by")?,
            entered_by_name: row.get("entered_by_name")?,
            is_protected: row.get("is_protected")?,
        })
    }
}

impl Visit {
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }

    /// Whether the proof is recent enough for refunds, keys and roles. Never while entered as somebody else.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.entered_by.is_none() && now.since(self.proved_at) <= FRESH_FOR
    }

    /// Whether [`touch`] is due.
    pub fn wants_touch(&self, now: Timestamp) -> bool {
        now.since(self.seen_at) >= TOUCH_EVERY
    }

    /// For the transactions of this request.
    pub fn actor(&self) -> Actor {
        match &self.entered_by {
            None => self.account.actor(),
            Some(staff) => Actor {
                on_behalf_of: Some(self.account.id.clone()),
                ..Actor::account(staff, self.entered_by_name.as_deref().unwrap_or_default())
            },
        }
    }
}

const FIND: &str = "
    select s.id as session, s.proof, s.proved_at, s.seen_at, s.absolute_until, s.entered_by,
           (select e.name from accounts e where e.id = s.entered_by) as entered_by_name,
           r.permissions,
           (exists (select 1 from second_factors f where f.account_id = a.id)
            or exists (select 1 from passkeys p where p.account_id = a.id)) as is_protected,
           a.id, a.number, a.username, a.email, a.name, a.phone, a.locale, a.zone, a.level, a.role_id,
           a.enabled, a.email_confirmed_at, a.api_access, a.created_at, a.version
      from sessions s
      join accounts a on a.id = s.account_id
      join roles r on r.id = a.role_id
     where s.token_hash = $1 and s.idle_until > $2 and s.absolute_until > $2 and a.enabled";

/// Who visits. `None`: no such session, or it has ended, or the account is disabled.
pub async fn find(
    mut read: impl Read,
    secret: &Secret,
    now: Timestamp,
) -> Result<Option<Visit>, DbError> {
    read.maybe(FIND, values![digest::of(secret), now]).await
}

const TOUCH: &str = "
    update sessions set seen_at = $2, idle_until = $2 + idle_ms where id = $1 and seen_at < $2";

/// Notes a visit, when [`Visit::wants_touch`] says so.
pub async fn touch(tx: &mut Tx<'_>, id: &SessionId) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(TOUCH, values![id, now]).await?;
    Ok(())
}

const PROVE: &str = "
    update sessions set token_hash = $2, proof = $3, proved_at = $4 where id = $1";

/// Notes a new proof of who sits there (step-up). Returns the session's new secret for the cookie; the old
/// one is dead.
pub async fn prove(tx: &mut Tx<'_>, visit: &Visit, proof: Proof) -> Result<Secret, DbError> {
    let secret = Secret::new(tx.world().token());
    let now = tx.now();
    // A password given again does not make a passkey's session weaker.
    let kept = if visit.proof.is_strong() && !proof.is_strong() {
        visit.proof
    } else {
        proof
    };
    let row = values![visit.session, digest::of(&secret), kept, now];
    tx.run(PROVE, row).await?;
    Ok(secret)
}

db::row! {
    /// A session, for the list in My account and on an account's page.
    #[derive(Debug, Clone)]
    pub struct Session {
        pub id: SessionId,
        pub user_agent: String,
        pub address: String,
        pub proof: Proof,
        pub entered_by: Option<AccountId>,
        pub created_at: Timestamp,
        pub seen_at: Timestamp,
    }
}

const LIST: &str = "
    select id, user_agent, address, proof, entered_by, created_at, seen_at
      from sessions
     where account_id = $1 and idle_until > $2 and absolute_until > $2
     order by seen_at desc, id desc limit 200";

/// The living sessions of an account, latest first.
pub async fn list_of(
    mut read: impl Read,
    account: &AccountId,
    now: Timestamp,
) -> Result<Vec<Session>, DbError> {
    read.all(LIST, values![account, now]).await
}

const END: &str = "delete from sessions where id = $1";

/// Signs out: ends the session that asks. Safe to repeat; not told.
pub async fn end(tx: &mut Tx<'_>, id: &SessionId) -> Result<(), DbError> {
    tx.run(END, values![id]).await?;
    Ok(())
}

const END_OWN: &str = "delete from sessions where id = $1 and account_id = $2";

/// Ends one session of an account, chosen from its list. An id of somebody else's session ends nothing.
pub async fn revoke(tx: &mut Tx<'_>, account: &AccountId, id: &SessionId) -> Result<(), DbError> {
    let ended = tx.run(END_OWN, values![id, account]).await?;
    tell_revoked(tx, account, ended).await
}

const END_OTHERS: &str = "delete from sessions where account_id = $1 and id <> $2";

/// Ends all sessions of an account but one (`None`: all), and tells if there were any.
pub async fn end_others(
    tx: &mut Tx<'_>,
    account: &AccountId,
    except: Option<&SessionId>,
) -> Result<(), DbError> {
    let kept = except.map(SessionId::as_str).unwrap_or_default();
    let ended = tx.run(END_OTHERS, values![account, kept]).await?;
    tell_revoked(tx, account, ended).await
}

/// Ends all sessions of an account.
pub async fn end_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), DbError> {
    end_others(tx, account, None).await
}

async fn tell_revoked(tx: &mut Tx<'_>, account: &AccountId, ended: u64) -> Result<(), DbError> {
    let count = i64::try_from(ended).unwrap_or(i64::MAX);
    if count == 0 {
        return Ok(());
    }
    let name = account::find(&mut *tx, account)
        .await?
        .map(|account| account.name)
        .unwrap_or_default();
    let event = SessionRevoked {
        account: account.clone(),
        name,
        count,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}
