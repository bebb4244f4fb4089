//! A payment that could not be placed: who it may belong to, and giving it to them.

use axum::extract::{Path, State};
use billing::payment::Payment;
use flows::told_at_once::manual_payment;
use kit::id::{MemberId, PriceId};
use kit::{FormErrors, t};
use lists::suggestions::{self, Suggestion};
use maud::{Markup, Render, html};
use people::role::Permission;
use ui::{Tone, field};
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use super::manual_payment::price_field;
use super::payment::{found, here};
use crate::ask::{Ask, ask};
use crate::typed;

/// Suggestions with their reasons, each one click away, and a way to name somebody else.
pub async fn card(site: &Site, staff: &Staff, payment: &Payment) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let suggested = suggestions::of(&site.db, payment).await?;
    let price = price_field(site, &Posted::default()).await?;
    let may_assign = staff.may(Permission::PaymentsChange);
    let rows = ui::rows()
        .rows(suggested.iter().map(|suggestion| {
            let href = format!("/office/members/{}", suggestion.member);
            let row = ui::row(reader, Tone::Info, "member", &suggestion.reason)
                .title(ui::link(&href, &suggestion.name))
                .say(reader, &suggestion.reason);
            if may_assign {
                row.action(assign_to(staff, payment, suggestion, price.clone()).render())
            } else {
                row
            }
        }))
        .empty(t!(
            "Nothing in it points to anybody. Name the member yourself."
        ));
    let aside = html! {
        @if may_assign {
            (assign_other(staff, payment, price))
        }
    };
    let card = ui::card(t!("Whose is it?")).flush().aside(aside);
    Ok(ui::grid(&[card.render(reader, &rows.render(reader))]))
}

fn action(payment: &Payment) -> String {
    format!("/office/payments/{}/assign", payment.id)
}

fn assign_other<'a>(staff: &'a Staff, payment: &Payment, price: field::Field) -> Ask<'a> {
    let member = field::text("member", t!("Member’s number"))
        .hint(t!("From their page."))
        .required();
    ask(staff, "assign-other", t!("Somebody else…"), action(payment))
        .question(t!("Whose payment is it?"))
        .field(member)
        .field(price)
        .because()
        .gently(t!("Assign it"))
}

fn assign_to<'a>(
    staff: &'a Staff,
    payment: &Payment,
    suggestion: &Suggestion,
    price: field::Field,
) -> Ask<'a> {
    let name = suggestion.name.as_str();
    ask(
        staff,
        &format!("assign-{}", suggestion.member),
        t!("Assign…"),
        action(payment),
    )
    .question(t!("Give this payment to {name}?", name = name))
    .sentence(t!(
        "Their time begins with the payment. The payer’s address is remembered for the next one."
    ))
    .field(
        field::select("member", t!("Member"))
            .option(suggestion.member.as_str(), kit::Text::verbatim(name))
            .value(suggestion.member.as_str()),
    )
    .field(price)
    .because()
    .gently(t!("Assign it"))
}

/// `POST /office/payments/{id}/assign`
pub async fn assign(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let payment = found(&site, &id).await?;
    let done = place(&site, &staff, &payment, &form).await;
    let suggested = suggestions::of(&site.db, &payment).await?;
    let price = price_field(&site, &Posted::default()).await?;
    let asked = match suggested
        .iter()
        .find(|suggestion| suggestion.member.as_str() == form.text("member"))
    {
        Some(suggestion) => assign_to(&staff, &payment, suggestion, price),
        None => assign_other(&staff, &payment, price),
    };
    asked.answer(&site, &here(&payment), &form, done).await
}

async fn place(site: &Site, staff: &Staff, payment: &Payment, form: &Posted) -> PageResult {
    let mut errors = FormErrors::default();
    let member: Option<MemberId> = errors.keep("member", typed::id(form, "member"));
    let price: Option<PriceId> = errors.keep("price", typed::id(form, "price"));
    let reason = typed::reason(form, &mut errors);
    let (Some(member), Some(price), true) = (member, price, errors.is_empty()) else {
        return Err(errors.into());
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    manual_payment::place(&mut tx, &payment.id, &member, &price, &reason).await?;
    tx.save().await?;
    Ok(Done::at(
        site,
        &here(payment).href,
        t!("The payment is theirs now."),
    ))
}
