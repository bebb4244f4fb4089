//! Something that should be there is not: the member has the server look again at it, or at the folder around it.

use axum::extract::{Path, Query, State};
use kit::id::{Id, LibraryId};
use kit::{Arg, Reader, Text, t};
use lists::my_account::MyShare;
use maud::{Markup, html};
use media::browse::Viewer;
use media::help::RemoteItem;
use media::scan::{self, Scan, ScanState};
use ui::Tone;
use web::shelf::{self, Asked};
use web::{CheckedForm, Done, PageError, PageResult, SignedIn, Site};

use crate::account::frame;
use crate::forms::{self, Wrong};
use crate::media::own;

const WHAT: &str = "missing";

/// `GET /account/watching/{share}/missing`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    draw(&site, &visitor, &mine, &asked, &Wrong::default()).await
}

/// `POST /account/watching/{share}/missing`
pub async fn ask(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    form: CheckedForm,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    let library = LibraryId::parse(&asked.library).ok_or(PageError::NotFound)?;
    let what = (&library, form.text("item"));
    let viewer = Viewer::Member(&mine.share);
    match scan::ask(&site.tools.servers(), visitor.actor(), viewer, what).await {
        Ok(_) => Ok(Done::at(
            &site,
            &own::path(&mine.share.id, WHAT),
            t!(
                "{server} is asked to look again.",
                server = &mine.server.name
            ),
        )),
        Err(error) => draw(&site, &visitor, &mine, &asked, &forms::of_media(error)?).await,
    }
}

async fn draw(
    site: &Site,
    visitor: &SignedIn,
    mine: &MyShare,
    asked: &Asked,
    wrong: &Wrong,
) -> PageResult {
    let reader = &visitor.reader;
    let share = &mine.share;
    let scans = scan::list_of_member(&site.db, &share.member_id, &share.server_id).await?;
    let choice = {
        let here = own::path(&share.id, WHAT);
        shelf::read(&site.tools.servers(), Viewer::Member(share), &here, asked).await?
    };
    let button = |here: &str, _: &LibraryId, item: &RemoteItem| {
        ui::post_button(here, &visitor.csrf, t!("Look for missing media"))
            .value("item", item.id.as_str())
            .small()
            .render(reader)
    };
    let body = html! {
        (wrong.notice(reader))
        (before(reader, &choice.path, &scans))
        (choice.draw(reader, &button))
    };
    let intro = t!(
        "Choose what is missing or does not play on {server}, or the series or folder that it belongs to. The server then looks at its files again.",
        server = mine.server.name.clone()
    );
    let head = (t!("Something is missing"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}

/// What was asked for before, and how far it is.
fn before(reader: &Reader, here: &str, scans: &[Scan]) -> Markup {
    let rows = ui::rows().rows(scans.iter().map(|scan| {
        let (tone, sentence) = stands(scan);
        ui::row(reader, tone, "refresh", &Text::verbatim(&scan.title)).say(reader, &sentence)
    }));
    let is_under_way = scans.iter().any(|scan| !scan.is_over());
    html! {
        @if !scans.is_empty() {
            (ui::section(reader, &t!("What you asked for"), None, &rows.render(reader)))
            @if is_under_way {
                p { a.link href=(here) { (reader.say(&t!("See how far it is"))) } }
            }
        }
    }
}

fn stands(scan: &Scan) -> (Tone, Text) {
    let at = Arg::Moment(scan.asked_at);
    match (scan.state, &scan.reason) {
        (ScanState::Asked, None) => (
            Tone::Info,
            t!("Asked at {moment}; the server is being told.", moment = at),
        ),
        (ScanState::Asked, Some(reason)) => (
            Tone::Warn,
            t!(
                "Asked at {moment}. {reason} We try again by ourselves.",
                moment = at,
                reason = reason.clone()
            ),
        ),
        (ScanState::Scanning, _) => (
            Tone::Info,
            t!("Asked at {moment}; the server is scanning.", moment = at),
        ),
        (ScanState::Done, _) => (
            Tone::Good,
            t!(
                "Asked at {moment}, done at {end}. Reload the page of it in your app.",
                moment = at,
                end = Arg::Moment(scan.ended_at)
            ),
        ),
        (ScanState::Failed, reason) => (
            Tone::Bad,
            t!(
                "Asked at {moment}. It did not work: {reason}",
                moment = at,
                reason = reason.clone().unwrap_or(Text::verbatim(""))
            ),
        ),
    }
}
