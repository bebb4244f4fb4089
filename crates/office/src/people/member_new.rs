//! Forms about members: a new one by hand, a plan for one who has none, another plan, name and address.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use billing::plan::Plan;
use billing::term::CauseKind;
use flows::told_at_once::new_member::{self, Gift, Until};
use kit::id::{Id, PlanId};
use kit::{Email, FormErrors, Text, t};
use people::PeopleError;
use people::identity;
use people::member::{self, Member, MemberForm};
use ui::field::{self, Field};
use ui::{Crumb, Form};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::member::Known;
use crate::{desk, menu, typed};

fn parts(title: Text, known: Option<&Known>, status: StatusCode) -> ConsoleParts {
    let mut path = vec![Crumb::new(t!("Members"), menu::MEMBERS)];
    if let Some(known) = known {
        let href = format!("/office/members/{}", known.member.id);
        path.push(Crumb::new(Text::verbatim(known.member.name.clone()), href));
    }
    ConsoleParts {
        path,
        status: Some(status),
        ..desk::parts(title, menu::MEMBERS)
    }
}

fn person_fields(typed: &Posted) -> [Field; 5] {
    [
        field::text("name", t!("Name"))
            .value(typed.text("name"))
            .longest(80)
            .required()
            .focus(),
        field::email("email", t!("E-mail"))
            .value(typed.text("email"))
            .hint(t!(
                "Where letters go. Without it they hear nothing from you."
            )),
        field::email("plex_email", t!("E-mail at Plex"))
            .value(typed.text("plex_email"))
            .hint(t!(
                "If it is another one. Found again by it on your servers."
            ))
            .half(),
        field::email("emby_email", t!("E-mail at Emby"))
            .value(typed.text("emby_email"))
            .hint(t!("If it is another one."))
            .half(),
        field::area("note", t!("Note"))
            .value(typed.text("note"))
            .hint(t!("Only staff read it."))
            .rows(3),
    ]
}

/// The plans that a member can be put on.
pub fn plan_field(plans: &[Plan], typed: &Posted) -> Field {
    plans
        .iter()
        .filter(|plan| plan.kind() == billing::plan::PlanKind::Membership)
        .fold(field::select("plan", t!("Plan")), |field, plan| {
            field.option(plan.id.as_str(), Text::verbatim(plan.version.name.clone()))
        })
        .value(typed.text("plan"))
}

/// A plan and how long it lasts.
fn gift_fields(form: Form, plans: &[Plan], typed: &Posted) -> Form {
    let until = field::date("until", t!("Until"))
        .value(typed.text("until"))
        .hint(t!(
            "The last day of access. Needed unless they are permanent."
        ));
    form.heading(
        t!("What they get"),
        Some(t!(
            "Leave the plan open to add only the person; you can give one later."
        )),
    )
    .field(plan_field(plans, typed).option("", t!("No plan")))
    .field(until)
    .field(field::tick(
        "permanent",
        t!("Permanent: never expires, never limited"),
        typed.ticked("permanent"),
    ))
}

/// `None`: no plan was chosen.
async fn gift(
    site: &Site,
    form: &Posted,
    errors: &mut FormErrors,
) -> Result<Option<Gift>, PageError> {
    let Some(plan) = PlanId::parse(form.text("plan")) else {
        return Ok(None);
    };
    let zone = site.settings().await?.zone();
    let end = errors
        .keep("until", typed::end_of_day(form, "until", &zone))
        .flatten();
    let until = match (form.ticked("permanent"), end) {
        (true, _) => Until::Permanent,
        (false, Some(end)) => Until::Day(end),
        (false, None) => {
            if errors.of("until").is_none() {
                errors.add(
                    "until",
                    t!("Please choose the last day, or make them permanent."),
                );
            }
            return Ok(None);
        }
    };
    Ok(Some(Gift {
        plan,
        until,
        cause: CauseKind::Staff,
    }))
}

async fn draw_new(site: &Site, staff: &Staff, typed: &Posted, errors: &FormErrors) -> PageResult {
    let plans = billing::plan::list(&site.db).await?;
    let form = ui::form("/office/members/new", &staff.csrf)
        .errors(errors)
        .fields(person_fields(typed));
    let form = gift_fields(form, &plans, typed)
        .submit(t!("Add the member"))
        .cancel(menu::MEMBERS);
    let status = status_of(errors);
    desk::page(
        site,
        staff,
        parts(t!("New member"), None, status),
        form.render(&staff.reader),
    )
    .await
}

fn status_of(errors: &FormErrors) -> StatusCode {
    if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// `GET /office/members/new`
pub async fn new(staff: Staff, State(site): State<Site>) -> PageResult {
    draw_new(&site, &staff, &Posted::default(), &FormErrors::default()).await
}

/// `POST /office/members/new`
pub async fn create(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let mut errors = FormErrors::default();
    let person = MemberForm {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        plex_email: form.text("plex_email").to_owned(),
        emby_email: form.text("emby_email").to_owned(),
        note: form.text("note").to_owned(),
    };
    let person = match person.parse() {
        Ok(person) => Some(person),
        Err(wrong) => {
            for (field, text) in wrong.iter() {
                errors.add(field, text.clone());
            }
            None
        }
    };
    let gift = gift(&site, &form, &mut errors).await?;
    let Some(person) = person.filter(|_| errors.is_empty()) else {
        return draw_new(&site, &staff, &form, &errors).await;
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    let member = match new_member::create(&mut tx, &person, gift.as_ref()).await {
        Ok(member) => member,
        Err(error) => {
            drop(tx);
            let Some(text) = error.text() else {
                return Err(error.into());
            };
            return draw_new(&site, &staff, &form, &FormErrors::one("", text)).await;
        }
    };
    tx.save().await?;
    let href = format!("/office/members/{}", member.id);
    Ok(Done::at(
        &site,
        &href,
        t!("{name} is a member now.", name = member.name),
    ))
}

/// `GET /office/members/{id}/give`
pub async fn give_form(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    draw_give(
        &site,
        &staff,
        &known,
        &Posted::default(),
        &FormErrors::default(),
    )
    .await
}

async fn draw_give(
    site: &Site,
    staff: &Staff,
    known: &Known,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let plans = billing::plan::list(&site.db).await?;
    let form = ui::form(known.href("give"), &staff.csrf).errors(errors);
    let form = gift_fields(form, &plans, typed)
        .submit(t!("Give it"))
        .cancel(format!("/office/members/{}", known.member.id));
    let parts = parts(t!("Give a plan"), Some(known), status_of(errors));
    desk::page(site, staff, parts, form.render(&staff.reader)).await
}

/// `POST /office/members/{id}/give`
pub async fn give(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let mut errors = FormErrors::default();
    let gift = gift(&site, &form, &mut errors).await?;
    if gift.is_none() && errors.is_empty() {
        errors.add("plan", t!("Please choose a plan."));
    }
    let Some(gift) = gift.filter(|_| errors.is_empty()) else {
        return draw_give(&site, &staff, &known, &form, &errors).await;
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    new_member::give(&mut tx, &known.member, &gift).await?;
    tx.save().await?;
    let href = format!("/office/members/{}", known.member.id);
    Ok(Done::at(
        &site,
        &href,
        t!("The plan is theirs. Access follows by itself."),
    ))
}

/// `GET /office/members/{id}/edit`
pub async fn edit(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let mut typed = Posted::default();
    typed.set("name", known.member.name.clone());
    for (name, email) in [
        ("email", &known.member.email),
        ("plex_email", &known.member.plex_email),
        ("emby_email", &known.member.emby_email),
    ] {
        let email = email.as_ref().map(ToString::to_string);
        typed.set(name, email.unwrap_or_default());
    }
    typed.set("note", known.member.note.clone());
    typed.set("payer_emails", known.payer_emails().join(", "));
    typed.set("version", known.member.version.to_string());
    draw_edit(&site, &staff, &known, &typed, &FormErrors::default()).await
}

async fn draw_edit(
    site: &Site,
    staff: &Staff,
    known: &Known,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let form = ui::form(known.href("edit"), &staff.csrf)
        .errors(errors)
        .fields(person_fields(typed))
        .field(
            field::text("payer_emails", t!("Pays from"))
                .value(typed.text("payer_emails"))
                .hint(t!("Addresses by which gateways know them, parted by commas. Payments from there find them."))
                .longest(1000),
        )
        .hidden("version", typed.text("version"))
        .submit(t!("Save"))
        .cancel(format!("/office/members/{}", known.member.id));
    let parts = parts(t!("Change the person"), Some(known), status_of(errors));
    desk::page(site, staff, parts, form.render(&staff.reader)).await
}

/// `POST /office/members/{id}/edit`
pub async fn save(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let mut before = known.member.clone();
    before.version = form.text("version").parse().unwrap_or(0);
    let wanted = MemberForm {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        plex_email: form.text("plex_email").to_owned(),
        emby_email: form.text("emby_email").to_owned(),
        note: form.text("note").to_owned(),
    };
    match change(&site, &staff, (&before, &wanted), &form).await {
        Ok(()) => {}
        Err(PeopleError::Form(errors)) => {
            return draw_edit(&site, &staff, &known, &form, &errors).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Done::at(
        &site,
        &format!("/office/members/{}", known.member.id),
        t!("Saved."),
    ))
}

async fn change(
    site: &Site,
    staff: &Staff,
    (before, wanted): (&Member, &MemberForm),
    form: &Posted,
) -> Result<(), PeopleError> {
    let payers = payer_emails(form.text("payer_emails"))?;
    let mut tx = site.db.begin(staff.actor()).await?;
    member::change(&mut tx, before, wanted).await?;
    match identity::set_payer_emails(&mut tx, &before.id, &payers).await {
        Err(PeopleError::Forbidden(text)) => return Err(PeopleError::field("payer_emails", text)),
        other => other?,
    }
    Ok(tx.save().await?)
}

fn payer_emails(typed: &str) -> Result<Vec<Email>, PeopleError> {
    typed
        .split([',', ';', ' ', '\n'])
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            Email::parse(part).map_err(|error| PeopleError::field("payer_emails", error.text()))
        })
        .collect()
}
