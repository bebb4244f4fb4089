//! Staff give a film or an episode of any server subtitles.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kit::id::{Id, LibraryId, ServerId};
use kit::{Arg, FormErrors, Text, t};
use maud::{Markup, html};
use media::browse::{self, Viewer};
use media::help::{ItemKind, RemoteItem};
use media::subtitle::{self, About, Upload, UploadState};
use media::{MediaError, Server, server};
use serde::Deserialize;
use ui::Tone;
use web::shelf::{self, Asked};
use web::{CheckedUpload, Done, PageError, PageResult, Posted, Site, Staff, subtitles};

use crate::{desk, menu};

fn here(server: &ServerId) -> String {
    format!("/office/subtitles/{server}")
}

async fn found(site: &Site, id: &str) -> Result<Server, PageError> {
    let id = ServerId::parse(id).ok_or(PageError::NotFound)?;
    server::find(&site.db, &id)
        .await?
        .ok_or(PageError::NotFound)
}

/// `GET /office/subtitles/{server}`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let server = found(&site, &id).await?;
    let (reader, here) = (&staff.reader, here(&server.id));
    let servers = site.tools.servers();
    let body = match subtitle::offered(&servers, &server.kind) {
        Err(MediaError::Refused(why)) => ui::notice(Tone::Warn, why).render(reader),
        Err(error) => return Err(error.into()),
        Ok(()) => {
            let given = subtitle::list_of_staff(&site.db, &server.id).await?;
            let viewer = Viewer::Staff(&server.id);
            let choice = shelf::read(&servers, viewer, &here, &asked).await?;
            let button = |_: &str, library: &LibraryId, item: &RemoteItem| {
                subtitles::choose(reader, &here, library, item)
            };
            html! { div.stack { (before(&staff, &given)) (choice.draw(reader, &button)) } }
        }
    };
    let name = Text::verbatim(&server.name);
    let mut parts = desk::below(t!("Add subtitles"), name, menu::SERVERS);
    parts.intro = Some(t!(
        "Choose a film or an episode on {server}. Everybody who watches it there can then show your subtitles.",
        server = &server.name
    ));
    desk::page(&site, &staff, parts, body).await
}

fn before(staff: &Staff, given: &[Upload]) -> Markup {
    let reader = &staff.reader;
    let rows = ui::rows().rows(given.iter().map(|one| {
        let (tone, word) = match one.state {
            UploadState::Kept | UploadState::Sent => (Tone::Info, t!("On its way")),
            UploadState::Done => (Tone::Good, t!("The server has it")),
            UploadState::Failed => (Tone::Bad, t!("Failed")),
        };
        let at = t!("Given at {moment}.", moment = Arg::Moment(one.given_at));
        let said = match &one.reason {
            Some(reason) => reason.clone(),
            None => at,
        };
        ui::row(reader, tone, "messages", &Text::verbatim(&one.title))
            .say(reader, &said)
            .state(ui::badge(reader, tone, &word))
    }));
    html! {
        @if !given.is_empty() { (ui::card(t!("What you gave")).flush().render(reader, &rows.render(reader))) }
    }
}

/// What is chosen, as the address has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Picked {
    library: String,
    item: String,
}

/// `GET /office/subtitles/{server}/new`
pub async fn form(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(picked): Query<Picked>,
) -> PageResult {
    let server = found(&site, &id).await?;
    let errors = FormErrors::default();
    draw(
        &site,
        &staff,
        &server,
        &picked,
        (&Posted::default(), &errors),
    )
    .await
}

/// `POST /office/subtitles/{server}/new`
pub async fn give(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(picked): Query<Picked>,
    upload: CheckedUpload,
) -> PageResult {
    let server = found(&site, &id).await?;
    let library = LibraryId::parse(&picked.library).ok_or(PageError::NotFound)?;
    let about = About {
        library: &library,
        item: &picked.item,
        language: upload.form.text("language"),
        is_forced: upload.form.ticked("forced"),
    };
    let Some(file) = upload.files.get("file") else {
        let errors = FormErrors::one("file", subtitles::no_file());
        return draw(&site, &staff, &server, &picked, (&upload.form, &errors)).await;
    };
    let (servers, viewer) = (site.tools.servers(), Viewer::Staff(&server.id));
    match subtitle::give(&servers, staff.actor(), viewer, &about, &file.bytes).await {
        Ok(()) => {
            let words = t!("{server} is given the subtitles.", server = &server.name);
            Ok(Done::at(&site, &here(&server.id), words))
        }
        Err(MediaError::Form(errors)) => {
            draw(&site, &staff, &server, &picked, (&upload.form, &errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn draw(
    site: &Site,
    staff: &Staff,
    server: &Server,
    picked: &Picked,
    (typed, errors): (&Posted, &FormErrors),
) -> PageResult {
    let library = LibraryId::parse(&picked.library).ok_or(PageError::NotFound)?;
    let (servers, viewer) = (site.tools.servers(), Viewer::Staff(&server.id));
    let chosen = browse::choose(&servers, viewer, (&library, &picked.item)).await?;
    if chosen.item.kind != ItemKind::Video {
        return Err(PageError::NotFound);
    }
    let here = here(&server.id);
    let there = subtitles::address(&here, &library, &picked.item);
    let form = subtitles::form(there, &staff.csrf, typed)
        .errors(errors)
        .cancel(here);
    let name = Text::verbatim(&server.name);
    let mut parts = desk::below(t!("Add subtitles"), name, menu::SERVERS);
    let title = chosen.item.full_title();
    parts.intro = Some(t!(
        "For {title} on {server}.",
        title = title,
        server = &server.name
    ));
    parts.status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    desk::page(site, staff, parts, form.render(&staff.reader)).await
}
