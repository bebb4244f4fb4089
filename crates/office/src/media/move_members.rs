//! Moving members of a server to another: who, where to, what will happen to each of them, and the order to do it.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kit::id::{Id, ServerId};
use kit::{FormErrors, PageAsked, Text, t};
use lists::members::{MemberFilter, MemberRow, page};
use lists::moves::{self, Chosen, Preview};
use maud::{Markup, html};
use media::moving::outlook::{Check, Grade};
use media::moving::{self, NewMove, Prospect};
use media::server::ServerState;
use media::{Server, group, server};
use serde::Deserialize;
use ui::{Crumb, Span, Tone, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::server::found;
use crate::address::Address;
use crate::{desk, menu, typed, words};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    after: String,
}

fn href(server: &Server, act: &str) -> String {
    format!("/office/servers/{}/move{act}", server.id)
}

fn parts(server: &Server, step: usize) -> ConsoleParts {
    let title = match step {
        0 => t!("Who is to be moved?"),
        _ => t!("Move members to another server"),
    };
    ConsoleParts {
        path: vec![
            Crumb::new(t!("Servers"), menu::SERVERS),
            Crumb::new(
                Text::verbatim(server.name.clone()),
                format!("/office/servers/{}", server.id),
            ),
        ],
        ..desk::parts(title, menu::SERVERS)
    }
}

/// `GET /office/servers/{id}/move`: who is to be moved.
pub async fn choose(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let server = found(&site, &id).await?;
    let reader = &staff.reader;
    let filter = MemberFilter {
        search: asked.q.clone(),
        server: Some(server.id.clone()),
        by_name: true,
        ..MemberFilter::default()
    };
    let members = page(&site.db, &filter, &desk::asked(&asked.after)).await?;
    let address = Address::to(href(&server, "")).with("q", &asked.q);
    let table = ui::table("members")
        .caption(t!("Members on this server"))
        .column(t!("Member"), |row: &MemberRow| {
            ui::person_with(&row.name, row.email.as_deref().unwrap_or_default())
        })
        .column(t!("Plan"), |row| {
            words::or_nothing(reader, row.plan.as_deref())
        })
        .column(t!("Status"), |row| match row.status {
            Some(status) => words::status(reader, status),
            None => ui::nothing(reader),
        })
        .select("member", |row| row.id.to_string(), |row| row.name.clone())
        .empty(t!("Nobody who fits is on this server."))
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, &members);
    let buttons = [ui::button(t!("The chosen ones…"))
        .value("who", "chosen")
        .primary()
        .render(reader)];
    let body = html! {
        (ui::filters(href(&server, "")).search("q", &asked.q, t!("Name or address")).render(reader))
        (ui::bulk_bar(reader, "members", &href(&server, "/preview"), &staff.csrf, &buttons, &table))
    };
    let words = t!("Everybody on {server}…", server = server.name.as_str());
    let everybody = ui::post_button(href(&server, "/preview"), &staff.csrf, words)
        .value("who", "everybody")
        .primary();
    let mut parts = parts(&server, 0);
    parts.actions = Some(everybody.render(reader));
    parts.intro = Some(t!(
        "Payments, terms and sign-ins stay as they are. Nothing happens before you have seen what will, and said yes."
    ));
    desk::page(&site, &staff, parts, body).await
}

/// What the form says so far.
struct Wish {
    chosen: Chosen,
    target: Option<ServerId>,
    gone: bool,
}

impl Wish {
    /// `None`: nobody was chosen.
    fn read(form: &Posted) -> Option<Self> {
        let chosen = if form.text("who") == "everybody" {
            Chosen::Everybody
        } else {
            moves::chosen(form.all("member").iter().map(String::as_str))
        };
        let is_nobody = matches!(&chosen, Chosen::These(members) if members.is_empty());
        (!is_nobody).then(|| Self {
            chosen,
            target: ServerId::parse(form.text("target")),
            gone: form.ticked("gone"),
        })
    }

    /// The same wish in a form that goes on from here.
    fn carried(&self, mut form: ui::Form) -> ui::Form {
        match &self.chosen {
            Chosen::Everybody => form = form.hidden("who", "everybody"),
            Chosen::These(members) => {
                for member in members {
                    form = form.hidden("member", member.as_str());
                }
            }
        }
        form
    }

    async fn preview(&self, site: &Site, source: &Server) -> Result<Option<Preview>, PageError> {
        let Some(target) = self.target.as_ref().filter(|id| **id != source.id) else {
            return Ok(None);
        };
        let makers = &site.tools.makers;
        let between = (source, target);
        Ok(moves::preview(&site.db, makers, between, self.gone, &self.chosen).await?)
    }
}

/// `POST /office/servers/{id}/move/preview`: where to, and what will happen.
pub async fn preview(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let server = found(&site, &id).await?;
    let Some(wish) = Wish::read(&form) else {
        return Ok(nobody(&site, &server));
    };
    draw(&site, &staff, &server, &wish, &form, &FormErrors::default()).await
}

fn nobody(site: &Site, server: &Server) -> axum::response::Response {
    let words = t!("Nobody was chosen. Tick the members first, or choose everybody.");
    Done::not_at(site, &href(server, ""), words)
}

async fn draw(
    site: &Site,
    staff: &Staff,
    server: &Server,
    wish: &Wish,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let reader = &staff.reader;
    let others = server::list(&site.db).await?;
    let preview = wish.preview(site, server).await?;
    let where_to = where_to(staff, server, &others, wish, typed.has("asked"));
    let body = html! {
        (ui::card(t!("Where to")).render(reader, &where_to))
        @if let Some(preview) = &preview {
            (checked(site, staff, preview).await?)
            (foreseen(staff, server, preview))
            (confirm(staff, server, wish, preview, typed, errors))
        }
    };
    let mut parts = parts(server, 1);
    parts.status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    desk::page(site, staff, parts, body).await
}

fn where_to(
    staff: &Staff,
    server: &Server,
    others: &[Server],
    wish: &Wish,
    was_asked: bool,
) -> Markup {
    let chosen = wish.target.as_ref().map(ServerId::as_str);
    let target = others.iter().filter(|other| other.id != server.id).fold(
        field::select("target", t!("Target"))
            .value(chosen.unwrap_or_default())
            .required(),
        |field, other| field.option(other.id.as_str(), Text::verbatim(other.name.clone())),
    );
    // A server that was replaced by another installation is most likely why somebody is here.
    let gone = wish.gone || (!was_asked && server.state == ServerState::Replaced);
    let lost = field::tick("gone", t!("The old server is gone"), gone).hint(t!(
        "For a server that was replaced, or an owner account that was lost: everybody ends there at once, and is let in or invited anew on the target."
    ));
    wish.carried(ui::form(href(server, "/preview"), &staff.csrf).id("where"))
        .hidden("asked", "yes")
        .field(target)
        .field(lost)
        .submit(t!("See what will happen"))
        .cancel(href(server, ""))
        .render(&staff.reader)
}

async fn checked(site: &Site, staff: &Staff, preview: &Preview) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let groups = group::list(&site.db).await?;
    let missing = groups
        .iter()
        .filter(|group| preview.missing_groups.contains(&group.id))
        .map(|group| {
            let sentence = t!(
                "{server} has no library in the group {group}; members whose plans open it stay.",
                server = preview.target.server.name.as_str(),
                group = group.title()
            );
            Check::new(Grade::Warn, sentence)
        });
    let rows = ui::rows().rows(preview.checks.iter().cloned().chain(missing).map(|check| {
        let (tone, icon) = match check.grade {
            Grade::Ok => (Tone::Good, "check"),
            Grade::Warn => (Tone::Warn, "warning"),
            Grade::Blocking => (Tone::Bad, "cross"),
        };
        let word = match check.grade {
            Grade::Ok => t!("Fine"),
            Grade::Warn => t!("Mind this"),
            Grade::Blocking => t!("In the way"),
        };
        ui::row(reader, tone, icon, &check.sentence).state(ui::badge(reader, tone, &word))
    }));
    Ok(ui::card(t!("Checked beforehand"))
        .flush()
        .render(reader, &rows.render(reader)))
}

fn foreseen(staff: &Staff, server: &Server, preview: &Preview) -> Markup {
    let reader = &staff.reader;
    let goal = preview.goal(server);
    let table = ui::table("foreseen")
        .caption(t!("What will happen"))
        .column(t!("Member"), |one: &Prospect| {
            ui::person(reader, Some(&one.name))
        })
        .column(
            t!("What will happen"),
            |one| html! { (reader.say(&one.sentence(&goal))) },
        )
        .column(t!("Comes along"), |one| match one.obstacle {
            None => ui::badge(reader, Tone::Good, &t!("Yes")),
            Some(_) => ui::badge(reader, Tone::Warn, &t!("Stays")),
        })
        .row_link(|one| format!("/office/members/{}", one.member))
        .empty(t!("Nobody is on this server."))
        .render_rows(reader, &preview.prospects);
    let counts = counts(preview);
    let line = counts
        .into_iter()
        .reduce(|all, next| t!("{first} {next}", first = all, next = next))
        .unwrap_or_else(|| t!("Nobody is on this server."));
    html! {
        p { (reader.say(&line)) }
        (ui::card(t!("What will happen")).span(Span::Full).flush().render(reader, &table))
    }
}

/// How many there are of each outcome, a sentence each.
fn counts(preview: &Preview) -> Vec<Text> {
    use moving::Outlook::{
        Accepted, Already, AsSuspended, Chooses, Invited, Made, Restored, ShowsAccount, Stays,
    };
    let n = |outlook| {
        let alike = preview
            .prospects
            .iter()
            .filter(|one| one.outlook == outlook);
        i64::try_from(alike.count()).unwrap_or(i64::MAX)
    };
    let all = [
        (n(Already), t!("{n} are there already.", n = n(Already))),
        (
            n(Made) + n(Restored),
            t!("{n} are let in at once.", n = n(Made) + n(Restored)),
        ),
        (
            n(Accepted),
            t!("{n} are invited, and accepted for them.", n = n(Accepted)),
        ),
        (
            n(Invited),
            t!("{n} are invited and must accept.", n = n(Invited)),
        ),
        (
            n(ShowsAccount),
            t!(
                "{n} must sign in with the platform first.",
                n = n(ShowsAccount)
            ),
        ),
        (
            n(Chooses),
            t!("{n} must choose a name and a password.", n = n(Chooses)),
        ),
        (
            n(AsSuspended),
            t!(
                "{n} have no access now and are moved like that.",
                n = n(AsSuspended)
            ),
        ),
        (n(Stays), t!("{n} cannot be moved.", n = n(Stays))),
    ];
    all.into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(_, text)| text)
        .collect()
}

fn confirm(
    staff: &Staff,
    server: &Server,
    wish: &Wish,
    preview: &Preview,
    typed: &Posted,
    errors: &FormErrors,
) -> Markup {
    let reader = &staff.reader;
    if preview.obstacle().is_some() || preview.going() == 0 {
        return ui::notice(Tone::Warn, t!("Nothing can be begun like this"))
            .sentence(t!(
                "The lines above say what is in the way. Put it right, then look again."
            ))
            .render(reader);
    }
    let going = i64::try_from(preview.going()).unwrap_or(i64::MAX);
    let mut form = wish
        .carried(ui::form(href(server, ""), &staff.csrf))
        .hidden("asked", "yes")
        .hidden("target", preview.target.server.id.as_str());
    if wish.gone {
        form = form.hidden("gone", "yes");
    }
    let form = form
        .field(
            field::text("reason", t!("Reason"))
                .hint(t!(
                    "It stands in the events of both servers, with your name."
                ))
                .longest(500)
                .value(typed.text("reason"))
                .required(),
        )
        .submit(Text::counted(going, "Move one member", "Move {n} members"))
        .cancel(href(server, ""))
        .errors(errors);
    ui::card(t!("Do it")).render(reader, &form.render(reader))
}

/// `POST /office/servers/{id}/move`: begins it.
pub async fn begin(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let server = found(&site, &id).await?;
    let Some(wish) = Wish::read(&form) else {
        return Ok(nobody(&site, &server));
    };
    let mut errors = FormErrors::default();
    let reason = typed::reason(&form, &mut errors);
    let preview = wish.preview(&site, &server).await?;
    let preview = preview.filter(|preview| preview.obstacle().is_none() && errors.is_empty());
    let Some(preview) = preview else {
        return draw(&site, &staff, &server, &wish, &form, &errors).await;
    };
    let new = NewMove {
        source: server.id.clone(),
        target: preview.target.server.id.clone(),
        source_gone: wish.gone,
        reason,
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    let begun = moving::begin(&mut tx, &new, &preview.prospects).await?;
    tx.save().await?;
    let words = t!("The move has begun. You can go on working; this page shows how far it is.");
    Ok(Done::at(&site, &super::moves::href(&begun.id), words))
}

/// Whether there is anywhere to move to, and anybody to move.
pub async fn is_possible(site: &Site, server: &Server) -> Result<bool, PageError> {
    let filter = MemberFilter {
        server: Some(server.id.clone()),
        ..MemberFilter::default()
    };
    let anybody = page(&site.db, &filter, &PageAsked::first(1)).await?;
    Ok(!anybody.rows.is_empty() && server::list(&site.db).await?.len() > 1)
}
