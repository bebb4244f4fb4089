//! Prices of a plan: added, replaced, taken from sale.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use billing::plan::Plan;
use billing::price::{self, NewPrice, Price, PriceMode};
use kit::id::{Id, PriceId};
use kit::{Currency, FormErrors, Text, t};
use maud::{Markup, html};
use people::role::Permission;
use ui::{Crumb, Form, Span, Tone, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::plan::{found, here};
use crate::ask::{Ask, ask};
use crate::{desk, menu, typed, words};

fn href(plan: &Plan, rest: &str) -> String {
    format!("/office/plans/{}{rest}", plan.id)
}

/// The prices on the plan's page.
pub async fn card(site: &Site, staff: &Staff, plan: &Plan) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let prices = price::list_of(&site.db, &plan.id).await?;
    let may_change = staff.may(Permission::PlansChange);
    let rows = prices.iter().fold(ui::rows(), |rows, price| {
        let (tone, word) = if price.is_active {
            (Tone::Good, t!("On sale"))
        } else {
            (Tone::Neutral, t!("Off"))
        };
        let row = ui::row(reader, Tone::Neutral, "discount", &words::price(price))
            .state(ui::badge(reader, tone, &word));
        rows.row(if may_change {
            row.action(acts(staff, plan, price))
        } else {
            row
        })
    });
    let rows = rows.empty(if plan.version.trial().is_some() {
        t!("A trial is free and needs no price.")
    } else {
        t!("No price yet. Without one nobody can buy it.")
    });
    let aside = html! {
        @if may_change {
            (ui::link_button(href(plan, "/prices/new"), t!("Add a price")).small().icon("plus").render(reader))
        }
    };
    Ok(ui::card(t!("Prices"))
        .span(Span::Seven)
        .flush()
        .aside(aside)
        .render(reader, &rows.render(reader)))
}

fn acts(staff: &Staff, plan: &Plan, price: &Price) -> Markup {
    let of = format!("/prices/{}", price.id);
    html! {
        (ui::link_button(href(plan, &format!("{of}/replace")), t!("Replace…")).render(&staff.reader))
        (archival(staff, plan, price))
    }
}

fn archival<'a>(staff: &'a Staff, plan: &Plan, price: &Price) -> Ask<'a> {
    let action = href(plan, &format!("/prices/{}/archive", price.id));
    let id = format!("archive-{}", price.id);
    ask(staff, &id, t!("Archive…"), action)
        .question(t!("Take this price from sale for good?"))
        .sentence(t!("Whoever pays it by an agreement goes on paying it."))
        .gravely(t!("Archive it"))
}

async fn draw(
    site: &Site,
    staff: &Staff,
    plan: &Plan,
    replaced: Option<&Price>,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let currency =
        Currency::parse(typed.text("currency")).unwrap_or(site.settings().await?.currency);
    let action = match replaced {
        Some(price) => href(plan, &format!("/prices/{}/replace", price.id)),
        None => href(plan, "/prices/new"),
    };
    let form = price_fields(
        ui::form(action, &staff.csrf).errors(errors),
        currency,
        typed,
    )
    .submit(if replaced.is_some() {
        t!("Replace the price")
    } else {
        t!("Add the price")
    })
    .cancel(href(plan, ""));
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Plans"), menu::PLANS),
            Crumb::new(Text::verbatim(plan.version.name.clone()), href(plan, "")),
        ],
        intro: replaced.map(|price| t!("Instead of {price}.", price = words::price(price))),
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::parts(
            if replaced.is_some() {
                t!("Replace a price")
            } else {
                t!("New price")
            },
            menu::PLANS,
        )
    };
    desk::page(site, staff, parts, form.render(&staff.reader)).await
}

fn price_fields(form: Form, currency: Currency, typed: &Posted) -> Form {
    let amount = field::money_in("amount", t!("Price"), "currency", currency, Currency::all())
        .value(typed.text("amount"))
        .required();
    let mode = field::cards("mode", t!("How it is paid"))
        .value(typed.text("mode"))
        .explained(
            "prepaid",
            t!("Prepaid"),
            t!("Once, for one period. Customers come back to pay again."),
        )
        .explained(
            "recurring",
            t!("Recurring"),
            t!("Again each period, by an agreement at the gateway."),
        );
    form.field(amount)
        .field(
            field::number("count", t!("For"))
                .value(typed.text("count"))
                .between(1, 3_650)
                .half(),
        )
        .field(
            field::select("unit", t!("Unit"))
                .options([
                    ("days", t!("days")),
                    ("weeks", t!("weeks")),
                    ("months", t!("months")),
                    ("years", t!("years")),
                    ("once", t!("without end")),
                ])
                .value(typed.text("unit"))
                .half(),
        )
        .field(mode)
}

fn parse(plan: &Plan, form: &Posted) -> Result<NewPrice, FormErrors> {
    let mut errors = FormErrors::default();
    let currency = errors.keep("amount", Currency::parse(form.text("currency")));
    let amount = currency
        .and_then(|currency| errors.keep("amount", typed::amount(form, "amount", currency)));
    let period = errors.keep("count", typed::length(form, "count", "unit"));
    let mode = PriceMode::parse(form.text("mode")).unwrap_or(PriceMode::Prepaid);
    match (amount, period) {
        (Some(amount), Some(period)) => Ok(NewPrice {
            plan_id: plan.id.clone(),
            amount,
            period,
            mode,
        }),
        _ => Err(errors),
    }
}

fn plain() -> Posted {
    let mut typed = Posted::default();
    typed.set("count", "1");
    typed.set("unit", "months");
    typed.set("mode", PriceMode::Prepaid.word());
    typed
}

/// `GET /office/plans/{id}/prices/new`
pub async fn new(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let plan = found(&site, &id).await?;
    draw(&site, &staff, &plan, None, &plain(), &FormErrors::default()).await
}

/// `POST /office/plans/{id}/prices/new`
pub async fn create(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let plan = found(&site, &id).await?;
    let new = match parse(&plan, &form) {
        Ok(new) => new,
        Err(errors) => return draw(&site, &staff, &plan, None, &form, &errors).await,
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    price::create(&mut tx, &new).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        &href(&plan, ""),
        t!("The price is on sale."),
    ))
}

async fn own_price(site: &Site, plan: &Plan, id: &str) -> Result<Price, PageError> {
    let id = PriceId::parse(id).ok_or(PageError::NotFound)?;
    price::find(&site.db, &id)
        .await?
        .filter(|price| price.plan_id == plan.id)
        .ok_or(PageError::NotFound)
}

/// `GET /office/plans/{id}/prices/{price}/replace`
pub async fn replace_form(
    staff: Staff,
    State(site): State<Site>,
    Path((id, price)): Path<(String, String)>,
) -> PageResult {
    let plan = found(&site, &id).await?;
    let price = own_price(&site, &plan, &price).await?;
    let mut typed = plain();
    typed.set("amount", price.amount().plain());
    typed.set("currency", price.amount().currency.code());
    typed.set("count", price.period().count.to_string());
    typed.set("unit", price.period().unit.word());
    typed.set("mode", price.mode.word());
    draw(
        &site,
        &staff,
        &plan,
        Some(&price),
        &typed,
        &FormErrors::default(),
    )
    .await
}

/// `POST /office/plans/{id}/prices/{price}/replace`
pub async fn replace(
    staff: Staff,
    State(site): State<Site>,
    Path((id, price)): Path<(String, String)>,
    form: CheckedForm,
) -> PageResult {
    let plan = found(&site, &id).await?;
    let price = own_price(&site, &plan, &price).await?;
    let new = match parse(&plan, &form) {
        Ok(new) => new,
        Err(errors) => return draw(&site, &staff, &plan, Some(&price), &form, &errors).await,
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    price::replace(&mut tx, &price.id, &new).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        &href(&plan, ""),
        t!("The new price is on sale."),
    ))
}

/// `POST /office/plans/{id}/prices/{price}/archive`
pub async fn archive(
    staff: Staff,
    State(site): State<Site>,
    Path((id, price)): Path<(String, String)>,
    form: CheckedForm,
) -> PageResult {
    let plan = found(&site, &id).await?;
    let price = own_price(&site, &plan, &price).await?;
    let done = take_from_sale(&site, &staff, &plan, &price).await;
    archival(&staff, &plan, &price)
        .answer(&site, &here(&plan), &form, done)
        .await
}

async fn take_from_sale(site: &Site, staff: &Staff, plan: &Plan, price: &Price) -> PageResult {
    let mut tx = site.db.begin(staff.actor()).await?;
    price::archive(&mut tx, &price.id).await?;
    tx.save().await?;
    Ok(Done::at(
        site,
        &href(plan, ""),
        t!("The price is archived."),
    ))
}
