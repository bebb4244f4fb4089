//! `/account`: everything about one's own membership on one page, drawn again whenever something happens.

use axum::extract::State;
use axum::http::StatusCode;
use billing::attempt::{Attempt, AttemptState};
use billing::standing::Standing;
use kit::{Reader, t};
use lists::my_account::{self, MyAccount};
use maud::{Markup, html};
use ui::Tone;
use web::{Guest, LiveTopic, PageError, PageResult, SignedIn, Site};

use crate::account::access;
use crate::account::frame::{self, Place};
use crate::account::guide::guide;
use crate::account::membership::{self, Reading};
use crate::media::devices;
use crate::media::other_account;

const ELEMENT: &str = "my-account";

/// `GET /account`
pub async fn show(visitor: SignedIn, State(site): State<Site>) -> PageResult {
    let account = &visitor.visit.account;
    let mine = my_account::find(&site.db, &account.id, site.now()).await?;
    let reading = Reading {
        reader: &visitor.reader,
        csrf: &visitor.csrf,
        makers: &site.tools.makers,
        now: site.now(),
    };
    let body = html! {
        (fragment(reading, &mine))
        (ui::live("/events?topics=account"))
    };
    let head = (t!("My account"), StatusCode::OK);
    frame::page(&site, &visitor, Place::Membership, head, body).await
}

/// The page's live part. Everybody gets their own.
pub fn topic() -> LiveTopic {
    LiveTopic::new("account", |site, guest, _| async move {
        again(&site, &guest).await
    })
}

async fn again(site: &Site, guest: &Guest) -> Result<Option<Markup>, PageError> {
    let Some(visit) = &guest.visit else {
        return Ok(None);
    };
    let mine = my_account::find(&site.db, &visit.account.id, site.now()).await?;
    let reading = Reading {
        reader: &guest.reader,
        csrf: &guest.csrf,
        makers: &site.tools.makers,
        now: site.now(),
    };
    Ok(Some(ui::partial(ELEMENT, &fragment(reading, &mine))))
}

fn fragment(reading: Reading<'_>, mine: &MyAccount) -> Markup {
    let reader = reading.reader;
    let has_access = mine.standing.as_ref().is_some_and(Standing::has_access);
    let has_places = mine.shares.iter().any(access::is_shown);
    html! {
        div.stack id=(ELEMENT) {
            @if let Some(change) = &mine.account_change { (other_account::banner(reader, change)) }
            @match &mine.standing {
                Some(standing) => (membership::head(reading, standing)),
                None => (nothing_yet(reader)),
            }
            @if let Some(attempt) = mine.attempt.as_ref().filter(|attempt| is_waiting(attempt)) {
                (waiting(reader, attempt))
            }
            @if has_access || has_places { (access::cards(reading, mine)) }
            (own_devices(reader, mine))
            @if let Some(open) = mine.shares.iter().find(|mine| mine.share.is_open()) { (guide(reader, reading.makers, open)) }
        }
    }
}

/// Shown as soon as there are any, or a limit to keep to.
fn own_devices(reader: &Reader, mine: &MyAccount) -> Markup {
    let count = mine.devices;
    let body = html! {
        div.stack {
            (devices::limit(reader, count))
            div.buttons { (ui::link_button("/account/devices", t!("See your devices")).render(reader)) }
        }
    };
    html! {
        @if count.devices > 0 || (count.limit.is_some() && !mine.shares.is_empty()) {
            (ui::card(t!("Your devices")).render(reader, &body))
        }
    }
}

fn is_waiting(attempt: &Attempt) -> bool {
    !attempt.state.is_over()
}

fn waiting(reader: &Reader, attempt: &Attempt) -> Markup {
    let (title, there) = match attempt.state {
        AttemptState::AwaitingProof => (
            t!(
                "We wait for your payment of {amount}",
                amount = attempt.amount()
            ),
            format!("/checkout/pay/{}", attempt.id),
        ),
        AttemptState::Processing => (
            t!(
                "Your payment of {amount} is on its way",
                amount = attempt.amount()
            ),
            format!("/checkout/return/{}", attempt.id),
        ),
        _ => (
            t!(
                "A payment of {amount} is not finished",
                amount = attempt.amount()
            ),
            format!("/checkout/return/{}", attempt.id),
        ),
    };
    ui::notice(Tone::Info, title)
        .sentence(t!(
            "Your place is kept until {until}.",
            until = kit::Arg::Moment(attempt.expires_at)
        ))
        .action(ui::link_button(there, t!("Look at it")).render(reader))
        .render(reader)
}

fn nothing_yet(reader: &Reader) -> Markup {
    ui::empty("plans", t!("You have no membership yet"))
        .sentence(t!(
            "Choose a plan, and you can watch seconds after the payment. Here you will then see how it stands."
        ))
        .action(
            ui::link_button("/plans", t!("See the plans"))
                .primary()
                .render(reader),
        )
        .render(reader)
}
