//! Back from the gateway: the payment is looked at here and now, and the page shows how access follows.
//!
//! What the address says counts for nothing; only what the gateway itself says does. Opening the page again
//! does no harm.

use axum::extract::{Path, State};
use billing::attempt::{self, Attempt, AttemptState};
use billing::checkout;
use kit::id::{AttemptId, Id};
use kit::{Reader, Text, t};
use lists::my_account::{self, MyAccount, MyAttempt, Owners};
use maud::{Markup, html};
use web::{Guest, LiveTopic, PageError, PageResult, SignedIn, Site, front};

use crate::account::access;
use crate::account::membership::Reading;

/// `GET /checkout/return/{attempt}`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let (id, bought) = own(&site, &visitor, &id).await?;
    // A gateway that cannot be asked now is asked again by a job; the page says what is known.
    let looked = checkout::look(&site.tools.gateways, &id).await?;
    if let Err(reason) = looked {
        tracing::debug!(attempt.id = %id, reason = reason.in_english(), "Nothing learnt on the way back");
    }
    let attempt = attempt::find(&site.db, &id).await?;
    if attempt.state == AttemptState::AwaitingProof {
        return Ok(web::see_other(&format!("/checkout/pay/{id}")));
    }
    let mine = my_account::find(&site.db, &visitor.visit.account.id, site.now()).await?;
    let reading = Reading {
        reader: &visitor.reader,
        csrf: &visitor.csrf,
        makers: &site.tools.makers,
        now: site.now(),
    };
    let body = html! {
        (progress(reading, &attempt, &bought.title, &mine))
        (ui::live("/events?topics=checkout"))
    };
    front(&site, &visitor.as_guest(), t!("Your payment"), "", body).await
}

/// One's own attempt. `NotFound`: there is none, or it is somebody else's.
pub async fn own(
    site: &Site,
    visitor: &SignedIn,
    id: &str,
) -> Result<(AttemptId, MyAttempt), PageError> {
    let id = AttemptId::parse(id).ok_or(PageError::NotFound)?;
    let owners = Owners::of(&site.db, &visitor.visit.account.id).await?;
    let found = my_account::find_attempt(&site.db, &owners, &id).await?;
    Ok((id, found.ok_or(PageError::NotFound)?))
}

/// The visitor's latest payment, drawn again whenever something happens. Nobody sees another's.
pub fn topic() -> LiveTopic {
    LiveTopic::new("checkout", |site, guest, _| async move {
        latest(&site, &guest).await
    })
}

async fn latest(site: &Site, guest: &Guest) -> Result<Option<Markup>, PageError> {
    let Some(visit) = &guest.visit else {
        return Ok(None);
    };
    let mine = my_account::find(&site.db, &visit.account.id, site.now()).await?;
    let Some(attempt) = &mine.attempt else {
        return Ok(None);
    };
    let owners = Owners::of(&site.db, &visit.account.id).await?;
    let bought = my_account::find_attempt(&site.db, &owners, &attempt.id).await?;
    let title = bought.map(|bought| bought.title).unwrap_or_default();
    let reading = Reading {
        reader: &guest.reader,
        csrf: &guest.csrf,
        makers: &site.tools.makers,
        now: site.now(),
    };
    let markup = progress(reading, attempt, &title, &mine);
    Ok(Some(ui::partial(&element_of(attempt), &markup)))
}

/// Of its own for each attempt: a page never shows another one's progress.
fn element_of(attempt: &Attempt) -> String {
    format!("payment-{}", attempt.id)
}

/// How far it is: paid or not, let in or not, and the one thing to do.
fn progress(reading: Reading<'_>, attempt: &Attempt, title: &str, mine: &MyAccount) -> Markup {
    let (reader, csrf) = (reading.reader, reading.csrf);
    let is_settled = attempt.state == AttemptState::Settled;
    let steps = [t!("Choose"), t!("Pay"), t!("Watch")];
    html! {
        section.stack id=(element_of(attempt)) aria-live="polite" {
            (ui::steps(reader, &steps, if is_settled { 2 } else { 1 }))
            @if is_settled { (after_payment(reading, title, mine)) }
            @else { (before_payment(reader, csrf, attempt, title)) }
        }
    }
}

fn after_payment(reading: Reading<'_>, title: &str, mine: &MyAccount) -> Markup {
    let reader = reading.reader;
    let is_open = !mine.shares.is_empty() && mine.shares.iter().any(|mine| mine.share.is_open());
    let headline = if is_open {
        t!("You are in. Enjoy the show.")
    } else {
        t!("Thank you, your payment is there.")
    };
    html! {
        header.page-head {
            h1 { (reader.say(&headline)) }
            p { (title) }
        }
        (access::cards(reading, mine))
        div.buttons { (ui::link_button("/account", t!("To My account")).render(reader)) }
    }
}

fn before_payment(reader: &Reader, csrf: &str, attempt: &Attempt, title: &str) -> Markup {
    let (headline, sentence) = words(attempt);
    let may_go_on = matches!(
        attempt.state,
        AttemptState::Open | AttemptState::Sending | AttemptState::Unknown
    );
    let again = format!("/checkout/again/{}", attempt.id);
    html! {
        header.page-head {
            h1 { (reader.say(&headline)) }
            p { (title) ", " (ui::money(reader, attempt.amount())) }
        }
        p { (reader.say(&sentence)) }
        div.buttons {
            @if may_go_on { (ui::post_button(again, csrf, t!("Go on to pay")).primary().render(reader)) }
            @if attempt.state.is_over() { (ui::link_button("/plans", t!("Choose again")).primary().render(reader)) }
            (ui::link_button("/account", t!("To My account")).render(reader))
        }
    }
}

fn words(attempt: &Attempt) -> (Text, Text) {
    let reason = attempt.reason.clone();
    match attempt.state {
        AttemptState::Sending | AttemptState::Unknown => (
            t!("We are asking the payment service"),
            t!(
                "It has not told us yet what became of this payment. We ask again by ourselves, and this page shows the answer."
            ),
        ),
        AttemptState::Open => (
            t!("Not paid yet"),
            t!(
                "The payment page is still open for you. If you have just paid, this page changes by itself in a moment."
            ),
        ),
        AttemptState::Processing => (
            t!("Your payment is on its way"),
            t!(
                "Your part is done. Some ways of paying take a while; you are let in as soon as the money is certain. You can close this page."
            ),
        ),
        AttemptState::AwaitingProof => (
            t!("Waiting for your transfer"),
            t!("Your place is kept. You are let in as soon as the money is found."),
        ),
        AttemptState::Settled => (t!("Paid"), t!("Your payment is there.")),
        AttemptState::Expired => (
            t!("The time for this payment is over"),
            t!(
                "Nothing was charged, and your place is free again. You can start anew at any time."
            ),
        ),
        AttemptState::Failed | AttemptState::Rejected => (
            t!("This payment did not work"),
            reason.unwrap_or(t!(
                "Nothing was charged. Please try again, or choose another way to pay."
            )),
        ),
    }
}
