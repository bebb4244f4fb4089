//! The account behind a token.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::super::Tv;
use super::super::account::{Account, AccountId, MAX_HOME_SIZE};
use super::super::answer::{Answer, v1, v2};
use super::super::wire::Format;
use super::super::world::World;
use super::auth::Signed;

/// `GET /api/v2/user`
pub async fn show(signed: Signed, State(tv): State<Tv>) -> Answer {
    v2("user", shown(&tv.world(), signed.account, &signed.token))
}

/// `GET /users/account`: what Tautulli reads.
pub async fn show_v1(signed: Signed, State(tv): State<Tv>) -> Answer {
    let world = tv.world();
    let mut shown = shown(&world, signed.account, &signed.token);
    shown["authenticationToken"] = json!(signed.token);
    // Lists inside of lists are wrapped in v2 alone; here only what is flat is shown.
    if let Some(fields) = shown.as_object_mut() {
        fields.retain(|name, value| {
            name == "subscription" || !(value.is_array() || value.is_object())
        });
        fields.insert(
            "subscription".to_owned(),
            plain_subscription(&world, signed.account),
        );
    }
    v1("user", shown)
}

fn plain_subscription(world: &World, account: AccountId) -> Value {
    let features = world.account(account).map(Account::features);
    let features: Vec<Value> = features
        .unwrap_or_default()
        .iter()
        .map(|id| json!({ "id": id }))
        .collect();
    let active = world
        .account(account)
        .is_some_and(|account| account.plex_pass);
    json!({ "active": active, "status": status(active), "plan": plan(active), "feature": features })
}

/// As recorded in `user_info_plexpass.json` and `user_info_free.json` of the crate `plex-api`.
pub fn shown(world: &World, id: AccountId, token: &str) -> Value {
    let Some(account) = world.account(id) else {
        return json!({});
    };
    let mut shown = account.in_short();
    let pass = account.plex_pass;
    let home_size = world.home_of(id).len();
    let facts = json!({
        "friendlyName": account.friendly_name,
        "locale": null,
        "confirmed": account.confirmed,
        "joinedAt": account.joined.seconds(),
        "emailOnlyAuth": false,
        "hasPassword": account.password.is_some(),
        "protected": account.home_pin.is_some(),
        "authToken": token,
        "mailingListStatus": "unsubscribed",
        "mailingListActive": false,
        "scrobbleTypes": "",
        "country": "NL",
        "pin": "",
        "subscription": {
            "active": pass,
            "subscribedAt": pass.then(|| account.joined.iso()),
            "status": status(pass),
            "paymentService": null,
            "plan": plan(pass),
            "features": account.features(),
        },
        "subscriptionDescription": if pass { json!("Lifetime Plex Pass") } else { json!(null) },
        "anonymous": false,
        "guest": false,
        "homeSize": home_size.max(1),
        "homeAdmin": account.is_home_admin(),
        "maxHomeSize": MAX_HOME_SIZE,
        "rememberExpiresAt": account.joined.seconds() + 1_209_600,
        "profile": profile(),
        "entitlements": if pass { json!(["all"]) } else { json!([]) },
        "roles": if pass { json!(["plexpass"]) } else { json!([]) },
        "services": [],
        "adsConsent": null,
        "adsConsentSetAt": null,
        "adsConsentReminderAt": null,
        "experimentalFeatures": false,
        "twoFactorEnabled": account.two_factor_code.is_some(),
        "backupCodesCreated": false,
    });
    if let (Some(shown), Some(facts)) = (shown.as_object_mut(), facts.as_object()) {
        shown.extend(facts.clone());
    }
    shown
}

fn status(active: bool) -> &'static str {
    if active { "Active" } else { "Inactive" }
}

fn plan(active: bool) -> Value {
    if active {
        json!("lifetime")
    } else {
        json!(null)
    }
}

fn profile() -> Value {
    json!({
        "autoSelectAudio": true,
        "defaultAudioLanguage": "en",
        "defaultSubtitleLanguage": "en",
        "autoSelectSubtitle": 0,
        "defaultSubtitleAccessibility": 0,
        "defaultSubtitleForced": 0,
    })
}

/// `GET /api/v2/ping`: keeps a token alive.
pub async fn ping(_: Signed, headers: HeaderMap) -> Answer {
    if Format::of(&headers) == Format::Json {
        return v2("pong", json!({ "pong": true }));
    }
    let kind = [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];
    Ok((
        kind,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pong>1</pong>\n",
    )
        .into_response())
}
