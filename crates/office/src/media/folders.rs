//! Scan a folder: staff have several servers look at a directory again, each with its own result.

use axum::extract::State;
use axum::http::StatusCode;
use kit::id::{Id, LibraryId};
use kit::{FormErrors, Text, t};
use maud::{Markup, html};
use media::folder::{self, Asked, Wanted};
use media::library::{self, Library};
use media::scan::ScanState;
use media::{Server, server};
use ui::{Form, Tone, field};
use web::{CheckedForm, Done, PageResult, Posted, Site, Staff};

use crate::{desk, menu};

const HERE: &str = "/office/folders";

/// `GET /office/folders`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    draw(&site, &staff, &Posted::default(), &FormErrors::default()).await
}

/// `POST /office/folders`
pub async fn scan(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let libraries = library::list(&site.db).await?;
    let wanted = match wanted(&libraries, &form) {
        Ok(wanted) => wanted,
        Err(errors) => return draw(&site, &staff, &form, &errors).await,
    };
    let mut begun = 0;
    let mut tx = site.db.begin(staff.actor()).await?;
    for one in &wanted {
        begun += i64::from(folder::ask(&mut tx, one).await?.is_some());
    }
    tx.save().await?;
    let words = match begun {
        0 => t!("These folders are being scanned already."),
        begun => Text::counted(
            begun,
            "One folder is scanned now. Reload to see how far it is.",
            "{n} folders are scanned now. Reload to see how far each is.",
        ),
    };
    Ok(Done::at(&site, HERE, words))
}

/// What is ticked, with what was typed below it. The form is not believed: both must be a library's own.
fn wanted(libraries: &[Library], form: &Posted) -> Result<Vec<Wanted>, FormErrors> {
    let mut errors = FormErrors::default();
    let mut wanted = Vec::new();
    for value in form.all("folder") {
        let Some((library, location)) = chosen(libraries, value) else {
            errors.add(
                "folder",
                t!("One of these folders is not there any more. Choose again."),
            );
            continue;
        };
        match folder::below(location, form.text("below")) {
            Ok(path) => wanted.push(Wanted {
                library: library.clone(),
                path,
            }),
            Err(text) => errors.add("below", text),
        }
    }
    if wanted.is_empty() && errors.is_empty() {
        errors.add("folder", t!("Choose at least one folder."));
    }
    if errors.is_empty() {
        Ok(wanted)
    } else {
        Err(errors)
    }
}

/// `lib_… 0`: a library and which of its folders.
fn chosen<'a>(libraries: &'a [Library], value: &str) -> Option<(&'a Library, &'a str)> {
    let (id, nth) = value.split_once(' ')?;
    let id = LibraryId::parse(id)?;
    let library = libraries
        .iter()
        .find(|library| library.id == id && !library.is_missing())?;
    let location = library.locations.0.get(nth.parse::<usize>().ok()?)?;
    Some((library, location))
}

async fn draw(site: &Site, staff: &Staff, typed: &Posted, errors: &FormErrors) -> PageResult {
    let servers = server::list(&site.db).await?;
    let libraries = library::list(&site.db).await?;
    let asked = folder::latest(&site.db).await?;
    let reader = &staff.reader;
    let body = html! {
        div.stack {
            (form(staff, &servers, &libraries, typed).errors(errors).render(reader))
            (results(staff, &asked))
        }
    };
    let mut parts = desk::below(t!("Scan a folder"), t!("Libraries"), menu::LIBRARIES);
    parts.intro = Some(t!(
        "Have servers look again at what lies in a folder, without scanning whole libraries."
    ));
    parts.status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    desk::page(site, staff, parts, body).await
}

fn form(staff: &Staff, servers: &[Server], libraries: &[Library], typed: &Posted) -> Form {
    let chosen = typed.all("folder").to_vec();
    let mut folders = field::ticks("folder", t!("Folders"), chosen).required();
    for library in libraries.iter().filter(|library| !library.is_missing()) {
        let server = servers.iter().find(|server| server.id == library.server_id);
        let server = server.map_or("", |server| server.name.as_str());
        for (nth, path) in library.locations.0.iter().enumerate() {
            let label = format!("{server} · {} · {path}", library.name);
            folders = folders.option(format!("{} {nth}", library.id), Text::verbatim(label));
        }
    }
    ui::form(HERE, &staff.csrf)
        .field(folders)
        .field(
            field::text("below", t!("Below it"))
                .value(typed.text("below"))
                .longest(400)
                .placeholder("Low Water/Season 2")
                .hint(t!(
                    "A folder inside of those above, as the server's disk has it. Empty: the whole folder."
                )),
        )
        .submit(t!("Scan"))
}

fn results(staff: &Staff, asked: &[Asked]) -> Markup {
    let reader = &staff.reader;
    ui::table("scans")
        .caption(t!("Scans that staff asked for"))
        .column(t!("What"), |row: &Asked| html! { (row.title) })
        .column(t!("Server"), |row| html! { (row.server_name) })
        .column(t!("State"), |row| {
            let (tone, word) = stands(row.state);
            html! {
                div {
                    (ui::badge(reader, tone, &word))
                    @if let Some(reason) = &row.reason { p.hint { (reader.say(reason)) } }
                }
            }
        })
        .column(t!("Asked"), |row| ui::moment(reader, row.asked_at))
        .empty(t!("No scan was asked for yet."))
        .render_rows(reader, asked)
}

fn stands(state: ScanState) -> (Tone, Text) {
    match state {
        ScanState::Asked => (Tone::Info, t!("Being passed on")),
        ScanState::Scanning => (Tone::Info, t!("Scanning")),
        ScanState::Done => (Tone::Good, t!("Done")),
        ScanState::Failed => (Tone::Bad, t!("Failed")),
    }
}
