//! Who is calling: a user with a token, or an API key; and the guards that the routes ask for.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use super::Jellyfin;
use super::answer::{Asked, Refusal};
use super::carriers::{self, Carried};
use super::guid::Guid;
use super::session;
use super::state::{Device, State};

/// Anybody whose token is known. A refused carrier and a revoked key look the same: 401.
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

    /// The user that a request is about: the one it names, else the caller.
    pub fn meant(&self, asked: &Asked) -> Result<Option<Guid>, Refusal> {
        match asked.text("userId") {
            None => Ok(self.user.clone()),
            Some(text) => {
                let named = Guid::parse(text).ok_or(Refusal::BAD_ARGUMENT)?;
                if self.may_act_for(&named) {
                    Ok(Some(named))
                } else {
                    Err(Refusal::NOT_ALLOWED)
                }
            }
        }
    }
}

/// An administrator or an API key.
#[derive(Debug, Clone)]
pub struct Elevated(pub Caller);

/// What a request carries, whether or not it counts: for signing in.
#[derive(Debug, Clone)]
pub struct Unproven(pub Carried);

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Jellyfin: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Unproven(carried) = Unproven::from_request_parts(parts, state).await?;
        let jellyfin = Jellyfin::from_ref(state);
        let now = jellyfin.now();
        recognise(&mut jellyfin.state(), carried, now)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Elevated
where
    Jellyfin: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.is_administrator {
            Ok(Self(caller))
        } else {
            Err(Refusal::NOT_ALLOWED)
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Unproven
where
    Jellyfin: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Asked::from_request_parts(parts, state).await?;
        let takes_legacy = Jellyfin::from_ref(state)
            .state()
            .facts
            .takes_legacy_carriers();
        Ok(Self(carriers::read(&parts.headers, &query, takes_legacy)))
    }
}

/// Finds whom the token belongs to, and notes that they were active.
fn recognise(
    state: &mut State,
    carried: Carried,
    now: super::moment::Moment,
) -> Result<Caller, Refusal> {
    let token = carried.token.ok_or(Refusal::NOT_SIGNED_IN)?;
    if let Some(key) = state.keys.iter_mut().find(|key| key.token == token) {
        key.last_activity = now;
        let device = Device {
            id: state.facts.id.to_string(),
            name: state.facts.name.clone(),
            client: key.name.clone(),
            version: state.facts.version.as_str().to_owned(),
        };
        return Ok(Caller {
            user: None,
            is_administrator: true,
            token,
            device,
        });
    }
    let sign_in = state
        .sign_ins
        .get_mut(&token)
        .ok_or(Refusal::NOT_SIGNED_IN)?;
    sign_in.last_activity = now;
    let (id, device) = (sign_in.user.clone(), sign_in.device.clone());
    let user = state.users.find_mut(&id).ok_or(Refusal::NOT_SIGNED_IN)?;
    if user.policy.is_disabled {
        return Err(Refusal::NOT_ALLOWED);
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
