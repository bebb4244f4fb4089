//! A one-time link that signs in: printed by the console, or mailed.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kit::{Secret, t};
use maud::html;
use people::token::{self, Purpose};
use people::{PeopleError, sign_in};
use web::{CheckedForm, Guest, PageResult, Site, plain, plain_below};

use crate::people::sign_in::after;

/// `GET /sign-in/link/{token}`
pub async fn show(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
) -> PageResult {
    let known = Secret::new(&secret);
    let found = token::find(&site.db, Purpose::SignInLink, &known, site.now()).await?;
    if found.is_none() {
        return stale(&site, &guest).await;
    }
    let action = format!("/sign-in/link/{secret}");
    let button = ui::post_button(action, &guest.csrf, t!("Sign me in")).primary();
    let body = html! { (button.large().render(&guest.reader)) };
    let intro = t!("This link is good for one sign-in, on this device.");
    plain(&site, &guest, t!("Come in"), Some(intro), body).await
}

/// `POST /sign-in/link/{token}`
pub async fn enter(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    match sign_in::with_link(&site.db, &Secret::new(secret), &guest.browser).await {
        Ok(came) => after(&site, &guest, came, "").await,
        Err(PeopleError::Stale) => stale(&site, &guest).await,
        Err(error) => Err(error.into()),
    }
}

async fn stale(site: &Site, guest: &Guest) -> PageResult {
    let reader = &guest.reader;
    let body = html! {
        div.buttons {
            (ui::link_button("/sign-in", t!("Sign in")).primary().render(reader))
            (ui::link_button("/reset", t!("I forgot my password")).render(reader))
        }
    };
    let intro = t!(
        "It was used before, or it is older than a day. Sign in with your password, or ask for a new one."
    );
    let words = (t!("This link is used up"), Some(intro));
    plain_below(site, guest, StatusCode::GONE, words, body, html! {}).await
}
