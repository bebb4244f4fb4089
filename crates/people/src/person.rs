//! All that is kept about one person: handing it out, and erasing it.
//!
//! [`RETENTION`] says for each table what becomes of its rows; a test fails for a table that is missing.

use db::{DbError, Read, Tx, values};
use kit::id::{AccountId, MemberId};
use kit::{Subject, Timestamp};
use serde::Serialize;

use crate::account::{self, Account, Level};
use crate::error::PeopleError;
use crate::events::AccountErased;
use crate::identity::{self, IdentityKind};
use crate::member::{self, Member};
use crate::{invitation, passkey, second_factor, session, standing};

/// What becomes of a table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// Kept until the person is erased.
    UntilErased,
    /// Forgotten when it has ended.
    UntilEnded,
    /// Says nothing about a person.
    NotPersonal,
}

/// For each table.
pub const RETENTION: &[(&str, Retention)] = &[
    ("roles", Retention::NotPersonal),
    ("account_numbers", Retention::NotPersonal),
    ("accounts", Retention::UntilErased),
    ("passwords", Retention::UntilErased),
    ("sessions", Retention::UntilEnded),
    ("tokens", Retention::UntilEnded),
    ("second_factors", Retention::UntilErased),
    ("recovery_codes", Retention::UntilErased),
    ("passkeys", Retention::UntilErased),
    ("ceremonies", Retention::UntilEnded),
    ("rates", Retention::UntilEnded),
    ("members", Retention::UntilErased),
    ("identities", Retention::UntilErased),
    ("api_keys", Retention::UntilErased),
    ("invitations", Retention::UntilErased),
    ("invitation_batches", Retention::NotPersonal),
    ("invitation_lines", Retention::UntilErased),
];

/// What is kept about an account, for its owner. Secrets are left out.
#[derive(Debug, Clone, Serialize)]
pub struct AccountExport {
    pub number: i64,
    pub username: String,
    pub email: String,
    pub name: String,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub zone: Option<String>,
    pub email_confirmed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub authenticator_since: Option<Timestamp>,
    pub passkeys: Vec<Dated>,
    pub sessions: Vec<SessionExport>,
    pub member: Option<MemberExport>,
}

/// A thing with a name and a moment.
#[derive(Debug, Clone, Serialize)]
pub struct Dated {
    pub name: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Serialize)]
pub struct SessionExport {
    pub user_agent: String,
    pub address: String,
    pub began_at: Timestamp,
    pub seen_at: Timestamp,
}

/// What is kept about a member. Staff's note is part of it.
#[derive(Debug, Clone, Serialize)]
pub struct MemberExport {
    pub name: String,
    pub email: Option<String>,
    pub plex_email: Option<String>,
    pub emby_email: Option<String>,
    pub note: String,
    pub created_at: Timestamp,
    pub identities: Vec<IdentityExport>,
}

#[derive(Debug, Clone, Serialize)]
pub struct IdentityExport {
    pub kind: IdentityKind,
    pub scope: String,
    pub remote_id: String,
    pub label: String,
}

/// Collects what is kept about an account. `None`: there is no such account.
pub async fn export_of(
    mut read: impl Read,
    id: &AccountId,
    now: Timestamp,
) -> Result<Option<AccountExport>, DbError> {
    let Some(account) = account::find(&mut read, id).await? else {
        return Ok(None);
    };
    let factor = second_factor::find(&mut read, id).await?;
    let passkeys = passkey::list_of(&mut read, id).await?;
    let sessions = session::list_of(&mut read, id, now).await?;
    let member = match member::find_by_account(&mut read, id).await? {
        Some(member) => Some(export_of_member(&mut read, member).await?),
        None => None,
    };
    Ok(Some(AccountExport {
        number: account.number,
        username: account.username,
        email: account.email.to_string(),
        name: account.name,
        phone: account.phone,
        locale: account.locale,
        zone: account.zone,
        email_confirmed_at: account.email_confirmed_at,
        created_at: account.created_at,
        authenticator_since: factor.map(|factor| factor.enabled_at),
        passkeys: passkeys
            .into_iter()
            .map(|held| Dated {
                name: held.name,
                at: held.created_at,
            })
            .collect(),
        sessions: sessions
            .into_iter()
            .map(|held| SessionExport {
                user_agent: held.user_agent,
                address: held.address,
                began_at: held.created_at,
                seen_at: held.seen_at,
            })
            .collect(),
        member,
    }))
}

/// Collects what is kept about a member, with or without an account.
pub async fn export_of_member(
    mut read: impl Read,
    member: Member,
) -> Result<MemberExport, DbError> {
    let identities = identity::list_of(&mut read, &member.id).await?;
    Ok(MemberExport {
        name: member.name,
        email: member.email.map(|email| email.to_string()),
        plex_email: member.plex_email.map(|email| email.to_string()),
        emby_email: member.emby_email.map(|email| email.to_string()),
        note: member.note,
        created_at: member.created_at,
        identities: identities
            .into_iter()
            .map(|held| IdentityExport {
                kind: held.kind,
                scope: held.scope,
                remote_id: held.remote_id,
                label: held.label,
            })
            .collect(),
    })
}

const ERASE: &[&str] = &[
    ERASE_ENTERED,
    ERASE_SESSIONS,
    ERASE_CEREMONIES,
    ERASE_PASSKEYS,
    ERASE_API_KEYS,
    ERASE_PASSWORD,
];
const ERASE_ENTERED: &str = "delete from sessions where entered_by = $1";
const ERASE_SESSIONS: &str = "delete from sessions where account_id = $1";
const ERASE_CEREMONIES: &str = "delete from ceremonies where account_id = $1";
const ERASE_PASSKEYS: &str = "delete from passkeys where account_id = $1";
const ERASE_API_KEYS: &str = "delete from api_keys where account_id = $1";
const ERASE_PASSWORD: &str = "delete from passwords where account_id = $1";
const ERASE_TOKENS: &str = "delete from tokens where subject = $1";
const PART: &str = "
    update members set account_id = null, version = version + 1 where account_id = $1";
const ERASE_ACCOUNT: &str = "delete from accounts where id = $1";

/// Deletes a sign-in and all that belongs to it. Its member stays, with its access and history. The last
/// administrator stays.
pub async fn erase(tx: &mut Tx<'_>, account: &Account) -> Result<(), PeopleError> {
    if account.level == Level::Administrator && account.enabled {
        standing::refuse_last_administrator(tx, account).await?;
    }
    let event = AccountErased {
        account: account.id.clone(),
        number: account.number,
    };
    second_factor::forget(tx, &account.id).await?;
    for sql in ERASE {
        tx.run(sql, values![account.id]).await?;
    }
    tx.run(ERASE_TOKENS, values![Subject::of(&account.id)])
        .await?;
    tx.run(PART, values![account.id]).await?;
    tx.run(ERASE_ACCOUNT, values![account.id]).await?;
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const ERASE_IDENTITIES: &str = "delete from identities where member_id = $1";

const BLANK: &str = "
    update members
       set name = $2, name_key = $3, email = null, email_key = null, plex_email = null, emby_email = null,
           note = '', version = version + 1
     where id = $1";

/// Takes everything personal off a member. The row stays, for the books that point at it.
pub async fn erase_member(tx: &mut Tx<'_>, id: &MemberId) -> Result<(), DbError> {
    let blank = "Erased";
    tx.run(ERASE_IDENTITIES, values![id]).await?;
    invitation::erase(tx, id).await?;
    tx.run(ERASE_TOKENS, values![Subject::of(id)]).await?;
    tx.run(BLANK, values![id, blank, blank.to_lowercase()])
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_says_what_becomes_of_its_rows() {
        let told: Vec<&str> = RETENTION.iter().map(|(table, _)| *table).collect();
        assert_eq!(told, crate::TABLES);
    }
}
