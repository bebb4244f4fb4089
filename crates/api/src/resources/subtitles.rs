//! `subtitles`: files that staff give to films and episodes, and whether their server has them.

use kit::id::{Id, MemberId, ServerId};
use media::browse::Viewer;
use media::subtitle::{self, About, Upload};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::items::library_of;
use crate::call::{Answer, Call, found};
use crate::table::Table;
use crate::values::{Moment, Page, id_of, moment, wished};

const ALL: &str = "/api/v1/subtitles";

pub fn table() -> Table {
    let change = Permission::LibrariesChange;
    Table::of("subtitles")
        .list(
            ALL,
            (
                change,
                "Lists what staff, or a member, gave to a server, newest first",
            ),
            list,
        )
        .create(
            ALL,
            (change, "Gives a film or an episode subtitles"),
            create,
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subtitles)]
struct UploadShown {
    id: String,
    server_id: String,
    library_id: String,
    item_id: String,
    title: String,
    /// ISO 639-1.
    language: String,
    forced: bool,
    /// `kept`, `sent`, `done` or `failed`.
    state: String,
    /// Why it failed, or waits.
    reason: Option<String>,
    given_at: Moment,
    ended_at: Option<Moment>,
}

fn shown(call: &Call, one: &Upload) -> UploadShown {
    UploadShown {
        id: one.id.to_string(),
        server_id: one.server_id.to_string(),
        library_id: one.library_id.to_string(),
        item_id: one.item.clone(),
        title: one.title.clone(),
        language: one.language.clone(),
        forced: one.is_forced,
        state: one.state.word().to_owned(),
        reason: call.say_maybe(one.reason.as_ref()),
        given_at: Moment(one.given_at),
        ended_at: moment(one.ended_at),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    server_id: String,
    /// Whose; absent: those of staff.
    member_id: Option<String>,
}

/// `GET /api/v1/subtitles`
async fn list(call: Call, filter: Filter) -> Answer<Page<UploadShown>> {
    let server: ServerId = id_of("server_id", &filter.server_id)?;
    let member: Option<MemberId> = wished("member_id", filter.member_id.as_ref(), Id::parse)?;
    let db = &call.site.db;
    let given = match &member {
        Some(member) => subtitle::list_of_member(db, member, &server).await?,
        None => subtitle::list_of_staff(db, &server).await?,
    };
    let id = |row: &Upload| row.id.to_string();
    Ok(Page::whole(&call.page, given, id, |row| shown(&call, &row)))
}

/// A file, for something that `/libraries/{id}/items` lists.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSubtitles {
    library_id: String,
    item_id: String,
    /// ISO 639-1.
    language: String,
    /// Only what is foreign to the film's own language, and always shown.
    #[serde(default)]
    forced: bool,
    /// The file as text: `SubRip`, `WebVTT` or `SubStation Alpha`.
    file: String,
}

/// `POST /api/v1/subtitles`. The same file for the same thing is taken once.
async fn create(call: Call, new: NewSubtitles) -> Answer<UploadShown> {
    let library = library_of(&call, &new.library_id).await?;
    let about = About {
        library: &library.id,
        item: &new.item_id,
        language: &new.language,
        is_forced: new.forced,
    };
    let (servers, viewer) = (call.site.tools.servers(), Viewer::Staff(&library.server_id));
    let file = new.file.as_bytes();
    subtitle::give(&servers, call.actor(), viewer, &about, file).await?;
    let given = subtitle::list_of_staff(&call.site.db, &library.server_id).await?;
    let is_it = |one: &&Upload| one.item == new.item_id && one.language == new.language;
    let one = found(given.iter().find(is_it))?;
    Ok(shown(&call, one))
}
