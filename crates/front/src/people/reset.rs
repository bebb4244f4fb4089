//! A forgotten password: asking for the letter, and setting a new one by its link.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kit::{Secret, t};
use maud::html;
use people::token::{self, Purpose};
use people::{PeopleError, reset};
use ui::field;
use web::{CheckedForm, Done, Guest, PageResult, Posted, Site, plain, plain_below, see_other};

use crate::forms::{self, Wrong};

/// `GET /reset`
pub async fn show(guest: Guest, State(site): State<Site>) -> PageResult {
    draw_asking(&site, &guest, &Posted::default(), &Wrong::default()).await
}

/// `POST /reset`
pub async fn ask(guest: Guest, State(site): State<Site>, form: CheckedForm) -> PageResult {
    match reset::ask(&site.db, form.text("email"), &guest.browser).await {
        Ok(()) => Ok(see_other("/reset/sent")),
        Err(error) => draw_asking(&site, &guest, &form, &forms::of_people(error)?).await,
    }
}

/// `GET /reset/sent`
pub async fn sent(guest: Guest, State(site): State<Site>) -> PageResult {
    let reader = &guest.reader;
    let body = html! {
        p { (reader.say(&t!("The link in it is good for an hour. If nothing comes, the address may be another one, or the letter lies among the unwanted ones."))) }
        (ui::link_button("/sign-in", t!("To the sign-in")).render(reader))
    };
    let intro = t!("If the address is known here, a letter is on its way.");
    plain(
        &site,
        &guest,
        t!("Please look at your mail"),
        Some(intro),
        body,
    )
    .await
}

async fn draw_asking(site: &Site, guest: &Guest, typed: &Posted, wrong: &Wrong) -> PageResult {
    let form = ui::form("/reset", &guest.csrf)
        .errors(&wrong.errors)
        .field(
            field::email("email", t!("E-mail"))
                .value(typed.text("email"))
                .required()
                .focus(),
        )
        .submit(t!("Send me a letter"))
        .cancel("/sign-in");
    let body = html! { (wrong.notice(&guest.reader)) (form.render(&guest.reader)) };
    let intro = t!("We send you a link by which you choose a new one.");
    let words = (t!("Forgotten your password?"), Some(intro));
    plain_below(site, guest, wrong.status, words, body, html! {}).await
}

/// `GET /reset/{token}`
pub async fn choose(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
) -> PageResult {
    let known = Secret::new(&secret);
    let found = token::find(&site.db, Purpose::ResetPassword, &known, site.now()).await?;
    match found {
        Some(_) => draw(&site, &guest, &secret, &Wrong::default()).await,
        None => stale(&site, &guest).await,
    }
}

/// `POST /reset/{token}`
pub async fn finish(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let settings = site.settings().await?;
    let new = Secret::new(form.text("password"));
    let (known, lane) = (Secret::new(&secret), &site.tools.passwords);
    let house = &settings.name;
    match reset::finish(&site.db, lane, &known, &new, house, &guest.browser).await {
        Ok(()) => Ok(Done::at(
            &site,
            "/sign-in",
            t!("Your new password is set, and all other devices are signed out. Please sign in."),
        )),
        Err(PeopleError::Stale) => stale(&site, &guest).await,
        Err(error) => draw(&site, &guest, &secret, &forms::of_people(error)?).await,
    }
}

async fn draw(site: &Site, guest: &Guest, secret: &str, wrong: &Wrong) -> PageResult {
    let form = ui::form(format!("/reset/{secret}"), &guest.csrf)
        .errors(&wrong.errors)
        .field(
            field::password("password", t!("New password"))
                .hint(t!(
                    "At least 8 characters. A short sentence is easy to remember."
                ))
                .autocomplete("new-password")
                .required()
                .focus(),
        )
        .submit(t!("Set password"));
    let body = html! { (wrong.notice(&guest.reader)) (form.render(&guest.reader)) };
    let intro = t!("Afterwards every device that is signed in has to sign in again.");
    let words = (t!("Choose a new password"), Some(intro));
    plain_below(site, guest, wrong.status, words, body, html! {}).await
}

async fn stale(site: &Site, guest: &Guest) -> PageResult {
    let reader = &guest.reader;
    let body =
        html! { (ui::link_button("/reset", t!("Ask for a new letter")).primary().render(reader)) };
    let intro = t!("It was used before, or it is older than an hour.");
    let words = (t!("This link is used up"), Some(intro));
    plain_below(site, guest, StatusCode::GONE, words, body, html! {}).await
}
