//! Entering a payment that arrived another way: cash, a transfer, somebody else's shop.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use flows::told_at_once::manual_payment::{self, Entered};
use kit::id::{MemberId, PriceId};
use kit::{FormErrors, Money, Text, Timestamp, Zone, t};
use serde::Deserialize;
use ui::field::{self, Field};
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use crate::{desk, menu, typed, words};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    member: String,
}

/// A choice among all prices on sale, plan by plan.
pub async fn price_field(site: &Site, typed: &Posted) -> Result<Field, PageError> {
    let offers = lists::offers::all(&site.db, site.now()).await?;
    let field = field::select("price", t!("Paid for"))
        .value(typed.text("price"))
        .required();
    Ok(offers
        .plans
        .iter()
        .flat_map(|offer| offer.prices.iter().map(move |price| (offer, price)))
        .fold(field, |field, (offer, price)| {
            let words = t!(
                "{plan}: {price}",
                plan = offer.plan.version.name.as_str(),
                price = words::price(price)
            );
            field.option(price.id.as_str(), words)
        }))
}

/// `GET /office/payments/new`
pub async fn form(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let zone = site.settings().await?.zone();
    let mut typed = Posted::default();
    typed.set("member", asked.member);
    typed.set("paid_on", typed::day_value(site.now(), &zone));
    draw(&site, &staff, &typed, &FormErrors::default()).await
}

async fn draw(site: &Site, staff: &Staff, typed: &Posted, errors: &FormErrors) -> PageResult {
    let currency = site.settings().await?.currency;
    let day =
        |name: &'static str, label: Text| field::date(name, label).value(typed.text(name)).half();
    let form = ui::form("/office/payments/new", &staff.csrf)
        .errors(errors)
        .field(
            field::text("member", t!("Member"))
                .value(typed.text("member"))
                .hint(t!("The member’s number, from their page."))
                .required(),
        )
        .field(price_field(site, typed).await?)
        .field(
            field::money("amount", t!("Amount"), currency)
                .value(typed.text("amount"))
                .hint(t!("Empty: the price.")),
        )
        .field(day("paid_on", t!("Arrived on")).required())
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
            field::number("sequence", t!("Part"))
                .value(typed.text("sequence"))
                .hint(t!(
                    "More than 1 when one transaction pays for several members."
                ))
                .between(1, 500)
                .half(),
        )
        .heading(
            t!("The time it gives"),
            Some(t!(
                "Empty: from the end of the time they have, as long as the price says."
            )),
        )
        .field(day("from", t!("From")))
        .field(day("until", t!("Until at the latest")))
        .field(
            field::text("note", t!("Note"))
                .value(typed.text("note"))
                .longest(500),
        )
        .submit(t!("Enter the payment"))
        .cancel(menu::PAYMENTS);
    let mut parts = desk::below(t!("Enter a payment"), t!("Payments"), menu::PAYMENTS);
    parts.intro = Some(t!(
        "For money that arrived without a gateway. A receipt is issued and access follows."
    ));
    parts.status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    desk::page(site, staff, parts, form.render(&staff.reader)).await
}

async fn parse(
    site: &Site,
    form: &Posted,
    zone: &Zone,
    errors: &mut FormErrors,
) -> Result<Option<Entered>, PageError> {
    let now = site.now();
    let member: Option<MemberId> = errors.keep("member", typed::id(form, "member"));
    let price: Option<PriceId> = errors.keep("price", typed::id(form, "price"));
    let price = match &price {
        Some(id) => billing::price::find(&site.db, id).await?,
        None => None,
    };
    let (Some(member), Some(price)) = (member, price) else {
        if errors.is_empty() {
            errors.add("price", kit::FieldError::UnknownId.text());
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
    let paid_on = errors
        .keep("paid_on", typed::day(form, "paid_on", zone))
        .flatten();
    let from = errors
        .keep("from", typed::day(form, "from", zone))
        .flatten();
    let until = errors
        .keep("until", typed::end_of_day(form, "until", zone))
        .flatten();
    let transaction = errors
        .keep("transaction", form.optional("transaction", 120))
        .flatten();
    let sequence = errors
        .keep("sequence", form.number("sequence", 1, 500))
        .flatten();
    let note = errors.keep("note", form.optional("note", 500)).flatten();
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        errors.add("until", t!("It ends before it begins. Choose a later day."));
    }
    // Of today the moment is known, of other days only the day.
    let settled_at = paid_on
        .filter(|day| *day < zone.start_of_day(now))
        .unwrap_or(now);
    Ok(amount.map(|amount| Entered {
        member,
        price: price.id,
        amount,
        transaction,
        sequence: sequence.and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
        settled_at,
        from: from.unwrap_or(settled_at),
        until: until.unwrap_or(Timestamp::NEVER),
        note,
    }))
}

/// `POST /office/payments/new`
pub async fn enter(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let zone = site.settings().await?.zone();
    let mut errors = FormErrors::default();
    let entered = parse(&site, &form, &zone, &mut errors).await?;
    let Some(entered) = entered.filter(|_| errors.is_empty()) else {
        return draw(&site, &staff, &form, &errors).await;
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    let payment = match manual_payment::enter(&mut tx, &entered).await {
        Ok(payment) => payment,
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
        &format!("/office/payments/{payment}"),
        t!("The payment is booked."),
    ))
}
