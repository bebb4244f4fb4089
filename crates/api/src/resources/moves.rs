//! `moves`: members who are led from one media server to another, foreseen, begun, paused and taken back.

use std::collections::BTreeSet;

use kit::id::{Id, MoveId, ServerId};
use kit::{FieldError, t};
use lists::moves::{Chosen, MoverFilter, MoverRow, Preview, movers};
use media::moving::outlook::Grade;
use media::moving::{self, Move, NewMove, Progress, Stand};
use media::{Server, server};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::sent::{NoFilter, Nothing};
use crate::table::Table;
use crate::values::{Moment, Page, moment, wished};

const ALL: &str = "/api/v1/moves";
const ONE: &str = "/api/v1/moves/{id}";

pub fn table() -> Table {
    let (see, change) = (Permission::ServersSee, Permission::ServersChange);
    Table::of("moves")
        .act(
            "/api/v1/media-servers/{id}/move-members",
            (
                change,
                "Moves members of a server to another, or foresees it",
            ),
            move_members,
        )
        .list(ALL, (see, "Lists moves of members, latest first"), list)
        .read(ONE, (see, "Shows a move and how far it is"), show)
        .list(
            "/api/v1/moves/{id}/members",
            (see, "Lists the members of a move, by name"),
            members,
        )
        .act(
            "/api/v1/moves/{id}/pause",
            (change, "Lets nobody new set out"),
            pause,
        )
        .act(
            "/api/v1/moves/{id}/resume",
            (change, "Lets the others set out again"),
            resume,
        )
        .act(
            "/api/v1/moves/{id}/retry",
            (change, "Has those who failed tried again"),
            retry,
        )
        .act(
            "/api/v1/moves/{id}/undo",
            (change, "Brings everybody back"),
            undo,
        )
}

/// Who is moved where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveOrder {
    target_id: String,
    /// Absent: everybody on the server.
    member_ids: Option<BTreeSet<String>>,
    /// The server is lost: everybody ends there at once, and nothing is asked of it.
    #[serde(default)]
    source_gone: bool,
    /// Why, for the events. Not needed to foresee.
    #[serde(default)]
    reason: String,
    /// Only says what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// What a move would do, and the move if it was begun.
#[derive(Debug, Serialize, ToSchema)]
struct MoveForeseen {
    /// Absent: it was only foreseen.
    #[serde(rename = "move")]
    begun: Option<MoveShown>,
    /// Whether something stands in the way of all.
    blocked: bool,
    checks: Vec<CheckShown>,
    members: Vec<ProspectShown>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MoveCheck)]
struct CheckShown {
    /// `ok`, `warn` or `blocking`.
    grade: &'static str,
    sentence: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MoveProspect)]
struct ProspectShown {
    member_id: String,
    name: String,
    /// `already`, `as_suspended`, `invited`, `accepted`, `shows_account`, `restored`, `made`, `chooses` or `stays`.
    outlook: String,
    sentence: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Move)]
struct MoveShown {
    id: String,
    source_id: String,
    source_name: String,
    target_id: String,
    target_name: String,
    source_gone: bool,
    /// `running`, `paused`, `done`, `undoing` or `undone`.
    state: String,
    reason: String,
    begun_at: Moment,
    ended_at: Option<Moment>,
    progress: ProgressShown,
}

/// How many members stand where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MoveProgress)]
struct ProgressShown {
    all: i64,
    waiting: i64,
    letting_in: i64,
    /// Invited, and have not accepted.
    invited: i64,
    /// Have to choose a name and a password, or to sign in with the platform.
    asked: i64,
    moved: i64,
    already: i64,
    failed: i64,
    left_out: i64,
    bringing_back: i64,
    returned: i64,
}

impl ProgressShown {
    fn of(progress: &Progress) -> Self {
        Self {
            all: progress.all(),
            waiting: progress.of(Stand::Waiting),
            letting_in: progress.of(Stand::LettingIn),
            invited: progress.of(Stand::Invited),
            asked: progress.of(Stand::Asked),
            moved: progress.of(Stand::Moved),
            already: progress.of(Stand::Already),
            failed: progress.of(Stand::Failed),
            left_out: progress.of(Stand::LeftOut),
            bringing_back: progress.of(Stand::Recalled) + progress.of(Stand::BringingBack),
            returned: progress.of(Stand::Returned),
        }
    }
}

async fn shown(call: &Call, moving: Move) -> Answer<MoveShown> {
    let progress = moving::progress(&call.site.db, &moving.id).await?;
    Ok(MoveShown {
        id: moving.id.to_string(),
        source_id: moving.source_id.to_string(),
        target_id: moving.target_id.to_string(),
        state: moving.state.word().to_owned(),
        begun_at: Moment(moving.begun_at),
        ended_at: moment(moving.ended_at),
        progress: ProgressShown::of(&progress),
        source_name: moving.source_name,
        target_name: moving.target_name,
        source_gone: moving.source_gone,
        reason: moving.reason,
    })
}

impl MoveOrder {
    fn chosen(&self) -> Answer<Chosen> {
        let Some(ids) = &self.member_ids else {
            return Ok(Chosen::Everybody);
        };
        let parsed: Option<BTreeSet<_>> = ids.iter().map(|id| Id::parse(id)).collect();
        let members =
            parsed.ok_or_else(|| Problem::field("member_ids", FieldError::UnknownId.text()))?;
        Ok(Chosen::These(members))
    }

    async fn preview(&self, call: &Call, source: &Server) -> Answer<Preview> {
        let unknown = || Problem::field("target_id", FieldError::UnknownId.text());
        let target: ServerId = Id::parse(&self.target_id).ok_or_else(unknown)?;
        if target == source.id {
            return Err(Problem::field(
                "target_id",
                t!("They are on this server. Choose another one to move them to."),
            ));
        }
        let (db, makers) = (&call.site.db, &call.site.tools.makers);
        let chosen = self.chosen()?;
        let between = (source, &target);
        let preview = lists::moves::preview(db, makers, between, self.source_gone, &chosen);
        preview.await?.ok_or_else(unknown)
    }
}

/// `POST /api/v1/media-servers/{id}/move-members`
async fn move_members(call: Call, order: MoveOrder) -> Answer<MoveForeseen> {
    let id: ServerId = call.id()?;
    let source = found(server::find(&call.site.db, &id).await?)?;
    let preview = order.preview(&call, &source).await?;
    if order.dry_run {
        return Ok(foreseen(&call, &source, &preview, None));
    }
    let reason = kit::field::required(&order.reason, 500)
        .map_err(|error| Problem::field("reason", error.text()))?;
    if let Some(check) = preview.obstacle() {
        return Err(Problem::unprocessable(check.sentence.clone()));
    }
    let new = NewMove {
        source: source.id.clone(),
        target: preview.target.server.id.clone(),
        source_gone: order.source_gone,
        reason,
    };
    let mut tx = call.begin().await?;
    let begun = moving::begin(&mut tx, &new, &preview.prospects).await?;
    tx.save().await?;
    let begun = shown(&call, begun).await?;
    Ok(foreseen(&call, &source, &preview, Some(begun)))
}

fn foreseen(
    call: &Call,
    source: &Server,
    preview: &Preview,
    begun: Option<MoveShown>,
) -> MoveForeseen {
    let goal = preview.goal(source);
    let checks = preview.checks.iter().map(|check| CheckShown {
        grade: match check.grade {
            Grade::Ok => "ok",
            Grade::Warn => "warn",
            Grade::Blocking => "blocking",
        },
        sentence: call.say(&check.sentence),
    });
    let members = preview.prospects.iter().map(|one| ProspectShown {
        member_id: one.member.to_string(),
        name: one.name.clone(),
        outlook: one.outlook.word().to_owned(),
        sentence: call.say(&one.sentence(&goal)),
    });
    MoveForeseen {
        begun,
        blocked: preview.obstacle().is_some(),
        checks: checks.collect(),
        members: members.collect(),
    }
}

/// `GET /api/v1/moves`
async fn list(call: Call, _: NoFilter) -> Answer<Page<MoveShown>> {
    let page = moving::list(&call.site.db, &call.page).await?;
    let mut rows = Vec::new();
    for moving in page.rows {
        rows.push(shown(&call, moving).await?);
    }
    let page = kit::PageOf {
        rows,
        next: page.next,
    };
    Ok(Page::of(page, |row| row))
}

async fn the_move(call: &Call) -> Answer<Move> {
    let id: MoveId = call.id()?;
    found(moving::find(&call.site.db, &id).await?)
}

/// `GET /api/v1/moves/{id}`
async fn show(call: Call) -> Answer<MoveShown> {
    let moving = the_move(&call).await?;
    shown(&call, moving).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// `waiting`, `entering`, `moved`, `already`, `failed`, `left_out`, `recalled`, `returning` or `returned`.
    state: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MoveMember)]
struct MoverShown {
    member_id: String,
    name: String,
    state: String,
    /// How they stand together with what their access shows, e.g. `invited` or `asked`.
    stand: String,
    user_name: Option<String>,
    /// Why they are not further.
    reason: Option<String>,
    changed_at: Moment,
}

fn mover(call: &Call, row: &MoverRow) -> MoverShown {
    MoverShown {
        member_id: row.member_id.to_string(),
        name: row.member_name.clone(),
        state: row.state.word().to_owned(),
        stand: row.stand().word().to_owned(),
        user_name: row.user_name.clone(),
        reason: call.say_maybe(row.why()),
        changed_at: Moment(row.changed_at),
    }
}

/// `GET /api/v1/moves/{id}/members`
async fn members(call: Call, filter: Filter) -> Answer<Page<MoverShown>> {
    let moving = the_move(&call).await?;
    let state = wished("state", filter.state.as_ref(), moving::MoverState::parse)?;
    let filter = state.map_or(MoverFilter::All, MoverFilter::State);
    let page = movers(&call.site.db, &moving.id, filter, &call.page).await?;
    Ok(Page::of(page, |row| mover(&call, &row)))
}

/// `POST /api/v1/moves/{id}/pause`
async fn pause(call: Call, _: Nothing) -> Answer<MoveShown> {
    let mut tx = call.begin().await?;
    let moving = moving::pause(&mut tx, &call.id()?).await?;
    tx.save().await?;
    shown(&call, moving).await
}

/// `POST /api/v1/moves/{id}/resume`
async fn resume(call: Call, _: Nothing) -> Answer<MoveShown> {
    let mut tx = call.begin().await?;
    let moving = moving::resume(&mut tx, &call.id()?).await?;
    tx.save().await?;
    shown(&call, moving).await
}

/// `POST /api/v1/moves/{id}/retry`
async fn retry(call: Call, _: Nothing) -> Answer<MoveShown> {
    let mut tx = call.begin().await?;
    moving::retry(&mut tx, &call.id()?, None).await?;
    tx.save().await?;
    show(call).await
}

/// `POST /api/v1/moves/{id}/undo`
async fn undo(call: Call, _: Nothing) -> Answer<MoveShown> {
    let mut tx = call.begin().await?;
    let moving = moving::undo(&mut tx, &call.id()?).await?;
    tx.save().await?;
    shown(&call, moving).await
}
