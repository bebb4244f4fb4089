//! Members with their membership: everybody, by standing, by plan, on a server, ending soon, or searched for.
//!
//! Each view is led by the table whose index gives its order; the other filters only thin it out.

use billing::status::Status;
use db::{DbError, Listing, Read, Value, values};
use kit::id::{MemberId, PlanId, ServerId, SubscriptionId};
use kit::{PageAsked, PageOf, Span, Timestamp};

use crate::prefix;

db::row! {
    /// A member and, if they have one, the membership.
    #[derive(Debug, Clone)]
    pub struct MemberRow {
        pub id: MemberId,
        pub name: String,
        name_key: String,
        pub email: Option<String>,
        pub created_at: Timestamp,
        /// `None`: there is no living membership.
        pub subscription_id: Option<SubscriptionId>,
        pub status: Option<Status>,
        /// `NEVER`: no end; the epoch: no time was given yet.
        pub ends_at: Option<Timestamp>,
        pub plan: Option<String>,
        /// On how many servers access is in place.
        pub servers: i64,
        /// On how many it is still being set up.
        pub not_yet: i64,
        /// What the view is ordered by, for the mark of the next page.
        place: String,
    }
}

/// Which members are asked for. All that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct MemberFilter {
    /// The beginning of a name, or a whole address.
    pub search: String,
    pub status: Option<Status>,
    pub plan: Option<PlanId>,
    pub server: Option<ServerId>,
    /// Paid or trial time runs out between these moments.
    pub ending: Option<(Timestamp, Timestamp)>,
    pub by_name: bool,
}

macro_rules! columns {
    ($place:literal) => {
        concat!(
            "
        select m.id, m.name, m.name_key, m.email, m.created_at, s.id as subscription_id, s.status, s.ends_at,
               v.name as plan,
               (select count(*) from shares h where h.member_id = m.id and h.state = 'in_place') as servers,
               (select count(*) from shares h where h.member_id = m.id and h.state = 'being_set_up') as not_yet,
               ",
            $place,
            " as place"
        )
    };
}

/// Led by members: all of them, with or without a membership.
const EVERYBODY: Listing = Listing {
    base: concat!(
        columns!("m.id"),
        "
          from members m
          left join subscriptions s on s.subject = m.id and s.kind = 'membership'
                                   and s.closed_at = 9223372036854775807
          left join plan_versions v on v.id = s.plan_version_id
         where m.merged_into is null"
    ),
    clauses: &[
        ("name", "and m.name_key >= ? and m.name_key < ?"),
        ("email", "and m.email_key = ?"),
        ("status", "and s.status = ?"),
        ("plan", "and s.plan_id = ?"),
        ("server", ON_SERVER),
        ("ending", "and s.ends_at >= ? and s.ends_at < ?"),
        ("after", "and (m.created_at, m.id) < (?, ?)"),
        ("after_name", "and (m.name_key, m.id) > (?, ?)"),
    ],
    orders: &[
        ("newest", "order by m.created_at desc, m.id desc limit ?"),
        ("name", "order by m.name_key, m.id limit ?"),
    ],
};

const ON_SERVER: &str = "
    and exists (select 1 from shares o where o.member_id = m.id and o.server_id = ? and o.takes_place)";

/// Led by memberships in one standing, the earliest end first.
const BY_STATUS: Listing = Listing {
    base: concat!(
        columns!("s.id"),
        "
          from subscriptions s cross join members m
          left join plan_versions v on v.id = s.plan_version_id
         where m.id = s.subject and s.kind = 'membership' and s.status = ?"
    ),
    clauses: &[
        ("server", ON_SERVER),
        ("ending", "and s.ends_at >= ? and s.ends_at < ?"),
        ("after", "and (s.ends_at, s.id) > (?, ?)"),
    ],
    orders: &[("end", "order by s.ends_at, s.id limit ?")],
};

/// Led by memberships whose time runs out between two moments.
const ENDING: Listing = Listing {
    base: concat!(
        columns!("s.id"),
        "
          from subscriptions s cross join members m
          left join plan_versions v on v.id = s.plan_version_id
         where m.id = s.subject and s.kind = 'membership' and s.ends_at >= ? and s.ends_at < ?
           and s.status in ('trial', 'active', 'past_due')"
    ),
    clauses: &[
        ("server", ON_SERVER),
        ("after", "and (s.ends_at, s.id) > (?, ?)"),
    ],
    orders: &[("end", "order by s.ends_at, s.id limit ?")],
};

/// Led by memberships on one plan, sorted by standing.
const BY_PLAN: Listing = Listing {
    base: concat!(
        columns!("s.id"),
        "
          from subscriptions s cross join members m
          left join plan_versions v on v.id = s.plan_version_id
         where m.id = s.subject and s.plan_id = ?"
    ),
    clauses: &[
        ("status", "and s.status = ?"),
        ("server", ON_SERVER),
        ("ending", "and s.ends_at >= ? and s.ends_at < ?"),
        ("after", "and (s.status, s.id) > (?, ?)"),
    ],
    orders: &[("status", "order by s.status, s.id limit ?")],
};

/// Led by the shares of one server.
const BY_SERVER: Listing = Listing {
    base: concat!(
        columns!("h.id"),
        "
          from shares h cross join members m
          left join subscriptions s on s.subject = m.id and s.kind = 'membership'
                                   and s.closed_at = 9223372036854775807
          left join plan_versions v on v.id = s.plan_version_id
         where m.id = h.member_id and h.server_id = ? and h.takes_place"
    ),
    clauses: &[("after", "and h.id > ?")],
    orders: &[("share", "order by h.id limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&EVERYBODY, &BY_STATUS, &ENDING, &BY_PLAN, &BY_SERVER];

/// One page of the members that fit.
pub async fn page(
    read: impl Read,
    filter: &MemberFilter,
    asked: &PageAsked,
) -> Result<PageOf<MemberRow>, DbError> {
    let is_searched = !filter.search.trim().is_empty() || filter.by_name;
    match filter {
        _ if is_searched => everybody(read, filter, asked).await,
        MemberFilter {
            plan: Some(plan), ..
        } => on_plan(read, plan, filter, asked).await,
        MemberFilter {
            status: Some(status),
            ..
        } => in_standing(read, *status, filter, asked).await,
        MemberFilter {
            ending: Some(ending),
            ..
        } => ending_between(read, *ending, filter, asked).await,
        MemberFilter {
            server: Some(server),
            ..
        } => on_server(read, server, asked).await,
        _ => everybody(read, filter, asked).await,
    }
}

async fn everybody(
    read: impl Read,
    filter: &MemberFilter,
    asked: &PageAsked,
) -> Result<PageOf<MemberRow>, DbError> {
    let typed = filter.search.trim().to_lowercase();
    let is_address = typed.contains('@');
    let is_name = !typed.is_empty() && !is_address;
    let by_name = filter.by_name || is_name;
    let (order, after) = if by_name {
        ("name", "after_name")
    } else {
        ("newest", "after")
    };
    let mark = if by_name {
        asked.after_text()
    } else {
        asked.after_number()
    };
    let rows = EVERYBODY
        .ask()
        .filter(
            "name",
            is_name.then(|| values![typed, prefix::end_of(&typed)]),
        )
        .filter("email", is_address.then(|| values![typed]))
        .filter("status", filter.status.map(|status| values![status]))
        .filter("plan", filter.plan.as_ref().map(|plan| values![plan]))
        .filter(
            "server",
            filter.server.as_ref().map(|server| values![server]),
        )
        .filter("ending", ending_values(filter))
        .filter(after, mark)
        .rows(read, order, values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &MemberRow| {
        if by_name {
            PageAsked::mark(&row.name_key, row.id.as_str())
        } else {
            PageAsked::mark(row.created_at.ms(), row.id.as_str())
        }
    }))
}

async fn in_standing(
    read: impl Read,
    status: Status,
    filter: &MemberFilter,
    asked: &PageAsked,
) -> Result<PageOf<MemberRow>, DbError> {
    let rows = BY_STATUS
        .ask()
        .base(values![status])
        .filter(
            "server",
            filter.server.as_ref().map(|server| values![server]),
        )
        .filter("ending", ending_values(filter))
        .filter("after", asked.after_number())
        .rows(read, "end", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, by_end))
}

async fn ending_between(
    read: impl Read,
    (from, until): (Timestamp, Timestamp),
    filter: &MemberFilter,
    asked: &PageAsked,
) -> Result<PageOf<MemberRow>, DbError> {
    let rows = ENDING
        .ask()
        .base(values![from, until])
        .filter(
            "server",
            filter.server.as_ref().map(|server| values![server]),
        )
        .filter("after", asked.after_number())
        .rows(read, "end", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, by_end))
}

async fn on_plan(
    read: impl Read,
    plan: &PlanId,
    filter: &MemberFilter,
    asked: &PageAsked,
) -> Result<PageOf<MemberRow>, DbError> {
    let rows = BY_PLAN
        .ask()
        .base(values![plan])
        .filter("status", filter.status.map(|status| values![status]))
        .filter(
            "server",
            filter.server.as_ref().map(|server| values![server]),
        )
        .filter("ending", ending_values(filter))
        .filter("after", asked.after_text())
        .rows(read, "status", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &MemberRow| {
        PageAsked::mark(row.status.map_or("", Status::word), &row.place)
    }))
}

async fn on_server(
    read: impl Read,
    server: &ServerId,
    asked: &PageAsked,
) -> Result<PageOf<MemberRow>, DbError> {
    let rows = BY_SERVER
        .ask()
        .base(values![server])
        .filter("after", asked.after_id())
        .rows(read, "share", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &MemberRow| {
        row.place.clone()
    }))
}

fn ending_values(filter: &MemberFilter) -> Option<Vec<Value>> {
    filter.ending.map(|(from, until)| values![from, until])
}

fn by_end(row: &MemberRow) -> String {
    let end = row.ends_at.unwrap_or(Timestamp::EPOCH);
    PageAsked::mark(end.ms(), &row.place)
}

/// From now on for so many days: what "ending soon" means on every page.
pub fn soon(now: Timestamp, days: i64) -> (Timestamp, Timestamp) {
    (now, now + Span::days(days))
}
