//! What plays now, what was played and what was downloaded, with the server and the member each belongs to.

use db::{DbError, Listing, Read, values};
use kit::id::{DownloadId, MemberId, PlayId, ServerId, StreamId};
use kit::{PageAsked, PageOf, Timestamp};
use media::remote::Decision;
use media::viewing::download::DownloadState;

/// More than anybody looks at on one page.
const MOST_STREAMS: i64 = 500;

db::row! {
    /// Something that plays now.
    #[derive(Debug, Clone)]
    pub struct StreamRow {
        pub id: StreamId,
        pub server_id: ServerId,
        pub server_name: String,
        /// As the server calls them.
        pub user_name: String,
        /// `None`: a user of the server who is nobody's member.
        pub member_id: Option<MemberId>,
        pub member_name: Option<String>,
        pub title: String,
        pub library: String,
        pub device: String,
        pub app: String,
        pub address: String,
        pub decision: Decision,
        pub height: i64,
        pub target_height: i64,
        pub position_ms: i64,
        pub length_ms: i64,
        pub is_paused: bool,
        pub begun_at: Timestamp,
    }
}

const STREAMS: &str = "
    select p.id, p.server_id, v.name as server_name, p.user_name, p.member_id, m.name as member_name, p.title,
           p.library, p.device, p.app, p.address, p.decision, p.height, p.target_height, p.position_ms,
           p.length_ms, p.is_paused, p.begun_at
      from streams p
      join servers v on v.id = p.server_id
      left join members m on m.id = p.member_id
     order by p.begun_at desc, p.id desc limit $1";

/// What plays now on all servers, begun last first.
pub async fn streams(mut read: impl Read) -> Result<Vec<StreamRow>, DbError> {
    read.all(STREAMS, values![MOST_STREAMS]).await
}

db::row! {
    /// Something that was played.
    #[derive(Debug, Clone)]
    pub struct PlayRow {
        pub id: PlayId,
        pub server_id: ServerId,
        pub server_name: String,
        pub user_name: String,
        pub member_id: Option<MemberId>,
        pub member_name: Option<String>,
        pub title: String,
        pub library: String,
        pub device: String,
        pub app: String,
        pub decision: Decision,
        pub height: i64,
        pub target_height: i64,
        pub begun_at: Timestamp,
        pub ended_at: Timestamp,
        pub watched_ms: i64,
    }
}

/// Which plays or downloads are asked for. All that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct PlayFilter {
    pub member: Option<MemberId>,
    pub server: Option<ServerId>,
}

const PLAYS: Listing = Listing {
    base: "
        select p.id, p.server_id, v.name as server_name, p.user_name, p.member_id, m.name as member_name, p.title,
               p.library, p.device, p.app, p.decision, p.height, p.target_height, p.begun_at, p.ended_at,
               p.watched_ms
          from plays p
          join servers v on v.id = p.server_id
          left join members m on m.id = p.member_id
         where true",
    clauses: &[
        ("member", "and p.member_id = ?"),
        ("server", "and p.server_id = ?"),
        ("after", "and (p.ended_at, p.id) < (?, ?)"),
    ],
    orders: &[("latest", "order by p.ended_at desc, p.id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&PLAYS, &DOWNLOADS];

/// One page of the plays that fit, the latest first.
pub async fn plays(
    read: impl Read,
    filter: &PlayFilter,
    asked: &PageAsked,
) -> Result<PageOf<PlayRow>, DbError> {
    let rows = PLAYS
        .ask()
        .filter("member", filter.member.as_ref().map(|it| values![it]))
        .filter("server", filter.server.as_ref().map(|it| values![it]))
        .filter("after", asked.after_number())
        .rows(read, "latest", values![asked.probe()])
        .await?;
    let mark = |row: &PlayRow| PageAsked::mark(row.ended_at.ms(), &row.id);
    Ok(PageOf::cut(rows, asked, mark))
}

db::row! {
    /// Something that was downloaded to a device.
    #[derive(Debug, Clone)]
    pub struct DownloadRow {
        pub id: DownloadId,
        pub server_id: ServerId,
        pub server_name: String,
        pub user_name: String,
        pub member_id: Option<MemberId>,
        pub member_name: Option<String>,
        pub title: String,
        pub device: String,
        pub state: DownloadState,
        /// How many films, episodes or songs it is of.
        pub items: i64,
        pub asked_at: Timestamp,
    }
}

const DOWNLOADS: Listing = Listing {
    base: "
        select d.id, d.server_id, v.name as server_name, d.user_name, d.member_id, m.name as member_name, d.title,
               d.device, d.state, d.items, d.asked_at
          from downloads d
          join servers v on v.id = d.server_id
          left join members m on m.id = d.member_id
         where true",
    clauses: &[
        ("member", "and d.member_id = ?"),
        ("server", "and d.server_id = ?"),
        ("after", "and (d.asked_at, d.id) < (?, ?)"),
    ],
    orders: &[("latest", "order by d.asked_at desc, d.id desc limit ?")],
};

/// One page of the downloads that fit, the latest first.
pub async fn downloads(
    read: impl Read,
    filter: &PlayFilter,
    asked: &PageAsked,
) -> Result<PageOf<DownloadRow>, DbError> {
    let rows = DOWNLOADS
        .ask()
        .filter("member", filter.member.as_ref().map(|it| values![it]))
        .filter("server", filter.server.as_ref().map(|it| values![it]))
        .filter("after", asked.after_number())
        .rows(read, "latest", values![asked.probe()])
        .await?;
    let mark = |row: &DownloadRow| PageAsked::mark(row.asked_at.ms(), &row.id);
    Ok(PageOf::cut(rows, asked, mark))
}
