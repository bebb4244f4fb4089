//! What a member signs in with on a server: choosing it, proving that an older one is theirs, changing it, and
//! letting a device in by its code.
//!
//! The password is sealed until the user is made, and nobody keeps it afterwards.

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, ShareId};
use kit::{Actor, FieldError, FormErrors, Outcome, Refusal, Secret, Text, t};
use settings::Vault;

use crate::error::MediaError;
use crate::events::{CredentialsChosen, DeviceApproved, MediaPasswordSet, UserLinked};
use crate::remote::{Level, RemoteRef};
use crate::remote_user::{self, name_key};
use crate::server;
use crate::servers::{Servers, result};
use crate::share::{self, Share, ShareState, UserStage};
use crate::user;

/// A name that media servers take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName(String);

impl UserName {
    /// Letters, digits, space and `- ' . _ @ +`, 1 to 50; no space at either end (Jellyfin's own rule, 10.9 to 12).
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let name = text.trim();
        let plain = |letter: char| letter.is_alphanumeric() || " -'._@+".contains(letter);
        match name.chars().count() {
            0 => Err(FieldError::Required),
            1..=50 if name.chars().all(plain) => Ok(Self(name.to_owned())),
            1..=50 => Err(FieldError::Invalid(t!(
                "Please use letters, digits, spaces and - ' . _ @ + only."
            ))),
            _ => Err(FieldError::TooLong { most: 50 }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password for a media server.
pub fn parse_password(text: &str) -> Result<Secret, FieldError> {
    match text.chars().count() {
        0 => Err(FieldError::Required),
        1..=7 => Err(FieldError::Invalid(t!("Please use at least 8 characters."))),
        8..=200 if !text.trim().is_empty() => Ok(Secret::new(text)),
        8..=200 => Err(FieldError::Invalid(t!("Please use more than spaces."))),
        _ => Err(FieldError::TooLong { most: 200 }),
    }
}

/// A name and a password, checked.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub name: UserName,
    pub password: Secret,
}

impl Credentials {
    /// Reads the fields `media_name` and `media_password`.
    pub fn parse(name: &str, password: &str) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let name = errors.keep("media_name", UserName::parse(name));
        let password = errors.keep("media_password", parse_password(password));
        match (name, password) {
            (Some(name), Some(password)) => Ok(Self { name, password }),
            _ => Err(errors),
        }
    }
}

/// Keeps what the member chose for one share; the user is made as soon as the share is due.
pub async fn choose(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: &ShareId,
    credentials: &Credentials,
) -> Result<Share, MediaError> {
    let share = share::required_share(&mut *tx, id).await?;
    let name = credentials.name.as_str();
    refuse_taken(&mut *tx, &share, name).await?;
    if !user::choose(tx, vault, id, name, &credentials.password).await? {
        return Err(MediaError::Refused(t!(
            "There is a user on this server already ({user}). Set a new password for it instead.",
            user = share.user_name.unwrap_or_default()
        )));
    }
    let event = CredentialsChosen {
        share: share.id.clone(),
        member: share.member_id.clone(),
        server: share.server_id.clone(),
        user_name: name.to_owned(),
    };
    chronicle::tell(tx, &event).await?;
    if share.level == Level::Full && share.state != ShareState::None {
        upkeep::want(tx, &share.target()).await?;
    }
    share::required_share(tx, id).await
}

/// A member's shares where they sign in with a name and a password of ours. Where people are invited, they have
/// accounts of their own, and nothing is chosen here.
pub async fn with_password(mut read: impl Read, member: &MemberId) -> Result<Vec<Share>, DbError> {
    let mut shares = Vec::new();
    for share in share::list_of_member(&mut read, member).await? {
        let server = server::find(&mut read, &share.server_id).await?;
        if server.is_some_and(|server| server.owner_account_id.is_none()) {
            shares.push(share);
        }
    }
    Ok(shares)
}

/// The same name and password on all of a member's servers where a choice is due.
pub async fn choose_everywhere(
    tx: &mut Tx<'_>,
    vault: &Vault,
    member: &MemberId,
    credentials: &Credentials,
) -> Result<usize, MediaError> {
    let mut chosen = 0;
    for share in with_password(&mut *tx, member).await? {
        if share.remote_id.is_none() && share.level != Level::Deleted {
            choose(tx, vault, &share.id, credentials).await?;
            chosen += 1;
        }
    }
    Ok(chosen)
}

const NAMED: &str = "
    select count(*) as n from shares where server_id = $1 and user_name_key = $2 and id <> $3";

/// Refuses a name that somebody has, as far as we know; the server itself has the last word.
async fn refuse_taken(mut read: impl Read, share: &Share, name: &str) -> Result<(), MediaError> {
    let row = values![share.server_id, name_key(name), share.id];
    let ours = read.one::<(i64,)>(NAMED, row).await?.0 > 0;
    let seen = remote_user::find_by_name(read, &share.server_id, name).await?;
    if ours || seen.is_some() {
        return Err(MediaError::Form(FormErrors::one("media_name", taken(name))));
    }
    Ok(())
}

fn taken(name: &str) -> Text {
    t!(
        "The name {user} is taken on this server. Choose another, or if it is yours already, sign in with it below.",
        user = name
    )
}

/// Links a user that the member proves to be theirs by signing in with it. Calls the server.
pub async fn link_own(
    servers: &Servers,
    actor: Actor,
    id: &ShareId,
    name: &str,
    password: &Secret,
) -> Result<Share, MediaError> {
    let share = share::required_share(&servers.db, id).await?;
    let (server, remote) = servers.open(&share.server_id).await?;
    let proven = result(remote.prove(name.trim(), password).await)?;
    if proven.is_administrator {
        return Err(MediaError::Refused(t!(
            "{user} is an administrator of this server and cannot be used for a membership. Use another name.",
            user = proven.name
        )));
    }
    let mut tx = servers.db.begin(actor).await?;
    let linked = link(&mut tx, &share, &server.name, &proven.id, &proven.name).await?;
    tx.save().await?;
    Ok(linked)
}

/// Links a share with a user of its server.
pub(crate) async fn link(
    tx: &mut Tx<'_>,
    share: &Share,
    server_name: &str,
    remote: &RemoteRef,
    name: &str,
) -> Result<Share, MediaError> {
    match user::adopt(tx, &share.id, remote, name, UserStage::Ready).await {
        Err(DbError::Duplicate(_)) => {
            return Err(MediaError::Refused(t!(
                "The user {user} belongs to another member already.",
                user = name
            )));
        }
        other => other?,
    }
    let event = UserLinked {
        share: share.id.clone(),
        member: share.member_id.clone(),
        server: share.server_id.clone(),
        server_name: server_name.to_owned(),
        user_name: name.to_owned(),
    };
    chronicle::tell(tx, &event).await?;
    if share.state != ShareState::None {
        upkeep::want(tx, &share.target()).await?;
    }
    share::required_share(tx, &share.id).await
}

/// Sets a new password on the server. Devices there have to sign in again. Calls the server.
pub async fn set_password(
    servers: &Servers,
    actor: Actor,
    id: &ShareId,
    password: &Secret,
) -> Result<(), MediaError> {
    let share = share::required_share(&servers.db, id).await?;
    let remote_id = has_user(&share)?;
    let (server, remote) = servers.open(&share.server_id).await?;
    match remote.set_password(remote_id, password).await {
        // Look before saying so: the answer was lost, the password may be set.
        Outcome::Unknown(_) => {
            let name = share.user_name.clone().unwrap_or_default();
            result(remote.prove(&name, password).await)?;
        }
        other => result(other)?,
    }
    let mut tx = servers.db.begin(actor).await?;
    let event = MediaPasswordSet {
        share: share.id,
        member: share.member_id,
        server: share.server_id,
        server_name: server.name,
    };
    chronicle::tell(&mut tx, &event).await?;
    tx.save().await?;
    Ok(())
}

/// Lets the device that shows this code in as the member, without a password. Calls the server.
pub async fn approve_device(
    servers: &Servers,
    actor: Actor,
    id: &ShareId,
    code: &str,
) -> Result<(), MediaError> {
    let code: String = code
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .collect();
    if code.len() != 6 || !code.chars().all(|letter| letter.is_ascii_digit()) {
        let text = t!("Please type the six digits that the device shows.");
        return Err(MediaError::Form(FormErrors::one("code", text)));
    }
    let share = share::required_share(&servers.db, id).await?;
    let remote_id = has_user(&share)?;
    if share.level != Level::Full {
        return Err(MediaError::Remote(Refusal::lasting(
            "not_open",
            t!("Your membership is not running. Renew it first, then let the device in."),
        )));
    }
    let (server, remote) = servers.open(&share.server_id).await?;
    result(remote.approve_device(remote_id, &code).await)?;
    let mut tx = servers.db.begin(actor).await?;
    let event = DeviceApproved {
        share: share.id.clone(),
        member: share.member_id,
        server: share.server_id,
        server_name: server.name,
    };
    chronicle::tell(&mut tx, &event).await?;
    tx.save().await?;
    Ok(())
}

fn has_user(share: &Share) -> Result<&RemoteRef, MediaError> {
    share.remote_id.as_ref().ok_or_else(|| {
        MediaError::Refused(t!(
            "There is no user on this server yet. Choose a name and a password first."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_media_servers_take() {
        for good in [
            "mara",
            "Mara O'Neil",
            "m.ara+tv@example.org",
            "Żółć",
            &"a".repeat(50),
        ] {
            assert!(UserName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "  ", "a/b", "<b>", "a\nb", &"a".repeat(51)] {
            assert!(UserName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_long_enough_and_not_blank() {
        assert!(parse_password("12345678").is_ok());
        for bad in ["", "1234567", "          ", &"x".repeat(201)] {
            assert!(parse_password(bad).is_err(), "{bad}");
        }
    }
}
