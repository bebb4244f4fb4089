//! The link of a letter that confirms an address, and asking for that letter again.
//!
//! Opening the link changes nothing, so that a scanner of mail uses none of them up; the button does.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use kit::{Secret, t};
use maud::html;
use people::token::{self, Purpose};
use people::{PeopleError, email_change, registration};
use ui::field;
use web::{CheckedForm, Done, Guest, PageError, PageResult, Posted, Site, plain, plain_below};

use crate::forms::{self, Wrong};

/// `GET /confirm/{token}`
pub async fn show(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
) -> PageResult {
    let reader = &guest.reader;
    if purpose_of(&site, &Secret::new(&secret)).await?.is_none() {
        return stale(&site, &guest).await;
    }
    let body = html! {
        (ui::post_button(format!("/confirm/{secret}"), &guest.csrf, t!("Yes, this is my address")).primary().large().render(reader))
    };
    let title = t!("Confirm your address");
    let intro = t!("One press, and we know that our letters reach you.");
    plain(&site, &guest, title, Some(intro), body).await
}

/// `POST /confirm/{token}`
pub async fn confirm(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let secret = Secret::new(secret);
    let done = match purpose_of(&site, &secret).await? {
        Some(Purpose::ChangeEmail) => email_change::finish(&site.db, &secret, &guest.browser).await,
        _ => registration::confirm(&site.db, &secret, &guest.browser).await,
    };
    match done {
        Ok(()) if guest.visit.is_some() => Ok(Done::at(
            &site,
            "/account/profile",
            t!("Your address is confirmed."),
        )),
        Ok(()) => Ok(Done::at(
            &site,
            "/sign-in",
            t!("Your address is confirmed. Please sign in."),
        )),
        Err(PeopleError::Stale) => stale(&site, &guest).await,
        Err(PeopleError::Form(errors)) => match errors.iter().next() {
            Some((_, text)) => Err(PageError::Unprocessable(text.clone())),
            None => stale(&site, &guest).await,
        },
        Err(error) => Err(error.into()),
    }
}

async fn purpose_of(site: &Site, secret: &Secret) -> Result<Option<Purpose>, PageError> {
    for purpose in [Purpose::ConfirmEmail, Purpose::ChangeEmail] {
        if token::find(&site.db, purpose, secret, site.now())
            .await?
            .is_some()
        {
            return Ok(Some(purpose));
        }
    }
    Ok(None)
}

async fn stale(site: &Site, guest: &Guest) -> Result<Response, PageError> {
    let reader = &guest.reader;
    let body = html! {
        div.buttons {
            (ui::link_button("/sign-in", t!("Sign in")).primary().render(reader))
            (ui::link_button("/confirm", t!("Send the letter again")).render(reader))
        }
    };
    let title = t!("This link is used up");
    let intro = t!(
        "It was used before, or it is older than two days. If you can sign in, all is well; if not, we send you a new one."
    );
    let words = (title, Some(intro));
    plain_below(site, guest, StatusCode::GONE, words, body, html! {}).await
}

/// `GET /confirm`
pub async fn ask(guest: Guest, State(site): State<Site>) -> PageResult {
    draw_asking(&site, &guest, &Posted::default(), &Wrong::default()).await
}

/// `POST /confirm`
pub async fn send_again(guest: Guest, State(site): State<Site>, form: CheckedForm) -> PageResult {
    match registration::ask_again(&site.db, form.text("email"), &guest.browser).await {
        Ok(()) => Ok(web::see_other("/register/sent")),
        Err(error) => draw_asking(&site, &guest, &form, &forms::of_people(error)?).await,
    }
}

async fn draw_asking(site: &Site, guest: &Guest, typed: &Posted, wrong: &Wrong) -> PageResult {
    let form = ui::form("/confirm", &guest.csrf)
        .errors(&wrong.errors)
        .field(
            field::email("email", t!("E-mail"))
                .value(typed.text("email"))
                .required()
                .focus(),
        )
        .submit(t!("Send the letter"));
    let body = html! { (wrong.notice(&guest.reader)) (form.render(&guest.reader)) };
    let title = t!("Send the letter again");
    let intro =
        t!("If the address is registered here and still wants confirming, a new letter comes.");
    plain_below(
        site,
        guest,
        wrong.status,
        (title, Some(intro)),
        body,
        html! {},
    )
    .await
}
