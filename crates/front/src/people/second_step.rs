//! The second step of signing in: a code of the authenticator, a recovery code, or a passkey.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use kit::{Secret, t};
use maud::{Markup, html};
use people::PeopleError;
use people::sign_in::{self, Second, Ways};
use ui::field;
use web::{
    Between, CheckedForm, CheckedJson, Guest, PageError, PageResult, Site, plain_below, see_other,
};

use crate::forms::{self, Wrong};
use crate::people::ceremony;
use crate::people::register::Asked;
use crate::people::sign_in::{go_in, next_of};

/// `GET /sign-in/second`
pub async fn show(
    guest: Guest,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> PageResult {
    let Some((_, ways)) = pending(&site, &headers).await? else {
        return Ok(see_other(&forms::with_next("/sign-in", &asked.next)));
    };
    draw(&site, &guest, ways, &asked.next, &Wrong::default()).await
}

/// `POST /sign-in/second`
pub async fn enter(
    guest: Guest,
    State(site): State<Site>,
    headers: HeaderMap,
    form: CheckedForm,
) -> PageResult {
    let next = form.text("next");
    let Some((secret, ways)) = pending(&site, &headers).await? else {
        return Ok(see_other(&forms::with_next("/sign-in", next)));
    };
    let second = second_of(form.text("code"));
    let (db, vault) = (&site.db, &site.tools.vault);
    match sign_in::with_second_step(db, vault, &secret, &second, &guest.browser).await {
        Ok(started) => Ok(go_in(&site, &started, next)),
        Err(PeopleError::Stale) => Ok(see_other(&forms::with_next("/sign-in", next))),
        Err(error) => draw(&site, &guest, ways, next, &forms::of_people(error)?).await,
    }
}

/// Six digits are the authenticator's; all else is a recovery code.
pub fn second_of(typed: &str) -> Second<'_> {
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    let is_code = digits == 6 && typed.chars().all(|c| c.is_ascii_digit() || c == ' ');
    if is_code {
        Second::Code(typed)
    } else {
        Second::RecoveryCode(typed)
    }
}

/// `POST /sign-in/second/passkey/options`
pub async fn ask_passkey(
    guest: Guest,
    State(site): State<Site>,
    headers: HeaderMap,
    _body: CheckedJson,
) -> PageResult {
    let webauthn = ceremony::needed(&site).await?;
    let Some((secret, _)) = pending(&site, &headers).await? else {
        return ceremony::refused(&guest.reader, PeopleError::Stale);
    };
    match sign_in::begin_passkey(&site.db, &webauthn, &secret).await {
        Ok(ceremony) => Ok(ceremony::asked(&site, &ceremony)),
        Err(error) => ceremony::refused(&guest.reader, error),
    }
}

/// `POST /sign-in/second/passkey`
pub async fn enter_by_passkey(
    guest: Guest,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: CheckedJson,
) -> PageResult {
    let webauthn = ceremony::needed(&site).await?;
    let held = Between::Ceremony.read(&site, &headers);
    let (Some(ceremony), Some((secret, _))) = (held, pending(&site, &headers).await?) else {
        return ceremony::refused(&guest.reader, PeopleError::Stale);
    };
    let second = Second::Passkey {
        webauthn: &webauthn,
        ceremony: &ceremony,
        answer: &body.0,
    };
    let (db, vault) = (&site.db, &site.tools.vault);
    match sign_in::with_second_step(db, vault, &secret, &second, &guest.browser).await {
        Ok(started) => {
            let answer = ceremony::done(&site, next_of(&started.account, &asked.next));
            let answer = Between::SecondStep.forget(&site, answer);
            Ok(web::signed_in(&site, &started, answer))
        }
        Err(error) => ceremony::refused(&guest.reader, error),
    }
}

/// Whose second step is due. `None`: nobody's, or the password is too long ago.
async fn pending(site: &Site, headers: &HeaderMap) -> Result<Option<(Secret, Ways)>, PageError> {
    let Some(secret) = Between::SecondStep.read(site, headers) else {
        return Ok(None);
    };
    match sign_in::find_pending(&site.db, &secret).await {
        Ok((_, ways)) => Ok(Some((secret, ways))),
        Err(PeopleError::Stale) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn draw(site: &Site, guest: &Guest, ways: Ways, next: &str, wrong: &Wrong) -> PageResult {
    let reader = &guest.reader;
    let passkeys = ways.passkey && ceremony::webauthn(site).await?.is_some();
    let body = html! {
        (wrong.notice(reader))
        @if ways.authenticator || !passkeys { (fields(guest, next, wrong)) }
        @if passkeys { (passkey_button(guest, next)) }
    };
    let below = html! { p { a.link href="/sign-in" { (reader.say(&t!("Start again"))) } } };
    let intro = t!("Your password was right. Now prove that it is you.");
    let words = (t!("Second step"), Some(intro));
    plain_below(site, guest, wrong.status, words, body, below).await
}

fn fields(guest: &Guest, next: &str, wrong: &Wrong) -> Markup {
    ui::form("/sign-in/second", &guest.csrf)
        .errors(&wrong.errors)
        .hidden("next", next)
        .field(
            field::text("code", t!("Code"))
                .hint(t!("The six digits that your authenticator app shows, or one of your recovery codes."))
                .autocomplete("one-time-code")
                .longest(40)
                .required()
                .focus(),
        )
        .submit(t!("Go on"))
        .render(&guest.reader)
}

fn passkey_button(guest: &Guest, next: &str) -> Markup {
    ui::passkey(
        &guest.reader,
        &t!("Use a passkey"),
        "/sign-in/second/passkey/options",
        &forms::with_next("/sign-in/second/passkey", next),
        &guest.csrf,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_a_code_and_all_else_is_a_recovery_code() {
        assert!(matches!(second_of("123 456"), Second::Code(_)));
        assert!(matches!(second_of("12345"), Second::RecoveryCode(_)));
        assert!(matches!(second_of("abcd-123456"), Second::RecoveryCode(_)));
    }
}
