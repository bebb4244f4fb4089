//! Signing in by name and password, and signing out.

use axum::extract::{Query, State};
use axum::response::Response;
use kit::{Secret, t};
use maud::{Markup, html};
use people::account::Account;
use people::session::{self, Started, Stay};
use people::sign_in::{self, SignIn, SignInForm};
use ui::field;
use web::{
    Between, CheckedForm, Done, Guest, PageResult, Posted, SignedIn, Site, plain, plain_below,
    see_other,
};

use crate::forms::{self, Wrong};
use crate::people::register::Asked;
use crate::people::{ceremony, platform_entry};

/// `GET /sign-in`
pub async fn show(
    guest: Guest,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    if let Some(visit) = &guest.visit {
        return Ok(see_other(next_of(&visit.account, &asked.next)));
    }
    let mut typed = Posted::default();
    typed.set("next", asked.next);
    draw(&site, &guest, &typed, &Wrong::default()).await
}

/// `POST /sign-in`
pub async fn enter(guest: Guest, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let asked = SignInForm {
        login: form.text("login").to_owned(),
        password: Secret::new(form.text("password")),
        stay: if form.ticked("stay") {
            Stay::Yes
        } else {
            Stay::No
        },
    };
    let lane = &site.tools.passwords;
    match sign_in::with_password(&site.db, lane, &asked, &guest.browser).await {
        Ok(SignIn::Refused(text)) => draw(&site, &guest, &form, &Wrong::whole(text)).await,
        Ok(came) => after(&site, &guest, came, form.text("next")).await,
        Err(error) => draw(&site, &guest, &form, &forms::of_people(error)?).await,
    }
}

/// What follows a right password, or a right link.
pub async fn after(site: &Site, guest: &Guest, came: SignIn, next: &str) -> PageResult {
    match came {
        SignIn::SignedIn(started) => Ok(go_in(site, &started, next)),
        SignIn::NeedsSecondStep(step) => {
            let there = see_other(&forms::with_next("/sign-in/second", next));
            Ok(Between::SecondStep.keep(site, &step.pending, there))
        }
        SignIn::NotConfirmed(account) => not_confirmed(site, guest, &account).await,
        SignIn::Refused(text) | SignIn::Disabled(text) => {
            let reader = &guest.reader;
            let body = html! { (ui::link_button("/", t!("To the first page")).render(reader)) };
            plain(site, guest, t!("You cannot sign in"), Some(text), body).await
        }
    }
}

/// Into the house, with the cookie.
pub fn go_in(site: &Site, started: &Started, next: &str) -> Response {
    let there = see_other(next_of(&started.account, next));
    let there = Between::SecondStep.forget(site, there);
    web::signed_in(site, started, there)
}

/// Where somebody goes who has just signed in.
pub fn next_of<'a>(account: &Account, next: &'a str) -> &'a str {
    let home = if account.is_staff() {
        "/office"
    } else {
        "/account"
    };
    forms::local(next).unwrap_or(home)
}

async fn not_confirmed(site: &Site, guest: &Guest, account: &Account) -> PageResult {
    let again = ui::post_button("/confirm", &guest.csrf, t!("Send the letter again"))
        .primary()
        .value("email", account.email.as_str());
    let body = html! { (again.render(&guest.reader)) };
    let title = t!("Please confirm your address first");
    let intro = t!(
        "We have written to {email}. Open the link in that letter, then sign in here.",
        email = account.email.to_string()
    );
    plain(site, guest, title, Some(intro), body).await
}

/// `POST /sign-out`
pub async fn leave(visitor: SignedIn, State(site): State<Site>, _form: CheckedForm) -> PageResult {
    let mut tx = site.db.begin(visitor.actor()).await?;
    session::end(&mut tx, &visitor.visit.session).await?;
    tx.save().await?;
    let there = Done::at(&site, "/", t!("You are signed out. See you soon."));
    Ok(web::signed_out(&site, there))
}

async fn draw(site: &Site, guest: &Guest, typed: &Posted, wrong: &Wrong) -> PageResult {
    let reader = &guest.reader;
    let passkeys = ceremony::webauthn(site).await?.is_some();
    let is_managed = !media::owner::list(&site.db).await?.is_empty();
    let body = html! {
        (wrong.notice(reader))
        (fields(guest, typed, wrong))
        @if passkeys { (passkey_button(guest, typed.text("next"))) }
        @if is_managed { (platform_entry::button(guest, t!("Sign in with Plex"))) }
    };
    let below = html! {
        p {
            (reader.say(&t!("New here?"))) " "
            a.link href=(forms::with_next("/register", typed.text("next"))) { (reader.say(&t!("Create a sign-in"))) }
        }
        p { a.link href="/reset" { (reader.say(&t!("I forgot my password"))) } }
    };
    let words = (t!("Sign in"), Some(t!("Good to see you.")));
    plain_below(site, guest, wrong.status, words, body, below).await
}

fn fields(guest: &Guest, typed: &Posted, wrong: &Wrong) -> Markup {
    ui::form("/sign-in", &guest.csrf)
        .errors(&wrong.errors)
        .hidden("next", typed.text("next"))
        .field(
            field::text("login", t!("E-mail or user name"))
                .value(typed.text("login"))
                .required()
                .longest(254)
                .autocomplete("username")
                .focus(),
        )
        .field(field::password("password", t!("Password")).required())
        .field(field::tick(
            "stay",
            t!("Stay signed in on this device"),
            typed.ticked("stay"),
        ))
        .submit(t!("Sign in"))
        .render(&guest.reader)
}

fn passkey_button(guest: &Guest, next: &str) -> Markup {
    ui::passkey(
        &guest.reader,
        &t!("Use a passkey"),
        "/sign-in/passkey/options",
        &forms::with_next("/sign-in/passkey", next),
        &guest.csrf,
    )
}
