//! Proving again who sits there, before something grave: by password, authenticator or passkey.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use kit::{Secret, t};
use maud::{Markup, html};
use people::sign_in::{Second, Ways};
use people::step_up::{self, Evidence};
use people::{PeopleError, password};
use ui::field;
use web::{Between, CheckedForm, CheckedJson, PageResult, SignedIn, Site, see_other};

use crate::account::frame;
use crate::forms::{self, Wrong};
use crate::people::ceremony;
use crate::people::register::Asked;
use crate::people::second_step::second_of;

const HOME: &str = "/account/security";

/// `GET /account/prove`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    draw(&site, &visitor, &asked.next, &Wrong::default()).await
}

/// `POST /account/prove`
pub async fn prove(visitor: SignedIn, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let next = form.text("next");
    match check(&site, &visitor, &form).await {
        Ok(secret) => {
            let there = see_other(forms::local(next).unwrap_or(HOME));
            Ok(web::renewed(&site, &visitor.visit, &secret, there))
        }
        Err(error) => draw(&site, &visitor, next, &forms::of_people(error)?).await,
    }
}

/// The session's new secret, once the password or code is right.
async fn check(site: &Site, visitor: &SignedIn, form: &CheckedForm) -> Result<Secret, PeopleError> {
    let typed = Secret::new(form.text("password"));
    let evidence = if form.has("code") {
        Evidence::Second(second_of(form.text("code")))
    } else {
        Evidence::Password(&typed)
    };
    let (lane, vault) = (&site.tools.passwords, &site.tools.vault);
    step_up::prove(&site.db, lane, vault, &visitor.visit, &evidence).await
}

/// `POST /account/prove/passkey/options`
pub async fn ask_passkey(
    visitor: SignedIn,
    State(site): State<Site>,
    _body: CheckedJson,
) -> PageResult {
    let webauthn = ceremony::needed(&site).await?;
    let mut tx = site.db.begin(visitor.actor()).await?;
    let begun = webauthn
        .begin_proving(&mut tx, &visitor.visit.account.id)
        .await?;
    tx.save().await?;
    match begun {
        Some(ceremony) => Ok(ceremony::asked(&site, &ceremony)),
        None => ceremony::refused(&visitor.reader, PeopleError::NotFound),
    }
}

/// `POST /account/prove/passkey`
pub async fn prove_by_passkey(
    visitor: SignedIn,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: CheckedJson,
) -> PageResult {
    let webauthn = ceremony::needed(&site).await?;
    let Some(held) = Between::Ceremony.read(&site, &headers) else {
        return ceremony::refused(&visitor.reader, PeopleError::Stale);
    };
    let evidence = Evidence::Second(Second::Passkey {
        webauthn: &webauthn,
        ceremony: &held,
        answer: &body.0,
    });
    let (lane, vault) = (&site.tools.passwords, &site.tools.vault);
    match step_up::prove(&site.db, lane, vault, &visitor.visit, &evidence).await {
        Ok(secret) => {
            let answer = ceremony::done(&site, forms::local(&asked.next).unwrap_or(HOME));
            Ok(web::renewed(&site, &visitor.visit, &secret, answer))
        }
        Err(error) => ceremony::refused(&visitor.reader, error),
    }
}

async fn draw(site: &Site, visitor: &SignedIn, next: &str, wrong: &Wrong) -> PageResult {
    let account = &visitor.visit.account;
    let reader = &visitor.reader;
    let ways = step_up::ways_of(&site.db, &visitor.visit).await?;
    let has_password = password::find(&site.db, &account.id).await?.is_some();
    let passkeys = ways.passkey && ceremony::webauthn(site).await?.is_some();
    let body = html! {
        (wrong.notice(reader))
        @if ways.authenticator { (code_form(visitor, next, wrong)) }
        @else if has_password && !ways.any() { (password_form(visitor, next, wrong)) }
        @if passkeys { (passkey(visitor, next)) }
        @if nothing(has_password, ways) {
            p { (reader.say(&t!("Your sign-in has no password yet. Ask for a letter, and choose one."))) }
            (ui::link_button("/reset", t!("Send me a letter")).primary().render(reader))
        }
    };
    let intro =
        t!("What you are about to do is grave. For a quarter of an hour you are not asked again.");
    let head = (t!("Prove that it is you"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}

fn nothing(has_password: bool, ways: Ways) -> bool {
    !has_password && !ways.any()
}

fn password_form(visitor: &SignedIn, next: &str, wrong: &Wrong) -> Markup {
    ui::form("/account/prove", &visitor.csrf)
        .errors(&wrong.errors)
        .hidden("next", next)
        .field(
            field::password("password", t!("Password"))
                .required()
                .focus(),
        )
        .submit(t!("Go on"))
        .render(&visitor.reader)
}

fn code_form(visitor: &SignedIn, next: &str, wrong: &Wrong) -> Markup {
    ui::form("/account/prove", &visitor.csrf)
        .errors(&wrong.errors)
        .hidden("next", next)
        .field(
            field::text(
                "code",
                t!("Code of your authenticator app, or a recovery code"),
            )
            .autocomplete("one-time-code")
            .required()
            .focus(),
        )
        .submit(t!("Go on"))
        .render(&visitor.reader)
}

fn passkey(visitor: &SignedIn, next: &str) -> Markup {
    ui::passkey(
        &visitor.reader,
        &t!("Use a passkey"),
        "/account/prove/passkey/options",
        &forms::with_next("/account/prove/passkey", next),
        &visitor.csrf,
    )
}
