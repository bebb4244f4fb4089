//! The form of a plan: what it is called, what it opens, how many may use it. Each owner of a section reads its
//! own fields.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use billing::entitlements::Entitlements as Own;
use billing::plan::{self, NewPlan, Plan, PlanKind, Sections};
use kit::{FormErrors, Length, Text, t};
use media::Entitlements;
use media::entitlements::{FIELDS, FieldKind, PlanField, SECTION, Spread, Targets};
use ui::field::{self, Field};
use ui::{Crumb, Form};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::plan::found;
use crate::{desk, menu, typed};

/// `GET /office/plans/new`
pub async fn new(staff: Staff, State(site): State<Site>) -> PageResult {
    let mut typed = Posted::default();
    typed.set("media_video_transcoding", "on");
    typed.set("position", "0");
    draw(&site, &staff, None, &typed, &FormErrors::default()).await
}

/// `GET /office/plans/{id}/edit`
pub async fn edit(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let plan = found(&site, &id).await?;
    let typed = typed_of(&plan);
    draw(&site, &staff, Some(&plan), &typed, &FormErrors::default()).await
}

fn typed_of(plan: &Plan) -> Posted {
    let mut typed = Posted::default();
    let version = &plan.version;
    typed.set("name", version.name.clone());
    typed.set("description", version.description.clone());
    typed.set("position", plan.position.to_string());
    if let Some(trial) = version.trial() {
        typed.set("trial", "on");
        typed.set("trial_count", trial.count.to_string());
        typed.set("trial_unit", trial.unit.word());
    }
    let seats = Own::of(version).seats;
    typed.set("seats", seats.to_string());
    let opened = Entitlements::parse(version.section(SECTION)).unwrap_or_default();
    typed.set("media_targets", opened.targets.word());
    typed.set("media_spread", opened.spread.word());
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    typed.set("media_streams", number(opened.streams));
    typed.set(
        "media_downloads_per_week",
        number(opened.downloads_per_week),
    );
    typed.set("media_devices", number(opened.devices));
    for (name, is_on) in [
        ("media_video_transcoding", opened.video_transcoding),
        ("media_four_k_transcoding", opened.four_k_transcoding),
        ("media_downloads", opened.downloads),
    ] {
        if is_on {
            typed.set(name, "on");
        }
    }
    typed.set(
        "media_groups",
        joined(opened.groups.iter().map(kit::id::GroupId::as_str)),
    );
    typed.set(
        "media_servers",
        joined(opened.servers.iter().map(kit::id::ServerId::as_str)),
    );
    typed
}

/// Stored choices stand in one value; typed ones in several of the same name.
fn joined<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(" ")
}

fn chosen(typed: &Posted, name: &str) -> Vec<String> {
    typed
        .all(name)
        .iter()
        .flat_map(|value| value.split_whitespace())
        .map(str::to_owned)
        .collect()
}

async fn draw(
    site: &Site,
    staff: &Staff,
    plan: Option<&Plan>,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let action = plan.map_or_else(
        || "/office/plans/new".to_owned(),
        |plan| format!("/office/plans/{}/edit", plan.id),
    );
    let form = ui::form(action, &staff.csrf)
        .errors(errors)
        .field(
            field::text("name", t!("Name"))
                .value(typed.text("name"))
                .longest(80)
                .required()
                .focus(),
        )
        .field(
            field::area("description", t!("Description"))
                .value(typed.text("description"))
                .hint(t!("A sentence or two, as visitors read it.")),
        )
        .field(
            field::number("position", t!("Place in the list"))
                .value(typed.text("position"))
                .hint(t!("Smaller comes first.")),
        );
    let form = trial_fields(form, typed)
        .heading(t!("What it opens"), Some(t!("On media servers.")))
        .fields(media_fields(site, typed).await?)
        .heading(t!("Seats"), None)
        .field(
            field::number("seats", t!("Linked members"))
                .value(typed.text("seats"))
                .hint(t!("Places for others beside the one who pays. 0: none."))
                .between(0, 100),
        )
        .submit(if plan.is_some() {
            t!("Save as a new version")
        } else {
            t!("Make the plan")
        })
        .cancel(plan.map_or_else(
            || menu::PLANS.to_owned(),
            |plan| format!("/office/plans/{}", plan.id),
        ));
    let parts = parts(plan, errors);
    desk::page(site, staff, parts, form.render(&staff.reader)).await
}

fn parts(plan: Option<&Plan>, errors: &FormErrors) -> ConsoleParts {
    let mut path = vec![Crumb::new(t!("Plans"), menu::PLANS)];
    let title = match plan {
        None => t!("New plan"),
        Some(plan) => {
            let name = Text::verbatim(plan.version.name.clone());
            path.push(Crumb::new(name, format!("/office/plans/{}", plan.id)));
            t!("Change the plan")
        }
    };
    ConsoleParts {
        path,
        intro: plan.map(|_| t!("Members who have it keep their version until you move them.")),
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::parts(title, menu::PLANS)
    }
}

fn trial_fields(form: Form, typed: &Posted) -> Form {
    form.field(
        field::tick("trial", t!("A free trial"), typed.ticked("trial")).hint(t!(
            "Everybody can have one once, for the time below. A trial has no price."
        )),
    )
    .field(
        field::number("trial_count", t!("Length"))
            .value(typed.text("trial_count"))
            .between(1, 365)
            .half(),
    )
    .field(
        field::select("trial_unit", t!("Unit"))
            .options([
                ("days", t!("days")),
                ("weeks", t!("weeks")),
                ("months", t!("months")),
            ])
            .value(typed.text("trial_unit"))
            .half(),
    )
}

/// Drawn as media declares them.
async fn media_fields(site: &Site, typed: &Posted) -> Result<Vec<Field>, PageError> {
    let groups = media::group::list_shareable(&site.db).await?;
    let servers = media::server::list(&site.db).await?;
    let one = |asked: &PlanField| {
        let (name, label) = (asked.name, asked.label.clone());
        match asked.kind {
            FieldKind::Groups => groups.iter().fold(
                field::ticks(name, label, chosen(typed, name)),
                |field, group| field.option(group.id.as_str(), group.title()),
            ),
            FieldKind::Servers => servers.iter().fold(
                field::ticks(name, label, chosen(typed, name)),
                |field, server| {
                    field.option(server.id.as_str(), Text::verbatim(server.name.clone()))
                },
            ),
            FieldKind::Targets => field::select(name, label)
                .option(Targets::Only.word(), t!("Nobody more gets in"))
                .option(Targets::First.word(), t!("Any other server will do"))
                .value(typed.text(name)),
            FieldKind::Spread => field::select(name, label)
                .option(Spread::One.word(), t!("One of them"))
                .option(Spread::All.word(), t!("All of them"))
                .value(typed.text(name)),
            FieldKind::Number => field::number(name, label)
                .value(typed.text(name))
                .between(1, 1_000),
            FieldKind::Switch => field::tick(name, label, typed.ticked(name)),
        }
        .hint(asked.help.clone())
    };
    Ok(FIELDS.iter().map(one).collect())
}

fn parse(form: &Posted) -> Result<NewPlan, FormErrors> {
    let mut errors = FormErrors::default();
    let name = errors
        .keep("name", form.required("name", 80))
        .unwrap_or_default();
    let description = errors
        .keep("description", form.optional("description", 2_000))
        .flatten();
    let position = errors
        .keep("position", form.number("position", -1_000, 1_000))
        .flatten();
    let seats = errors
        .keep("seats", form.number("seats", 0, 100))
        .flatten()
        .unwrap_or(0);
    let trial: Option<Length> = if form.ticked("trial") {
        errors.keep(
            "trial_count",
            typed::length(form, "trial_count", "trial_unit"),
        )
    } else {
        None
    };
    let opened = Entitlements::from_form(&pairs(form)).unwrap_or_else(|wrong| {
        for (field, text) in wrong.iter() {
            errors.add(field, text.clone());
        }
        Entitlements::default()
    });
    let own = Own {
        seats: u32::try_from(seats).unwrap_or(0),
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(NewPlan {
        kind: PlanKind::Membership,
        name,
        description: description.unwrap_or_default(),
        position: position.unwrap_or(0),
        trial,
        sections: Sections::from([
            (SECTION.to_owned(), opened.print()),
            (Own::SECTION.to_owned(), own.to_section()),
        ]),
    })
}

fn pairs(form: &Posted) -> Vec<(String, String)> {
    form.fields()
        .flat_map(|(name, values)| {
            values
                .iter()
                .map(move |value| (name.to_owned(), value.clone()))
        })
        .collect()
}

/// `POST /office/plans/new`
pub async fn create(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let new = match parse(&form) {
        Ok(new) => new,
        Err(errors) => return draw(&site, &staff, None, &form, &errors).await,
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    let id = plan::create(&mut tx, &new).await?;
    tx.save().await?;
    let words = t!(
        "The plan {plan} is there. Give it a price to sell it.",
        plan = new.name
    );
    Ok(Done::at(&site, &format!("/office/plans/{id}"), words))
}

/// `POST /office/plans/{id}/edit`
pub async fn save(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let plan = found(&site, &id).await?;
    let mut wanted = match parse(&form) {
        Ok(wanted) => wanted,
        Err(errors) => return draw(&site, &staff, Some(&plan), &form, &errors).await,
    };
    // Sections of kinds that this form does not show stay as they are.
    for (name, section) in plan.version.sections() {
        wanted
            .sections
            .entry(name.clone())
            .or_insert_with(|| section.clone());
    }
    wanted.kind = plan.kind();
    let mut tx = site.db.begin(staff.actor()).await?;
    plan::revise(&mut tx, &plan.id, &wanted).await?;
    tx.save().await?;
    let words = t!("Saved. It is what you sell from now on.");
    Ok(Done::at(
        &site,
        &format!("/office/plans/{}", plan.id),
        words,
    ))
}
