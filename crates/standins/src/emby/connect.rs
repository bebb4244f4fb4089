//! Emby Connect: one sign-in at emby.media for the servers that its owner is linked with.
//!
//! An administrator asks for a link; the person gets a mail and the link is pending until they say yes. A name
//! that emby.media does not know is refused with 500 (causefx/Organizr#1124); an unknown e-mail becomes an
//! invitation to make an account there (`IsNewUserInvitation`). [`super::connect_order`] says yes for them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::Emby;
use super::answer::{Answer, Asked, Refusal, done, shown};
use super::auth::{Elevated, Unproven, parse_user};
use super::guid::Guid;
use super::moment::Moment;
use super::sign_in;
use super::state::{Device, State as Known};
use super::users::{find, find_mut};

/// A user's link with somebody at emby.media.
#[derive(Debug, Clone)]
pub struct Link {
    /// Their name there, or the e-mail of an invitation.
    pub name: String,
    /// `LinkedUser` or `Guest`.
    pub kind: &'static str,
    pub connect_id: String,
    /// What they exchange for a token of this server.
    pub access_key: String,
    pub is_pending: bool,
}

/// What emby.media knows: accounts, and the mails that it has sent.
#[derive(Debug, Default)]
pub struct ConnectService {
    pub accounts: Vec<Account>,
    pub mails: Vec<Mail>,
}

#[derive(Debug, Clone, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub name: String,
    pub email: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Mail {
    pub at: Moment,
    pub to: String,
    /// `link` (please confirm) or `invitation` (please make an account).
    pub kind: &'static str,
}

impl ConnectService {
    fn find(&self, wanted: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| {
            account.name.eq_ignore_ascii_case(wanted) || account.email.eq_ignore_ascii_case(wanted)
        })
    }
}

/// `POST /Users/{user}/Connect/Link?ConnectUsername=`. The fault `connect_down`: emby.media does not answer.
pub async fn link(
    _: Elevated,
    State(emby): State<Emby>,
    Path(user): Path<String>,
    asked: Asked,
) -> Answer {
    let id = parse_user(&user)?;
    let wanted = asked.required("ConnectUsername")?.to_owned();
    if emby.has_fault("connect_down") {
        return Err(broken("A task was canceled."));
    }
    let now = emby.now();
    let mut state = emby.state();
    find(&state, &id)?;
    if state.users.all().any(|other| {
        other.id != id
            && other
                .link
                .as_ref()
                .is_some_and(|link| link.name.eq_ignore_ascii_case(&wanted))
    }) {
        return Err(Refusal::bad(
            "The supplied Emby account is already linked to a local user on this server.",
        ));
    }
    let (name, to, kind) = match state.connect.find(&wanted) {
        Some(account) => (account.name.clone(), account.email.clone(), "link"),
        None if wanted.contains('@') => (wanted.clone(), wanted, "invitation"),
        None => {
            return Err(broken(
                "Object reference not set to an instance of an object.",
            ));
        }
    };
    state.connect.mails.push(Mail { at: now, to, kind });
    find_mut(&mut state, &id)?.link = Some(Link {
        connect_id: Guid::of(&["connect", &name]).to_string(),
        access_key: Guid::fresh().to_string(),
        name: name.clone(),
        kind: "LinkedUser",
        is_pending: true,
    });
    shown(json!({
        "IsPending": true,
        "IsNewUserInvitation": kind == "invitation",
        "GuestDisplayName": name,
    }))
}

fn broken(sentence: &str) -> Refusal {
    Refusal(StatusCode::INTERNAL_SERVER_ERROR, sentence.to_owned())
}

/// `DELETE /Users/{user}/Connect/Link`, `POST /Users/{user}/Connect/Link/Delete`. Safe to repeat.
pub async fn unlink(_: Elevated, State(emby): State<Emby>, Path(user): Path<String>) -> Answer {
    let id = parse_user(&user)?;
    find_mut(&mut emby.state(), &id)?.link = None;
    done()
}

/// `GET /Connect/Pending`
pub async fn pending(_: Elevated, State(emby): State<Emby>) -> Answer {
    let state = emby.state();
    let pending: Vec<Value> = state
        .users
        .all()
        .filter_map(|user| Some((user, user.link.as_ref().filter(|link| link.is_pending)?)))
        .map(|(user, link)| json!({ "Id": link.connect_id, "UserName": link.name, "LocalUserId": user.id }))
        .collect();
    shown(pending)
}

/// `GET /Connect/Exchange?ConnectUserId=`: the access key comes as token and becomes one of this server.
pub async fn exchange(State(emby): State<Emby>, carried: Unproven, asked: Asked) -> Answer {
    let connect_id = asked.required("ConnectUserId")?;
    let now = emby.now();
    let mut state = emby.state();
    let user = linked(&state, connect_id, carried.token.as_deref());
    let user = user.ok_or_else(Refusal::not_signed_in)?;
    let device = Device {
        id: or(carried.device.id, "connect"),
        client: or(carried.device.client, "Emby Connect"),
        ..carried.device
    };
    let token = sign_in::admit(&mut state, &user, &device, now)?;
    shown(json!({ "LocalUserId": user, "AccessToken": token }))
}

fn or(said: String, otherwise: &str) -> String {
    if said.is_empty() {
        otherwise.to_owned()
    } else {
        said
    }
}

fn linked(state: &Known, connect_id: &str, key: Option<&str>) -> Option<Guid> {
    let user = state.users.all().find(|user| {
        user.link.as_ref().is_some_and(|link| {
            !link.is_pending && link.connect_id == connect_id && Some(&*link.access_key) == key
        })
    });
    user.map(|user| user.id.clone())
}
