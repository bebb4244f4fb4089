//! What is kept of a person here: bringing two members together, handing out what is held, erasing it.

use db::{DbError, Read, Tx, values};
use kit::id::MemberId;
use kit::{Text, t};
use serde::Serialize;

use crate::connect;
use crate::error::MediaError;
use crate::moving;
use crate::remote::Level;
use crate::scan;
use crate::share::{self, Share, TARGET_KIND};
use crate::subtitle;
use crate::viewing;
use crate::{account_change, account_first, chosen, identity};

const MOVE_SHARE: &str = "
    update shares set member_id = $2, changed_at = $3, edition = edition + 1 where id = $1";
const MOVE_PLACES: &str = "update places set member_id = $2 where member_id = $1";

/// Gives `from`'s shares to `to`. Where both are on one server, `to` keeps its own and `from`'s ends.
///
/// The placement of `to` is to be settled afterwards.
pub async fn merge(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), DbError> {
    let kept = share::list_of_member(&mut *tx, to).await?;
    let now = tx.now();
    for share in share::list_of_member(&mut *tx, from).await? {
        if kept.iter().any(|own| own.server_id == share.server_id) {
            if share.takes_place {
                let plan = share.entitlements.0.clone();
                share::decide(tx, &share, &plan, Level::Ended).await?;
            }
        } else {
            tx.run(MOVE_SHARE, values![share.id, to, now]).await?;
            if let Some(moved) = share::find(&mut *tx, &share.id)
                .await?
                .filter(|one| one.takes_place)
            {
                upkeep::want(tx, &moved.target()).await?;
            }
        }
    }
    tx.run(MOVE_PLACES, values![from, to]).await?;
    moving::merge(tx, from, to).await?;
    identity::merge(tx, from, to).await?;
    scan::merge(tx, from, to).await?;
    connect::merge(tx, from, to).await?;
    account_first::merge(tx, from, to).await?;
    subtitle::merge(tx, from, to).await?;
    account_change::merge(tx, from, to).await?;
    chosen::merge(tx, from, to).await?;
    viewing::keeping::merge(tx, from, to).await?;
    Ok(())
}

/// One share, for the person it is about.
#[derive(Debug, Serialize)]
pub struct ShareRecord {
    pub server: String,
    pub user_name: Option<String>,
    pub level: Level,
    pub since: Option<String>,
}

/// What is held about a member.
pub async fn export_of(
    mut read: impl Read,
    member: &MemberId,
) -> Result<Vec<ShareRecord>, DbError> {
    let mut records = Vec::new();
    for share in share::list_of_member(&mut read, member).await? {
        let server = crate::server::find(&mut read, &share.server_id).await?;
        records.push(ShareRecord {
            server: server.map_or_else(String::new, |server| server.name),
            user_name: share.user_name,
            level: share.level,
            since: share.joined_at.some().map(kit::Timestamp::rfc3339),
        });
    }
    Ok(records)
}

const REMOVE_PLACES: &str = "delete from places where member_id = $1";
const REMOVE_SHARE: &str = "delete from shares where id = $1";

/// Forgets a member whose membership is over. Users on servers stay as they are, as nobody's.
pub async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), MediaError> {
    let shares = share::list_of_member(&mut *tx, member).await?;
    if shares.iter().any(|share| share.takes_place) {
        return Err(MediaError::Refused(t!(
            "This member is still on a media server. End the membership first."
        )));
    }
    tx.run(REMOVE_PLACES, values![member]).await?;
    moving::erase(tx, member).await?;
    identity::erase(tx, member).await?;
    scan::erase(tx, member).await?;
    connect::erase(tx, member).await?;
    account_first::erase(tx, member).await?;
    subtitle::erase(tx, member).await?;
    account_change::erase(tx, member).await?;
    chosen::forget(tx, member).await?;
    viewing::keeping::erase(tx, member).await?;
    for share in shares {
        upkeep::forget(tx, TARGET_KIND, share.id.as_str()).await?;
        settings::vault::remove(tx, &Share::password_place(&share.id)).await?;
        tx.run(REMOVE_SHARE, values![share.id]).await?;
    }
    Ok(())
}

/// How long each table keeps what it holds.
pub const RETENTION: &[(&str, Text)] = &[
    ("servers", Text::new("As long as the server is here.")),
    ("libraries", Text::new("As long as their server is here.")),
    ("library_groups", Text::new("Until they are deleted.")),
    (
        "library_counts",
        Text::new("As long as their server is here."),
    ),
    (
        "remote_users",
        Text::new("As long as their server is here."),
    ),
    ("shares", Text::new("As long as the member is here.")),
    (
        "platform_identities",
        Text::new("As long as the member is here."),
    ),
    ("owner_accounts", Text::new("Until they are removed.")),
    ("platform_sign_ins", Text::new("One hour.")),
    (
        "devices",
        Text::new("As long as they are signed in on the server."),
    ),
    (
        "device_readings",
        Text::new("As long as their server is here."),
    ),
    ("subtitles", Text::new("Ninety days.")),
    ("connect_links", Text::new("As long as the member is here.")),
    (
        "account_rules",
        Text::new("As long as their server is here."),
    ),
    (
        "given_accounts",
        Text::new("As long as the member is here."),
    ),
    ("scans", Text::new("Ninety days.")),
    (
        "chosen_servers",
        Text::new("As long as the member is here."),
    ),
    (
        "account_changes",
        Text::new("As long as the member is here."),
    ),
    ("streams", Text::new("As long as they play.")),
    (
        "plays",
        Text::new("As long as the settings say, or until the member is erased."),
    ),
    (
        "downloads",
        Text::new("As long as the settings say, or until the member is erased."),
    ),
    (
        "stream_looks",
        Text::new("As long as their server is here."),
    ),
    ("stream_stops", Text::new("A few minutes.")),
    ("places", Text::new("Until they are paid for or run out.")),
    (
        "moves",
        Text::new("As long as the house stands: they are its history."),
    ),
    ("movers", Text::new("As long as the member is here.")),
];
