//! `scans`: things and folders at which a server is to look again, and how far each is.

use kit::id::{Id, MemberId, ScanId, ServerId};
use kit::{FieldError, t};
use media::browse::Viewer;
use media::folder::{self, Wanted};
use media::library::Library;
use media::scan::{self, Scan};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::items::library_of;
use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::table::Table;
use crate::values::{Moment, Page, moment, wished};

const ALL: &str = "/api/v1/scans";

pub fn table() -> Table {
    let change = Permission::LibrariesChange;
    Table::of("scans")
        .list(
            ALL,
            (
                change,
                "Lists what staff, or a member on a server, had scanned lately, newest first",
            ),
            list,
        )
        .create(
            ALL,
            (change, "Has a server look at a thing or a folder again"),
            create,
        )
        .read("/api/v1/scans/{id}", (change, "Shows a scan"), show)
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scan)]
struct ScanShown {
    id: String,
    server_id: String,
    library_id: String,
    title: String,
    /// `asked`, `scanning`, `done` or `failed`.
    state: String,
    /// Why it failed, or waits.
    reason: Option<String>,
    asked_at: Moment,
    ended_at: Option<Moment>,
}

fn shown(call: &Call, scan: &Scan) -> ScanShown {
    ScanShown {
        id: scan.id.to_string(),
        server_id: scan.server_id.to_string(),
        library_id: scan.library_id.to_string(),
        title: scan.title.clone(),
        state: scan.state.word().to_owned(),
        reason: call.say_maybe(scan.reason.as_ref()),
        asked_at: Moment(scan.asked_at),
        ended_at: moment(scan.ended_at),
    }
}

fn listed(call: &Call, asked: &folder::Asked) -> ScanShown {
    ScanShown {
        id: asked.id.to_string(),
        server_id: asked.server_id.to_string(),
        library_id: asked.library_id.to_string(),
        title: asked.title.clone(),
        state: asked.state.word().to_owned(),
        reason: call.say_maybe(asked.reason.as_ref()),
        asked_at: Moment(asked.asked_at),
        ended_at: moment(asked.ended_at),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// Whose; with `server_id`. Absent: those of staff.
    member_id: Option<String>,
    server_id: Option<String>,
}

/// `GET /api/v1/scans`
async fn list(call: Call, filter: Filter) -> Answer<Page<ScanShown>> {
    let member: Option<MemberId> = wished("member_id", filter.member_id.as_ref(), Id::parse)?;
    let server: Option<ServerId> = wished("server_id", filter.server_id.as_ref(), Id::parse)?;
    let rows = match (&member, &server) {
        (Some(member), Some(server)) => {
            let theirs = scan::list_of_member(&call.site.db, member, server).await?;
            theirs.iter().map(|one| shown(&call, one)).collect()
        }
        (Some(_), None) => {
            return Err(Problem::field("server_id", FieldError::Required.text()));
        }
        (None, server) => {
            let mut latest = folder::latest(&call.site.db).await?;
            latest.retain(|one| server.as_ref().is_none_or(|id| one.server_id == *id));
            latest.iter().map(|one| listed(&call, one)).collect()
        }
    };
    let id = |row: &ScanShown| row.id.clone();
    Ok(Page::whole(&call.page, rows, id, |row| row))
}

/// `GET /api/v1/scans/{id}`
async fn show(call: Call) -> Answer<ScanShown> {
    let id: ScanId = call.id()?;
    let scan = found(scan::find(&call.site.db, &id).await?)?;
    Ok(shown(&call, &scan))
}

/// Either a thing of a library or a folder of its server's disk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewScan {
    library_id: String,
    /// As `/libraries/{id}/items` has it.
    item_id: Option<String>,
    /// One of the library's folders, or one below it, as the server's disk has it.
    path: Option<String>,
}

/// `POST /api/v1/scans`
async fn create(call: Call, new: NewScan) -> Answer<ScanShown> {
    let library = library_of(&call, &new.library_id).await?;
    let id = match (&new.item_id, &new.path) {
        (Some(item), None) => {
            let (servers, viewer) = (call.site.tools.servers(), Viewer::Staff(&library.server_id));
            scan::ask(&servers, call.actor(), viewer, (&library.id, item)).await?
        }
        (None, Some(path)) => ask_folder(&call, library, path).await?,
        _ => {
            return Err(Problem::field(
                "item_id",
                t!("Say what is to be looked at: either an item, or a path."),
            ));
        }
    };
    let scan = found(scan::find(&call.site.db, &id).await?)?;
    Ok(shown(&call, &scan))
}

async fn ask_folder(call: &Call, library: Library, typed: &str) -> Answer<ScanId> {
    let mut said = FieldError::UnknownId.text();
    let mut path = None;
    for location in &library.locations.0 {
        match folder::below(location, typed) {
            Ok(below) => path = path.or(Some(below)),
            Err(text) => said = text,
        }
    }
    let path = path.ok_or_else(|| Problem::field("path", said))?;
    let mut tx = call.begin().await?;
    let asked = folder::ask(&mut tx, &Wanted { library, path }).await?;
    tx.save().await?;
    asked.ok_or_else(|| {
        Problem::conflict(t!(
            "A scan is under way already. Wait until it is done, then ask for the next one."
        ))
    })
}
