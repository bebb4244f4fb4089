//! Invitations: people whom staff let in, each with a link that works once. What the link opens is given before it
//! is used; the link only joins it to a sign-in.

use db::{DbError, Listing, Read, Tx, values};
use kit::id::{AccountId, BatchId, InvitationId, MemberId};
use kit::stored::stored_words;
use kit::{Email, PageAsked, PageOf, Secret, Subject, Timestamp, t};

use crate::account::Account;
use crate::batch;
use crate::error::PeopleError;
use crate::events::{InvitationMade, InvitationUsed, InvitationWithdrawn};
use crate::token::{self, Purpose};

stored_words! {
    /// Where an invitation stands.
    pub enum InvitationState {
        Pending = "pending",
        Accepted = "accepted",
        Expired = "expired",
        Withdrawn = "withdrawn",
    }
}

db::row! {
    /// One invitation.
    #[derive(Debug, Clone)]
    pub struct Invitation {
        pub id: InvitationId,
        pub member_id: MemberId,
        pub name: String,
        pub email: Email,
        /// What the plan was called then.
        pub plan: String,
        /// Whether the member was made by it.
        pub made_member: bool,
        pub batch_id: Option<BatchId>,
        pub made_at: Timestamp,
        pub expires_at: Timestamp,
        /// When the last letter was posted. `NEVER`: none yet.
        pub sent_at: Timestamp,
        /// When its page was first opened.
        pub opened_at: Timestamp,
        pub used_at: Timestamp,
        pub withdrawn_at: Timestamp,
    }
}

impl Invitation {
    pub fn subject(&self) -> Subject {
        Subject::of(&self.id)
    }

    /// When its letter was last asked for.
    pub fn asked_at(&self) -> Timestamp {
        self.expires_at - Purpose::Invitation.lasts()
    }

    pub fn state(&self, now: Timestamp) -> InvitationState {
        if !self.used_at.is_never() {
            InvitationState::Accepted
        } else if !self.withdrawn_at.is_never() {
            InvitationState::Withdrawn
        } else if self.expires_at <= now {
            InvitationState::Expired
        } else {
            InvitationState::Pending
        }
    }
}

/// Whom to invite, already checked.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    pub member: MemberId,
    pub name: String,
    pub email: Email,
    pub plan: String,
    pub made_member: bool,
    pub batch: Option<BatchId>,
}

const INSERT: &str = "
    insert into invitations
           (id, member_id, name, email, email_key, plan, made_member, batch_id, made_at, expires_at, sent_at,
            opened_at, used_at, withdrawn_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 9223372036854775807, 9223372036854775807,
            9223372036854775807, 9223372036854775807)
    on conflict (email_key) where used_at = 9223372036854775807 and withdrawn_at = 9223372036854775807
    do nothing";

/// Makes an invitation; a flow posts its letter. One that is open for the same address is refused.
pub async fn create(tx: &mut Tx<'_>, new: &NewInvitation) -> Result<Invitation, PeopleError> {
    let (id, now): (InvitationId, _) = (tx.id(), tx.now());
    let row = values![
        id,
        new.member,
        new.name,
        new.email,
        new.email.key(),
        new.plan,
        new.made_member,
        new.batch,
        now,
        now + Purpose::Invitation.lasts()
    ];
    if tx.run(INSERT, row).await? == 0 {
        return Err(PeopleError::field("email", is_open(&new.email)));
    }
    let made = required(&mut *tx, &id).await?;
    tell_made(tx, &made).await?;
    Ok(made)
}

/// What is said of an address that has an open invitation.
pub fn is_open(email: &Email) -> kit::Text {
    t!(
        "{email} is invited already. Send that invitation again instead, or take it back first.",
        email = email.as_str()
    )
}

async fn tell_made(tx: &mut Tx<'_>, invitation: &Invitation) -> Result<(), DbError> {
    let event = InvitationMade {
        invitation: invitation.id.clone(),
        member: invitation.member_id.clone(),
        name: invitation.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const FIND: &str = "
    select id, member_id, name, email, plan, made_member, batch_id, made_at, expires_at, sent_at, opened_at,
           used_at, withdrawn_at
      from invitations where id = $1";

/// `None`: there is no such invitation.
pub async fn find(mut read: impl Read, id: &InvitationId) -> Result<Option<Invitation>, DbError> {
    read.maybe(FIND, values![id]).await
}

async fn required(read: impl Read, id: &InvitationId) -> Result<Invitation, PeopleError> {
    find(read, id).await?.ok_or(PeopleError::NotFound)
}

const OPEN_BY_EMAIL: &str = "
    select id, member_id, name, email, plan, made_member, batch_id, made_at, expires_at, sent_at, opened_at,
           used_at, withdrawn_at
      from invitations
     where email_key = $1 and used_at = 9223372036854775807 and withdrawn_at = 9223372036854775807";

/// The invitation of an address that was neither used nor taken back; it may be too old.
pub async fn find_open(mut read: impl Read, email: &Email) -> Result<Option<Invitation>, DbError> {
    read.maybe(OPEN_BY_EMAIL, values![email.key()]).await
}

const OF_MEMBER: &str = "
    select id, member_id, name, email, plan, made_member, batch_id, made_at, expires_at, sent_at, opened_at,
           used_at, withdrawn_at
      from invitations where member_id = $1 order by made_at desc limit 20";

/// A member's invitations, the latest first.
pub async fn list_of_member(
    mut read: impl Read,
    member: &MemberId,
) -> Result<Vec<Invitation>, DbError> {
    read.all(OF_MEMBER, values![member]).await
}

const SENT: &str = "update invitations set sent_at = $2 where id = $1";

/// Makes the link for a letter; older ones end. `None`: nobody may come by it any more.
pub async fn issue(tx: &mut Tx<'_>, id: &InvitationId) -> Result<Option<Secret>, PeopleError> {
    let invitation = required(&mut *tx, id).await?;
    let now = tx.now();
    if invitation.state(now) != InvitationState::Pending {
        return Ok(None);
    }
    token::revoke(tx, Purpose::Invitation, &invitation.subject()).await?;
    let secret = token::issue(tx, Purpose::Invitation, &invitation.subject(), None).await?;
    tx.run(SENT, values![id, now]).await?;
    Ok(Some(secret))
}

const RENEW: &str = "
    update invitations set expires_at = $2
     where id = $1 and used_at = 9223372036854775807 and withdrawn_at = 9223372036854775807";

/// Sends an invitation anew, with a new end. Refused once it was used or taken back.
pub async fn send_again(tx: &mut Tx<'_>, id: &InvitationId) -> Result<(), PeopleError> {
    let until = tx.now() + Purpose::Invitation.lasts();
    if tx.run(RENEW, values![id, until]).await? == 0 {
        return Err(is_over());
    }
    let renewed = required(&mut *tx, id).await?;
    Ok(tell_made(tx, &renewed).await?)
}

fn is_over() -> PeopleError {
    PeopleError::Forbidden(t!(
        "This invitation was used or taken back. Make a new one instead."
    ))
}

/// Whose a link is. `None`: it was used, is too old, or was never made.
pub async fn find_by_link(
    mut read: impl Read,
    secret: &Secret,
    now: Timestamp,
) -> Result<Option<Invitation>, DbError> {
    let found = token::find(&mut read, Purpose::Invitation, secret, now).await?;
    let Some(id) = found.and_then(|token| token.subject.as_id()) else {
        return Ok(None);
    };
    let invitation = find(read, &id).await?;
    Ok(invitation.filter(|one| one.state(now) == InvitationState::Pending))
}

const OPENED: &str = "
    update invitations set opened_at = $2 where id = $1 and opened_at = 9223372036854775807";

/// Somebody looked at its page. Safe to repeat.
pub async fn note_opened(tx: &mut Tx<'_>, id: &InvitationId) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(OPENED, values![id, now]).await?;
    Ok(())
}

const USED: &str = "
    update invitations set used_at = $2
     where id = $1 and used_at = 9223372036854775807 and withdrawn_at = 9223372036854775807";

/// Uses the link up for an account: of two at once, one gets in.
pub async fn use_up(
    tx: &mut Tx<'_>,
    secret: &Secret,
    account: &Account,
) -> Result<Invitation, PeopleError> {
    let used = token::consume(tx, Purpose::Invitation, secret).await?;
    let id: Option<InvitationId> = used.and_then(|token| token.subject.as_id());
    let id = id.ok_or(PeopleError::Stale)?;
    let now = tx.now();
    if tx.run(USED, values![id, now]).await? == 0 {
        return Err(PeopleError::Stale);
    }
    let invitation = required(&mut *tx, &id).await?;
    let event = InvitationUsed {
        invitation: id,
        member: invitation.member_id.clone(),
        account: AccountId::clone(&account.id),
        name: invitation.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(invitation)
}

const WITHDRAW: &str = "
    update invitations set withdrawn_at = $2
     where id = $1 and used_at = 9223372036854775807 and withdrawn_at = 9223372036854775807";

/// Takes an invitation back that nobody used. What it gave is taken back by the caller.
pub async fn withdraw(tx: &mut Tx<'_>, id: &InvitationId) -> Result<Invitation, PeopleError> {
    let now = tx.now();
    if tx.run(WITHDRAW, values![id, now]).await? == 0 {
        return Err(is_over());
    }
    let invitation = required(&mut *tx, id).await?;
    token::revoke(tx, Purpose::Invitation, &invitation.subject()).await?;
    let event = InvitationWithdrawn {
        invitation: id.clone(),
        member: invitation.member_id.clone(),
        name: invitation.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(invitation)
}

const ALL: Listing = Listing {
    base: "
        select id, member_id, name, email, plan, made_member, batch_id, made_at, expires_at, sent_at, opened_at,
               used_at, withdrawn_at
          from invitations where true",
    clauses: &[
        (
            "pending",
            "and used_at = 9223372036854775807 and withdrawn_at = 9223372036854775807 and expires_at > ?",
        ),
        (
            "expired",
            "and used_at = 9223372036854775807 and withdrawn_at = 9223372036854775807 and expires_at <= ?",
        ),
        ("accepted", "and used_at < 9223372036854775807"),
        ("withdrawn", "and withdrawn_at < 9223372036854775807"),
        ("email", "and email_key = ?"),
        ("after", "and (made_at, id) < (?, ?)"),
    ],
    orders: &[("latest", "order by made_at desc, id desc limit ?")],
};

/// For the test that prepares every text.
pub(crate) const LISTING: &Listing = &ALL;

/// Which invitations are asked for.
#[derive(Debug, Clone, Default)]
pub struct InvitationFilter {
    pub state: Option<InvitationState>,
    /// A whole address.
    pub email: Option<Email>,
}

/// Invitations that fit, the latest first.
pub async fn list(
    read: impl Read,
    filter: &InvitationFilter,
    now: Timestamp,
    asked: &PageAsked,
) -> Result<PageOf<Invitation>, DbError> {
    let is = |state| filter.state == Some(state);
    let by_time = |state| is(state).then(|| values![now]);
    let plain = |state| is(state).then(Vec::new);
    let rows = ALL
        .ask()
        .filter("pending", by_time(InvitationState::Pending))
        .filter("expired", by_time(InvitationState::Expired))
        .filter("accepted", plain(InvitationState::Accepted))
        .filter("withdrawn", plain(InvitationState::Withdrawn))
        .filter("email", filter.email.as_ref().map(|it| values![it.key()]))
        .filter("after", asked.after_number())
        .rows(read, "latest", values![asked.probe()])
        .await?;
    let mark = |row: &Invitation| PageAsked::mark(row.made_at.ms(), &row.id);
    Ok(PageOf::cut(rows, asked, mark))
}

const MOVE: &str = "update invitations set member_id = $2 where member_id = $1";

/// Gives `from`'s invitations to `into`.
pub(crate) async fn merge(
    tx: &mut Tx<'_>,
    from: &MemberId,
    into: &MemberId,
) -> Result<(), DbError> {
    tx.run(MOVE, values![from, into]).await?;
    Ok(())
}

const ERASE: &str = "
    update invitations set name = 'Erased', email = id, email_key = id where member_id = $1";

/// Takes name and address off a member's invitations. Safe to repeat.
pub(crate) async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    let theirs = list_of_member(&mut *tx, member).await?;
    batch::erase(tx, theirs.into_iter().map(|one| one.id).collect()).await?;
    tx.run(ERASE, values![member]).await?;
    Ok(())
}
