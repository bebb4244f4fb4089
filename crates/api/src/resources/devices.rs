//! `devices`: what is signed in on servers that tell, and whose it is.

use kit::id::{DeviceId, Id};
use kit::t;
use lists::devices::{self, DeviceFilter, DeviceRow};
use media::device;
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::sent::Nothing;
use crate::table::Table;
use crate::values::{Moment, Page, wished};

pub fn table() -> Table {
    Table::of("devices")
        .list(
            "/api/v1/devices",
            (
                Permission::MembersSee,
                "Lists devices that are signed in, latest used first",
            ),
            list,
        )
        .read(
            "/api/v1/devices/{id}",
            (Permission::MembersSee, "Shows a device"),
            show,
        )
        .act(
            "/api/v1/devices/{id}/sign-out",
            (
                Permission::MembersChange,
                "Signs a member's device out on its server",
            ),
            sign_out,
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Device)]
struct DeviceShown {
    id: String,
    server_id: String,
    server_name: String,
    name: String,
    /// The program that runs on it.
    app: String,
    /// Who uses it, as the server calls them.
    user_name: String,
    /// Absent: the user is nobody's member.
    member_id: Option<String>,
    /// Absent: never.
    last_active_at: Option<Moment>,
}

impl From<DeviceRow> for DeviceShown {
    fn from(row: DeviceRow) -> Self {
        Self {
            id: row.id.to_string(),
            server_id: row.server_id.to_string(),
            server_name: row.server_name,
            name: row.name,
            app: row.app,
            user_name: row.user_name,
            member_id: row.member_id.map(|id| id.to_string()),
            last_active_at: (row.last_active_at.ms() > 0).then_some(Moment(row.last_active_at)),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// The beginning of a device's or a user's name.
    #[serde(default)]
    search: String,
    server_id: Option<String>,
    member_id: Option<String>,
}

/// `GET /api/v1/devices`
async fn list(call: Call, filter: Filter) -> Answer<Page<DeviceShown>> {
    let filter = DeviceFilter {
        search: filter.search,
        server: wished("server_id", filter.server_id.as_ref(), Id::parse)?,
        member: wished("member_id", filter.member_id.as_ref(), Id::parse)?,
    };
    let page = devices::page(&call.site.db, &filter, &call.page).await?;
    Ok(Page::of(page, DeviceShown::from))
}

async fn row(call: &Call) -> Answer<DeviceRow> {
    let id: DeviceId = call.id()?;
    found(devices::find(&call.site.db, &id).await?)
}

/// `GET /api/v1/devices/{id}`
async fn show(call: Call) -> Answer<DeviceShown> {
    Ok(row(&call).await?.into())
}

/// `POST /api/v1/devices/{id}/sign-out`. Calls the server.
async fn sign_out(call: Call, _: Nothing) -> Answer<DeviceShown> {
    let row = row(&call).await?;
    let Some(member) = &row.member_id else {
        return Err(Problem::unprocessable(t!(
            "{user} is nobody's member here, and users of others are never changed. Sign the device out on the server itself.",
            user = &row.user_name
        )));
    };
    let servers = call.site.tools.servers();
    device::sign_out(&servers, call.actor(), member, &row.id).await?;
    Ok(row.into())
}
