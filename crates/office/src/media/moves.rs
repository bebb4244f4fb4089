//! Moves of members between servers: how far each is, who is where, and pausing, going on, taking back.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kit::id::{Id, MemberId, MoveId};
use kit::{PageOf, Reader, Text, t};
use lists::moves::{MoverFilter, MoverRow, movers};
use maud::{Markup, html};
use media::moving::{self, Move, MoveState, MoverState, Outlook, Progress, Stand};
use people::role::Permission;
use serde::Deserialize;
use ui::{Crumb, Span, Tone};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Site, Staff};

use crate::address::Address;
use crate::{csv, desk, menu};

pub const MOVES: &str = "/office/moves";

pub fn href(id: &MoveId) -> String {
    format!("{MOVES}/{id}")
}

async fn found(site: &Site, id: &str) -> Result<Move, PageError> {
    let id = MoveId::parse(id).ok_or(PageError::NotFound)?;
    moving::find(&site.db, &id)
        .await?
        .ok_or(PageError::NotFound)
}

/// The state of a move, for people.
pub fn state(moving: &Move) -> (Tone, Text) {
    match moving.state {
        MoveState::Running => (Tone::Info, t!("Under way")),
        MoveState::Paused => (Tone::Warn, t!("Paused")),
        MoveState::Done => (Tone::Good, t!("Done")),
        MoveState::Undoing => (Tone::Info, t!("Being taken back")),
        MoveState::Undone => (Tone::Neutral, t!("Taken back")),
    }
}

fn title(moving: &Move) -> Text {
    t!(
        "{source} to {target}",
        source = &moving.source_name,
        target = &moving.target_name
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    after: String,
}

impl Asked {
    fn filter(&self) -> MoverFilter {
        match self.state.as_str() {
            "open" => MoverFilter::Open,
            word => MoverState::parse(word).map_or(MoverFilter::All, MoverFilter::State),
        }
    }
}

/// `GET /office/moves`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let reader = &staff.reader;
    let moves = moving::list(&site.db, &desk::asked(&asked.after)).await?;
    let table = ui::table("moves")
        .caption(t!("Moves"))
        .column(
            t!("From, to"),
            |row: &Move| html! { (reader.say(&title(row))) },
        )
        .column(t!("State"), |row| {
            let (tone, word) = state(row);
            ui::badge(reader, tone, &word)
        })
        .column(t!("Reason"), |row| html! { (row.reason) })
        .column(t!("Begun"), |row| ui::ago(reader, row.begun_at))
        .minor()
        .row_link(|row| href(&row.id))
        .empty(t!(
            "No members were moved yet. Begin on the page of the server that they are on."
        ))
        .next(|mark| Address::to(MOVES).with("after", mark).to_string())
        .render(reader, &moves);
    let parts = desk::below(t!("Moves"), t!("Servers"), menu::SERVERS);
    desk::page(&site, &staff, parts, table).await
}

/// `GET /office/moves/{id}`
pub async fn show(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let moving = found(&site, &id).await?;
    let progress = moving::progress(&site.db, &moving.id).await?;
    let rows = movers(
        &site.db,
        &moving.id,
        asked.filter(),
        &desk::asked(&asked.after),
    )
    .await?;
    let body = html! {
        (ui::grid(&[how_far(&staff, &moving, &progress), facts(&staff, &moving)]))
        (filters(&staff, &moving, &asked))
        (table(&staff, &moving, &asked, &rows))
    };
    let mut parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Servers"), menu::SERVERS),
            Crumb::new(t!("Moves"), MOVES),
        ],
        ..desk::parts(title(&moving), menu::SERVERS)
    };
    if staff.may(Permission::ServersChange) {
        parts.actions = Some(acts(&staff, &moving, &progress));
    }
    desk::page(&site, &staff, parts, body).await
}

fn acts(staff: &Staff, moving: &Move, progress: &Progress) -> Markup {
    let reader = &staff.reader;
    let act = |word: &str| format!("{}/{word}", href(&moving.id));
    let button = |word: &str, label: Text| ui::post_button(act(word), &staff.csrf, label);
    html! {
        @if moving.state == MoveState::Running {
            (button("pause", t!("Pause")).render(reader))
        }
        @if moving.state == MoveState::Paused {
            (button("resume", t!("Go on")).primary().render(reader))
        }
        @if progress.of(Stand::Failed) > 0 {
            (button("retry", t!("Try those who failed again")).render(reader))
        }
        @if moving::why_not_undone(moving).is_none() {
            (ui::link_button(act("undo"), t!("Take it back…")).quiet().render(reader))
        }
    }
}

fn how_far(staff: &Staff, moving: &Move, progress: &Progress) -> Markup {
    let reader = &staff.reader;
    let (tone, word) = state(moving);
    let label = t!("Settled");
    let lines = Stand::ALL
        .iter()
        .filter(|stand| progress.of(**stand) > 0)
        .fold(ui::facts(), |facts, stand| {
            let (_, word) = self::stand(*stand);
            facts.line(word, ui::number(reader, progress.of(*stand)))
        });
    let body = html! {
        (ui::progress(reader, &label, progress.settled(), Some(progress.all())))
        (lines.render(reader))
        @if progress.is_ours_to_do() && moving.is_at_work() {
            p.hint { (reader.say(&t!("It goes on in the background. Reload to see how far it is."))) }
        }
    };
    ui::card(t!("How far it is"))
        .span(Span::Seven)
        .badge(ui::badge(reader, tone, &word))
        .render(reader, &body)
}

fn facts(staff: &Staff, moving: &Move) -> Markup {
    let reader = &staff.reader;
    let server =
        |id: &kit::id::ServerId, name: &str| ui::link(&format!("/office/servers/{id}"), name);
    let mut facts = ui::facts()
        .line(t!("From"), server(&moving.source_id, &moving.source_name))
        .line(t!("To"), server(&moving.target_id, &moving.target_name))
        .line(t!("Reason"), html! { (moving.reason) })
        .line(t!("Begun"), ui::moment(reader, moving.begun_at));
    if !moving.ended_at.is_never() {
        facts = facts.line(t!("Ended"), ui::moment(reader, moving.ended_at));
    }
    if moving.source_gone {
        let words = t!("The old server is gone; nothing is asked of it.");
        facts = facts.line(t!("Mind this"), html! { (reader.say(&words)) });
    }
    ui::card(t!("The move"))
        .span(Span::Five)
        .render(reader, &facts.render(reader))
}

fn filters(staff: &Staff, moving: &Move, asked: &Asked) -> Markup {
    let address = Address::to(href(&moving.id));
    let mut bar =
        ui::filters(href(&moving.id)).chip(t!("All"), address.to_string(), asked.state.is_empty());
    for (word, label) in [
        ("open", t!("Not there yet")),
        (MoverState::Moved.word(), t!("Moved")),
        (MoverState::Failed.word(), t!("Failed")),
        (MoverState::LeftOut.word(), t!("Left out")),
    ] {
        bar = bar.chip(label, address.with("state", word), asked.state == word);
    }
    bar.csv(format!("{}/report.csv", href(&moving.id)))
        .render(&staff.reader)
}

/// How a member of a move stands, for people.
fn stand(stand: Stand) -> (Tone, Text) {
    match stand {
        Stand::Waiting => (Tone::Neutral, t!("Waiting")),
        Stand::LettingIn => (Tone::Info, t!("Being let in")),
        Stand::Invited => (Tone::Warn, t!("Invited, not accepted")),
        Stand::Asked => (Tone::Warn, t!("Has to act themselves")),
        Stand::Moved => (Tone::Good, t!("Moved")),
        Stand::Already => (Tone::Good, t!("Was there already")),
        Stand::Failed => (Tone::Bad, t!("Failed")),
        Stand::LeftOut => (Tone::Neutral, t!("Left out")),
        Stand::Recalled => (Tone::Neutral, t!("To be brought back")),
        Stand::BringingBack => (Tone::Info, t!("Being brought back")),
        Stand::Returned => (Tone::Neutral, t!("Is where they were")),
    }
}

/// What is said of a member where nothing went wrong.
fn why(row: &MoverRow) -> Option<Text> {
    if let Some(why) = row.why() {
        return Some(why.clone());
    }
    match (row.stand(), row.outlook) {
        (Stand::Asked, Outlook::ShowsAccount) => Some(t!(
            "They have to sign in with the platform first; they were asked by letter."
        )),
        (Stand::Asked, _) => Some(t!(
            "They have to choose a name and a password first; they were asked by letter."
        )),
        (Stand::Moved, Outlook::AsSuspended) => Some(t!(
            "They have no access now, and get in there once they may."
        )),
        _ => None,
    }
}

fn table(staff: &Staff, moving: &Move, asked: &Asked, rows: &PageOf<MoverRow>) -> Markup {
    let reader = &staff.reader;
    let address = Address::to(href(&moving.id)).with("state", &asked.state);
    ui::table("movers")
        .caption(t!("Members of the move"))
        .column(t!("Member"), |row: &MoverRow| {
            ui::person(reader, Some(&row.member_name))
        })
        .column(t!("User there"), |row| match &row.user_name {
            Some(name) => html! { (name) },
            None => ui::nothing(reader),
        })
        .column(t!("State"), |row| standing(staff, moving, row))
        .column(t!("Changed"), |row| ui::ago(reader, row.changed_at))
        .minor()
        .row_link(|row| format!("/office/members/{}", row.member_id))
        .empty(t!("Nobody of this move stands like that."))
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, rows)
}

fn standing(staff: &Staff, moving: &Move, row: &MoverRow) -> Markup {
    let reader = &staff.reader;
    let (tone, word) = stand(row.stand());
    let again = format!("{}/retry", href(&moving.id));
    html! {
        div {
            (ui::badge(reader, tone, &word))
            @if let Some(why) = why(row) { p.hint { (reader.say(&why)) } }
            @if row.state == MoverState::Failed && staff.may(Permission::ServersChange) {
                (ui::post_button(again, &staff.csrf, t!("Try again")).value("member", row.member_id.as_str())
                    .small().render(reader))
            }
        }
    }
}

/// `POST /office/moves/{id}/pause`
pub async fn pause(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = found(&site, &id).await?.id;
    let mut tx = site.db.begin(staff.actor()).await?;
    moving::pause(&mut tx, &id).await?;
    tx.save().await?;
    let words = t!("Nobody new sets out. Who is being let in already arrives.");
    Ok(Done::at(&site, &href(&id), words))
}

/// `POST /office/moves/{id}/resume`
pub async fn resume(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = found(&site, &id).await?.id;
    let mut tx = site.db.begin(staff.actor()).await?;
    moving::resume(&mut tx, &id).await?;
    tx.save().await?;
    Ok(Done::at(&site, &href(&id), t!("The move goes on.")))
}

/// `POST /office/moves/{id}/retry`: one of those who failed, or all.
pub async fn retry(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let id = found(&site, &id).await?.id;
    let member = MemberId::parse(form.text("member"));
    let mut tx = site.db.begin(staff.actor()).await?;
    let count = moving::retry(&mut tx, &id, member.as_ref()).await?;
    tx.save().await?;
    let words = Text::counted(
        count,
        "One member is tried again.",
        "{n} members are tried again.",
    );
    Ok(Done::at(&site, &href(&id), words))
}

/// `GET /office/moves/{id}/undo`: what taking it back would mean.
pub async fn undo_form(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let moving = found(&site, &id).await?;
    let progress = moving::progress(&site.db, &moving.id).await?;
    let reader = &staff.reader;
    let body = match moving::why_not_undone(&moving) {
        Some(reason) => ui::notice(Tone::Warn, t!("This cannot be taken back"))
            .sentence(reason)
            .render(reader),
        None => undo_preview(&staff, &moving, &progress),
    };
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Servers"), menu::SERVERS),
            Crumb::new(t!("Moves"), MOVES),
            Crumb::new(title(&moving), href(&moving.id)),
        ],
        ..desk::parts(t!("Take the move back?"), menu::SERVERS)
    };
    desk::page(&site, &staff, parts, body).await
}

fn undo_preview(staff: &Staff, moving: &Move, progress: &Progress) -> Markup {
    let reader = &staff.reader;
    let source = &moving.source_name;
    let back = [
        Stand::Moved,
        Stand::Already,
        Stand::LettingIn,
        Stand::Invited,
        Stand::Asked,
    ];
    let back: i64 = back.into_iter().map(|stand| progress.of(stand)).sum();
    let stay = progress.of(Stand::Waiting);
    let row = |tone, icon, text: Text| ui::row(reader, tone, icon, &text);
    let rows = ui::rows()
        .row(row(Tone::Info, "refresh", Text::counted(
            back,
            "One member is let in on {source} again, and then leaves {target}.",
            "{n} members are let in on {source} again, and then leave {target}.",
        ).with("source", source.clone()).with("target", moving.target_name.clone())))
        .row(row(Tone::Neutral, "minus", Text::counted(
            stay,
            "One member has not set out and stays.",
            "{n} members have not set out and stay.",
        )))
        .row(row(Tone::Warn, "warning", t!(
            "What cannot be taken back: invitations and letters that went out, and what was watched on {target}. Where people are invited, they have to accept again.",
            target = &moving.target_name
        )));
    let form = ui::form(format!("{}/undo", href(&moving.id)), &staff.csrf)
        .submit_danger(t!("Bring them back to {source}", source = source))
        .cancel(href(&moving.id));
    html! {
        (ui::card(t!("What will happen")).flush().render(reader, &rows.render(reader)))
        (form.render(reader))
    }
}

/// `POST /office/moves/{id}/undo`
pub async fn undo(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = found(&site, &id).await?.id;
    let mut tx = site.db.begin(staff.actor()).await?;
    moving::undo(&mut tx, &id).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        &href(&id),
        t!("They are being brought back."),
    ))
}

/// `GET /office/moves/{id}/report.csv`
pub async fn report(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let moving = found(&site, &id).await?;
    let head = [
        t!("Member"),
        t!("User there"),
        t!("State"),
        t!("Reason"),
        t!("Changed"),
    ];
    let reader = staff.reader.clone();
    Ok(csv::file("move", &staff.reader, &head, move |asked| {
        let (db, id, reader) = (site.db.clone(), moving.id.clone(), reader.clone());
        async move {
            let rows = movers(&db, &id, MoverFilter::All, &asked).await?;
            Ok(rows.map(|row| line(&reader, &row)))
        }
    }))
}

fn line(reader: &Reader, row: &MoverRow) -> Vec<String> {
    vec![
        row.member_name.clone(),
        row.user_name.clone().unwrap_or_default(),
        reader.say(&stand(row.stand()).1),
        why(row).map(|why| reader.say(&why)).unwrap_or_default(),
        row.changed_at.rfc3339(),
    ]
}
