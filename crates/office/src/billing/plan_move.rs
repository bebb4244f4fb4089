//! Everybody onto the newest version of a plan: who it is about, what changes for them, and the order to do it.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use billing::entitlements::Entitlements as Own;
use billing::plan::{self, Plan, PlanVersion};
use billing::subscription::{self, OnVersion};
use kit::{FormErrors, Reader, Text, t};
use maud::{Markup, html};
use media::Entitlements;
use media::entitlements::SECTION;
use media::group::Group;
use ui::{Crumb, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::plan::{found, href};
use crate::{desk, menu, typed};

/// Some people on an earlier version, and what the newest takes from them and gives them.
pub struct Step {
    pub version: PlanVersion,
    pub people: i64,
    loses: Vec<String>,
    gains: Vec<String>,
}

/// What a version gives, one line each; groups by name.
fn given(reader: &Reader, groups: &[Group], version: &PlanVersion) -> BTreeSet<String> {
    let opened = Entitlements::parse(version.section(SECTION)).unwrap_or_default();
    let libraries = groups
        .iter()
        .filter(|group| opened.groups.contains(&group.id))
        .map(|group| reader.say(&t!("Libraries: {group}", group = group.title())));
    let rights = opened.summary().into_iter().map(|line| reader.say(&line));
    let seats = i64::from(Own::of(version).seats);
    let linked = Text::counted(seats, "One linked member", "{n} linked members");
    libraries
        .chain(rights)
        .chain([reader.say(&linked)])
        .collect()
}

/// Those on earlier versions, newest first; empty if everybody has the newest.
pub async fn steps(site: &Site, reader: &Reader, plan: &Plan) -> Result<Vec<Step>, PageError> {
    let on = subscription::by_version(&site.db, &plan.id).await?;
    let groups = media::group::list(&site.db).await?;
    let new = given(reader, &groups, &plan.version);
    let versions = plan::versions_of(&site.db, &plan.id).await?;
    let older = versions
        .into_iter()
        .filter(|version| version.id != plan.version.id);
    let steps = older.filter_map(|version| {
        let people = people_on(&on, &version);
        let old = given(reader, &groups, &version);
        (people > 0).then(|| Step {
            version,
            people,
            loses: old.difference(&new).cloned().collect(),
            gains: new.difference(&old).cloned().collect(),
        })
    });
    Ok(steps.collect())
}

pub fn people_on(on: &[OnVersion], version: &PlanVersion) -> i64 {
    on.iter()
        .find(|row| row.version == version.id)
        .map_or(0, |row| row.n)
}

/// `GET /office/plans/{id}/move`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let plan = found(&site, &id).await?;
    page(
        &site,
        &staff,
        &plan,
        &Posted::default(),
        &FormErrors::default(),
    )
    .await
}

/// `POST /office/plans/{id}/move`
pub async fn save(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let plan = found(&site, &id).await?;
    let mut errors = FormErrors::default();
    let reason = typed::reason(&form, &mut errors);
    if !errors.is_empty() {
        return page(&site, &staff, &plan, &form, &errors).await;
    }
    let mut tx = site.db.begin(staff.actor()).await?;
    plan::move_everybody(&mut tx, &plan.id, &reason).await?;
    tx.save().await?;
    let words = t!("They are being moved; the versions below count down as it goes on.");
    Ok(Done::at(&site, &href(&plan, ""), words))
}

async fn page(
    site: &Site,
    staff: &Staff,
    plan: &Plan,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let steps = steps(site, &staff.reader, plan).await?;
    let name = Text::verbatim(plan.version.name.clone());
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Plans"), menu::PLANS),
            Crumb::new(name, href(plan, "")),
        ],
        intro: Some(t!(
            "Nothing is charged or refunded, and the time they have stays. Streams that are running go on."
        )),
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::parts(t!("Move everybody to the newest version"), menu::PLANS)
    };
    desk::page(site, staff, parts, body(staff, plan, &steps, typed, errors)).await
}

fn body(staff: &Staff, plan: &Plan, steps: &[Step], typed: &Posted, errors: &FormErrors) -> Markup {
    let reader = &staff.reader;
    if steps.is_empty() {
        return html! { p { (reader.say(&t!("Everybody who has this plan has its newest version."))) } };
    }
    let people = steps.iter().map(|step| step.people).sum();
    let form = ui::form(href(plan, "/move"), &staff.csrf)
        .field(
            field::text("reason", t!("Reason"))
                .hint(t!(
                    "It stands in the time line of each of them, with your name."
                ))
                .longest(500)
                .required(),
        )
        .submit(Text::counted(people, "Move one member", "Move {n} members"))
        .cancel(href(plan, ""))
        .typed(|name| typed.all(name).to_vec())
        .errors(errors);
    html! { (preview(reader, steps)) (form.render(reader)) }
}

fn preview(reader: &Reader, steps: &[Step]) -> Markup {
    let lines = |lines: &[String]| {
        html! {
            @for line in lines { p { (line) } }
            @if lines.is_empty() { (reader.say(&t!("Nothing"))) }
        }
    };
    let table = ui::table("moves")
        .caption(t!("What changes"))
        .column(t!("Has version"), |step: &Step| {
            ui::number(reader, step.version.number)
        })
        .column(t!("Members"), |step| ui::number(reader, step.people))
        .column(t!("Loses"), |step| lines(&step.loses))
        .column(t!("Gains"), |step| lines(&step.gains))
        .render_rows(reader, steps);
    ui::card(t!("What changes")).flush().render(reader, &table)
}
