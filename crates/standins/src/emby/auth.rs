//! Who is calling, by which carrier, and the guards that the routes ask for.
//!
//! Carriers: the headers `X-Emby-Token`, `X-MediaBrowser-Token`, `X-Emby-Authorization` and `Authorization`
//! (schemes `Emby` and `MediaBrowser`), and the queries `api_key` and `X-Emby-Token`. Emby's web client also
//! says in the query which device it is (`X-Emby-Device-Id=…`).

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::Emby;
use super::answer::{Asked, Refusal};
use super::described::{Device, parameters};
use super::guid::Guid;
use super::moment::Moment;
use super::session;
use super::state::State;

const SCHEMES: &[&str] = &["Emby", "MediaBrowser"];

/// Anybody whose token is known.
#[derive(Debug, Clone)]
pub struct Caller {
    /// `None`: an API key.
    pub user: Option<Guid>,
    pub is_administrator: bool,
    pub token: String,
    pub device: Device,
}

impl Caller {
    /// Administrators and keys may act on everybody, others on themselves.
    pub fn may_act_for(&self, user: &Guid) -> bool {
        self.is_administrator || self.user.as_ref() == Some(user)
    }

    /// The user of a path, if the caller may act for them.
    pub fn acting_for(&self, user: &str) -> Result<Guid, Refusal> {
        let user = parse_user(user)?;
        if self.may_act_for(&user) {
            Ok(user)
        } else {
            Err(Refusal::not_allowed())
        }
    }
}

/// User ids come with and without dashes.
pub fn parse_user(text: &str) -> Result<Guid, Refusal> {
    Guid::parse(text).ok_or_else(|| Refusal::not_found("User"))
}

/// An administrator or an API key.
#[derive(Debug, Clone)]
pub struct Elevated(pub Caller);

/// What a request carries, whether or not it counts: for signing in.
#[derive(Debug, Clone, Default)]
pub struct Unproven {
    pub token: Option<String>,
    pub device: Device,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Emby: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let carried = Unproven::from_request_parts(parts, state).await?;
        let emby = Emby::from_ref(state);
        let now = emby.now();
        recognise(&mut emby.state(), carried, now)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Elevated
where
    Emby: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.is_administrator {
            Ok(Self(caller))
        } else {
            Err(Refusal::not_allowed())
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Unproven {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Asked::from_request_parts(parts, state).await?;
        Ok(read(&parts.headers, &query))
    }
}

/// Reads all carriers; the header line comes first, single headers next, the query last.
fn read(headers: &HeaderMap, query: &Asked) -> Unproven {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let line = header("X-Emby-Authorization").or(header("Authorization"));
    let pairs = line
        .and_then(|line| parameters(line, SCHEMES))
        .unwrap_or_default();
    let said = |name: &str| {
        pairs
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
            .filter(|value| !value.is_empty())
    };
    let single = |name: &str| {
        header(name)
            .or_else(|| query.text(name))
            .map(str::to_owned)
            .filter(|value| !value.is_empty())
    };
    let token = said("Token")
        .or_else(|| single("X-Emby-Token"))
        .or_else(|| single("X-MediaBrowser-Token"))
        .or_else(|| query.text("api_key").map(str::to_owned));
    let described = |in_line: &str, alone: &str| said(in_line).or_else(|| single(alone));
    Unproven {
        token,
        device: Device {
            id: described("DeviceId", "X-Emby-Device-Id").unwrap_or_default(),
            name: described("Device", "X-Emby-Device-Name").unwrap_or_default(),
            client: described("Client", "X-Emby-Client").unwrap_or_default(),
            version: described("Version", "X-Emby-Client-Version").unwrap_or_default(),
        },
    }
}

/// Finds whom the token belongs to, and notes that they were active.
fn recognise(state: &mut State, carried: Unproven, now: Moment) -> Result<Caller, Refusal> {
    let token = carried.token.ok_or_else(Refusal::not_signed_in)?;
    if let Some(key) = state.keys.iter_mut().find(|key| key.token == token) {
        key.last_activity = now;
        return Ok(Caller {
            user: None,
            is_administrator: true,
            token,
            device: carried.device,
        });
    }
    let sign_in = state.sign_ins.get_mut(&token);
    let sign_in = sign_in.ok_or_else(Refusal::not_signed_in)?;
    sign_in.last_activity = now;
    let (id, device) = (sign_in.user.clone(), sign_in.device.clone());
    let user = state.users.find_mut(&id);
    let user = user.ok_or_else(Refusal::not_signed_in)?;
    if user.policy.is_disabled {
        return Err(Refusal::not_allowed());
    }
    user.last_activity = Some(now);
    let is_administrator = user.policy.is_administrator;
    session::touch(state, &id, &device, now);
    Ok(Caller {
        user: Some(id),
        is_administrator,
        token,
        device,
    })
}
