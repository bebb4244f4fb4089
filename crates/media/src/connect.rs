//! Links between a member's user on a server and their account with the platform, where the platform has such
//! accounts and writes to them itself.

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, ServerId, ShareId};
use kit::{Actor, Email, FormErrors, Outcome, Refusal, Timestamp, t};

use crate::error::MediaError;
use crate::events::{ConnectAsked, ConnectEnded};
use crate::help::AccountLink;
use crate::remote::{MediaServer, RemoteRef};
use crate::servers::{Servers, result};
use crate::share::{self, Share};

db::row! {
    /// One link.
    #[derive(Debug, Clone)]
    pub struct Link {
        pub share_id: ShareId,
        pub member_id: MemberId,
        pub server_id: ServerId,
        /// The name of the account, or the address of an invitation.
        pub name: String,
        /// The person has not said yes to the platform's mail.
        pub is_pending: bool,
        /// There was no such account: the platform's mail asks to make one.
        pub is_invitation: bool,
        pub asked_at: Timestamp,
    }
}

const FIND: &str = "
    select share_id, member_id, server_id, name, is_pending, is_invitation, asked_at
      from connect_links where share_id = $1";

/// `None`: there is no link.
pub async fn find(mut read: impl Read, share: &ShareId) -> Result<Option<Link>, DbError> {
    read.maybe(FIND, values![share]).await
}

const KEEP: &str = "
    insert into connect_links (share_id, member_id, server_id, name, is_pending, is_invitation, asked_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (share_id) do update
       set name = excluded.name, is_pending = excluded.is_pending, is_invitation = excluded.is_invitation,
           asked_at = excluded.asked_at";

pub(crate) async fn keep(
    tx: &mut Tx<'_>,
    share: &Share,
    link: &AccountLink,
) -> Result<(), DbError> {
    let now = tx.now();
    let row = values![
        share.id,
        share.member_id,
        share.server_id,
        link.name,
        link.is_pending,
        link.is_invitation,
        now
    ];
    tx.run(KEEP, row).await?;
    Ok(())
}

/// A name of an account, or the address that it is known by.
pub fn parse_name(typed: &str) -> Result<String, MediaError> {
    let name = typed.trim();
    let is_odd = |sign: char| sign.is_whitespace() || sign.is_control();
    let is_name = !name.is_empty() && name.len() <= 254 && !name.contains(is_odd);
    if is_name && (!name.contains('@') || Email::parse(name).is_ok()) {
        return Ok(name.to_owned());
    }
    let text = t!(
        "Type the name of your Emby Connect account, or the e-mail address that it is known by, such as noor@example.org."
    );
    Err(MediaError::Form(FormErrors::one("name", text)))
}

/// Asks for a link; the platform writes to the person. One that stood before gives way. Calls the server.
pub async fn link(
    servers: &Servers,
    actor: Actor,
    id: &ShareId,
    typed: &str,
) -> Result<Link, MediaError> {
    let name = parse_name(typed)?;
    let share = share::required_share(&servers.db, id).await?;
    let user = user_of(&share)?;
    let (server, remote) = servers.open(&share.server_id).await?;
    let before = result(remote.find_link(user).await)?;
    let link = match before {
        // Pressed twice, or its answer was lost: no second mail.
        Some(before) if before.name.eq_ignore_ascii_case(&name) => before,
        Some(_) => {
            result(remote.unlink_account(user).await)?;
            ask(remote.as_ref(), user, &name).await?
        }
        None => ask(remote.as_ref(), user, &name).await?,
    };
    let mut tx = servers.db.begin(actor).await?;
    keep(&mut tx, &share, &link).await?;
    let event = ConnectAsked {
        member: share.member_id.clone(),
        server: share.server_id.clone(),
        server_name: server.name,
        name: link.name,
    };
    chronicle::tell(&mut tx, &event).await?;
    tx.save().await?;
    find(&servers.db, id).await?.ok_or(MediaError::NotFound)
}

pub(crate) async fn ask(
    remote: &dyn MediaServer,
    user: &RemoteRef,
    name: &str,
) -> Result<AccountLink, MediaError> {
    match remote.link_account(user, name).await {
        Outcome::Unknown(_) => {
            let found = result(remote.find_link(user).await)?;
            found.ok_or_else(|| MediaError::Remote(not_linked(name)))
        }
        other => result(other),
    }
}

/// The server says the same when the account is unknown and when the platform is silent.
fn not_linked(name: &str) -> Refusal {
    if name.contains('@') {
        return Refusal::passing(
            "connect_silent",
            t!("Emby Connect does not answer at the moment. Nothing was linked; try again later."),
        );
    }
    Refusal::lasting(
        "unknown_account",
        t!(
            "Emby Connect knows nobody called «{name}», or does not answer. Check the name, or type the e-mail address of your account instead.",
            name = name
        ),
    )
}

/// Looks whether a link that waits was confirmed meanwhile. Calls the server if one waits.
pub async fn look(
    servers: &Servers,
    actor: Actor,
    share: &Share,
) -> Result<Option<Link>, MediaError> {
    let known = find(&servers.db, &share.id).await?;
    let Some(link) = known.filter(|link| link.is_pending) else {
        return Ok(find(&servers.db, &share.id).await?);
    };
    let (_, remote) = servers.open(&share.server_id).await?;
    let mut tx = match result(remote.find_link(user_of(share)?).await)? {
        Some(there) if there.is_pending => return Ok(Some(link)),
        Some(there) => {
            let mut tx = servers.db.begin(actor).await?;
            keep(&mut tx, share, &there).await?;
            tx
        }
        // The person said no, or it was taken back on the server.
        None => {
            let mut tx = servers.db.begin(actor).await?;
            tx.run(REMOVE, values![share.id]).await?;
            tx
        }
    };
    let link = find(&mut tx, &share.id).await?;
    tx.save().await?;
    Ok(link)
}

const REMOVE: &str = "delete from connect_links where share_id = $1";

/// Takes a link back. Calls the server; safe to repeat.
pub async fn unlink(servers: &Servers, actor: Actor, id: &ShareId) -> Result<(), MediaError> {
    let share = share::required_share(&servers.db, id).await?;
    let (server, remote) = servers.open(&share.server_id).await?;
    let user = user_of(&share)?;
    match remote.unlink_account(user).await {
        Outcome::Unknown(unknown) => {
            if result(remote.find_link(user).await)?.is_some() {
                return Err(MediaError::Unknown(unknown));
            }
        }
        other => result(other)?,
    }
    let mut tx = servers.db.begin(actor).await?;
    tx.run(REMOVE, values![share.id]).await?;
    let event = ConnectEnded {
        member: share.member_id,
        server: share.server_id,
        server_name: server.name,
    };
    chronicle::tell(&mut tx, &event).await?;
    tx.save().await?;
    Ok(())
}

fn user_of(share: &Share) -> Result<&RemoteRef, MediaError> {
    share.remote_id.as_ref().ok_or_else(|| {
        MediaError::Refused(t!(
            "There is no user on this server yet. Choose a name and a password first."
        ))
    })
}

const MOVE: &str = "update connect_links set member_id = $2 where member_id = $1";
const REMOVE_OF_MEMBER: &str = "delete from connect_links where member_id = $1";

pub(crate) async fn merge(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), DbError> {
    tx.run(MOVE, values![from, to]).await?;
    Ok(())
}

pub(crate) async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    tx.run(REMOVE_OF_MEMBER, values![member]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parse_name;

    #[test]
    fn a_name_or_an_address_is_taken_and_nothing_else() {
        for good in ["noor", " noor.vos ", "noor@example.org"] {
            assert_eq!(parse_name(good).unwrap(), good.trim());
        }
        for bad in ["", "  ", "noor vos", "@", "noor@", "a\nb", &"a".repeat(255)] {
            assert!(parse_name(bad).is_err(), "{bad}");
        }
    }
}
