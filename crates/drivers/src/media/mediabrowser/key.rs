//! Having an API key made by an administrator.

use kit::{Outcome, Refusal, Secret, done, t};

use super::call::{Caller, Doing, LIMIT};
use super::wire::{Key, Keys};

/// As which the server lists the key.
const APP: &str = "Playhouse";

/// The answer to the order is empty; the newest key of our name is the one.
pub(in crate::media) async fn ask_for_key(caller: &Caller) -> Outcome<Secret> {
    let url = caller.url(&["Auth", "Keys"], &[("app", APP)]);
    let answer = done!(caller.post_nothing(url).await);
    if !answer.status.is_success() {
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
