//! The devices that are signed in on servers, with the member each belongs to.

use db::{DbError, Listing, Read, values};
use kit::id::{DeviceId, MemberId, ServerId};
use kit::{PageAsked, PageOf, Timestamp};

use crate::prefix;

db::row! {
    /// A device of one user, as the list shows it.
    #[derive(Debug, Clone)]
    pub struct DeviceRow {
        pub id: DeviceId,
        pub name: String,
        pub app: String,
        pub server_id: ServerId,
        pub server_name: String,
        /// Who used it last, as the server calls them.
        pub user_name: String,
        /// `None`: a user of the server who is nobody's member.
        pub member_id: Option<MemberId>,
        pub member_name: Option<String>,
        /// [`Timestamp::EPOCH`]: never.
        pub last_active_at: Timestamp,
    }
}

/// Which devices are asked for. All that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct DeviceFilter {
    /// The beginning of a device's or a user's name.
    pub search: String,
    pub server: Option<ServerId>,
    pub member: Option<MemberId>,
}

const DEVICES: Listing = Listing {
    base: "
        select d.id, d.name, d.app, d.server_id, v.name as server_name, d.user_name, m.id as member_id,
               m.name as member_name, d.last_active_at
          from devices d
          join servers v on v.id = d.server_id
          left join shares s on s.server_id = d.server_id and s.remote_id = d.user_id
          left join members m on m.id = s.member_id
         where true",
    clauses: &[
        (
            "search",
            "and ((d.name_key >= ? and d.name_key < ?) or (d.user_key >= ? and d.user_key < ?))",
        ),
        ("server", "and d.server_id = ?"),
        ("member", "and m.id = ?"),
        ("after", "and (d.last_active_at, d.id) < (?, ?)"),
    ],
    orders: &[("latest", "order by d.last_active_at desc, d.id desc limit ?")],
};

const FIND: &str = "
    select d.id, d.name, d.app, d.server_id, v.name as server_name, d.user_name, m.id as member_id,
           m.name as member_name, d.last_active_at
      from devices d
      join servers v on v.id = d.server_id
      left join shares s on s.server_id = d.server_id and s.remote_id = d.user_id
      left join members m on m.id = s.member_id
     where d.id = $1";

/// `None`: it is signed in no more.
pub async fn find(mut read: impl Read, id: &DeviceId) -> Result<Option<DeviceRow>, DbError> {
    read.maybe(FIND, values![id]).await
}

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&DEVICES];

/// One page of the devices that fit, those used last first.
pub async fn page(
    read: impl Read,
    filter: &DeviceFilter,
    asked: &PageAsked,
) -> Result<PageOf<DeviceRow>, DbError> {
    let typed = filter.search.trim().to_lowercase();
    let end = prefix::end_of(&typed);
    let search = (!typed.is_empty()).then(|| values![typed, end, typed, end]);
    let rows = DEVICES
        .ask()
        .filter("search", search)
        .filter("server", filter.server.as_ref().map(|it| values![it]))
        .filter("member", filter.member.as_ref().map(|it| values![it]))
        .filter("after", asked.after_number())
        .rows(read, "latest", values![asked.probe()])
        .await?;
    let mark = |row: &DeviceRow| PageAsked::mark(row.last_active_at.ms(), &row.id);
    Ok(PageOf::cut(rows, asked, mark))
}
