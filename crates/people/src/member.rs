//! Members: people who have, or have had, access to media servers, with or without an account.

use db::{DbError, Listing, Read, Tx, values};
use kit::id::{AccountId, MemberId};
use kit::{Email, FieldError, FormErrors, PageAsked, PageOf, Timestamp, field, t};

use crate::account::Account;
use crate::error::PeopleError;
use crate::events::{MemberChanged, MemberCreated, MemberLinked, MemberUnlinked};

db::row! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Member {
        pub id: MemberId,
        /// `None`: imported, or made by hand; nobody signs in as them.
        pub account_id: Option<AccountId>,
        pub name: String,
        pub email: Option<Email>,
        /// Where Plex writes to them, if that is another address.
        pub plex_email: Option<Email>,
        /// The same for Emby Connect.
        pub emby_email: Option<Email>,
        /// Staff's own words.
        pub note: String,
        pub created_at: Timestamp,
        pub version: i64,
        /// Whom they were joined with; such a row only says where its person is now.
        pub merged_into: Option<MemberId>,
    }
}

/// A member to be made, already checked.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub account_id: Option<AccountId>,
    pub name: String,
    pub email: Option<Email>,
    pub platforms: PlatformEmails,
    pub note: String,
}

/// The addresses by which media platforms know somebody, where they are others than their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlatformEmails {
    pub plex: Option<Email>,
    pub emby: Option<Email>,
}

impl NewMember {
    /// Somebody without an account.
    pub fn named(name: &str, email: Option<Email>) -> Self {
        Self {
            account_id: None,
            name: name.to_owned(),
            email,
            platforms: PlatformEmails::default(),
            note: String::new(),
        }
    }
}

/// What staff type about a member.
#[derive(Debug, Clone, Default)]
pub struct MemberForm {
    pub name: String,
    pub email: String,
    pub plex_email: String,
    pub emby_email: String,
    pub note: String,
}

impl MemberForm {
    pub fn parse(&self) -> Result<NewMember, FormErrors> {
        let mut errors = FormErrors::default();
        let name = errors.keep("name", field::required(&self.name, 120));
        let email = errors.keep("email", maybe(&self.email));
        let plex = errors.keep("plex_email", maybe(&self.plex_email));
        let emby = errors.keep("emby_email", maybe(&self.emby_email));
        let platforms = plex
            .zip(emby)
            .map(|(plex, emby)| PlatformEmails { plex, emby });
        let note = errors.keep("note", field::optional(&self.note, 4000));
        match (name, email, platforms, note) {
            (Some(name), Some(email), Some(platforms), Some(note)) => Ok(NewMember {
                account_id: None,
                name,
                email,
                platforms,
                note: note.unwrap_or_default(),
            }),
            _ => Err(errors),
        }
    }
}

/// An address, if one was typed.
fn maybe(typed: &str) -> Result<Option<Email>, FieldError> {
    match typed.trim() {
        "" => Ok(None),
        typed => Email::parse(typed).map(Some),
    }
}

const INSERT: &str = "
    insert into members
           (id, account_id, name, name_key, email, email_key, plex_email, emby_email, note, created_at, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)
    on conflict (account_id) do nothing";

pub async fn create(tx: &mut Tx<'_>, new: &NewMember) -> Result<Member, PeopleError> {
    let (id, now): (MemberId, _) = (tx.id(), tx.now());
    let row = values![
        id,
        new.account_id,
        new.name,
        new.name.to_lowercase(),
        new.email,
        new.email.as_ref().map(Email::key),
        new.platforms.plex,
        new.platforms.emby,
        new.note,
        now
    ];
    if tx.run(INSERT, row).await? == 0 {
        return Err(account_taken());
    }
    let event = MemberCreated {
        member: id.clone(),
        name: new.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(tx.one(FIND, values![id]).await?)
}

/// The account's member, made if there is none yet. Safe to repeat.
pub async fn of_account(tx: &mut Tx<'_>, account: &Account) -> Result<Member, PeopleError> {
    if let Some(member) = find_by_account(&mut *tx, &account.id).await? {
        return Ok(member);
    }
    let new = NewMember {
        account_id: Some(account.id.clone()),
        name: account.name.clone(),
        email: Some(account.email.clone()),
        platforms: PlatformEmails::default(),
        note: String::new(),
    };
    create(tx, &new).await
}

const FIND: &str = "
    select id, account_id, name, email, plex_email, emby_email, note, created_at, version, merged_into
      from members where id = $1";

/// `None`: there is no such member.
pub async fn find(mut read: impl Read, id: &MemberId) -> Result<Option<Member>, DbError> {
    read.maybe(FIND, values![id]).await
}

const FIND_BY_ACCOUNT: &str = "
    select id, account_id, name, email, plex_email, emby_email, note, created_at, version, merged_into
      from members where account_id = $1";

/// `None`: the account has never bought or been given access.
pub async fn find_by_account(
    mut read: impl Read,
    account: &AccountId,
) -> Result<Option<Member>, DbError> {
    read.maybe(FIND_BY_ACCOUNT, values![account]).await
}

const LIST_BY_EMAIL: &str = "
    select id, account_id, name, email, plex_email, emby_email, note, created_at, version, merged_into
      from members where email_key = $1 and merged_into is null order by created_at, id limit 20";

/// Members with this address: several may share one, so an address alone proves nothing.
pub async fn list_by_email(mut read: impl Read, email: &Email) -> Result<Vec<Member>, DbError> {
    read.all(LIST_BY_EMAIL, values![email.key()]).await
}

const BY_PLEX: &str = "
    select id, account_id, name, email, plex_email, emby_email, note, created_at, version, merged_into
      from members
     where (lower(plex_email) = $1 or (plex_email is null and email_key = $1)) and merged_into is null
     order by created_at, id limit 20";
const BY_EMBY: &str = "
    select id, account_id, name, email, plex_email, emby_email, note, created_at, version, merged_into
      from members
     where (lower(emby_email) = $1 or (emby_email is null and email_key = $1)) and merged_into is null
     order by created_at, id limit 20";

/// Members to whom a platform would write at this address: the one kept for it, else their own.
pub async fn list_by_platform_email(
    mut read: impl Read,
    platform: &str,
    email: &Email,
) -> Result<Vec<Member>, DbError> {
    match platform {
        "plex" => read.all(BY_PLEX, values![email.key()]).await,
        "emby" => read.all(BY_EMBY, values![email.key()]).await,
        _ => list_by_email(read, email).await,
    }
}

const UPDATE: &str = "
    update members
       set name = $3, name_key = $4, email = $5, email_key = $6, plex_email = $7, emby_email = $8,
           note = $9, version = version + 1
     where id = $1 and version = $2";

/// Saves what staff typed if nobody has since `before` was read.
pub async fn change(
    tx: &mut Tx<'_>,
    before: &Member,
    form: &MemberForm,
) -> Result<(), PeopleError> {
    let new = form.parse().map_err(PeopleError::Form)?;
    let row = values![
        before.id,
        before.version,
        new.name,
        new.name.to_lowercase(),
        new.email,
        new.email.as_ref().map(Email::key),
        new.platforms.plex,
        new.platforms.emby,
        new.note
    ];
    if tx.run(UPDATE, row).await? == 0 {
        return Err(PeopleError::ChangedMeanwhile);
    }
    let event = MemberChanged {
        member: before.id.clone(),
        name: new.name,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const FORGET_PLEX: &str = "
    update members set plex_email = null, version = version + 1
     where id = $1 and plex_email is not null";

/// The address belonged to an account that they use no longer. Safe to repeat.
pub async fn forget_plex_email(tx: &mut Tx<'_>, id: &MemberId) -> Result<(), DbError> {
    tx.run(FORGET_PLEX, values![id]).await?;
    Ok(())
}

const LINK: &str = "
    update members set account_id = $2, version = version + 1
     where id = $1 and account_id is null";

/// Lets an account sign in as this member. Both must be free.
pub async fn link(tx: &mut Tx<'_>, member: &Member, account: &Account) -> Result<(), PeopleError> {
    if find_by_account(&mut *tx, &account.id).await?.is_some() {
        return Err(account_taken());
    }
    if tx.run(LINK, values![member.id, account.id]).await? == 0 {
        return Err(PeopleError::Forbidden(t!(
            "{name} has a sign-in already. Separate it first.",
            name = member.name.clone()
        )));
    }
    let event = MemberLinked {
        member: member.id.clone(),
        account: account.id.clone(),
        name: member.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const UNLINK: &str = "
    update members set account_id = null, version = version + 1
     where id = $1 and account_id = $2";

/// Separates member and account; both stay. Safe to repeat.
pub async fn unlink(tx: &mut Tx<'_>, member: &Member) -> Result<(), PeopleError> {
    let Some(account) = &member.account_id else {
        return Ok(());
    };
    if tx.run(UNLINK, values![member.id, account]).await? > 0 {
        let event = MemberUnlinked {
            member: member.id.clone(),
            account: account.clone(),
            name: member.name.clone(),
        };
        chronicle::tell(tx, &event).await?;
    }
    Ok(())
}

const SEARCH: Listing = Listing {
    base: "
        select id, account_id, name, email, plex_email, emby_email, note, created_at, version, merged_into
          from members where merged_into is null",
    clauses: &[
        ("from", "and name_key >= ? and name_key < ?"),
        ("after", "and (name_key, id) > (?, ?)"),
    ],
    orders: &[("name", "order by name_key, id limit ?")],
};

/// For the test that prepares every text.
pub(crate) const LISTING: &Listing = &SEARCH;

/// Members whose name begins with the text, by name; an address finds its own members.
pub async fn search(
    read: impl Read,
    text: &str,
    asked: &PageAsked,
) -> Result<PageOf<Member>, DbError> {
    if let Ok(email) = Email::parse(text) {
        let rows = list_by_email(read, &email).await?;
        return Ok(PageOf { rows, next: None });
    }
    let start = text.trim().to_lowercase();
    let after = asked
        .after
        .as_deref()
        .and_then(|mark| mark.rsplit_once('\n'))
        .map(|(name, id)| values![name.to_owned(), id.to_owned()]);
    let rows = SEARCH
        .ask()
        .filter(
            "from",
            (!start.is_empty()).then(|| values![start, format!("{start}\u{10ffff}")]),
        )
        .filter("after", after)
        .rows(read, "name", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |member: &Member| {
        format!("{}\n{}", member.name.to_lowercase(), member.id)
    }))
}

fn account_taken() -> PeopleError {
    PeopleError::Forbidden(t!(
        "This sign-in belongs to another member already. Separate it there first."
    ))
}
