//! The dashboard's API keys.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::Jellyfin;
use super::answer::{Answer, Asked, done, page_of, shown};
use super::auth::Elevated;
use super::guid::Guid;
use super::policy::{RESET_PROVIDER, SIGN_IN_PROVIDER};
use super::state::ApiKey;

/// `GET /Auth/Keys`
pub async fn list(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let state = jellyfin.state();
    let describe = |(at, key): (usize, &ApiKey)| {
        json!({
            "Id": at + 1,
            "AccessToken": key.token,
            "DeviceId": state.facts.id,
            "AppName": key.name,
            "AppVersion": state.facts.version,
            "DeviceName": state.facts.name,
            "UserId": Guid::empty(),
            "IsActive": true,
            "DateCreated": key.created,
            "DateLastActivity": key.last_activity,
        })
    };
    let keys: Vec<Value> = state.keys.iter().enumerate().map(describe).collect();
    shown(page_of(&keys, &asked))
}

/// `POST /Auth/Keys?app=`
pub async fn create(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let name = asked.required("app")?.to_owned();
    let now = jellyfin.now();
    let token = Guid::fresh().to_string();
    jellyfin.state().keys.push(ApiKey {
        token,
        name,
        created: now,
        last_activity: now,
    });
    done()
}

/// `DELETE /Auth/Keys/{key}`. Safe to repeat.
pub async fn remove(
    _: Elevated,
    State(jellyfin): State<Jellyfin>,
    Path(key): Path<String>,
) -> Answer {
    jellyfin.state().keys.retain(|known| known.token != key);
    done()
}

/// `GET /Auth/Providers`
pub async fn providers(_: Elevated) -> Answer {
    shown(json!([{ "Name": "Default", "Id": SIGN_IN_PROVIDER }]))
}

/// `GET /Auth/PasswordResetProviders`
pub async fn reset_providers(_: Elevated) -> Answer {
    shown(json!([{ "Name": "Default Password Reset Provider", "Id": RESET_PROVIDER }]))
}
