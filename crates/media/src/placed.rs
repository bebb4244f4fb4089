//! Why members are where they are: kept when they are placed, shown as long as they stay.

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, ServerId, ShareId};
use kit::{Json, Text, Timestamp};
use serde::{Deserialize, Serialize};

use crate::choosing::{Asked, Candidate, Rule, obstacle_of};
use crate::placement::Placement;
use crate::share::Share;

/// The most other servers whose reasons are kept: beyond, nobody reads on.
const MOST: usize = 12;

db::row! {
    /// Why a share is on its server.
    #[derive(Debug, Clone)]
    pub struct Placed {
        pub share_id: ShareId,
        pub rule: Rule,
        pub passed_over: Json<Vec<PassedOver>>,
        pub placed_at: Timestamp,
    }
}

/// A server that was not chosen, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// Its name at that time.
    pub server: String,
    pub reason: Text,
}

pub(crate) fn passed_over(
    candidates: &[Candidate],
    chosen: &[ServerId],
    asked: &Asked<'_>,
) -> Vec<PassedOver> {
    candidates
        .iter()
        .filter(|one| !chosen.contains(&one.server.id))
        .take(MOST)
        .map(|one| PassedOver {
            server: one.server.name.clone(),
            reason: match obstacle_of(one, asked) {
                Some(obstacle) => obstacle.text(&one.server),
                None => would_do(one),
            },
        })
        .collect()
}

fn would_do(one: &Candidate) -> Text {
    Text::counted(
        one.taken,
        "{server} would have done as well; it had one member.",
        "{server} would have done as well; it had {n} members.",
    )
    .with("server", one.server.name.clone())
}

const PUT: &str = "
    insert into share_placements (share_id, member_id, rule, passed_over, placed_at)
    values ($1, $2, $3, $4, $5)
    on conflict (share_id) do update
       set rule = excluded.rule, passed_over = excluded.passed_over, placed_at = excluded.placed_at";

/// Keeps why a share was made or taken up again; of one that just stays, the first reason holds.
pub(crate) async fn keep(
    tx: &mut Tx<'_>,
    share: &Share,
    placement: &Placement,
) -> Result<(), DbError> {
    if matches!(placement.rule, Rule::Stays | Rule::Pending) {
        return Ok(());
    }
    put(tx, share, placement.rule, placement.passed_over.clone()).await
}

/// Keeps that somebody chose the server themselves.
pub async fn keep_chosen(tx: &mut Tx<'_>, share: &Share) -> Result<(), DbError> {
    put(tx, share, Rule::Chosen, Vec::new()).await
}

async fn put(
    tx: &mut Tx<'_>,
    share: &Share,
    rule: Rule,
    passed_over: Vec<PassedOver>,
) -> Result<(), DbError> {
    let now = tx.now();
    let row = values![share.id, share.member_id, rule, Json(passed_over), now];
    tx.run(PUT, row).await?;
    Ok(())
}

const OF_MEMBER: &str = "
    select share_id, rule, passed_over, placed_at from share_placements where member_id = $1";

/// Why a member is where they are; shares from before reasons were kept have none.
pub async fn of_member(mut read: impl Read, member: &MemberId) -> Result<Vec<Placed>, DbError> {
    read.all(OF_MEMBER, values![member]).await
}
