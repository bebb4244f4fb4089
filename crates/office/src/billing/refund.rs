//! Giving money back, whole or in part.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use billing::payment::Payment;
use billing::refund::{self, NewRefund, Refund, TermAfter};
use kit::{FormErrors, Text, t};
use ui::{Crumb, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::payment::found;
use crate::{desk, menu, typed};

/// A refund in words.
pub fn amount_words(refund: &Refund) -> Text {
    match refund.term {
        TermAfter::Keep => t!("{amount}; the time stays", amount = refund.amount()),
        TermAfter::Cut => t!("{amount}; the time ends", amount = refund.amount()),
        TermAfter::Revoke => t!("{amount}; the time is taken back", amount = refund.amount()),
    }
}

/// `GET /office/payments/{id}/refund`
pub async fn form(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    staff.fresh(&site)?;
    let payment = found(&site, &id).await?;
    let left = refund::refundable(&site.db, &payment).await?;
    let mut typed = Posted::default();
    typed.set("amount", left.plain());
    typed.set("term", TermAfter::Cut.word());
    draw(&site, &staff, &payment, &typed, &FormErrors::default()).await
}

async fn draw(
    site: &Site,
    staff: &Staff,
    payment: &Payment,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let left = refund::refundable(&site.db, payment).await?;
    let here = format!("/office/payments/{}", payment.id);
    let amount = field::money("amount", t!("How much goes back"), payment.currency)
        .value(typed.text("amount"))
        .hint(t!("{left} of it can still be refunded.", left = left))
        .required();
    let term = field::cards("term", t!("The time that it paid for"))
        .value(typed.text("term"))
        .hint(t!(
            "If the whole payment goes back, its time is always taken back."
        ))
        .explained(
            TermAfter::Cut.word(),
            t!("Ends now"),
            t!("What was used stays used."),
        )
        .explained(
            TermAfter::Keep.word(),
            t!("Stays"),
            t!("A kindness: they keep what they bought."),
        )
        .explained(
            TermAfter::Revoke.word(),
            t!("Is taken back"),
            t!("As if it had never been paid for."),
        );
    let form = ui::form(format!("{here}/refund"), &staff.csrf)
        .errors(errors)
        .field(amount)
        .field(term)
        .field(
            field::text("reason", t!("Reason"))
                .value(typed.text("reason"))
                .hint(t!("It stands in the time line and on the credit note."))
                .longest(300)
                .required(),
        )
        .submit_danger(t!("Refund it"))
        .cancel(&here);
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Payments"), menu::PAYMENTS),
            Crumb::new(t!("Payment of {amount}", amount = payment.amount()), here),
        ],
        intro: Some(t!(
            "The gateway sends the money back; a refund cannot be undone."
        )),
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::parts(t!("Refund"), menu::PAYMENTS)
    };
    desk::page(site, staff, parts, form.render(&staff.reader)).await
}

/// `POST /office/payments/{id}/refund`
pub async fn make(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let payment = found(&site, &id).await?;
    let mut errors = FormErrors::default();
    let amount = errors.keep("amount", typed::amount(&form, "amount", payment.currency));
    let reason = errors.keep("reason", form.required("reason", 300));
    let (Some(amount), Some(reason)) = (amount, reason) else {
        return draw(&site, &staff, &payment, &form, &errors).await;
    };
    let new = NewRefund {
        payment: payment.id.clone(),
        amount,
        term: TermAfter::parse(form.text("term")).unwrap_or(TermAfter::Cut),
        reason,
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    match refund::ask(&mut tx, &new).await {
        Ok(_) => tx.save().await?,
        Err(billing::BillingError::Refused(text)) => {
            drop(tx);
            let errors = FormErrors::one("amount", text);
            return draw(&site, &staff, &payment, &form, &errors).await;
        }
        Err(error) => return Err(PageError::from(error)),
    }
    let here = format!("/office/payments/{}", payment.id);
    Ok(Done::at(
        &site,
        &here,
        t!("{amount} is on its way back.", amount = amount),
    ))
}
