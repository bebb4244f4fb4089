//! Moves of members from one server to another: what would become of whom, and how far everybody is.

use std::collections::BTreeSet;

use billing::status::Status;
use db::{Db, DbError, Listing, Read, values};
use kit::id::{Id, MemberId, MoveId, ServerId};
use kit::{Json, PageAsked, PageOf, Text, Timestamp};
use media::moving::outlook::{self, Check, Facts, Goal, There};
use media::moving::{Move, MoverState, Outlook, Prospect, Stand};
use media::placement::{self, Candidate, Tie};
use media::share::{ShareState, UserStage};
use media::{Entitlements, Entry, Level, Makers, Server};

db::row! {
    struct FactsRow {
        member_id: MemberId,
        name: String,
        level: Level,
        entitlements: Json<Entitlements>,
        status: Option<Status>,
        is_permanent: bool,
        there_state: Option<ShareState>,
        there_stage: Option<UserStage>,
        there_takes_place: Option<bool>,
        there_seen: Option<Level>,
        there_remote: Option<String>,
        there_user: Option<String>,
        identity_name: Option<String>,
        accepts: Option<bool>,
        is_busy: bool,
    }
}

const FACTS: &str = "
    select s.member_id, m.name, s.level, s.entitlements, b.status,
           coalesce(b.status, '') = 'permanent' as is_permanent,
           t.state as there_state, t.stage as there_stage, t.takes_place as there_takes_place,
           t.seen_level as there_seen, t.remote_id as there_remote, t.user_name as there_user,
           i.name as identity_name, i.accepts,
           exists (select 1 from movers o where o.member_id = s.member_id and o.is_open) as is_busy
      from shares s
      join members m on m.id = s.member_id
      left join subscriptions b on b.subject = s.member_id and b.kind = 'membership'
                               and b.closed_at = 9223372036854775807
      left join shares t on t.member_id = s.member_id and t.server_id = $2
      left join platform_identities i on i.member_id = s.member_id and i.platform = $3
     where s.server_id = $1 and s.takes_place
     order by m.name_key, m.id";

impl From<FactsRow> for Facts {
    fn from(row: FactsRow) -> Self {
        let takes_place = row.there_takes_place.unwrap_or(false);
        let tie = row.there_state.map(|state| match state {
            ShareState::InPlace if takes_place => Tie::Current,
            ShareState::BeingSetUp | ShareState::Invited if takes_place => Tie::Pending,
            _ => Tie::None,
        });
        let is_open =
            row.there_state == Some(ShareState::InPlace) && row.there_seen == Some(Level::Full);
        Self {
            member: row.member_id,
            name: row.name,
            level: row.level,
            entitlements: row.entitlements.0,
            trial: row.status == Some(Status::Trial),
            permanent: row.is_permanent,
            busy: row.is_busy,
            there: There {
                tie,
                is_open: is_open && takes_place,
                has_user: row.there_remote.is_some(),
                stage: row.there_stage,
                user_name: row.there_user,
                identity: row.identity_name.zip(row.accepts),
            },
        }
    }
}

/// Who is asked for.
#[derive(Debug, Clone)]
pub enum Chosen {
    Everybody,
    These(BTreeSet<MemberId>),
}

/// What a move would do, before it is begun.
#[derive(Debug, Clone)]
pub struct Preview {
    pub target: Candidate,
    pub entry: Entry,
    pub platform: String,
    pub checks: Vec<Check>,
    pub prospects: Vec<Prospect>,
    /// Library groups that somebody's plan opens and the target lacks.
    pub missing_groups: BTreeSet<kit::id::GroupId>,
}

impl Preview {
    pub fn goal<'a>(&'a self, source: &'a Server) -> Goal<'a> {
        Goal {
            source,
            target: &self.target,
            entry: self.entry,
            platform: &self.platform,
        }
    }

    /// What stands in the way of all. `None`: nothing.
    pub fn obstacle(&self) -> Option<&Check> {
        let in_the_way = |check: &&Check| check.grade == outlook::Grade::Blocking;
        self.checks.iter().find(in_the_way)
    }

    /// How many can be moved.
    pub fn going(&self) -> usize {
        self.prospects
            .iter()
            .filter(|one| one.obstacle.is_none())
            .count()
    }
}

/// Foresees a move of members of `source`. `None`: the target is not here.
pub async fn preview(
    db: &Db,
    makers: &Makers,
    (source, target): (&Server, &ServerId),
    source_gone: bool,
    chosen: &Chosen,
) -> Result<Option<Preview>, DbError> {
    let now = db.world().clock.now();
    let candidates = placement::candidates(db, now).await?;
    let Some(target) = outlook::candidate(&candidates, target).cloned() else {
        return Ok(None);
    };
    let card = makers.find(&target.server.kind).map(|maker| maker.card());
    let platform = card.map_or_else(|| target.server.kind.clone(), |card| card.title.to_owned());
    let entry = makers.entry(&target.server.kind);
    let facts = facts(db, &source.id, &target.server, chosen).await?;
    let goal = Goal {
        source,
        target: &target,
        entry,
        platform: &platform,
    };
    let prospects = outlook::foresee(&goal, &facts);
    let checks = outlook::checks(&goal, source_gone, &prospects);
    let missing_groups = outlook::missing_groups(&target, &facts);
    Ok(Some(Preview {
        target,
        entry,
        platform,
        checks,
        prospects,
        missing_groups,
    }))
}

async fn facts(
    mut read: impl Read,
    source: &ServerId,
    target: &Server,
    chosen: &Chosen,
) -> Result<Vec<Facts>, DbError> {
    let asked = values![source, target.id, target.kind];
    let rows: Vec<FactsRow> = read.all(FACTS, asked).await?;
    let rows = rows.into_iter().filter(|row| match chosen {
        Chosen::Everybody => true,
        Chosen::These(members) => members.contains(&row.member_id),
    });
    Ok(rows.map(Facts::from).collect())
}

db::row! {
    /// A member of a move, as its page shows them.
    #[derive(Debug, Clone)]
    pub struct MoverRow {
        pub member_id: MemberId,
        pub member_name: String,
        name_key: String,
        pub state: MoverState,
        pub outlook: Outlook,
        pub reason: Option<Text>,
        pub changed_at: Timestamp,
        share_state: Option<ShareState>,
        stage: Option<UserStage>,
        share_reason: Option<Text>,
        pub user_name: Option<String>,
    }
}

impl MoverRow {
    pub fn stand(&self) -> Stand {
        Stand::of(self.state, self.share_state, self.stage)
    }

    /// Why they are not further.
    pub fn why(&self) -> Option<&Text> {
        let is_under_way = matches!(self.state, MoverState::Entering | MoverState::Returning);
        let of_share = self.share_reason.as_ref().filter(|_| is_under_way);
        self.reason.as_ref().or(of_share)
    }
}

const MOVERS: Listing = Listing {
    base: "
        select r.member_id, m.name as member_name, m.name_key, r.state, r.outlook, r.reason, r.changed_at,
               s.state as share_state, s.stage, s.reason as share_reason, s.user_name
          from movers r
          join moves v on v.id = r.move_id
          join members m on m.id = r.member_id
          left join shares s on s.member_id = r.member_id
                and s.server_id = case when r.state in ('recalled', 'returning', 'returned') then v.source_id
                                       else v.target_id end
         where r.move_id = ?",
    clauses: &[
        ("open", "and r.is_open"),
        ("state", "and r.state = ?"),
        ("after", "and (m.name_key, r.member_id) > (?, ?)"),
    ],
    orders: &[("name", "order by m.name_key, r.member_id limit ?")],
};

/// For the test that prepares every text.
pub const LISTINGS: &[&Listing] = &[&MOVERS];

/// Which members of a move are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub enum MoverFilter {
    #[default]
    All,
    /// Not arrived yet, and nothing has failed.
    Open,
    State(MoverState),
}

/// One page of a move's members, by name.
pub async fn movers(
    read: impl Read,
    id: &MoveId,
    filter: MoverFilter,
    asked: &PageAsked,
) -> Result<PageOf<MoverRow>, DbError> {
    let state = match filter {
        MoverFilter::State(state) => Some(values![state]),
        _ => None,
    };
    let rows = MOVERS
        .ask()
        .base(values![id])
        .filter("open", matches!(filter, MoverFilter::Open).then(Vec::new))
        .filter("state", state)
        .filter("after", asked.after_text())
        .rows(read, "name", values![asked.probe()])
        .await?;
    Ok(PageOf::cut(rows, asked, |row: &MoverRow| {
        PageAsked::mark(&row.name_key, &row.member_id)
    }))
}

const LATEST_OF_SERVER: &str = "
    select id, source_id, source_name, target_id, target_name, source_gone, state, reason, begun_at, ended_at, waits
      from moves
     where (source_id = $1 or target_id = $1) and state <> 'undone'
     order by begun_at desc limit 5";

/// The latest moves from a server or to it.
pub async fn of_server(mut read: impl Read, server: &ServerId) -> Result<Vec<Move>, DbError> {
    read.all(LATEST_OF_SERVER, values![server]).await
}

/// Ids of members as a form or a caller sends them; what is none is left out.
pub fn chosen<'a>(ids: impl Iterator<Item = &'a str>) -> Chosen {
    Chosen::These(ids.filter_map(MemberId::parse).collect())
}
