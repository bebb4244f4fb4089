//! Tokens of the newer kind: a program proves its Ed25519 key and gets a token that ends after seven days.
//!
//! By the chapter "Authenticating with Plex" of the published description (plex-api-spec `description.md`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde_json::{Value, json};

use super::account::{Account, AccountId};
use super::moment::Moment;

/// How long a token holds.
pub const TOKEN_HOLDS_MS: i64 = 7 * 24 * 3_600_000;
/// How long a nonce holds.
pub const NONCE_HOLDS_MS: i64 = 5 * 60_000;
const PLEX_KEY_ID: &str = "standin-plex-2026";

/// A program's public key, by which its account is known.
#[derive(Debug, Clone)]
pub struct DeviceKey {
    pub account: AccountId,
    pub client: String,
    /// `x` of the JWK.
    pub public: String,
    pub id: String,
}

/// What a device's own token says, once its signature holds.
#[derive(Debug)]
pub struct Claims(Value);

impl Claims {
    pub fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    pub fn number(&self, name: &str) -> i64 {
        self.0[name].as_i64().unwrap_or_default()
    }
}

/// Reads a device's token. `None`: it is not one, or somebody else signed it.
pub fn verified(token: &str, public: &str) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let key = URL_SAFE_NO_PAD.decode(public).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    UnparsedPublicKey::new(&ED25519, key)
        .verify(signed.as_bytes(), &signature)
        .ok()?;
    part(token, 1).map(Claims)
}

/// The id of the key that a token says it is signed by.
pub fn key_id(token: &str) -> Option<String> {
    Some(part(token, 0)?["kid"].as_str()?.to_owned())
}

fn part(token: &str, at: usize) -> Option<Value> {
    let part = token.split('.').nth(at)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// plex.tv's token for an account, with what the scope asks for.
pub fn issued(account: &Account, key: &DeviceKey, scope: &str, now: Moment) -> String {
    let mut claims = json!({
        "iss": "plex.tv",
        "aud": ["plex.tv", key.client],
        "sub": account.id.to_string(),
        "iat": now.seconds(),
        "exp": now.plus_ms(TOKEN_HOLDS_MS).seconds(),
        "thumbprint": key.id,
        "user": { "id": account.id, "uuid": account.uuid },
    });
    for word in scope.split(',') {
        claims["user"][word.trim()] = match word.trim() {
            "username" => json!(account.username),
            "email" => json!(account.email),
            "friendly_name" => json!(account.friendly_name),
            "restricted" => json!(account.is_restricted()),
            "anonymous" => json!(false),
            "joinedAt" => json!(account.joined.seconds()),
            _ => continue,
        };
    }
    let head = json!({ "kid": PLEX_KEY_ID, "typ": "JWT", "alg": "EdDSA" });
    let signed = format!("{}.{}", encoded(&head), encoded(&claims));
    let signature = pair().sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

/// plex.tv's own public keys.
pub fn public_keys() -> Value {
    json!({ "keys": [{
        "kty": "OKP",
        "crv": "Ed25519",
        "x": URL_SAFE_NO_PAD.encode(pair().public_key().as_ref()),
        "use": "sig",
        "alg": "EdDSA",
        "kid": PLEX_KEY_ID,
    }] })
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The stand-in's key is no secret: it opens nothing.
fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(b"a stand-in keeps no real secrets")
        .expect("a seed of thirty-two bytes makes a key")
}
