//! The page on which a person allows a program: `app.plex.tv/auth#?clientID=…&code=…&forwardUrl=…`.
//!
//! The real page reads what it is about from behind the hash, so this one does too, with a few lines of
//! script; parameters before the hash work as well. Everybody whom the world knows has a button of their own.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::super::Tv;
use super::super::asked::{Asked, Sent};
use super::super::wire::escaped;
use super::{pins, sign_in};

/// Moves what is behind the hash (`#?…` or `#!?…`) into the form.
const SCRIPT: &str = "
const about = new URLSearchParams(location.hash.replace(/^#!?\\??/, ''));
for (const name of ['code', 'clientID', 'forwardUrl']) {
  if (about.has(name)) document.getElementById(name).value = about.get(name);
}
const product = about.get('context[device][product]');
if (product) document.getElementById('product').textContent = product;
";
/// How many people get a button; a crowd would make the page endless.
const BUTTONS: usize = 12;

/// `GET /auth`
pub async fn show(State(tv): State<Tv>, asked: Asked) -> Response {
    let given = |name| escaped(asked.text(name).unwrap_or_default());
    let mut form = format!(
        "<h1>Sign in to Plex</h1>\n\
         <p><strong id=\"product\">A program</strong> wants to use your Plex account.</p>\n\
         <form method=\"post\" action=\"/auth\">\n\
         <input type=\"hidden\" id=\"code\" name=\"code\" value=\"{}\">\n\
         <input type=\"hidden\" id=\"clientID\" name=\"clientID\" value=\"{}\">\n\
         <input type=\"hidden\" id=\"forwardUrl\" name=\"forwardUrl\" value=\"{}\">\n\
         <label for=\"login\">Email or username</label>\n\
         <input id=\"login\" name=\"login\" autocomplete=\"username\">\n\
         <label for=\"password\">Password</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\">\n\
         <button name=\"answer\" value=\"allow\">Sign in and allow</button>\n\
         <button name=\"answer\" value=\"deny\">Not now</button>\n",
        given("code"),
        given("clientID"),
        given("forwardUrl"),
    );
    let world = tv.world();
    let people = world
        .accounts
        .iter()
        .filter_map(|account| account.username.as_deref());
    for name in people.take(BUTTONS) {
        let name = escaped(name);
        let _ = writeln!(
            form,
            "<button name=\"as\" value=\"{name}\">Allow as {name}</button>"
        );
    }
    drop(world);
    let _ = write!(form, "</form>\n<script>{SCRIPT}</script>");
    page(StatusCode::OK, &form)
}

/// `POST /auth`: by a button, or with a password.
pub async fn decide(State(tv): State<Tv>, Sent(body): Sent) -> Response {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    if text("answer") == "deny" {
        return sent_on(text("forwardUrl"), "Nothing was allowed.");
    }
    let now = tv.now();
    let mut world = tv.world();
    let account = match &body["as"] {
        Value::String(name) => world.called(name).map(|account| account.id),
        _ => sign_in::proven(&world, &body)
            .ok()
            .map(|account| account.id),
    };
    let Some(account) = account else {
        return page(
            StatusCode::OK,
            "<h1>Sign in to Plex</h1><p>That is not right. Go back and try again.</p>",
        );
    };
    if pins::allow(&mut world, text("code"), account, now).is_none() {
        return page(
            StatusCode::OK,
            "<h1>Sign in to Plex</h1><p>This code is not valid any more.</p>",
        );
    }
    drop(world);
    sent_on(
        text("forwardUrl"),
        "You are signed in and may close this page.",
    )
}

fn sent_on(forward: &str, sentence: &str) -> Response {
    if forward.starts_with("http://") || forward.starts_with("https://") {
        let to = [(header::LOCATION, forward.to_owned())];
        return (StatusCode::SEE_OTHER, to).into_response();
    }
    page(
        StatusCode::OK,
        &format!("<h1>Sign in to Plex</h1><p>{sentence}</p>"),
    )
}

fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Sign in to Plex – stand-in</title>\n</head>\n<body>\n<main>\n\
         <p>Plex stand-in – no real account</p>\n{body}\n</main>\n</body>\n</html>\n"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, html).into_response()
}
