//! Places: room on servers that a checkout holds before money is taken, until it is paid for or runs out.

use db::{DbError, Read, Tx, values};
use kit::Timestamp;
use kit::id::{MemberId, PlaceId, ServerId, ShareId};

use crate::error::MediaError;
use crate::placed;
use crate::placement::{self, Asked};
use crate::share::{self, Share};

db::row! {
    /// Room for one member on one server.
    #[derive(Debug, Clone)]
    pub struct Place {
        pub id: PlaceId,
        pub member_id: MemberId,
        pub server_id: ServerId,
        /// The share it will become; name and password can be chosen on it already.
        pub share_id: ShareId,
        pub order_ref: String,
        pub made_at: Timestamp,
        pub expires_at: Timestamp,
    }
}

const INSERT: &str = "
    insert into places (id, member_id, server_id, share_id, order_ref, made_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (order_ref, server_id) do update set expires_at = excluded.expires_at";

/// Holds room for an order until `until`. Safe to repeat for the same order.
///
/// [`MediaError::NoPlace`] gathers why not, server by server.
pub async fn reserve(
    tx: &mut Tx<'_>,
    asked: &Asked<'_>,
    order_ref: &str,
    until: Timestamp,
) -> Result<Vec<Place>, MediaError> {
    for placement in placement::choose(tx, asked).await? {
        let server = &placement.server;
        let share = share::open(tx, asked.member, server).await?;
        placed::keep(tx, &share, &placement).await?;
        let id: PlaceId = tx.id();
        let now = tx.now();
        let row = values![id, asked.member, server, share.id, order_ref, now, until];
        tx.run(INSERT, row).await?;
    }
    Ok(list_of_order(tx, order_ref).await?)
}

const OF_ORDER: &str = "
    select id, member_id, server_id, share_id, order_ref, made_at, expires_at
      from places where order_ref = $1 order by id";

/// The places of an order. Empty: it holds none, or not any more.
pub async fn list_of_order(mut read: impl Read, order_ref: &str) -> Result<Vec<Place>, DbError> {
    read.all(OF_ORDER, values![order_ref]).await
}

const OF_MEMBER: &str = "
    select id, member_id, server_id, share_id, order_ref, made_at, expires_at
      from places where member_id = $1 order by id";

pub(crate) async fn list_of_member(
    mut read: impl Read,
    member: &MemberId,
) -> Result<Vec<Place>, DbError> {
    read.all(OF_MEMBER, values![member]).await
}

const EXTEND: &str = "update places set expires_at = $2 where order_ref = $1 and expires_at < $2";

/// Holds the places of an order longer: a payment is on its way. Safe to repeat.
pub async fn extend(tx: &mut Tx<'_>, order_ref: &str, until: Timestamp) -> Result<(), DbError> {
    tx.run(EXTEND, values![order_ref, until]).await?;
    Ok(())
}

const RELEASE: &str = "delete from places where order_ref = $1";

/// Gives the places of an order back. Safe to repeat.
pub async fn release(tx: &mut Tx<'_>, order_ref: &str) -> Result<(), DbError> {
    let places = list_of_order(&mut *tx, order_ref).await?;
    tx.run(RELEASE, values![order_ref]).await?;
    forget_unused(tx, &places).await
}

const USED: &str = "delete from places where member_id = $1";

/// The member's places have become shares.
pub(crate) async fn use_up(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    tx.run(USED, values![member]).await?;
    Ok(())
}

const EXPIRED: &str = "
    select id, member_id, server_id, share_id, order_ref, made_at, expires_at
      from places where expires_at <= $1 order by expires_at limit $2";
const REMOVE: &str = "delete from places where id = $1";

/// Gives back what nobody paid for in time. Says how many there were. Safe to run twice.
pub async fn release_expired(tx: &mut Tx<'_>, limit: i64) -> Result<usize, DbError> {
    let now = tx.now();
    let places: Vec<Place> = tx.all(EXPIRED, values![now, limit]).await?;
    for place in &places {
        tx.run(REMOVE, values![place.id]).await?;
    }
    forget_unused(tx, &places).await?;
    Ok(places.len())
}

const HAS_PLACE: &str = "select count(*) as n from places where share_id = $1";
const FORGET_SHARE: &str = "
    delete from shares where id = $1 and state = 'none' and remote_id is null";

/// Drops shares that only these places needed, with the passwords chosen for them.
async fn forget_unused(tx: &mut Tx<'_>, places: &[Place]) -> Result<(), DbError> {
    for place in places {
        let held = tx
            .one::<(i64,)>(HAS_PLACE, values![place.share_id])
            .await?
            .0;
        if held == 0 && tx.run(FORGET_SHARE, values![place.share_id]).await? > 0 {
            settings::vault::remove(tx, &Share::password_place(&place.share_id)).await?;
        }
    }
    Ok(())
}
