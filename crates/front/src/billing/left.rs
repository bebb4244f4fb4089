//! The customer came back from the gateway without paying.

use axum::extract::{Path, State};
use billing::attempt::{self, AttemptState};
use billing::checkout;
use kit::t;
use maud::html;
use web::{CheckedForm, Done, PageResult, SignedIn, Site, front, see_other};

use crate::billing::way_back::own;

/// `GET /checkout/left/{attempt}`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let (id, bought) = own(&site, &visitor, &id).await?;
    let attempt = attempt::find(&site.db, &id).await?;
    if attempt.state != AttemptState::Open {
        return Ok(see_other(&format!("/checkout/return/{id}")));
    }
    let reader = &visitor.reader;
    let csrf = &visitor.csrf;
    let body = html! {
        header.page-head {
            h1 { (reader.say(&t!("You have not paid yet"))) }
            p { (bought.title) ", " (ui::money(reader, attempt.amount())) }
        }
        p { (reader.say(&t!("Nothing was charged. Your place is kept until {until}.", until = kit::Arg::Moment(attempt.expires_at)))) }
        div.buttons {
            (ui::post_button(format!("/checkout/again/{id}"), csrf, t!("Go on to pay")).primary().render(reader))
            (ui::post_button(format!("/checkout/left/{id}"), csrf, t!("I do not want it after all")).render(reader))
        }
    };
    front(
        &site,
        &visitor.as_guest(),
        t!("Not paid yet"),
        "/plans",
        body,
    )
    .await
}

/// `POST /checkout/left/{attempt}`: gives up, so that it cannot be paid by mistake.
pub async fn give_up(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let (id, _) = own(&site, &visitor, &id).await?;
    checkout::give_up(&site.tools.gateways, &id).await?;
    Ok(Done::at(
        &site,
        "/plans",
        t!("That is given up, and nothing was charged. Choose again whenever you like."),
    ))
}
