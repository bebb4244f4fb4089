//! Users of a server: whose they are, and linking those that are nobody's after a preview.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use billing::plan::{Plan, PlanKind};
use flows::told_at_once::link_users::{self, Because, Row, Terms};
use flows::told_at_once::new_member::Until;
use kit::id::{Id, MemberId, PlanId, RemoteUserId};
use kit::{FormErrors, PageOf, Text, Timestamp, t};
use maud::{Markup, html};
use media::Server;
use media::link::{Change, Wish};
use media::remote_user::{self, SeenUser, Whose};
use people::role::Permission;
use serde::Deserialize;
use ui::field::{self, Field};
use ui::{Crumb, Tone};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::server::found;
use crate::address::Address;
use crate::{desk, menu, typed, words};

/// One form links so many at most; more go in a second turn.
const AT_A_TIME: usize = 500;
/// A transaction stays short.
const CHUNK: usize = 25;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    whose: String,
    after: String,
}

impl Asked {
    fn whose(&self) -> Whose {
        match self.whose.as_str() {
            "all" => Whose::Everybody,
            "ours" => Whose::Ours,
            _ => Whose::NotOurs,
        }
    }
}

fn href(server: &Server, act: &str) -> String {
    format!("/office/servers/{}/users{act}", server.id)
}

fn parts(server: &Server, title: Text) -> ConsoleParts {
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

/// `GET /office/servers/{id}/users`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let server = found(&site, &id).await?;
    let users = remote_user::list(
        &site.db,
        &server.id,
        asked.whose(),
        &desk::asked(&asked.after),
    )
    .await?;
    let reader = &staff.reader;
    let address = Address::to(href(&server, "")).with("whose", &asked.whose);
    let bar = ui::filters(href(&server, ""))
        .chip(
            t!("Not yours"),
            address.with("whose", ""),
            asked.whose() == Whose::NotOurs,
        )
        .chip(
            t!("Members"),
            address.with("whose", "ours"),
            asked.whose() == Whose::Ours,
        )
        .chip(
            t!("Everybody"),
            address.with("whose", "all"),
            asked.whose() == Whose::Everybody,
        );
    let list = table(&site, &staff, &users, &address).await?;
    let may_link = staff.may(Permission::MembersChange)
        && asked.whose() == Whose::NotOurs
        && !users.rows.is_empty();
    let body = html! {
        (bar.render(reader))
        @if may_link {
            (ui::bulk_bar(reader, "users", &href(&server, "/preview"), &staff.csrf,
                &[ui::button(t!("Link to members…")).render(reader)], &list))
        } @else { (list) }
    };
    let mut parts = parts(&server, t!("Users"));
    parts.intro = Some(t!(
        "Users that nobody linked are not yours: they are shown, and never changed."
    ));
    desk::page(&site, &staff, parts, body).await
}

async fn table(
    site: &Site,
    staff: &Staff,
    users: &PageOf<SeenUser>,
    address: &Address,
) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let ids: Vec<MemberId> = users
        .rows
        .iter()
        .filter_map(|user| user.member_id.clone())
        .collect();
    let names = lists::names::of_members(&site.db, &ids).await?;
    let names = &names;
    let mut table = ui::table("users")
        .caption(t!("Users"))
        .column(t!("User"), |row: &SeenUser| html! {
            (row.name)
            @if row.is_administrator { " " (ui::badge(reader, Tone::Info, &t!("Administrator"))) }
        })
        .column(t!("Whose"), move |row| html! {
            @if let Some(id) = &row.member_id {
                @let name = names.get(id.as_str()).map_or("", String::as_str);
                (ui::link(&format!("/office/members/{id}"), name))
            } @else { (reader.say(&t!("Not yours"))) }
        })
        .column(t!("Door"), |row| html! { (reader.say(&words::door(row.door))) })
        .column(t!("Last active"), |row| {
            if row.last_active_at > Timestamp::EPOCH { ui::ago(reader, row.last_active_at) } else { ui::nothing(reader) }
        })
        .column(t!("First seen"), |row| ui::date(reader, row.first_seen_at))
        .minor()
        .row_state(|row| if row.gone_since.is_never() { "living" } else { "ended" })
        .empty(t!("Nobody of this kind is on the server."))
        .next(move |mark| address.with("after", mark).to_string());
    if staff.may(Permission::MembersChange) && users.rows.iter().any(|user| !user.is_ours()) {
        table = table.select("user", |row| row.id.to_string(), |row| row.name.clone());
    }
    Ok(table.render(reader, users))
}

fn wishes(form: &Posted) -> Vec<Wish> {
    let member = MemberId::parse(form.text("member").trim());
    form.all("user")
        .iter()
        .filter_map(|id| RemoteUserId::parse(id))
        .take(AT_A_TIME)
        .map(|user| Wish {
            user,
            member: member.clone(),
        })
        .collect()
}

/// `POST /office/servers/{id}/users/preview`
pub async fn preview(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let server = found(&site, &id).await?;
    if wishes(&form).is_empty() {
        return Ok(Done::not_at(
            &site,
            &href(&server, ""),
            t!("Nobody was chosen. Tick the users first."),
        ));
    }
    draw_preview(&site, &staff, &server, &form, &FormErrors::default()).await
}

async fn draw_preview(
    site: &Site,
    staff: &Staff,
    server: &Server,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let reader = &staff.reader;
    let wishes = wishes(typed);
    let rows = link_users::preview(&site.db, server, &wishes).await?;
    let plans = billing::plan::list(&site.db).await?;
    let plan = plan_field(&plans, typed);
    let mut form = ui::form(href(server, "/link"), &staff.csrf).errors(errors);
    for wish in &wishes {
        form = form.hidden("user", wish.user.as_str());
    }
    if wishes.len() == 1 {
        form = form.field(
            field::text("member", t!("Member’s number"))
                .value(typed.text("member"))
                .hint(t!("If they are a member already: the number from their page. Empty: a new member is made.")),
        );
    }
    let form = form
        .field(plan)
        .field(how_long(typed))
        .field(
            field::date("until", t!("Until"))
                .value(typed.text("until"))
                .hint(t!("The last day of access, for all of them.")),
        )
        .submit(t!("Link them"))
        .cancel(href(server, ""));
    let body = html! {
        (ui::card(t!("What will happen")).flush().render(reader, &preview_rows(staff, &rows)))
        (ui::card(t!("What they get")).render(reader, &form.render(reader)))
    };
    let mut parts = parts(server, t!("Link users to members"));
    parts.intro = Some(t!(
        "Nobody is invited anew and nothing is charged. From then on the house looks after them: libraries and rights follow the plan."
    ));
    parts.status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    desk::page(site, staff, parts, body).await
}

/// The default plan is chosen, if none was.
fn plan_field(plans: &[Plan], typed: &Posted) -> Field {
    let memberships = plans
        .iter()
        .filter(|plan| plan.kind() == PlanKind::Membership);
    let default = plans.iter().find(|plan| plan.is_default);
    let chosen = match (typed.text("plan"), default) {
        ("", Some(plan)) => plan.id.as_str(),
        (typed, _) => typed,
    };
    memberships
        .fold(field::select("plan", t!("Plan")), |field, plan| {
            field.option(plan.id.as_str(), Text::verbatim(plan.version.name.clone()))
        })
        .value(chosen)
        .required()
}

fn how_long(typed: &Posted) -> Field {
    let chosen = match typed.text("time") {
        "" => "period",
        typed => typed,
    };
    field::cards("time", t!("How long"))
        .value(chosen)
        .explained(
            "period",
            t!("One period of the plan"),
            t!("As long as its first price says, from today."),
        )
        .explained("day", t!("Until a day"), t!("Choose it below."))
        .explained(
            "permanent",
            t!("Permanent"),
            t!("They never expire and are never limited."),
        )
}

fn preview_rows(staff: &Staff, rows: &[Row]) -> Markup {
    let reader = &staff.reader;
    ui::rows()
        .rows(rows.iter().map(|row| {
            match &row.change {
                Change::Link {
                    name, member: None, ..
                } => ui::row(
                    reader,
                    Tone::Good,
                    "link",
                    &t!("{name} becomes a new member", name = name.as_str()),
                ),
                Change::Link { name, .. } => ui::row(
                    reader,
                    Tone::Good,
                    "link",
                    &t!("{name} is linked to the member", name = name.as_str()),
                )
                .detail(html! {
                    @if let Some(because) = why(row.because) { (reader.say(&because)) }
                }),
                Change::Leave { name, reason, .. } => ui::row(
                    reader,
                    Tone::Warn,
                    "minus",
                    &t!("{name} stays as they are", name = name.as_str()),
                )
                .say(reader, reason),
            }
        }))
        .empty(t!("None of them is on the server any more."))
        .render(reader)
}

fn why(because: Because) -> Option<Text> {
    match because {
        Because::Asked => None,
        Because::SameAccount => Some(t!(
            "They are a member already: it is the same account of the platform. Nobody gets time twice."
        )),
        Because::SameAddress => Some(t!(
            "They are a member already: the platform writes to the same address. Nobody gets time twice."
        )),
    }
}

/// `POST /office/servers/{id}/users/link`
pub async fn link(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let server = found(&site, &id).await?;
    let mut errors = FormErrors::default();
    let terms = terms(&site, &form, &mut errors).await?;
    let Some(terms) = terms.filter(|_| errors.is_empty()) else {
        return draw_preview(&site, &staff, &server, &form, &errors).await;
    };
    let rows = link_users::preview(&site.db, &server, &wishes(&form)).await?;
    let linked = apply(&site, &staff, &server, &rows, &terms).await?;
    let words = Text::counted(linked, "One user is linked.", "{n} users are linked.");
    Ok(Done::at(&site, &href(&server, ""), words))
}

async fn terms(
    site: &Site,
    form: &Posted,
    errors: &mut FormErrors,
) -> Result<Option<Terms>, PageError> {
    let zone = site.settings().await?.zone();
    let plan: Option<PlanId> = errors.keep("plan", typed::id(form, "plan"));
    let end = errors
        .keep("until", typed::end_of_day(form, "until", &zone))
        .flatten();
    let until = match (form.text("time"), end) {
        ("permanent", _) => Some(Until::Permanent),
        ("day", Some(end)) => Some(Until::Day(end)),
        ("day", None) => {
            if errors.of("until").is_none() {
                errors.add("until", t!("Please choose the last day."));
            }
            None
        }
        _ => match &plan {
            Some(plan) => Some(Until::For(link_users::period_of(&site.db, plan).await?)),
            None => None,
        },
    };
    Ok(plan.zip(until).map(|(plan, until)| Terms { plan, until }))
}

/// In chunks, each a transaction of its own: what was linked stays linked if a later chunk fails.
async fn apply(
    site: &Site,
    staff: &Staff,
    server: &Server,
    rows: &[Row],
    terms: &Terms,
) -> Result<i64, PageError> {
    let mut linked = 0;
    for chunk in rows.chunks(CHUNK) {
        let mut tx = site.db.begin(staff.actor()).await?;
        for row in chunk {
            if link_users::apply(&mut tx, &server.id, &row.change, terms)
                .await?
                .is_some()
            {
                linked += 1;
            }
        }
        tx.save().await?;
    }
    Ok(linked)
}
