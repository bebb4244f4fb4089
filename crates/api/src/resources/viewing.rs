//! `streams`, `plays`, `downloads`: what plays now, what was played, what was downloaded.

use kit::id::Id;
use lists::activity::{self, DownloadRow, PlayFilter, PlayRow, StreamRow};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call};
use crate::sent::NoFilter;
use crate::table::Table;
use crate::values::{Moment, Page, wished};

pub fn table() -> Table {
    let see = Permission::StreamsSee;
    Table::of("streams")
        .list(
            "/api/v1/streams",
            (see, "Lists what plays now, begun last first"),
            streams,
        )
        .and(Table::of("plays").list(
            "/api/v1/plays",
            (see, "Lists what was played, latest first"),
            plays,
        ))
        .and(Table::of("downloads").list(
            "/api/v1/downloads",
            (see, "Lists what was downloaded, latest first"),
            downloads,
        ))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stream)]
struct StreamShown {
    id: String,
    server_id: String,
    /// Absent: a user who is nobody's member, or whom the server does not name.
    member_id: Option<String>,
    /// As the server calls them.
    user_name: String,
    title: String,
    device: String,
    app: String,
    address: String,
    /// `direct`, `remux` or `transcode`.
    decision: String,
    /// Of the file; 0: it has no picture, or its size is not known.
    height: i64,
    /// What the picture is made into; 0: it is sent as it is.
    target_height: i64,
    position_ms: i64,
    /// 0: without an end.
    length_ms: i64,
    is_paused: bool,
    begun_at: Moment,
}

fn stream(row: StreamRow) -> StreamShown {
    StreamShown {
        id: row.id.to_string(),
        server_id: row.server_id.to_string(),
        member_id: row.member_id.map(|id| id.to_string()),
        user_name: row.user_name,
        title: row.title,
        device: row.device,
        app: row.app,
        address: row.address,
        decision: row.decision.word().to_owned(),
        height: row.height,
        target_height: row.target_height,
        position_ms: row.position_ms,
        length_ms: row.length_ms,
        is_paused: row.is_paused,
        begun_at: Moment(row.begun_at),
    }
}

/// `GET /api/v1/streams`
async fn streams(call: Call, _: NoFilter) -> Answer<Page<StreamShown>> {
    let rows = activity::streams(&call.site.db).await?;
    Ok(Page::whole(
        &call.page,
        rows,
        |row| row.id.to_string(),
        stream,
    ))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    member_id: Option<String>,
    server_id: Option<String>,
}

impl Filter {
    fn read(&self) -> Answer<PlayFilter> {
        Ok(PlayFilter {
            member: wished("member_id", self.member_id.as_ref(), Id::parse)?,
            server: wished("server_id", self.server_id.as_ref(), Id::parse)?,
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Play)]
struct PlayShown {
    id: String,
    server_id: String,
    member_id: Option<String>,
    user_name: String,
    title: String,
    device: String,
    app: String,
    /// `direct`, `remux` or `transcode`, as it was at the end.
    decision: String,
    height: i64,
    target_height: i64,
    begun_at: Moment,
    ended_at: Moment,
    /// Pauses left out.
    watched_ms: i64,
}

fn play(row: PlayRow) -> PlayShown {
    PlayShown {
        id: row.id.to_string(),
        server_id: row.server_id.to_string(),
        member_id: row.member_id.map(|id| id.to_string()),
        user_name: row.user_name,
        title: row.title,
        device: row.device,
        app: row.app,
        decision: row.decision.word().to_owned(),
        height: row.height,
        target_height: row.target_height,
        begun_at: Moment(row.begun_at),
        ended_at: Moment(row.ended_at),
        watched_ms: row.watched_ms,
    }
}

/// `GET /api/v1/plays`
async fn plays(call: Call, filter: Filter) -> Answer<Page<PlayShown>> {
    let page = activity::plays(&call.site.db, &filter.read()?, &call.page).await?;
    Ok(Page::of(page, play))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Download)]
struct DownloadShown {
    id: String,
    server_id: String,
    member_id: Option<String>,
    user_name: String,
    title: String,
    device: String,
    /// `waiting`, `under_way`, `done` or `failed`.
    state: String,
    /// How many films, episodes or songs it is of.
    items: i64,
    asked_at: Moment,
}

fn download(row: DownloadRow) -> DownloadShown {
    DownloadShown {
        id: row.id.to_string(),
        server_id: row.server_id.to_string(),
        member_id: row.member_id.map(|id| id.to_string()),
        user_name: row.user_name,
        title: row.title,
        device: row.device,
        state: row.state.word().to_owned(),
        items: row.items,
        asked_at: Moment(row.asked_at),
    }
}

/// `GET /api/v1/downloads`
async fn downloads(call: Call, filter: Filter) -> Answer<Page<DownloadShown>> {
    let page = activity::downloads(&call.site.db, &filter.read()?, &call.page).await?;
    Ok(Page::of(page, download))
}
