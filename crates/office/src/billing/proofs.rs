//! Payments by hand that wait for you: the proof that the customer sent, and your yes or no.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use billing::attempt::{self, Attempt, AttemptState};
use billing::manual::{self, Proof};
use kit::id::{AttemptId, Id, ProofId};
use kit::{FormErrors, Text, t};
use maud::{Markup, html};
use people::role::Permission;
use ui::{Crumb, Span, field};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use crate::ask::{Ask, Here, ask};
use crate::{desk, menu, typed, words};

const AWAITING: &str = "/office/payments/awaiting";
const SHOWN: i64 = 200;

/// `GET /office/payments/awaiting`
pub async fn list(staff: Staff, State(site): State<Site>) -> PageResult {
    let waiting = attempt::list_awaiting(&site.db, SHOWN).await?;
    let body = table(&staff, &waiting);
    let mut parts = desk::below(t!("Waiting for proof"), t!("Payments"), menu::PAYMENTS);
    parts.intro = Some(t!(
        "Customers who say that they paid by hand. Look into your account, then say yes or no."
    ));
    desk::page(&site, &staff, parts, body).await
}

fn table(staff: &Staff, waiting: &[Attempt]) -> Markup {
    let reader = &staff.reader;
    ui::table("awaiting")
        .caption(t!("Waiting for proof"))
        .column(t!("Reference"), |row: &Attempt| ui::code(&row.code))
        .column(t!("Amount"), |row| ui::money(reader, row.amount()))
        .numeric()
        .column(t!("Since"), |row| ui::ago(reader, row.created_at))
        .column(t!("Runs out"), |row| ui::date(reader, row.expires_at))
        .row_link(|row| format!("/office/payments/attempts/{}", row.id))
        .empty(t!(
            "Nobody waits. Payments by hand stand here until you approve or reject them."
        ))
        .render_rows(reader, waiting)
}

async fn found(site: &Site, id: &str) -> Result<Attempt, PageError> {
    let id = AttemptId::parse(id).ok_or(PageError::NotFound)?;
    Ok(attempt::find(&site.db, &id).await?)
}

/// `GET /office/payments/attempts/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let attempt = found(&site, &id).await?;
    let reader = &staff.reader;
    let proofs = manual::proofs(&site.db, &attempt.id).await?;
    let order = billing::order::find(&site.db, &attempt.order_id).await?;
    let payer = billing::payer::find(&site.db, &attempt.payer_id).await?;
    let (tone, word) = words::attempt_state(attempt.state);
    let facts = ui::facts()
        .line(t!("State"), ui::badge(reader, tone, &word))
        .line(t!("Amount"), ui::money(reader, attempt.amount()))
        .line(
            t!("Reference"),
            ui::copyable(reader, &t!("Reference"), &attempt.code),
        )
        .line(t!("For"), html! { (order.title) })
        .line(t!("From"), html! { (payer.name) })
        .line(
            t!("E-mail"),
            words::or_nothing(reader, payer.email.as_deref()),
        )
        .line(t!("Since"), ui::moment(reader, attempt.created_at))
        .maybe(
            t!("Why"),
            attempt
                .reason
                .as_ref()
                .map(|reason| html! { (reader.say(reason)) }),
        );
    let body = ui::grid(&[
        ui::card(t!("What they say"))
            .span(Span::Five)
            .render(reader, &facts.render(reader)),
        ui::card(t!("Proof"))
            .span(Span::Seven)
            .render(reader, &pictures(&staff, &attempt, &proofs)),
    ]);
    let title = t!("Payment by hand, {code}", code = attempt.code.as_str());
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Payments"), menu::PAYMENTS),
            Crumb::new(t!("Waiting for proof"), AWAITING),
        ],
        actions: Some(acts(&staff, &attempt)),
        ..desk::parts(title, menu::PAYMENTS)
    };
    desk::page(&site, &staff, parts, body).await
}

fn acts(staff: &Staff, attempt: &Attempt) -> Markup {
    let waits = matches!(attempt.state, AttemptState::AwaitingProof);
    if !waits || !staff.may(Permission::PaymentsChange) {
        return html! {};
    }
    html! {
        (ask_arrived(staff, attempt))
        (ask_missing(staff, attempt))
    }
}

/// The page of the attempt, for what is asked on it.
fn here(attempt: &Attempt) -> Here {
    let title = t!("Payment by hand, {code}", code = attempt.code.as_str());
    let href = format!("/office/payments/attempts/{}", attempt.id);
    Here::new(menu::PAYMENTS, title, href)
}

fn ask_arrived<'a>(staff: &'a Staff, attempt: &Attempt) -> Ask<'a> {
    let action = format!("{}/approve", here(attempt).href);
    let amount = field::money("amount", t!("How much arrived"), attempt.currency)
        .value(attempt.amount().plain())
        .required();
    ask(staff, "approve", t!("The money arrived…"), action)
        .sentence(t!(
            "It is booked like any other payment, a receipt is issued and access follows."
        ))
        .field(amount)
        .field(field::text("note", t!("Note")).longest(500))
        .gently(t!("Approve it"))
}

fn ask_missing<'a>(staff: &'a Staff, attempt: &Attempt) -> Ask<'a> {
    let action = format!("{}/reject", here(attempt).href);
    ask(staff, "reject", t!("It did not arrive…"), action)
        .sentence(t!("The customer reads your reason and can try again."))
        .because()
        .gravely(t!("Reject it"))
}

fn pictures(staff: &Staff, attempt: &Attempt, proofs: &[Proof]) -> Markup {
    let reader = &staff.reader;
    html! {
        @for proof in proofs {
            @let href = format!("/office/payments/attempts/{}/proofs/{}", attempt.id, proof.id);
            figure {
                @if proof.media_type.starts_with("image/") {
                    a href=(href) {
                        img src=(href) alt=(reader.say(&t!("Proof {name}", name = proof.name.as_str()))) loading="lazy";
                    }
                }
                figcaption { (ui::link(&href, &proof.name)) " · " (ui::moment(reader, proof.uploaded_at)) }
            }
        }
        @if proofs.is_empty() {
            p { (reader.say(&t!("They have sent none yet. You can still approve it when the money is there."))) }
        }
    }
}

/// `GET /office/payments/attempts/{id}/proofs/{proof}`
pub async fn picture(
    _staff: Staff,
    State(site): State<Site>,
    Path((id, proof)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let attempt = found(&site, &id).await?;
    let proof = ProofId::parse(&proof).ok_or(PageError::NotFound)?;
    let (media_type, bytes) = manual::content(&site.db, &attempt.id, &proof)
        .await?
        .ok_or(PageError::NotFound)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media_type);
    // Customers sent it: the browser takes it for what we say it is, and nothing else.
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    Ok(response)
}

/// `POST /office/payments/attempts/{id}/approve`
pub async fn approve(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let attempt = found(&site, &id).await?;
    let done = book(&site, &staff, &attempt, &form).await;
    ask_arrived(&staff, &attempt)
        .answer(&site, &here(&attempt), &form, done)
        .await
}

async fn book(site: &Site, staff: &Staff, attempt: &Attempt, form: &Posted) -> PageResult {
    let mut errors = FormErrors::default();
    let amount = errors.keep("amount", typed::amount(form, "amount", attempt.currency));
    let note = errors.keep("note", form.optional("note", 500)).flatten();
    let Some(amount) = amount.filter(|_| errors.is_empty()) else {
        return Err(errors.into());
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    let payment = manual::approve(&mut tx, &attempt.id, amount, note.as_deref()).await?;
    tx.save().await?;
    Ok(Done::at(
        site,
        &format!("/office/payments/{payment}"),
        t!("Approved: the payment is booked."),
    ))
}

/// `POST /office/payments/attempts/{id}/reject`
pub async fn reject(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let attempt = found(&site, &id).await?;
    let done = turn_down(&site, &staff, &attempt, &form).await;
    ask_missing(&staff, &attempt)
        .answer(&site, &here(&attempt), &form, done)
        .await
}

async fn turn_down(site: &Site, staff: &Staff, attempt: &Attempt, form: &Posted) -> PageResult {
    let reason = form
        .required("reason", 500)
        .map_err(|error| FormErrors::one("reason", error.text()))?;
    let mut tx = site.db.begin(staff.actor()).await?;
    manual::reject(&mut tx, &attempt.id, &reason).await?;
    tx.save().await?;
    let words: Text = t!("Rejected. The customer is told your reason.");
    Ok(Done::at(site, AWAITING, words))
}
