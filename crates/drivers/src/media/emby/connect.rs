//! Emby Connect: one sign-in at emby.media for all servers that somebody is on. The server asks emby.media, which
//! writes to the person.

use http::StatusCode;
use kit::{Outcome, Refusal, done, t};
use media::RemoteRef;
use media::help::AccountLink;
use serde::Deserialize;

use crate::media::mediabrowser::call::{Caller, LIMIT};
use crate::media::mediabrowser::wire::plain_id;

/// `Connect.UserLinkResult`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Linked {
    #[serde(default)]
    is_pending: bool,
    #[serde(default)]
    is_new_user_invitation: bool,
    #[serde(default)]
    guest_display_name: Option<String>,
}

/// Emby answers 500 both for a name that emby.media does not know (causefx/Organizr#1124) and while emby.media does
/// not answer: what stands then has to be looked up.
pub(super) async fn link(caller: &Caller, user: &RemoteRef, name: &str) -> Outcome<AccountLink> {
    let path = ["Users", user.as_str(), "Connect", "Link"];
    let url = caller.url(&path, &[("ConnectUsername", name)]);
    let answer = done!(caller.post_nothing(url).await);
    match answer.status {
        StatusCode::OK => {
            let linked: Linked = done!(caller.read(&answer));
            Outcome::Done(AccountLink {
                name: linked.guest_display_name.unwrap_or_else(|| name.to_owned()),
                is_pending: linked.is_pending,
                is_invitation: linked.is_new_user_invitation,
            })
        }
        StatusCode::BAD_REQUEST => Outcome::Refused(Refusal::lasting(
            "account_taken",
            t!(
                "The Emby Connect account «{name}» is linked with another user of this server already.",
                name = name
            ),
        )),
        _ => match caller.written(&answer) {
            Outcome::Done(()) => find(caller, user).await.map(|found| {
                found.unwrap_or(AccountLink {
                    name: name.to_owned(),
                    is_pending: true,
                    is_invitation: false,
                })
            }),
            Outcome::Refused(refusal) => Outcome::Refused(refusal),
            Outcome::Unknown(unknown) => Outcome::Unknown(unknown),
        },
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    #[serde(default)]
    connect_user_name: Option<String>,
}

/// One row of `GET /Connect/Pending`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Pending {
    #[serde(default)]
    user_name: Option<String>,
    #[serde(default)]
    local_user_id: Option<String>,
}

/// A user shows only what was confirmed; what waits stands in a list of its own.
pub(super) async fn find(caller: &Caller, user: &RemoteRef) -> Outcome<Option<AccountLink>> {
    let own: User = done!(
        caller
            .get(caller.url(&["Users", user.as_str()], &[]), LIMIT)
            .await
    );
    if let Some(name) = own.connect_user_name.filter(|name| !name.is_empty()) {
        return Outcome::Done(Some(AccountLink {
            name,
            is_pending: false,
            is_invitation: false,
        }));
    }
    let url = caller.url(&["Connect", "Pending"], &[]);
    let pending: Vec<Pending> = done!(caller.get(url, LIMIT).await);
    let is_own = |row: &Pending| {
        row.local_user_id.as_deref().map(plain_id).as_deref() == Some(user.as_str())
    };
    let own = pending.into_iter().find(is_own);
    Outcome::Done(own.map(|row| AccountLink {
        name: row.user_name.unwrap_or_default(),
        is_pending: true,
        is_invitation: false,
    }))
}

/// Safe to repeat.
pub(super) async fn unlink(caller: &Caller, user: &RemoteRef) -> Outcome<()> {
    let path = ["Users", user.as_str(), "Connect", "Link"];
    let answer = done!(caller.delete(caller.url(&path, &[])).await);
    caller.written(&answer)
}
