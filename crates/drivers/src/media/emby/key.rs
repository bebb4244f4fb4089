//! Having an API key made: signs in once as an administrator, asks for a key, signs out.

use kit::{Outcome, Refusal, Secret, done, t};

use super::{DIALECT, base, sign_in, system};
use crate::http::Http;
use crate::media::mediabrowser::call::Caller;
use crate::media::mediabrowser::key::ask_for_key;
use crate::media::mediabrowser::policy::Policy;

pub(super) async fn make(
    http: &Http,
    address: &str,
    name: &str,
    password: &Secret,
) -> Outcome<Secret> {
    let base = match base(address) {
        Ok(base) => base,
        Err(reason) => return Outcome::Refused(Refusal::lasting("address", reason)),
    };
    let nobody = Caller::new(&DIALECT, http.clone(), base, Secret::new(""));
    done!(system::public_info(&nobody).await);
    let signed_in = done!(sign_in::sign_in(&nobody, name, password).await);
    let token = Secret::new(signed_in.access_token);
    let administrator = nobody.with_token(Some(token.clone()));
    let key = if Policy(signed_in.user.policy).is_administrator() {
        ask_for_key(&administrator).await
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
