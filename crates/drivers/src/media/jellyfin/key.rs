//! Having an API key made: signs in once as an administrator, asks for a key, signs out.

use http::StatusCode;
use kit::{Outcome, Refusal, Secret, done, t};

use super::address;
use super::call::{Caller, Doing, LIMIT};
use super::policy::Policy;
use super::wire::{Key, Keys};
use super::{sign_in, system};
use crate::http::Http;

/// As which Jellyfin lists the key.
const APP: &str = "Playhouse";

pub(super) async fn make(
    http: &Http,
    address: &str,
    name: &str,
    password: &Secret,
) -> Outcome<Secret> {
    let base = match address::parse(address) {
        Ok(base) => base,
        Err(reason) => return Outcome::Refused(Refusal::lasting("address", reason)),
    };
    let nobody = Caller::new(http.clone(), base, Secret::new(""));
    done!(system::public_info(&nobody).await);
    let signed_in = done!(sign_in::sign_in(&nobody, name, password).await);
    let token = Secret::new(signed_in.access_token);
    let administrator = nobody.with_token(Some(token.clone()));
    let key = if Policy(signed_in.user.policy).is_administrator() {
        ask(&administrator).await
    } else {
        Outcome::Refused(Refusal::lasting(
            "no_administrator",
            t!(
                "{user} is not an administrator of {host}. Sign in as one: only they can make keys.",
                user = name,
                host = nobody.host()
            ),
        ))
    };
    sign_in::sign_out(&nobody, token).await;
    key
}

/// The answer to the order is empty; the newest key of our name is the one.
async fn ask(caller: &Caller) -> Outcome<Secret> {
    let url = caller.url(&["Auth", "Keys"], &[("app", APP)]);
    let answer = done!(caller.post_nothing(url).await);
    if answer.status != StatusCode::NO_CONTENT {
        return caller.refused(&answer, Doing::Writing);
    }
    let keys: Keys = done!(caller.get(caller.url(&["Auth", "Keys"], &[]), LIMIT).await);
    let ours = keys
        .items
        .into_iter()
        .filter(|key| key.app_name.as_deref() == Some(APP));
    match ours
        .max_by_key(|key| key.date_created)
        .and_then(|key: Key| key.access_token)
    {
        Some(key) => Outcome::Done(Secret::new(key)),
        None => Outcome::Refused(Refusal::passing(
            "no_key",
            t!(
                "{host} made a key but does not list it. Make one by hand under Dashboard → API Keys.",
                host = caller.host()
            ),
        )),
    }
}
