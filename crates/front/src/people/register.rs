//! Registering: a name, an address, a password; then a letter confirms the address.

use axum::extract::{Query, State};
use axum::response::Response;
use db::DbError;
use kit::{Secret, Text, t};
use maud::{Markup, html};
use outreach::MailSettings;
use people::registration::{self, Registered, RegistrationForm, RegistrationSettings};
use serde::Deserialize;
use ui::field;
use web::{CheckedForm, Done, Guest, PageResult, Posted, Site, plain, plain_below, see_other};

use crate::forms::{self, Wrong};
use crate::people::platform_entry;

/// Where to go once signed in.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    pub next: String,
}

/// `GET /register`
pub async fn show(
    guest: Guest,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    if guest.visit.is_some() {
        return Ok(see_other(forms::local(&asked.next).unwrap_or("/account")));
    }
    if let Some(reason) = why_closed(&site).await? {
        return closed(&site, &guest, reason).await;
    }
    let mut typed = Posted::default();
    typed.set("next", asked.next);
    draw(&site, &guest, &typed, &Wrong::default()).await
}

/// `POST /register`
pub async fn register(guest: Guest, State(site): State<Site>, form: CheckedForm) -> PageResult {
    if let Some(reason) = why_closed(&site).await? {
        return closed(&site, &guest, reason).await;
    }
    let new = RegistrationForm {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        password: Secret::new(form.text("password")),
        locale: Some(guest.reader.language().to_owned()),
    };
    let settings = site.settings().await?;
    let lane = &site.tools.passwords;
    match registration::register(&site.db, lane, &new, &settings.name, &guest.browser).await {
        Ok(Registered::LookAtYourMail) => Ok(see_other("/register/sent")),
        Ok(Registered::SignInNow) => Ok(Done::at(
            &site,
            &forms::with_next("/sign-in", form.text("next")),
            t!("Welcome. Please sign in with what you have just chosen."),
        )),
        Err(error) => draw(&site, &guest, &form, &forms::of_people(error)?).await,
    }
}

/// `GET /register/sent`
pub async fn sent(guest: Guest, State(site): State<Site>) -> PageResult {
    let reader = &guest.reader;
    let body = html! {
        p { (reader.say(&t!("The letter is there within a minute or two. Look among the unwanted ones too."))) }
        p { (reader.say(&t!("Open its link to confirm your address. Then you can sign in and choose a plan."))) }
    };
    let below = html! {
        p { a.link href="/confirm" { (reader.say(&t!("Send the letter again"))) } }
        p { a.link href="/sign-in" { (reader.say(&t!("To the sign-in"))) } }
    };
    let title = t!("Please look at your mail");
    let intro = t!("We have written to the address that you gave.");
    plain_below(
        &site,
        &guest,
        axum::http::StatusCode::OK,
        (title, Some(intro)),
        body,
        below,
    )
    .await
}

/// Why nobody can register now. `None`: everybody can.
pub async fn why_closed(site: &Site) -> Result<Option<Text>, DbError> {
    let (settings, _) = settings::load::<RegistrationSettings>(&site.db).await?;
    if !settings.open {
        return Ok(Some(t!(
            "This house takes no new people by itself. If you know who runs it, ask them to make a sign-in for you."
        )));
    }
    let (mail, _) = settings::load::<MailSettings>(&site.db).await?;
    let needs_letter = !settings.skip_confirmation && !settings.platform_only;
    Ok((!mail.is_set() && needs_letter).then(|| {
        t!("This house cannot send letters yet, so your address could not be confirmed. Please come back later.")
    }))
}

async fn closed(site: &Site, guest: &Guest, reason: Text) -> Result<Response, web::PageError> {
    let reader = &guest.reader;
    let body = html! {
        div.buttons {
            (ui::link_button("/sign-in", t!("Sign in")).primary().render(reader))
            (ui::link_button("/", t!("To the first page")).render(reader))
        }
    };
    plain(
        site,
        guest,
        t!("Registration is closed"),
        Some(reason),
        body,
    )
    .await
}

async fn draw(site: &Site, guest: &Guest, typed: &Posted, wrong: &Wrong) -> PageResult {
    let reader = &guest.reader;
    let (settings, _) = settings::load::<RegistrationSettings>(&site.db).await?;
    let is_managed = !media::owner::list(&site.db).await?.is_empty();
    let body = html! {
        (wrong.notice(reader))
        @if !settings.platform_only { (fields(guest, typed, wrong)) }
        @if settings.platform_only || is_managed {
            (platform_entry::button(guest, t!("Register with Plex")))
        }
    };
    let below = html! {
        p {
            (reader.say(&t!("You have been here before?"))) " "
            a.link href=(forms::with_next("/sign-in", typed.text("next"))) { (reader.say(&t!("Sign in"))) }
        }
    };
    let title = t!("Create your sign-in");
    let intro = if settings.platform_only {
        t!(
            "Only people with a Plex account can register here. You sign in on Plex's own page; no password is typed here."
        )
    } else {
        t!("It costs nothing and binds you to nothing. You choose a plan afterwards.")
    };
    plain_below(site, guest, wrong.status, (title, Some(intro)), body, below).await
}

fn fields(guest: &Guest, typed: &Posted, wrong: &Wrong) -> Markup {
    ui::form("/register", &guest.csrf)
        .errors(&wrong.errors)
        .hidden("next", typed.text("next"))
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
                .hint(t!("We write to you here: receipts, and how to watch."))
                .required(),
        )
        .field(
            field::password("password", t!("Password"))
                .hint(t!(
                    "At least 8 characters. A short sentence is easy to remember."
                ))
                .autocomplete("new-password")
                .required(),
        )
        .submit(t!("Create sign-in"))
        .render(&guest.reader)
}
