//! Who is on which server, and who was invited and has not come yet.

use db::{DbError, Listing, Read, values};
use kit::id::{MemberId, ServerId, ShareId};
use kit::{PageAsked, PageOf, Text, Timestamp};
use media::Level;
use media::share::{ShareState, UserStage};

db::row! {
    /// One member on one server, as the list shows it.
    #[derive(Debug, Clone)]
    pub struct ShareRow {
        pub id: ShareId,
        pub member_id: MemberId,
        pub member_name: String,
        pub server_id: ServerId,
        pub server_name: String,
        /// Who they are there. `None`: nobody yet.
        pub user_name: Option<String>,
        pub state: ShareState,
        pub stage: UserStage,
        pub level: Level,
        pub reason: Option<Text>,
        /// `NEVER`: they were never invited; on most platforms nobody is.
        pub invited_at: Timestamp,
        /// `NEVER`: they were never in.
        pub joined_at: Timestamp,
        pub changed_at: Timestamp,
    }
}

/// Which shares are asked for. All that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct ShareFilter {
    pub state: Option<ShareState>,
    pub server: Option<ServerId>,
    /// Who was in and left by themselves.
    pub gone: bool,
}

const SHARES: Listing = Listing {
    base: "
        select s.id, s.member_id, m.name as member_name, s.server_id, v.name as server_name, s.user_name, s.state,
               s.stage, s.level, s.reason, s.invited_at, s.joined_at, s.changed_at
          from shares s
          join members m on m.id = s.member_id
          join servers v on v.id = s.server_id
         where true",
    clauses: &[
        ("state", "and s.state = ?"),
        ("server", "and s.server_id = ?"),
        ("gone", "and s.stage = 'gone'"),
        ("after", "and (s.changed_at, s.id) < (?, ?)"),
    ],
    orders: &[("latest", "order by s.changed_at desc, s.id desc limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&SHARES];

/// One page of the shares that fit, the latest change first.
pub async fn page(
    read: impl Read,
    filter: &ShareFilter,
    asked: &PageAsked,
) -> Result<PageOf<ShareRow>, DbError> {
    let rows = SHARES
        .ask()
        .filter("state", filter.state.map(|it| values![it]))
        .filter("server", filter.server.as_ref().map(|it| values![it]))
        .filter("gone", filter.gone.then(Vec::new))
        .filter("after", asked.after_number())
        .rows(read, "latest", values![asked.probe()])
        .await?;
    let mark = |row: &ShareRow| PageAsked::mark(row.changed_at.ms(), &row.id);
    Ok(PageOf::cut(rows, asked, mark))
}
