//! A plan: what it opens, its prices, its versions.

use axum::extract::{Path, State};
use billing::plan::{self, Deleted, Plan, PlanVersion};
use billing::subscription::{self, OnVersion};
use kit::id::{Id, PlanId};
use kit::{Text, t};
use lists::offers::PlanOffer;
use maud::{Markup, html};
use media::Entitlements;
use media::entitlements::SECTION;
use people::role::Permission;
use ui::{Span, Tone};
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use super::plan_move::people_on;
use super::prices;
use crate::ask::{Ask, Here, ask};
use crate::{desk, menu, words};

/// The plan of an address.
pub async fn found(site: &Site, id: &str) -> Result<Plan, PageError> {
    let id = PlanId::parse(id).ok_or(PageError::NotFound)?;
    plan::find(&site.db, &id).await?.ok_or(PageError::NotFound)
}

pub fn href(plan: &Plan, act: &str) -> String {
    format!("/office/plans/{}{act}", plan.id)
}

/// Its page, for whatever is asked on it.
pub fn here(plan: &Plan) -> Here {
    let name = Text::verbatim(plan.version.name.clone());
    Here::new(menu::PLANS, name, href(plan, ""))
}

/// `GET /office/plans/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let plan = found(&site, &id).await?;
    let reader = &staff.reader;
    let offers = lists::offers::all(&site.db, site.now()).await?;
    let offer = offers.plans.iter().find(|offer| offer.plan.id == plan.id);
    let versions = plan::versions_of(&site.db, &plan.id).await?;
    let on = subscription::by_version(&site.db, &plan.id).await?;
    let body = html! {
        @if let Some(offer) = offer { (hidden(&staff, offer)) }
        (ui::grid(&[
            opened(&site, &staff, &plan).await?,
            prices::card(&site, &staff, &plan).await?,
        ]))
        (ui::grid(&[
            versions_card(&staff, &versions, &plan, &on),
            where_to(&staff, offer),
        ]))
    };
    let mut parts = desk::below(
        Text::verbatim(plan.version.name.clone()),
        t!("Plans"),
        menu::PLANS,
    );
    parts.intro = Some(plan.version.description.clone())
        .filter(|text| !text.is_empty())
        .map(Text::verbatim);
    if staff.may(Permission::PlansChange) && plan.archived_at.is_never() {
        parts.actions = Some(html! {
            (ui::link_button(href(&plan, "/edit"), t!("Change")).icon("edit").render(reader))
            @if plan.is_active {
                (ui::post_button(href(&plan, "/hide"), &staff.csrf, t!("Switch off")).render(reader))
            } @else {
                (ui::post_button(href(&plan, "/offer"), &staff.csrf, t!("Offer it")).primary().render(reader))
            }
            @if !plan.is_default {
                (ui::post_button(href(&plan, "/default"), &staff.csrf, t!("Make it the default")).quiet().render(reader))
                (deletion(&staff, &plan))
            }
        });
    }
    desk::page(&site, &staff, parts, body).await
}

fn deletion<'a>(staff: &'a Staff, plan: &Plan) -> Ask<'a> {
    ask(staff, "delete-plan", t!("Delete…"), href(plan, "/delete"))
        .question(t!("Delete the plan {plan}?", plan = plan.version.name.as_str()))
        .sentence(t!(
            "If it was ever sold it is archived instead: nobody can buy it, and what was sold goes on."
        ))
        .gravely(t!("Delete it"))
}

fn hidden(staff: &Staff, offer: &PlanOffer) -> Markup {
    html! {
        @for reason in &offer.hidden {
            (ui::notice(Tone::Warn, t!("Visitors cannot buy it now"))
                .sentence(reason.clone())
                .action(ui::link_button(menu::SERVERS, t!("Look at the servers")).render(&staff.reader))
                .render(&staff.reader))
        }
    }
}

async fn opened(site: &Site, staff: &Staff, plan: &Plan) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let opened = Entitlements::parse(plan.version.section(SECTION)).unwrap_or_default();
    let groups = media::group::list(&site.db).await?;
    let names: Vec<String> = groups
        .iter()
        .filter(|group| opened.groups.contains(&group.id))
        .map(|group| reader.say(&group.title()))
        .collect();
    let seats = billing::entitlements::Entitlements::of(&plan.version).seats;
    let list = |names: Vec<String>, none: &Text| {
        html! { @if names.is_empty() { (reader.say(none)) } @else { (names.join(", ")) } }
    };
    let members = format!("/office/members?plan={}", plan.id);
    let facts = ui::facts()
        .line(
            t!("Library groups"),
            list(names, &t!("None: it opens nothing.")),
        )
        .line(
            t!("It gives"),
            html! { @for line in opened.summary() { p { (reader.say(&line)) } } },
        )
        .line(t!("Linked members"), ui::number(reader, i64::from(seats)))
        .maybe(
            t!("Trial"),
            plan.version
                .trial()
                .map(|length| html! { (reader.say(&words::length(length))) }),
        )
        .line(
            t!("Who has it"),
            ui::link(&members, &reader.say(&t!("See the members"))),
        );
    Ok(ui::card(t!("What it opens"))
        .span(Span::Five)
        .render(reader, &facts.render(reader)))
}

fn versions_card(staff: &Staff, versions: &[PlanVersion], plan: &Plan, on: &[OnVersion]) -> Markup {
    let reader = &staff.reader;
    let table = ui::table("versions")
        .caption(t!("Versions"))
        .column(t!("Version"), |row: &PlanVersion| html! {
            (reader.number(row.number))
            @if row.id == plan.version.id { " " (ui::badge(reader, Tone::Good, &t!("Sold now"))) }
        })
        .column(t!("Name"), |row| html! { (row.name) })
        .column(t!("Members"), |row| ui::number(reader, people_on(on, row)))
        .column(t!("Made"), |row| ui::date(reader, row.created_at))
        .render_rows(reader, versions);
    let is_split = on.iter().any(|row| row.version != plan.version.id);
    let card = ui::card(t!("Versions")).span(Span::Seven).flush();
    if !is_split || !staff.may(Permission::PlansChange) {
        return card.render(reader, &table);
    }
    let words = t!("Move everybody to the newest…");
    card.aside(ui::link_button(href(plan, "/move"), words).render(reader))
        .render(reader, &table)
}

fn where_to(staff: &Staff, offer: Option<&PlanOffer>) -> Markup {
    let reader = &staff.reader;
    let servers = offer
        .map(|offer| offer.servers.as_slice())
        .unwrap_or_default();
    let rows = ui::rows()
        .rows(servers.iter().map(|offer| {
            let tone = if offer.obstacle.is_none() {
                Tone::Good
            } else {
                Tone::Neutral
            };
            let word = if offer.obstacle.is_none() {
                t!("Yes")
            } else {
                t!("No")
            };
            let row = ui::row(
                reader,
                tone,
                "servers",
                &Text::verbatim(offer.server_name.clone()),
            )
            .state(ui::badge(reader, tone, &word));
            let open = ui::link_button(
                format!("/office/servers/{}", offer.server),
                t!("Open the server"),
            );
            match &offer.obstacle {
                Some(reason) => row.say(reader, reason).action(open.small().render(reader)),
                None => row,
            }
        }))
        .empty(t!("No server serves this plan yet."));
    ui::card(t!("Where somebody new can have it"))
        .span(Span::Five)
        .flush()
        .render(reader, &rows.render(reader))
}

async fn changed(site: &Site, plan: &Plan, text: Text) -> PageResult {
    Ok(Done::at(site, &href(plan, ""), text))
}

/// `POST /office/plans/{id}/offer`
pub async fn offer(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    set_active(&site, &staff, &id, true).await
}

/// `POST /office/plans/{id}/hide`
pub async fn hide(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    set_active(&site, &staff, &id, false).await
}

async fn set_active(site: &Site, staff: &Staff, id: &str, is_active: bool) -> PageResult {
    let plan = found(site, id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    plan::set_active(&mut tx, &plan.id, is_active).await?;
    tx.save().await?;
    let words = if is_active {
        t!("It is offered now.")
    } else {
        t!("It is switched off; what was sold goes on.")
    };
    changed(site, &plan, words).await
}

/// `POST /office/plans/{id}/default`
pub async fn make_default(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let plan = found(&site, &id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    plan::make_default(&mut tx, &plan.id).await?;
    tx.save().await?;
    changed(&site, &plan, t!("It is the default plan now.")).await
}

/// `POST /office/plans/{id}/delete`
pub async fn delete_now(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let plan = found(&site, &id).await?;
    let done = delete(&site, &staff, &plan).await;
    deletion(&staff, &plan)
        .answer(&site, &here(&plan), &form, done)
        .await
}

async fn delete(site: &Site, staff: &Staff, plan: &Plan) -> PageResult {
    let mut tx = site.db.begin(staff.actor()).await?;
    let deleted = plan::delete(&mut tx, &plan.id).await?;
    tx.save().await?;
    let words = match deleted {
        Deleted::Gone => t!("The plan is gone; it was never sold."),
        Deleted::Archived => t!("The plan is archived. What was sold goes on."),
    };
    Ok(Done::at(site, menu::PLANS, words))
}
