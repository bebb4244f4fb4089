//! By what outside systems know a member: stable ids first, addresses second.

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, ServerId};
use kit::stored::stored_words;
use kit::{Email, Text, Timestamp, t};

use crate::error::PeopleError;
use crate::events::IdentityAdded;
use crate::member;

stored_words! {
    pub enum IdentityKind {
        Plex = "plex",
        Jellyfin = "jellyfin",
        Emby = "emby",
        PayerEmail = "payer_email",
        Discord = "discord",
    }
}

impl IdentityKind {
    pub fn text(self) -> Text {
        match self {
            Self::Plex => t!("Plex"),
            Self::Jellyfin => t!("Jellyfin"),
            Self::Emby => t!("Emby"),
            Self::PayerEmail => t!("a payer's e-mail"),
            Self::Discord => t!("Discord"),
        }
    }
}

/// One identity: what kind, within which scope, under which stable id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub kind: IdentityKind,
    /// The server that gave the id; empty for ids that are the same everywhere.
    pub scope: String,
    pub remote_id: String,
    /// As people know it: a user name, an address.
    pub label: String,
}

impl Identity {
    /// A user of a Jellyfin server.
    pub fn jellyfin(server: &ServerId, user_id: &str, user_name: &str) -> Self {
        Self::of(IdentityKind::Jellyfin, server.as_str(), user_id, user_name)
    }

    /// A user of an Emby server.
    pub fn emby(server: &ServerId, user_id: &str, user_name: &str) -> Self {
        Self::of(IdentityKind::Emby, server.as_str(), user_id, user_name)
    }

    /// A Plex account.
    pub fn plex(id: &str, name: &str) -> Self {
        Self::of(IdentityKind::Plex, "", id, name)
    }

    /// The address by which a payer is known at gateways.
    pub fn payer_email(email: &Email) -> Self {
        Self::of(IdentityKind::PayerEmail, "", &email.key(), email.as_str())
    }

    pub fn discord(id: &str, name: &str) -> Self {
        Self::of(IdentityKind::Discord, "", id, name)
    }

    fn of(kind: IdentityKind, scope: &str, remote_id: &str, label: &str) -> Self {
        Self {
            kind,
            scope: scope.to_owned(),
            remote_id: remote_id.to_owned(),
            label: label.to_owned(),
        }
    }
}

db::row! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct IdentityRow {
        pub kind: IdentityKind,
        pub scope: String,
        pub remote_id: String,
        pub member_id: MemberId,
        pub label: String,
        pub created_at: Timestamp,
    }
}

const INSERT: &str = "
    insert into identities (kind, scope, remote_id, member_id, label, created_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (kind, scope, remote_id) do update set label = excluded.label
     where identities.member_id = excluded.member_id";

/// Adds an identity, or freshens its label. Somebody else's identity is refused. Safe to repeat.
pub async fn add(
    tx: &mut Tx<'_>,
    member: &MemberId,
    identity: &Identity,
) -> Result<(), PeopleError> {
    let holder = find(&mut *tx, identity).await?;
    let now = tx.now();
    let row = values![
        identity.kind,
        identity.scope,
        identity.remote_id,
        member,
        identity.label,
        now
    ];
    if tx.run(INSERT, row).await? == 0 {
        return Err(PeopleError::Forbidden(t!(
            "{label} belongs to another member. Separate it there first.",
            label = identity.label.clone()
        )));
    }
    if holder.is_none() {
        let name = member::find(&mut *tx, member)
            .await?
            .ok_or(PeopleError::NotFound)?
            .name;
        let event = IdentityAdded {
            member: member.clone(),
            name,
            kind: identity.kind,
            label: identity.label.clone(),
        };
        chronicle::tell(tx, &event).await?;
    }
    Ok(())
}

const REMOVE: &str = "
    delete from identities where kind = $1 and scope = $2 and remote_id = $3 and member_id = $4";

/// Takes an identity away. Safe to repeat.
pub async fn remove(
    tx: &mut Tx<'_>,
    member: &MemberId,
    identity: &Identity,
) -> Result<(), DbError> {
    let row = values![identity.kind, identity.scope, identity.remote_id, member];
    tx.run(REMOVE, row).await?;
    Ok(())
}

/// Makes these the addresses by which a member is known as a payer: new ones are added, missing ones taken away.
/// Somebody else's address is refused. Safe to repeat.
pub async fn set_payer_emails(
    tx: &mut Tx<'_>,
    member: &MemberId,
    emails: &[Email],
) -> Result<(), PeopleError> {
    let known = list_of(&mut *tx, member).await?;
    let payers = known
        .iter()
        .filter(|one| one.kind == IdentityKind::PayerEmail);
    for one in payers.filter(|one| emails.iter().all(|email| email.key() != one.remote_id)) {
        let gone = Identity::of(one.kind, &one.scope, &one.remote_id, &one.label);
        remove(tx, member, &gone).await?;
    }
    for email in emails {
        add(tx, member, &Identity::payer_email(email)).await?;
    }
    Ok(())
}

const FIND: &str = "
    select kind, scope, remote_id, member_id, label, created_at
      from identities where kind = $1 and scope = $2 and remote_id = $3";

/// Whose identity it is. `None`: nobody's.
pub async fn find(
    mut read: impl Read,
    identity: &Identity,
) -> Result<Option<IdentityRow>, DbError> {
    read.maybe(
        FIND,
        values![identity.kind, identity.scope, identity.remote_id],
    )
    .await
}

const LIST: &str = "
    select kind, scope, remote_id, member_id, label, created_at
      from identities where member_id = $1 order by kind, scope, remote_id limit 200";

pub async fn list_of(mut read: impl Read, member: &MemberId) -> Result<Vec<IdentityRow>, DbError> {
    read.all(LIST, values![member]).await
}
