//! Signing in as a member to prove that a user is theirs.

use http::StatusCode;
use kit::{Outcome, Refusal, Secret, done, t};
use media::remote::RemoteUser;
use serde_json::json;

use super::users;
use crate::http::Answer;
use crate::media::mediabrowser::call::{Caller, Doing};
use crate::media::mediabrowser::status::words;
use crate::media::mediabrowser::wire::SignedIn;

/// Signs in and out again: what stays is a line in the log, and one device "Playhouse" for all such proofs.
pub(super) async fn prove(caller: &Caller, name: &str, password: &Secret) -> Outcome<RemoteUser> {
    let signed_in = done!(sign_in(caller, name, password).await);
    sign_out(caller, Secret::new(signed_in.access_token)).await;
    Outcome::Done(users::remote(signed_in.user))
}

pub(super) async fn sign_in(caller: &Caller, name: &str, password: &Secret) -> Outcome<SignedIn> {
    let nobody = caller.with_token(None);
    let body = json!({ "Username": name, "Pw": password.reveal() });
    let url = nobody.url(&["Users", "AuthenticateByName"], &[]);
    let answer = done!(nobody.post(url, &body).await);
    match answer.status {
        StatusCode::OK => nobody.read(&answer),
        StatusCode::UNAUTHORIZED if !is_kept_out(&answer) => Outcome::Refused(Refusal::lasting(
            "wrong_password",
            t!(
                "{host} does not know this name with this password. An Emby Connect password does not count here: it is that of the user on the server.",
                host = caller.host()
            ),
        )),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Outcome::Refused(Refusal::lasting(
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

/// Emby says 401 to a wrong password and to a right one that it does not let in; only its sentence differs.
fn is_kept_out(answer: &Answer) -> bool {
    let words = words(answer).to_lowercase();
    ["disabled", "not allowed", "device", "forbidden"]
        .iter()
        .any(|word| words.contains(word))
}

/// Best effort: a token that stays behind opens no more than the user's own devices do.
pub(super) async fn sign_out(caller: &Caller, token: Secret) {
    let own = caller.with_token(Some(token));
    let url = own.url(&["Sessions", "Logout"], &[]);
    if !matches!(own.post_nothing(url).await, Outcome::Done(_)) {
        tracing::debug!(server.host = %caller.host(), "A proving sign-in was not signed out");
    }
}
