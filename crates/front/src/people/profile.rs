//! About oneself: name, user name, phone, language, time zone; address and password have forms of their own.

use axum::extract::State;
use axum::http::StatusCode;
use kit::{Reader, Secret, Text, t};
use maud::{Markup, html};
use people::account::Account;
use people::email_change;
use people::password::{self, PasswordForm};
use people::profile::{self, ProfileForm};
use ui::{Form, field};
use web::{CheckedForm, Done, PageResult, Posted, SignedIn, Site, see_other};

use crate::account::frame::{self, Place};
use crate::forms::{self, Wrong};

/// Which of the page's forms was sent, and what came of it.
#[derive(Default)]
struct Sent {
    about: (Option<Posted>, Wrong),
    email: (Option<Posted>, Wrong),
    password: Wrong,
}

/// `GET /account/profile`
pub async fn show(visitor: SignedIn, State(site): State<Site>) -> PageResult {
    draw(&site, &visitor, Sent::default()).await
}

/// `POST /account/profile`
pub async fn change(visitor: SignedIn, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let new = ProfileForm {
        username: form.text("username").to_owned(),
        name: form.text("name").to_owned(),
        phone: form.text("phone").to_owned(),
        locale: form.text("locale").to_owned(),
        zone: form.text("zone").to_owned(),
    };
    let mut tx = site.db.begin(visitor.actor()).await?;
    let came = profile::change(&mut tx, &visitor.visit.account, &new).await;
    match came {
        Ok(()) => tx.save().await?,
        Err(error) => {
            drop(tx);
            let about = (Some(form.0), forms::of_people(error)?);
            let sent = Sent {
                about,
                ..Sent::default()
            };
            return draw(&site, &visitor, sent).await;
        }
    }
    Ok(Done::at(&site, "/account/profile", t!("Saved.")))
}

/// `POST /account/profile/email`
pub async fn change_email(
    visitor: SignedIn,
    State(site): State<Site>,
    form: CheckedForm,
) -> PageResult {
    if visitor.fresh(&site).is_err() {
        return Ok(see_other("/account/prove?next=/account/profile"));
    }
    let mut tx = site.db.begin(visitor.actor()).await?;
    let asked = email_change::ask(&mut tx, &visitor.visit.account, form.text("email")).await;
    match asked {
        Ok(()) => tx.save().await?,
        Err(error) => {
            drop(tx);
            let email = (Some(form.0), forms::of_people(error)?);
            let sent = Sent {
                email,
                ..Sent::default()
            };
            return draw(&site, &visitor, sent).await;
        }
    }
    Ok(Done::at(
        &site,
        "/account/profile",
        t!(
            "We have written to the new address. It counts as soon as you open the link in that letter."
        ),
    ))
}

/// `POST /account/profile/password`
pub async fn change_password(
    visitor: SignedIn,
    State(site): State<Site>,
    form: CheckedForm,
) -> PageResult {
    let new = PasswordForm {
        current: Secret::new(form.text("current")),
        new: Secret::new(form.text("new")),
    };
    let settings = site.settings().await?;
    let (db, lane) = (&site.db, &site.tools.passwords);
    match password::change(db, lane, &visitor.visit, &new, &settings.name).await {
        Ok(()) => Ok(Done::at(
            &site,
            "/account/profile",
            t!("Your new password is set, and your other devices are signed out."),
        )),
        Err(error) => {
            let sent = Sent {
                password: forms::of_people(error)?,
                ..Sent::default()
            };
            draw(&site, &visitor, sent).await
        }
    }
}

async fn draw(site: &Site, visitor: &SignedIn, sent: Sent) -> PageResult {
    let reader = &visitor.reader;
    let account = &visitor.visit.account;
    let has_password = password::find(&site.db, &account.id).await?.is_some();
    let (about, wrong_about) = sent.about;
    let (email, wrong_email) = sent.email;
    let about = about.unwrap_or_else(|| stored(account));
    let about = about_form(site, visitor, &about).errors(&wrong_about.errors);
    let email = email_form(visitor, email.as_ref()).errors(&wrong_email.errors);
    let password = password_form(visitor, has_password).errors(&sent.password.errors);
    let status = [&wrong_about, &wrong_email, &sent.password]
        .map(|wrong| wrong.status)
        .into_iter()
        .find(|status| *status != StatusCode::OK);
    let body = html! {
        (card(reader, t!("About you"), &wrong_about, &about))
        (card(reader, t!("E-mail"), &wrong_email, &email))
        (card(reader, t!("Password"), &sent.password, &password))
        (export(reader))
    };
    let head = (t!("About you"), status.unwrap_or(StatusCode::OK));
    frame::page(site, visitor, Place::Profile, head, body).await
}

fn card(reader: &Reader, title: Text, wrong: &Wrong, form: &Form) -> Markup {
    let body = html! { (wrong.notice(reader)) (form.render(reader)) };
    ui::card(title).render(reader, &body)
}

fn stored(account: &Account) -> Posted {
    let mut typed = Posted::default();
    typed.set("username", &account.username);
    typed.set("name", &account.name);
    typed.set("phone", account.phone.as_deref().unwrap_or_default());
    typed.set("locale", account.locale.as_deref().unwrap_or_default());
    typed.set("zone", account.zone.as_deref().unwrap_or_default());
    typed
}

fn about_form(site: &Site, visitor: &SignedIn, typed: &Posted) -> Form {
    let name = field::text("name", t!("Your name")).autocomplete("name");
    let username = field::text("username", t!("User name")).autocomplete("username");
    let zone = field::text("zone", t!("Time zone"))
        .placeholder("Europe/Berlin")
        .hint(t!(
            "For example Europe/Berlin. Left empty, it is the house's."
        ));
    let language = field::select("locale", t!("Language"))
        .option("", t!("As the house"))
        .options(
            site.catalogues
                .names()
                .into_iter()
                .map(|language| (language.code, Text::verbatim(language.name))),
        );
    let phone = field::phone("phone", t!("Phone")).longest(40);
    ui::form("/account/profile", &visitor.csrf)
        .id("about")
        .field(
            name.value(typed.text("name"))
                .required()
                .longest(120)
                .half(),
        )
        .field(
            username
                .value(typed.text("username"))
                .required()
                .longest(60)
                .half(),
        )
        .field(phone.value(typed.text("phone")).half())
        .field(language.value(typed.text("locale")).half())
        .field(zone.value(typed.text("zone")).longest(60))
        .submit(t!("Save"))
}

fn email_form(visitor: &SignedIn, typed: Option<&Posted>) -> Form {
    let now = visitor.visit.account.email.to_string();
    let typed = typed.map_or("", |typed| typed.text("email"));
    ui::form("/account/profile/email", &visitor.csrf)
        .id("address")
        .field(
            field::text("present", t!("Present address"))
                .value(now)
                .fixed(),
        )
        .field(
            field::email("email", t!("New address"))
                .value(typed)
                .hint(t!(
                    "We write to it first; until you open the link there, the present one counts."
                ))
                .required(),
        )
        .submit(t!("Change address"))
}

fn password_form(visitor: &SignedIn, has_password: bool) -> Form {
    let mut form = ui::form("/account/profile/password", &visitor.csrf).id("secret");
    if has_password {
        form = form.field(
            field::password("current", t!("Present password"))
                .required()
                .half(),
        );
    }
    form.field(
        field::password("new", t!("New password"))
            .autocomplete("new-password")
            .required()
            .half(),
    )
    .submit(t!("Change password"))
}

fn export(reader: &Reader) -> Markup {
    let body = html! {
        div.stack {
            p { (reader.say(&t!("One file with everything that this house knows about you."))) }
            div { (ui::link_button("/account/export", t!("Download my data")).icon("download").render(reader)) }
        }
    };
    ui::card(t!("Your data")).render(reader, &body)
}
