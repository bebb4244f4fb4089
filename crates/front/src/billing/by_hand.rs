//! Paying by hand: the operator's instructions, the reference to write, and a proof if there is one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use billing::attempt::{self, Attempt, AttemptState};
use billing::manual::{self, Proof};
use billing::{BillingError, gateways};
use kit::{Reader, t};
use lists::my_account::MyAttempt;
use maud::{Markup, html};
use ui::{Tone, field};
use web::{CheckedUpload, Done, PageError, PageResult, SignedIn, Site, front_with, see_other};

use crate::billing::way_back::own;
use crate::forms::Wrong;

const ACCEPTED: &str = "image/png,image/jpeg,image/webp,application/pdf";

/// `GET /checkout/pay/{attempt}`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let (id, bought) = own(&site, &visitor, &id).await?;
    let attempt = attempt::find(&site.db, &id).await?;
    if attempt.state != AttemptState::AwaitingProof {
        return Ok(see_other(&format!("/checkout/return/{id}")));
    }
    draw(&site, &visitor, &attempt, &bought, &Wrong::default()).await
}

/// `POST /checkout/pay/{attempt}`
pub async fn send_proof(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    upload: CheckedUpload,
) -> PageResult {
    let (id, bought) = own(&site, &visitor, &id).await?;
    let attempt = attempt::find(&site.db, &id).await?;
    let Some(file) = upload.files.get("proof") else {
        let errors = kit::FormErrors::one("proof", t!("Please choose a picture or a PDF."));
        return draw(&site, &visitor, &attempt, &bought, &Wrong::fields(errors)).await;
    };
    let mut tx = site.db.begin(visitor.actor()).await?;
    match manual::upload_proof(&mut tx, &id, &file.name, &file.bytes).await {
        Ok(_) => tx.save().await?,
        Err(BillingError::Refused(text)) => {
            drop(tx);
            let wrong = Wrong::fields(kit::FormErrors::one("proof", text));
            return draw(&site, &visitor, &attempt, &bought, &wrong).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Done::at(
        &site,
        &format!("/checkout/pay/{id}"),
        t!("Thank you. Somebody looks at it, and you are let in as soon as it is approved."),
    ))
}

async fn draw(
    site: &Site,
    visitor: &SignedIn,
    attempt: &Attempt,
    bought: &MyAttempt,
    wrong: &Wrong,
) -> PageResult {
    let gateway = gateways::find(&site.db, &attempt.gateway_id)
        .await?
        .ok_or(PageError::NotFound)?;
    let instructions = gateway.config.0.get(manual::INSTRUCTIONS);
    let proofs = manual::proofs(&site.db, &attempt.id).await?;
    let reader = &visitor.reader;
    let body = html! {
        (ui::steps(reader, &[t!("Choose"), t!("Pay"), t!("Watch")], 1))
        header.page-head {
            h1 { (reader.say(&t!("Pay {amount}", amount = attempt.amount()))) }
            p { (bought.title) ", " (gateway.title) }
        }
        (what_to_do(reader, attempt, instructions.map_or("", String::as_str)))
        (proof_card(visitor, attempt, &proofs, wrong))
        div.buttons { (ui::link_button("/account", t!("To My account")).render(reader)) }
    };
    let status = if wrong.errors.is_empty() {
        StatusCode::OK
    } else {
        wrong.status
    };
    front_with(
        site,
        &visitor.as_guest(),
        status,
        t!("How to pay"),
        "/plans",
        body,
    )
    .await
}

fn what_to_do(reader: &Reader, attempt: &Attempt, instructions: &str) -> Markup {
    let body = html! {
        div.stack {
            @for line in instructions.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
            (ui::facts()
                .line(t!("Amount"), ui::money(reader, attempt.amount()))
                .explained(
                    t!("Reference"),
                    ui::copyable(reader, &t!("Reference"), &attempt.code),
                    t!("Write it on the payment, so that we know that it is yours."),
                )
                .line(t!("Your place is kept until"), ui::moment(reader, attempt.expires_at))
                .render(reader))
        }
    };
    ui::card(t!("What to do")).render(reader, &body)
}

fn proof_card(visitor: &SignedIn, attempt: &Attempt, proofs: &[Proof], wrong: &Wrong) -> Markup {
    let reader = &visitor.reader;
    let form = ui::form(format!("/checkout/pay/{}", attempt.id), &visitor.csrf)
        .errors(&wrong.errors)
        .field(
            field::file("proof", t!("Picture or PDF, 2 MB at most"), ACCEPTED)
                .hint(t!(
                    "For example a picture of the receipt, or the confirmation of your bank."
                ))
                .required(),
        )
        .submit(t!("Send the proof"));
    let (tone, word) = match proofs {
        [] => (Tone::Neutral, t!("Optional")),
        _ => (Tone::Info, t!("Being looked at")),
    };
    let sent = proofs.iter().map(|proof| {
        ui::row(reader, Tone::Good, "check", &t!("Proof"))
            .title(html! { (proof.name) })
            .detail(html! { (reader.say(&t!("Sent"))) " " (ui::moment(reader, proof.uploaded_at)) })
    });
    let body = html! {
        div.stack {
            p { (reader.say(&t!("It goes faster if you show us that you have paid. You are let in when somebody has looked at it."))) }
            @if !proofs.is_empty() { (ui::rows().rows(sent).render(reader)) }
            (form.render(reader))
        }
    };
    ui::card(t!("Send a proof"))
        .badge(ui::badge(reader, tone, &word))
        .render(reader, &body)
}
