//! Signing in as a member to prove that a user is theirs, passwords, and letting a device in by its code.

use http::StatusCode;
use kit::{Outcome, Refusal, Secret, done, t};
use media::RemoteRef;
use media::remote::RemoteUser;
use serde_json::json;

use super::call::{Caller, Doing};
use super::wire::{SignedIn, User};

/// Signs in and out again: nothing of it stays on the server but a line in its log.
pub(super) async fn prove(caller: &Caller, name: &str, password: &Secret) -> Outcome<RemoteUser> {
    let signed_in = done!(sign_in(caller, name, password).await);
    sign_out(caller, Secret::new(signed_in.access_token)).await;
    Outcome::Done(User::into_remote(signed_in.user))
}

pub(super) async fn sign_in(caller: &Caller, name: &str, password: &Secret) -> Outcome<SignedIn> {
    let nobody = caller.with_token(None);
    let body = json!({ "Username": name, "Pw": password.reveal() });
    let answer = done!(
        nobody
            .post(nobody.url(&["Users", "AuthenticateByName"], &[]), &body)
            .await
    );
    match answer.status {
        StatusCode::OK => nobody.read(&answer),
        StatusCode::UNAUTHORIZED => Outcome::Refused(Refusal::lasting(
            "wrong_password",
            t!(
                "{host} does not know this name with this password. Check both and try again.",
                host = caller.host()
            ),
        )),
        StatusCode::FORBIDDEN => Outcome::Refused(Refusal::lasting(
            "not_let_in",
            t!(
                "{host} knows {user}, but does not let them in: the user is disabled there, or may not sign in from here or now.",
                host = caller.host(),
                user = name
            ),
        )),
        _ => caller.refused(&answer, Doing::Reading),
    }
}

/// Best effort: a token that stays behind opens no more than the user's own devices do.
pub(super) async fn sign_out(caller: &Caller, token: Secret) {
    let own = caller.with_token(Some(token));
    let outcome = own
        .post_nothing(own.url(&["Sessions", "Logout"], &[]))
        .await;
    if !matches!(outcome, Outcome::Done(_)) {
        tracing::debug!(server.host = %caller.host(), "A proving sign-in was not signed out");
    }
}

/// Jellyfin signs the user's other devices out by itself.
pub(super) async fn set_password(
    caller: &Caller,
    user: &RemoteRef,
    password: &Secret,
) -> Outcome<()> {
    let url = caller.url(&["Users", "Password"], &[("userId", user.as_str())]);
    let answer = done!(
        caller
            .post(url, &json!({ "NewPw": password.reveal() }))
            .await
    );
    caller.written(&answer)
}

/// Quick Connect. A refusal by 401 with words is the server's switch, without words it is the key.
pub(super) async fn approve(caller: &Caller, user: &RemoteRef, code: &str) -> Outcome<()> {
    let query = [("code", code), ("userId", user.as_str())];
    let url = caller.url(&["QuickConnect", "Authorize"], &query);
    let answer = done!(caller.post_nothing(url).await);
    match answer.status {
        StatusCode::OK => Outcome::Done(()),
        StatusCode::UNAUTHORIZED if !answer.body.is_empty() => Outcome::Refused(Refusal::lasting(
            "quick_connect_off",
            t!(
                "Quick Connect is switched off on {host}. Sign in on the device with name and password instead.",
                host = caller.host()
            ),
        )),
        StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => Outcome::Refused(Refusal::lasting(
            "unknown_code",
            t!(
                "{host} does not know this code. It holds for ten minutes; have the device show a new one.",
                host = caller.host()
            ),
        )),
        StatusCode::INTERNAL_SERVER_ERROR => Outcome::Refused(Refusal::lasting(
            "used_code",
            t!(
                "This code was used already. If the device is not signed in, have it show a new one."
            ),
        )),
        StatusCode::FORBIDDEN => Outcome::Refused(Refusal::lasting(
            "not_let_in",
            t!(
                "{host} does not let this user in on that device.",
                host = caller.host()
            ),
        )),
        _ => caller.refused(&answer, Doing::Writing),
    }
}
