//! Joining two `members` who are one person: foreseen, then done. It cannot be taken back.

use flows::told_at_once::join_members::{self, Preview};
use kit::id::MemberId;
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::term_grants::reason_of;
use crate::call::{Answer, Call};
use crate::problem::Problem;
use crate::table::Table;
use crate::values::id_of;

pub fn table() -> Table {
    let change = Permission::MembersChange;
    Table::of("members").act(
        "/api/v1/members/{id}/merge",
        (
            change,
            "Joins the member with another who stays, or foresees it",
        ),
        merge,
    )
}

/// With whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeOrder {
    /// The member who stays.
    into_id: String,
    /// Why, for the events. Not needed to foresee.
    #[serde(default)]
    reason: String,
    /// Only says what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// What joining does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Merge)]
struct MergeShown {
    /// The member who stays.
    member_id: String,
    name: String,
    /// Whether it was done; else it was only foreseen.
    done: bool,
    /// Why it cannot be done now.
    refused: Option<String>,
    moves: Vec<String>,
    /// What both have, and what becomes of it.
    conflicts: Vec<String>,
}

fn shown(call: &Call, preview: &Preview, done: bool) -> MergeShown {
    MergeShown {
        member_id: preview.into.id.to_string(),
        name: preview.into.name.clone(),
        done,
        refused: call.say_maybe(preview.refused.as_ref()),
        moves: preview.moves.iter().map(|text| call.say(text)).collect(),
        conflicts: preview
            .conflicts
            .iter()
            .map(|text| call.say(text))
            .collect(),
    }
}

/// `POST /api/v1/members/{id}/merge`
async fn merge(call: Call, order: MergeOrder) -> Answer<MergeShown> {
    let from: MemberId = call.id()?;
    let into: MemberId = id_of("into_id", &order.into_id)?;
    let preview = join_members::preview(&call.site.db, &from, &into).await?;
    if order.dry_run {
        return Ok(shown(&call, &preview, false));
    }
    let reason = reason_of(&order.reason)?;
    if let Some(refused) = preview.refused {
        return Err(Problem::unprocessable(refused));
    }
    let mut tx = call.begin().await?;
    join_members::join(&mut tx, &from, &into, &reason).await?;
    tx.save().await?;
    Ok(shown(&call, &preview, true))
}
