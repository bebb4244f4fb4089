//! Inviting a person: who, to what, where, and whether they have paid; looked at first, then done in one press.

use axum::extract::State;
use axum::http::StatusCode;
use billing::plan::{Plan, PlanKind};
use flows::told_at_once::invite::{self, Given, Invite, Paid, Preview};
use flows::told_at_once::link_users;
use flows::told_at_once::new_member::Until;
use kit::id::{Id, PlanId, PriceId, ServerId};
use kit::{Email, FieldError, FormErrors, Length, Money, Text, Zone, t};
use maud::{Markup, html};
use people::member::{MemberForm, PlatformEmails};
use ui::field::{self, Field};
use ui::{Form, Tone};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use crate::billing::manual_payment::price_field;
use crate::{desk, menu, typed};

const HERE: &str = "/office/invitations/new";
/// What the form asks; the preview carries it on.
const FIELDS: [&str; 14] = [
    "name",
    "email",
    "plex_email",
    "emby_email",
    "plan",
    "time",
    "days",
    "until",
    "server",
    "paid",
    "price",
    "amount",
    "transaction",
    "payer",
];

/// `GET /office/invitations/new`
pub async fn form(staff: Staff, State(site): State<Site>) -> PageResult {
    draw(&site, &staff, &Posted::default(), &FormErrors::default()).await
}

/// `POST /office/invitations/new`: first shows what will happen, then does it.
pub async fn create(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let mut errors = FormErrors::default();
    let parsed = parse(&site, &form, &mut errors).await?;
    let Some(invite) = parsed.filter(|_| errors.is_empty() && form.text("step") != "change") else {
        return draw(&site, &staff, &form, &errors).await;
    };
    let preview = invite::preview(&site.db, &invite, site.now()).await?;
    if form.text("step") != "sure" || preview.refused.is_some() {
        return draw_preview(&site, &staff, &form, &invite, &preview).await;
    }
    let mut tx = site.db.begin(staff.actor()).await?;
    let made = match invite::create(&mut tx, &invite).await {
        Ok(made) => made,
        Err(error) => {
            drop(tx);
            let Some(text) = error.text() else {
                return Err(error.into());
            };
            return draw(&site, &staff, &form, &FormErrors::one("", text)).await;
        }
    };
    tx.save().await?;
    Ok(Done::at(
        &site,
        &format!("{}/{}", menu::INVITATIONS, made.id),
        t!(
            "{name} is invited. The letter is on its way.",
            name = made.name
        ),
    ))
}

async fn parse(
    site: &Site,
    form: &Posted,
    errors: &mut FormErrors,
) -> Result<Option<Invite>, PageError> {
    let zone = site.settings().await?.zone();
    let person = person(form, errors);
    let given = if form.ticked("paid") {
        paid(site, form, errors).await?
    } else {
        gift(site, form, &zone, errors).await?
    };
    let servers = form.all("server").iter();
    let servers = servers.filter_map(|id| ServerId::parse(id)).collect();
    Ok(person.zip(given).map(|(person, (plan, given))| Invite {
        name: person.0,
        email: person.1,
        platforms: person.2,
        plan,
        servers,
        given,
        batch: None,
    }))
}

fn person(form: &Posted, errors: &mut FormErrors) -> Option<(String, Email, PlatformEmails)> {
    let typed = MemberForm {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        plex_email: form.text("plex_email").to_owned(),
        emby_email: form.text("emby_email").to_owned(),
        note: String::new(),
    };
    match typed.parse() {
        Ok(person) => {
            if person.email.is_none() {
                errors.add("email", FieldError::Required.text());
            }
            let email = person.email?;
            Some((person.name, email, person.platforms))
        }
        Err(wrong) => {
            for (field, text) in wrong.iter() {
                errors.add(field, text.clone());
            }
            None
        }
    }
}

type Chosen = Option<(PlanId, Given)>;

async fn gift(
    site: &Site,
    form: &Posted,
    zone: &Zone,
    errors: &mut FormErrors,
) -> Result<Chosen, PageError> {
    let plan: Option<PlanId> = errors.keep("plan", typed::id(form, "plan"));
    let Some(plan) = plan else { return Ok(None) };
    let until = match form.text("time") {
        "permanent" => Some(Until::Permanent),
        "days" => errors
            .keep("days", form.number("days", 1, 3_650).and_then(required))
            .and_then(|days| u32::try_from(days).ok())
            .map(|days| Until::For(Length::days(days))),
        "day" => errors
            .keep(
                "until",
                typed::end_of_day(form, "until", zone).and_then(required),
            )
            .map(Until::Day),
        _ => Some(Until::For(link_users::period_of(&site.db, &plan).await?)),
    };
    Ok(until.map(|until| (plan, Given::Gift(until))))
}

fn required<T>(value: Option<T>) -> Result<T, FieldError> {
    value.ok_or(FieldError::Required)
}

async fn paid(site: &Site, form: &Posted, errors: &mut FormErrors) -> Result<Chosen, PageError> {
    let id: Option<PriceId> = errors.keep("price", typed::id(form, "price"));
    let price = match &id {
        Some(id) => billing::price::find(&site.db, id).await?,
        None => None,
    };
    let Some(price) = price else {
        if errors.of("price").is_none() {
            errors.add("price", FieldError::UnknownId.text());
        }
        return Ok(None);
    };
    let amount: Option<Money> = match form.text("amount").trim() {
        "" => Some(price.amount()),
        _ => errors.keep(
            "amount",
            typed::amount(form, "amount", price.amount().currency),
        ),
    };
    let transaction = errors.keep("transaction", form.optional("transaction", 120));
    let payer = match form.text("payer").trim() {
        "" => Some(None),
        typed => errors.keep("payer", Email::parse(typed)).map(Some),
    };
    let (Some(amount), Some(transaction), Some(payer)) = (amount, transaction, payer) else {
        return Ok(None);
    };
    let paid = Paid {
        price: price.id,
        amount,
        transaction,
        payer,
        settled_at: site.now(),
    };
    Ok(Some((price.plan_id, Given::Paid(paid))))
}

async fn draw(site: &Site, staff: &Staff, typed: &Posted, errors: &FormErrors) -> PageResult {
    let plans = billing::plan::list(&site.db).await?;
    let form = ui::form(HERE, &staff.csrf)
        .errors(errors)
        .fields(who_fields(typed));
    let form = what_fields(form, &plans, typed).heading(
        t!("Where"),
        Some(t!(
            "Choose none to leave it to the plan. Each has a state of its own afterwards."
        )),
    );
    let form = payment_fields(site, form.field(server_field(site, typed).await?), typed)
        .await?
        .submit(t!("Look at it first"))
        .cancel(menu::INVITATIONS);
    let mut parts = desk::below(t!("Invite somebody"), t!("Invitations"), menu::INVITATIONS);
    parts.intro = Some(t!(
        "They get a letter with a link, and come in by it. What they get is theirs from now on."
    ));
    parts.status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    desk::page(site, staff, parts, form.render(&staff.reader)).await
}

fn who_fields(typed: &Posted) -> [Field; 4] {
    [
        field::text("name", t!("Name"))
            .value(typed.text("name"))
            .longest(120)
            .required()
            .focus(),
        field::email("email", t!("E-mail"))
            .value(typed.text("email"))
            .hint(t!("The letter goes there, and they sign in with it."))
            .required(),
        field::email("plex_email", t!("E-mail at Plex"))
            .value(typed.text("plex_email"))
            .hint(t!("If it is another one."))
            .half(),
        field::email("emby_email", t!("E-mail at Emby"))
            .value(typed.text("emby_email"))
            .hint(t!("If it is another one."))
            .half(),
    ]
}

fn what_fields(form: Form, plans: &[Plan], typed: &Posted) -> Form {
    let chosen = match typed.text("time") {
        "" => "period",
        typed => typed,
    };
    let time = field::cards("time", t!("How long"))
        .value(chosen)
        .option("period", t!("One period of the plan"))
        .option("days", t!("Some days"))
        .option("day", t!("Until a day"))
        .option("permanent", t!("Permanent"));
    form.heading(t!("What they get"), None)
        .field(plan_field(plans, typed))
        .field(time)
        .field(
            field::number("days", t!("Days"))
                .value(typed.text("days"))
                .between(1, 3_650)
                .half(),
        )
        .field(
            field::date("until", t!("Until"))
                .value(typed.text("until"))
                .hint(t!("The last day of access."))
                .half(),
        )
}

/// The plans of memberships; the default one is chosen, if none was.
pub fn plan_field(plans: &[Plan], typed: &Posted) -> Field {
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

/// All servers that are in use.
pub async fn server_field(site: &Site, typed: &Posted) -> Result<Field, PageError> {
    let servers = media::server::list(&site.db).await?;
    let field = field::ticks("server", t!("Servers"), typed.all("server").to_vec());
    Ok(servers
        .into_iter()
        .filter(|server| server.enabled)
        .fold(field, |field, server| {
            field.option(server.id.as_str(), Text::verbatim(server.name))
        }))
}

async fn payment_fields(site: &Site, form: Form, typed: &Posted) -> Result<Form, PageError> {
    let currency = site.settings().await?.currency;
    let price = price_field(site, typed).await?.unmarked();
    Ok(form
        .heading(
            t!("Payment"),
            Some(t!("If they have paid you already. The price then says which plan and how long.")),
        )
        .field(field::tick("paid", t!("They have paid"), typed.ticked("paid")))
        .field(price)
        .field(
            field::money("amount", t!("Amount"), currency)
                .value(typed.text("amount"))
                .hint(t!("Empty: the price."))
                .half(),
        )
        .field(
            field::text("transaction", t!("Transaction"))
                .value(typed.text("transaction"))
                .hint(t!(
                    "Your own number for it. The same is never booked twice. Empty: one is made."
                ))
                .longest(120)
                .half(),
        )
        .field(
            field::email("payer", t!("Payer’s e-mail"))
                .value(typed.text("payer"))
                .hint(t!("Where they are known at the gateway, if elsewhere. Later payments find them by it.")),
        ))
}

async fn draw_preview(
    site: &Site,
    staff: &Staff,
    typed: &Posted,
    invite: &Invite,
    preview: &Preview,
) -> PageResult {
    let reader = &staff.reader;
    let carried = |mut form: Form| {
        for name in FIELDS {
            for value in typed.all(name) {
                form = form.hidden(name, value.clone());
            }
        }
        form
    };
    let sure = carried(ui::form(HERE, &staff.csrf))
        .hidden("step", "sure")
        .submit(t!("Invite {name}", name = invite.name.as_str()));
    let change = carried(ui::form(HERE, &staff.csrf))
        .hidden("step", "change")
        .submit(t!("Change it"));
    let body = html! {
        @if let Some(refused) = &preview.refused {
            (ui::notice(Tone::Bad, refused.clone()).render(reader))
        }
        (ui::card(t!("What will happen")).flush().render(reader, &rows(staff, invite, preview)))
        @if preview.refused.is_none() { (sure.render(reader)) }
        (change.render(reader))
    };
    let parts = ConsoleParts {
        status: preview
            .refused
            .as_ref()
            .map(|_| StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::below(t!("Invite somebody"), t!("Invitations"), menu::INVITATIONS)
    };
    desk::page(site, staff, parts, body).await
}

fn rows(staff: &Staff, invite: &Invite, preview: &Preview) -> Markup {
    let reader = &staff.reader;
    let good = |icon: &str, text: Text| ui::row(reader, Tone::Good, icon, &text);
    let who = match (&preview.member, preview.has_sign_in) {
        (Some(member), _) => t!(
            "{name} is here already and gets it",
            name = member.name.as_str()
        ),
        (None, true) => t!(
            "{name} becomes a member, with the sign-in that is there",
            name = invite.name.as_str()
        ),
        (None, false) => t!("{name} becomes a member", name = invite.name.as_str()),
    };
    let given = match &invite.given {
        Given::Paid(paid) => t!(
            "A payment of {amount} is booked, and gives its time",
            amount = paid.amount
        ),
        Given::Gift(Until::Permanent) => t!("They get the plan for good"),
        Given::Gift(Until::Day(day)) => {
            t!("They get the plan until {day}", day = kit::Arg::Day(*day))
        }
        Given::Gift(Until::For(length)) => t!(
            "They get the plan for {length}",
            length = crate::words::length(*length)
        ),
    };
    let doors = preview.doors.iter().map(|door| match &door.obstacle {
        None => good(
            "servers",
            t!("{server} is opened", server = door.name.as_str()),
        ),
        Some(obstacle) => ui::row(
            reader,
            Tone::Warn,
            "servers",
            &t!("{server} cannot be opened now", server = door.name.as_str()),
        )
        .say(reader, obstacle),
    });
    let letter = t!(
        "A letter with a link goes to {email}",
        email = invite.email.as_str()
    );
    let mut rows = ui::rows()
        .row(good("member", who))
        .row(good("calendar", given))
        .rows(doors);
    if preview.doors.is_empty() {
        rows = rows.row(good(
            "servers",
            t!("The plan decides which server is opened"),
        ));
    }
    rows.row(good("mail", letter)).render(reader)
}
