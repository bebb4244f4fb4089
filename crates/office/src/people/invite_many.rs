//! Inviting many people at once: what was brought, line by line with what is wrong; then a job goes through them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use billing::plan::Plan;
use flows::told_at_once::invite_many::{self, ListTerms, ReadLine};
use kit::id::{BatchId, Id, PlanId, ServerId};
use kit::{FieldError, FormErrors, Text, t};
use maud::{Markup, html};
use people::batch::{self, Batch, Line, LineState, NewLine};
use people::role::Permission;
use ui::{Crumb, Form, Tone, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::invite::{plan_field, server_field};
use crate::{desk, menu, typed};

const HERE: &str = "/office/invitations/many";
const FIELDS: [&str; 5] = ["lines", "plan", "time", "days", "server"];

/// `GET /office/invitations/many`
pub async fn form(staff: Staff, State(site): State<Site>) -> PageResult {
    draw(&site, &staff, &Posted::default(), &FormErrors::default()).await
}

/// A line of the preview: what was read, or why nothing will be done about it.
struct Shown {
    read: ReadLine,
    obstacle: Option<Text>,
}

impl Shown {
    fn good(&self) -> Option<&NewLine> {
        self.read
            .line
            .as_ref()
            .ok()
            .filter(|_| self.obstacle.is_none())
    }
}

/// `POST /office/invitations/many`: first shows each line, then has those that are right worked off.
pub async fn create(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let mut errors = FormErrors::default();
    let terms = terms(&form, &mut errors);
    let shown = read(&site, form.text("lines")).await?;
    if shown.is_empty() {
        errors.add(
            "lines",
            t!("Please paste at least one line with an e-mail address."),
        );
    }
    let Some(terms) = terms.filter(|_| errors.is_empty() && form.text("step") != "change") else {
        return draw(&site, &staff, &form, &errors).await;
    };
    let good: Vec<NewLine> = shown.iter().filter_map(Shown::good).cloned().collect();
    if form.text("step") != "sure" || good.is_empty() {
        return draw_preview(&site, &staff, (&form, &terms), &shown).await;
    }
    let mut tx = site.db.begin(staff.actor()).await?;
    let id = invite_many::begin(&mut tx, &staff.actor(), &terms, &good).await?;
    tx.save().await?;
    let words = t!("They are being invited, one after the other. This page counts along.");
    Ok(Done::at(&site, &format!("{HERE}/{id}"), words))
}

async fn read(site: &Site, text: &str) -> Result<Vec<Shown>, PageError> {
    let plans = billing::plan::list(&site.db).await?;
    let mut shown = Vec::new();
    for read in invite_many::parse(text, &plans) {
        let obstacle = match &read.line {
            Ok(line) => invite_many::why_not(&site.db, &line.email).await?,
            Err(_) => None,
        };
        shown.push(Shown { read, obstacle });
    }
    Ok(shown)
}

fn terms(form: &Posted, errors: &mut FormErrors) -> Option<ListTerms> {
    let plan: Option<PlanId> = errors.keep("plan", typed::id(form, "plan"));
    let days = match form.text("time") {
        "permanent" => Some(None),
        _ => errors
            .keep(
                "days",
                form.number("days", 1, 3_650)
                    .and_then(|days| days.ok_or(FieldError::Required)),
            )
            .and_then(|days| u32::try_from(days).ok())
            .map(Some),
    };
    let servers = form.all("server").iter();
    let servers = servers.filter_map(|id| ServerId::parse(id)).collect();
    plan.zip(days).map(|(plan, days)| ListTerms {
        plan,
        days,
        servers,
    })
}

async fn draw(site: &Site, staff: &Staff, typed: &Posted, errors: &FormErrors) -> PageResult {
    let plans = billing::plan::list(&site.db).await?;
    let chosen = match typed.text("time") {
        "" => "days",
        typed => typed,
    };
    let days = match typed.text("days") {
        "" => "30",
        typed => typed,
    };
    let form = ui::form(HERE, &staff.csrf)
        .errors(errors)
        .field(
            field::area("lines", t!("Who"))
                .value(typed.text("lines"))
                .hint(t!("One person a line: an e-mail address, or name, address, plan and days, parted by commas. Lines of a spreadsheet can be pasted as they are."))
                .rows(10)
                .required(),
        )
        .heading(t!("What they get"), Some(t!("Where a line names a plan or days, those count.")))
        .field(plan_field(&plans, typed))
        .field(
            field::cards("time", t!("How long"))
                .value(chosen)
                .option("days", t!("Some days"))
                .option("permanent", t!("Permanent")),
        )
        .field(field::number("days", t!("Days")).value(days).between(1, 3_650).half())
        .field(server_field(site, typed).await?)
        .submit(t!("Look at it first"))
        .cancel(menu::INVITATIONS);
    let body = html! {
        (form.render(&staff.reader))
        (earlier(staff, &batch::latest(&site.db).await?))
    };
    let mut parts = desk::below(t!("Invite many"), t!("Invitations"), menu::INVITATIONS);
    parts.intro = Some(t!(
        "Each gets a letter with a link of their own. Who is invited or has a membership already gets nothing twice."
    ));
    parts.status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    desk::page(site, staff, parts, body).await
}

fn earlier(staff: &Staff, batches: &[Batch]) -> Markup {
    if batches.is_empty() {
        return html! {};
    }
    let reader = &staff.reader;
    let rows = ui::rows().rows(batches.iter().map(|one| {
        let href = format!("{HERE}/{}", one.id);
        let words = Text::counted(one.total, "One person", "{n} people");
        ui::row(reader, Tone::Neutral, "mail", &words)
            .title(ui::link(&href, &reader.say(&words)))
            .detail(html! { (ui::moment(reader, one.made_at)) " · " (one.made_by) })
    }));
    ui::card(t!("Earlier lists"))
        .flush()
        .render(reader, &rows.render(reader))
}

async fn draw_preview(
    site: &Site,
    staff: &Staff,
    (typed, terms): (&Posted, &ListTerms),
    shown: &[Shown],
) -> PageResult {
    let reader = &staff.reader;
    let plans = billing::plan::list(&site.db).await?;
    let good = shown.iter().filter(|one| one.good().is_some()).count();
    let good = i64::try_from(good).unwrap_or(i64::MAX);
    let carried = |step: &str| {
        let form = ui::form(HERE, &staff.csrf).hidden("step", step);
        FIELDS
            .iter()
            .fold(form, |form, name| carry(form, typed, name))
    };
    let sure = carried("sure").submit(Text::counted(
        good,
        "Invite one person",
        "Invite {n} people",
    ));
    let change = carried("change").submit(t!("Change it"));
    let rows = ui::rows().rows(
        shown
            .iter()
            .map(|one| preview_row(staff, one, (&plans, terms))),
    );
    let body = html! {
        (ui::card(t!("What will happen")).flush().render(reader, &rows.render(reader)))
        @if good > 0 { (sure.render(reader)) }
        (change.render(reader))
    };
    let parts = ConsoleParts {
        intro: Some(t!(
            "Nothing is done yet. Lines with something wrong are left out."
        )),
        status: (good == 0).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::below(t!("Invite many"), t!("Invitations"), menu::INVITATIONS)
    };
    desk::page(site, staff, parts, body).await
}

fn carry(form: Form, typed: &Posted, name: &'static str) -> Form {
    let values = typed.all(name).iter();
    values.fold(form, |form, value| form.hidden(name, value.clone()))
}

fn preview_row(staff: &Staff, one: &Shown, given: (&[Plan], &ListTerms)) -> ui::Row {
    let reader = &staff.reader;
    let number = t!("Line {number}", number = one.read.number);
    let typed = html! { (reader.say(&number)) ": " (one.read.typed) };
    match (&one.read.line, &one.obstacle) {
        (Err(reason), _) | (Ok(_), Some(reason)) => {
            ui::row(reader, Tone::Warn, "minus", &t!("Left out"))
                .title(typed)
                .say(reader, reason)
        }
        (Ok(line), None) => ui::row(reader, Tone::Good, "mail", &t!("Is invited"))
            .title(html! { (line.name) " · " (line.email) })
            .detail(html! { (understood(staff, line, given)) " · " (typed) }),
    }
}

/// The plan and the time of a line, so that a word that was taken for a name is seen.
fn understood(staff: &Staff, line: &NewLine, (plans, terms): (&[Plan], &ListTerms)) -> Markup {
    let reader = &staff.reader;
    let plan = line.plan.as_ref().unwrap_or(&terms.plan);
    let plan = plans.iter().find(|one| one.id == *plan);
    let time = match line.days.or(terms.days) {
        Some(days) => Text::counted(i64::from(days), "{n} day", "{n} days"),
        None => t!("Permanent"),
    };
    html! {
        @if let Some(plan) = plan { (plan.version.name) " · " }
        (reader.say(&time))
    }
}

/// `GET /office/invitations/many/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let id = BatchId::parse(&id).ok_or(PageError::NotFound)?;
    let found = batch::find(&site.db, &id)
        .await?
        .ok_or(PageError::NotFound)?;
    let body = html! {
        (ui::live(&format!("/events?topics=invited:{id}")))
        (moving(&site, &staff, &found).await?)
    };
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Invitations"), menu::INVITATIONS),
            Crumb::new(t!("Invite many"), HERE),
        ],
        ..desk::parts(t!("A list of people"), menu::INVITATIONS)
    };
    desk::page(&site, &staff, parts, body).await
}

/// The live piece of this page.
pub fn topic() -> web::LiveTopic {
    web::LiveTopic::new("invited", |site, guest, key| async move {
        let Some(staff) = desk::staff_of(guest, Some(Permission::MembersSee)) else {
            return Ok(None);
        };
        let id = BatchId::parse(&key).ok_or(PageError::NotFound)?;
        let found = batch::find(&site.db, &id)
            .await?
            .ok_or(PageError::NotFound)?;
        let markup = moving(&site, &staff, &found).await?;
        Ok(Some(ui::partial("invited", &markup)))
    })
}

async fn moving(site: &Site, staff: &Staff, found: &Batch) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let lines = batch::lines(&site.db, &found.id).await?;
    let done = lines
        .iter()
        .filter(|line| line.state != LineState::Waiting)
        .count();
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    let label = if found.ended_at.is_never() {
        t!("They are being invited")
    } else {
        t!("All lines are done")
    };
    let rows = ui::rows().rows(lines.iter().map(|line| line_row(staff, line)));
    Ok(html! {
        div.stack id="invited" {
            (ui::progress(reader, &label, done, Some(found.total)))
            (ui::card(t!("Lines")).flush().render(reader, &rows.render(reader)))
        }
    })
}

fn line_row(staff: &Staff, line: &Line) -> ui::Row {
    let reader = &staff.reader;
    let (tone, word) = match line.state {
        LineState::Waiting => (Tone::Info, t!("Waits")),
        LineState::Invited => (Tone::Good, t!("Is invited")),
        LineState::Skipped => (Tone::Warn, t!("Left out")),
    };
    let title = html! {
        @if let Some(id) = &line.invitation_id {
            (ui::link(&format!("{}/{id}", menu::INVITATIONS), &line.name))
        } @else { (line.name) }
        " · " (line.email)
    };
    ui::row(reader, tone, "mail", &word)
        .title(title)
        .state(ui::badge(reader, tone, &word))
        .detail(html! { @if let Some(reason) = &line.reason { (reader.say(reason)) } })
}
