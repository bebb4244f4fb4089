//! Keys of programs and the tokens that they are exchanged for: `clients.plex.tv/api/v2/auth/…`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::json;

use super::super::Tv;
use super::super::answer::{Answer, Refused, v2};
use super::super::asked::Sent;
use super::super::ids;
use super::super::jwt::{self, DeviceKey};
use super::auth::{Program, Signed};
use super::sign_in;

/// `POST /api/v2/auth/jwk`: a program that is signed in already brings its public key.
pub async fn register(
    signed: Signed,
    program: Program,
    State(tv): State<Tv>,
    Sent(body): Sent,
) -> Answer {
    let jwk = &body["jwk"];
    let public = jwk["x"].as_str().filter(|_| jwk["crv"] == "Ed25519");
    let public =
        public.ok_or_else(|| Refused::v2(400, 1000, "The key is missing or not Ed25519"))?;
    let id = jwk["kid"]
        .as_str()
        .map_or_else(|| ids::hex_of(&[public], 64), str::to_owned);
    let mut world = tv.world();
    let taken = |key: &DeviceKey| key.public == public && key.client != program.client;
    if world.keys.iter().any(taken) {
        return Err(Refused::v2(422, 1003, "Thumbprint has already been taken"));
    }
    world
        .keys
        .retain(|key| key.client != program.client || key.account != signed.account);
    world.keys.push(DeviceKey {
        account: signed.account,
        client: program.client,
        public: public.to_owned(),
        id,
    });
    Ok(StatusCode::CREATED.into_response())
}

/// `GET /api/v2/auth/nonce`
pub async fn nonce(_: Program, State(tv): State<Tv>) -> Answer {
    let nonce = ids::fresh_uuid();
    let until = tv.now().plus_ms(jwt::NONCE_HOLDS_MS);
    tv.world().nonces.insert(nonce.clone(), until);
    v2("nonce", json!({ "nonce": nonce }))
}

/// `POST /api/v2/auth/token`: a token that a device signed, for one that plex.tv signs.
pub async fn exchange(program: Program, State(tv): State<Tv>, Sent(body): Sent) -> Answer {
    let missing = || Refused::v2(400, 1000, "jwt is missing");
    let unsigned = || Refused::v2(422, 1003, "Signature verification failed");
    let device_token = body["jwt"].as_str().ok_or_else(missing)?;
    let id = jwt::key_id(device_token).unwrap_or_default();
    let now = tv.now();
    let mut world = tv.world();
    let its = |key: &&DeviceKey| key.client == program.client && (id.is_empty() || key.id == id);
    let key = world.keys.iter().find(its).cloned().ok_or_else(unsigned)?;
    let claims = jwt::verified(device_token, &key.public).ok_or_else(unsigned)?;
    if claims.text("aud") != "plex.tv" || claims.text("iss") != program.client {
        return Err(unsigned());
    }
    if claims.number("exp") <= now.seconds() {
        return Err(Refused::v2(498, 1001, "Token expired"));
    }
    let until = world.nonces.remove(claims.text("nonce"));
    if until.is_none_or(|until| until <= now) {
        return Err(Refused::v2(422, 1003, "The nonce is unknown or used"));
    }
    let account = world.account(key.account).ok_or_else(unsigned)?;
    let token = jwt::issued(account, &key, claims.text("scope"), now);
    let until = now.plus_ms(jwt::TOKEN_HOLDS_MS);
    sign_in::remember(
        &mut world,
        key.account,
        &token,
        &key.client,
        Some(until),
        now,
    );
    v2("token", json!({ "auth_token": token }))
}

/// `GET /api/v2/auth/keys`
pub async fn keys() -> Answer {
    v2("keys", jwt::public_keys())
}
