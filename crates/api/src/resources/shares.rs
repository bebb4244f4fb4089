//! `shares`: one member on one server, as it should be and as it is.

use kit::id::{Id, ShareId};
use lists::api::ShareFilter;
use media::share::{self, Share, ShareState};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::sent::Nothing;
use crate::table::Table;
use crate::values::{Moment, Page, moment, wished};

const ALL: &str = "/api/v1/shares";

pub fn table() -> Table {
    let change = Permission::MembersChange;
    Table::of("shares")
        .list(
            ALL,
            (Permission::MembersSee, "Lists shares, oldest first"),
            list,
        )
        .read(
            "/api/v1/shares/{id}",
            (Permission::MembersSee, "Shows a share"),
            show,
        )
        .act(
            "/api/v1/shares/{id}/sync",
            (change, "Has the access looked at and put right now"),
            sync,
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Share)]
struct ShareShown {
    id: String,
    member_id: String,
    server_id: String,
    /// What shall be: `full`, `withdrawn`, `held`, `ended` or `deleted`.
    level: String,
    /// What was last seen on the server; absent: never seen.
    seen_level: Option<String>,
    /// `none`, `being_set_up`, `invited`, `in_place`, `left` or `removed`.
    state: String,
    /// Why it is not in place yet.
    reason: Option<String>,
    user_name: Option<String>,
    /// Whether the member must still choose a name and a password.
    needs_credentials: bool,
    wanted_at: Moment,
    /// On platforms where people are invited.
    invited_at: Option<Moment>,
    joined_at: Option<Moment>,
    changed_at: Moment,
}

fn shown(call: &Call, share: Share) -> ShareShown {
    ShareShown {
        id: share.id.to_string(),
        member_id: share.member_id.to_string(),
        server_id: share.server_id.to_string(),
        level: share.level.word().to_owned(),
        seen_level: share.seen_level.map(|level| level.word().to_owned()),
        state: share.state.word().to_owned(),
        reason: call.say_maybe(share.reason.as_ref()),
        needs_credentials: share.needs_credentials(),
        user_name: share.user_name,
        wanted_at: Moment(share.wanted_at),
        invited_at: moment(share.invited_at),
        joined_at: moment(share.joined_at),
        changed_at: Moment(share.changed_at),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    member_id: Option<String>,
    server_id: Option<String>,
    state: Option<String>,
}

/// `GET /api/v1/shares`
async fn list(call: Call, filter: Filter) -> Answer<Page<ShareShown>> {
    let filter = ShareFilter {
        member: wished("member_id", filter.member_id.as_ref(), Id::parse)?,
        server: wished("server_id", filter.server_id.as_ref(), Id::parse)?,
        state: wished("state", filter.state.as_ref(), ShareState::parse)?,
    };
    let page = lists::api::shares(&call.site.db, &filter, &call.page).await?;
    Ok(Page::of(page, |share| shown(&call, share)))
}

/// `GET /api/v1/shares/{id}`
async fn show(call: Call) -> Answer<ShareShown> {
    let id: ShareId = call.id()?;
    let share = found(share::find(&call.site.db, &id).await?)?;
    Ok(shown(&call, share))
}

/// `POST /api/v1/shares/{id}/sync`
async fn sync(call: Call, _: Nothing) -> Answer<ShareShown> {
    let id: ShareId = call.id()?;
    let mut tx = call.begin().await?;
    let share = found(share::find(&mut tx, &id).await?)?;
    media::ask_look(&mut tx, &share).await?;
    tx.save().await?;
    Ok(shown(&call, share))
}
