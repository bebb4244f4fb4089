//! The first start: a one-time link makes the first administrator. No password is ever shipped.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kit::{Secret, t};
use maud::{Markup, html};
use people::PeopleError;
use people::first_start::{self, FirstStartForm};
use people::token::{self, Purpose};
use ui::field;
use web::{CheckedForm, Guest, PageResult, Posted, Site, plain_below};

use crate::forms::{self, Wrong};
use crate::people::sign_in::go_in;

/// `GET /start/{token}`
pub async fn show(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
) -> PageResult {
    let known = Secret::new(&secret);
    let found = token::find(&site.db, Purpose::FirstStart, &known, site.now()).await?;
    match found {
        Some(_) => {
            draw(
                &site,
                &guest,
                &secret,
                &Posted::default(),
                &Wrong::default(),
            )
            .await
        }
        None => stale(&site, &guest).await,
    }
}

/// `POST /start/{token}`
pub async fn create(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let new = FirstStartForm {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        password: Secret::new(form.text("password")),
    };
    let (db, lane) = (&site.db, &site.tools.passwords);
    let known = Secret::new(&secret);
    match first_start::finish(db, lane, &known, &new, &guest.browser).await {
        Ok(started) => Ok(go_in(&site, &started, "/office")),
        Err(PeopleError::Stale) => stale(&site, &guest).await,
        Err(error) => draw(&site, &guest, &secret, &form, &forms::of_people(error)?).await,
    }
}

async fn draw(
    site: &Site,
    guest: &Guest,
    secret: &str,
    typed: &Posted,
    wrong: &Wrong,
) -> PageResult {
    let body = html! { (wrong.notice(&guest.reader)) (fields(guest, secret, typed, wrong)) };
    let intro = t!(
        "This house is new and has nobody yet. You will be its first administrator; a short list then leads you through the rest."
    );
    let words = (t!("Welcome, operator"), Some(intro));
    plain_below(site, guest, wrong.status, words, body, html! {}).await
}

fn fields(guest: &Guest, secret: &str, typed: &Posted, wrong: &Wrong) -> Markup {
    ui::form(format!("/start/{secret}"), &guest.csrf)
        .errors(&wrong.errors)
        .field(
            field::text("name", t!("Your name"))
                .value(typed.text("name"))
                .required()
                .longest(120)
                .autocomplete("name")
                .focus(),
        )
        .field(
            field::email("email", t!("E-mail"))
                .value(typed.text("email"))
                .hint(t!("You sign in with it, and the house writes to you here when something needs you."))
                .required(),
        )
        .field(
            field::password("password", t!("Password"))
                .hint(t!("At least 8 characters. A short sentence is easy to remember."))
                .autocomplete("new-password")
                .required(),
        )
        .submit(t!("Open the house"))
        .render(&guest.reader)
}

async fn stale(site: &Site, guest: &Guest) -> PageResult {
    let reader = &guest.reader;
    let body = html! { (ui::link_button("/sign-in", t!("Sign in")).primary().render(reader)) };
    let intro = t!(
        "This house has an administrator already, or the link is older than a day. Sign in, or run “playhouse account create” on the machine for a new link."
    );
    let words = (t!("This link is used up"), Some(intro));
    plain_below(site, guest, StatusCode::GONE, words, body, html! {}).await
}
