//! What a round of looking has found of a share: its state, the facts that others hear, and what wants a person.

use chronicle::{Tone, want};
use db::{DbError, Tx, values};
use kit::{Refusal, Text, t};
use upkeep::{Settled, Target};

use crate::account_first;
use crate::events::{
    CredentialsNeeded, ShareChanged, ShareClosed, ShareCorrected, ShareFailed, ShareInPlace,
    ShareRemoved, ShareRestored, ShareWithdrawn,
};
use crate::remote::Level;
use crate::server;
use crate::share::{Share, ShareState, UserStage};
use crate::user;

/// Tries after which somebody should know that a paying member waits.
const PATIENCE: i64 = 3;

/// Notes how a round ended. Safe to repeat: facts are told when they become true.
pub(crate) async fn note(
    tx: &mut Tx<'_>,
    share: &Share,
    target: &Target,
    how: &Settled,
) -> Result<(), DbError> {
    let server_name = match server::find(&mut *tx, &share.server_id).await? {
        Some(server) => server.name,
        None => return Ok(()),
    };
    match how {
        Settled::InPlace { changed } => {
            let was_wanted = target.desired_version != target.seen_version;
            in_place(tx, share, server_name, *changed, was_wanted).await
        }
        Settled::Waiting(reason) => {
            // Who has only to say yes, or went by themselves, is not kept out by us.
            let is_theirs = share.state == ShareState::Invited || share.stage == UserStage::Gone;
            let asked = account_first::asked_for(&mut *tx, share).await?.is_some();
            if asked && share.reason.as_ref() != Some(reason) {
                ask_account(tx, share, &server_name).await?;
            }
            let is_theirs = is_theirs || asked || share.needs_credentials();
            let lasts = target.tries >= PATIENCE && !is_theirs;
            waiting(tx, share, server_name, reason, lasts).await
        }
        Settled::Failed(refusal) => failed(tx, share, server_name, refusal).await,
    }
}

const IN_PLACE: &str = "
    update shares
       set state = $2, seen_level = $3, stage = $4, joined_at = $5, reason = null, changed_at = $6
     where id = $1";

async fn in_place(
    tx: &mut Tx<'_>,
    share: &Share,
    server_name: String,
    changed: bool,
    was_wanted: bool,
) -> Result<(), DbError> {
    let now = tx.now();
    let state = match share.level {
        Level::Full | Level::Withdrawn | Level::Held => ShareState::InPlace,
        Level::Ended => ShareState::Left,
        Level::Deleted => ShareState::Removed,
    };
    let is_in = share.level == Level::Full;
    let first = is_in && share.joined_at.is_never();
    let joined_at = if first { now } else { share.joined_at };
    let stage = if share.remote_id.is_some() {
        UserStage::Ready
    } else {
        share.stage
    };
    let row = values![share.id, state, share.level, stage, joined_at, now];
    tx.run(IN_PLACE, row).await?;
    if share.level == Level::Deleted {
        user::forget(tx, &share.id).await?;
    }
    want::done(tx, &want_key(share)).await?;
    tell_change(
        tx,
        share,
        server_name,
        Change {
            changed,
            was_wanted,
            first,
        },
    )
    .await
}

struct Change {
    changed: bool,
    was_wanted: bool,
    first: bool,
}

/// Tells what is different now. A share without a user on the server has nothing to tell.
async fn tell_change(
    tx: &mut Tx<'_>,
    share: &Share,
    server_name: String,
    how: Change,
) -> Result<(), DbError> {
    macro_rules! tell {
        ($event:ident $(, $field:ident : $value:expr)*) => {
            chronicle::tell(tx, &$event {
                share: share.id.clone(),
                member: share.member_id.clone(),
                server: share.server_id.clone(),
                server_name,
                user_name: share.user_name.clone().unwrap_or_default(),
                $($field: $value),*
            }).await?
        };
    }
    if share.remote_id.is_none() {
        return Ok(());
    }
    let before = share.seen_level;
    match (before, share.level) {
        _ if before == Some(share.level) => {
            if how.changed && how.was_wanted {
                tell!(ShareChanged);
            } else if how.changed {
                tell!(ShareCorrected);
            }
        }
        (None, Level::Full) => {
            tell!(ShareInPlace, first: how.first);
        }
        (Some(_), Level::Full) => {
            tell!(ShareRestored);
        }
        (_, Level::Withdrawn) => {
            tell!(ShareWithdrawn);
        }
        (Some(Level::Held | Level::Ended), Level::Held | Level::Ended) => {}
        (_, Level::Held | Level::Ended) => {
            tell!(ShareClosed);
        }
        (_, Level::Deleted) => {
            tell!(ShareRemoved);
        }
    }
    Ok(())
}

async fn ask_account(tx: &mut Tx<'_>, share: &Share, server_name: &str) -> Result<(), DbError> {
    let event = CredentialsNeeded {
        share: share.id.clone(),
        member: share.member_id.clone(),
        server: share.server_id.clone(),
        server_name: server_name.to_owned(),
        was_deleted: false,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const REASON: &str = "update shares set reason = $2 where id = $1";

async fn waiting(
    tx: &mut Tx<'_>,
    share: &Share,
    server_name: String,
    reason: &Text,
    lasts: bool,
) -> Result<(), DbError> {
    tx.run(REASON, values![share.id, reason]).await?;
    if lasts {
        let detail = t!(
            "{reason} It is tried again by itself, every five minutes at least.",
            reason = reason.clone()
        );
        want::open(tx, &wanted(share, &server_name, detail)).await?;
    }
    Ok(())
}

async fn failed(
    tx: &mut Tx<'_>,
    share: &Share,
    server_name: String,
    refusal: &Refusal,
) -> Result<(), DbError> {
    if share.reason.as_ref() == Some(&refusal.reason) {
        return Ok(());
    }
    tx.run(REASON, values![share.id, refusal.reason]).await?;
    want::open(tx, &wanted(share, &server_name, refusal.reason.clone())).await?;
    let event = ShareFailed {
        share: share.id.clone(),
        member: share.member_id.clone(),
        server: share.server_id.clone(),
        server_name,
        reason: refusal.reason.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

/// Opens the line on Overview for a member who has waited long enough, whoever noticed it: while a server is left
/// alone nobody looks, and so nobody here would say it. It goes when the share is in place. Safe to repeat.
pub async fn call_for_person(tx: &mut Tx<'_>, share: &Share, detail: Text) -> Result<(), DbError> {
    let server = server::find(&mut *tx, &share.server_id).await?;
    let name = server.map(|server| server.name).unwrap_or_default();
    want::open(tx, &wanted(share, &name, detail)).await
}

/// Nobody waits there any more: the line on Overview goes. Safe to repeat.
pub(crate) async fn call_off(tx: &mut Tx<'_>, share: &Share) -> Result<(), DbError> {
    want::done(tx, &want_key(share)).await?;
    Ok(())
}

fn want_key(share: &Share) -> String {
    format!("share/{}", share.id)
}

fn wanted(share: &Share, server_name: &str, detail: Text) -> want::NewWant {
    let who = share.user_name.clone().unwrap_or_default();
    let (kind, sentence) = match share.level {
        Level::Full => (
            "paid_not_in",
            t!(
                "Paid, but not let in on {server} yet: {user}",
                server = server_name,
                user = who
            ),
        ),
        _ => (
            "share_differs",
            t!(
                "Access on {server} could not be taken back: {user}",
                server = server_name,
                user = who
            ),
        ),
    };
    want::NewWant {
        key: want_key(share),
        kind,
        sentence,
        detail: Some(detail),
        action_label: t!("Open the member"),
        action_href: format!("/office/members/{}", share.member_id),
        tone: Tone::Bad,
        subject: kit::Subject::of(&share.member_id),
    }
}
