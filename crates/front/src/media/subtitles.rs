//! Giving a film or an episode subtitles: chosen from the library's own list, then a file.

use axum::extract::{Path, Query, State};
use kit::id::{Id, LibraryId};
use kit::{Arg, FormErrors, Reader, Text, t};
use lists::my_account::MyShare;
use maud::{Markup, html};
use media::browse::{self, Viewer};
use media::help::{ItemKind, RemoteItem};
use media::subtitle::{self, About, Upload, UploadState};
use serde::Deserialize;
use ui::Tone;
use web::shelf::{self, Asked};
use web::{CheckedUpload, Done, PageError, PageResult, Posted, SignedIn, Site, subtitles};

use crate::account::frame;
use crate::forms::{self, Wrong};
use crate::media::own;

const WHAT: &str = "subtitles";

/// `GET /account/watching/{share}/subtitles`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    let (reader, share) = (&visitor.reader, &mine.share);
    let servers = site.tools.servers();
    let wrong = match subtitle::offered(&servers, &mine.server.kind) {
        Ok(()) => Wrong::default(),
        Err(error) => forms::of_media(error)?,
    };
    let given = subtitle::list_of_member(&site.db, &share.member_id, &share.server_id).await?;
    let here = own::path(&share.id, WHAT);
    let body = if wrong.whole.is_some() {
        let kind = html! { (ui::link_button(own::path(&share.id, "missing"), t!("Look for missing media")).render(reader)) };
        html! { (wrong.notice(reader)) div.buttons { (kind) } }
    } else {
        let choice = shelf::read(&servers, Viewer::Member(share), &here, &asked).await?;
        let button = |_: &str, library: &LibraryId, item: &RemoteItem| {
            subtitles::choose(reader, &here, library, item)
        };
        html! {
            (before(reader, &given))
            (choice.draw(reader, &button))
        }
    };
    let intro = t!(
        "Choose a film or an episode on {server}. Everybody who watches it there can then show your subtitles.",
        server = mine.server.name.clone()
    );
    let head = (t!("Add subtitles"), Some(intro), axum::http::StatusCode::OK);
    frame::task(&site, &visitor, head, body).await
}

/// What is chosen, as the address has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Picked {
    library: String,
    item: String,
}

/// `GET /account/watching/{share}/subtitles/new`
pub async fn form(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(picked): Query<Picked>,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    let typed = Posted::default();
    draw(&site, &visitor, &mine, &picked, &typed, &Wrong::default()).await
}

/// `POST /account/watching/{share}/subtitles/new`
pub async fn give(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(picked): Query<Picked>,
    upload: CheckedUpload,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    let library = LibraryId::parse(&picked.library).ok_or(PageError::NotFound)?;
    let about = About {
        library: &library,
        item: &picked.item,
        language: upload.form.text("language"),
        is_forced: upload.form.ticked("forced"),
    };
    let Some(file) = upload.files.get("file") else {
        let wrong = Wrong::fields(FormErrors::one("file", subtitles::no_file()));
        return draw(&site, &visitor, &mine, &picked, &upload.form, &wrong).await;
    };
    let viewer = Viewer::Member(&mine.share);
    let servers = site.tools.servers();
    match subtitle::give(&servers, visitor.actor(), viewer, &about, &file.bytes).await {
        Ok(()) => Ok(Done::at(
            &site,
            &own::path(&mine.share.id, WHAT),
            t!(
                "Thank you. {server} is given your subtitles.",
                server = &mine.server.name
            ),
        )),
        Err(error) => {
            let wrong = forms::of_media(error)?;
            draw(&site, &visitor, &mine, &picked, &upload.form, &wrong).await
        }
    }
}

async fn draw(
    site: &Site,
    visitor: &SignedIn,
    mine: &MyShare,
    picked: &Picked,
    typed: &Posted,
    wrong: &Wrong,
) -> PageResult {
    let reader = &visitor.reader;
    let library = LibraryId::parse(&picked.library).ok_or(PageError::NotFound)?;
    let servers = site.tools.servers();
    let viewer = Viewer::Member(&mine.share);
    let chosen = browse::choose(&servers, viewer, (&library, &picked.item)).await?;
    if chosen.item.kind != ItemKind::Video {
        return Err(PageError::NotFound);
    }
    let here = own::path(&mine.share.id, WHAT);
    let there = subtitles::address(&here, &library, &picked.item);
    let form = subtitles::form(there, &visitor.csrf, typed)
        .errors(&wrong.errors)
        .cancel(here);
    let body = html! { (wrong.notice(reader)) (form.render(reader)) };
    let title = chosen.item.full_title();
    let intro = t!(
        "For {title} on {server}.",
        title = title,
        server = chosen.server.name
    );
    let head = (t!("Add subtitles"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}

/// What was given before, and how far it is.
fn before(reader: &Reader, given: &[Upload]) -> Markup {
    let rows = ui::rows().rows(given.iter().map(|one| {
        let (tone, sentence) = stands(one);
        ui::row(reader, tone, "messages", &Text::verbatim(&one.title)).say(reader, &sentence)
    }));
    html! {
        @if !given.is_empty() {
            (ui::section(reader, &t!("What you gave"), None, &rows.render(reader)))
        }
    }
}

fn stands(one: &Upload) -> (Tone, Text) {
    let at = Arg::Moment(one.given_at);
    let reason = one.reason.clone().unwrap_or(Text::verbatim(""));
    match one.state {
        UploadState::Kept | UploadState::Sent if one.reason.is_none() => (
            Tone::Info,
            t!("Given at {moment}; on its way to the server.", moment = at),
        ),
        UploadState::Kept | UploadState::Sent => (
            Tone::Warn,
            t!(
                "Given at {moment}. {reason} We try again by ourselves.",
                moment = at,
                reason = reason
            ),
        ),
        UploadState::Done => (
            Tone::Good,
            t!("Given at {moment}; the server has it.", moment = at),
        ),
        UploadState::Failed => (
            Tone::Bad,
            t!(
                "Given at {moment}. It did not work: {reason}",
                moment = at,
                reason = reason
            ),
        ),
    }
}
