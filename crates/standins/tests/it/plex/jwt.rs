//! Tokens of the newer kind: signed by a program's key, ending after seven days.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::party::{Party, Reply};

/// A program with a key.
struct Device(Ed25519KeyPair);

impl Device {
    fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key"))
    }

    fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref());
        json!({ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": x, "use": "sig", "alg": "EdDSA", "kid": "key-1" } })
    }

    fn signed(&self, party: &Party, nonce: &Value) -> String {
        let now = party.clock.now_s();
        let head = json!({ "kid": "key-1", "typ": "JWT", "alg": "EdDSA" });
        let claims = json!({
            "nonce": nonce, "scope": "username,email", "aud": "plex.tv", "iss": "party",
            "iat": now, "exp": now + 300,
        });
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", encoded(&head), encoded(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.0.sign(text.as_bytes()).as_ref());
        format!("{text}.{signature}")
    }

    fn exchanged(&self, party: &Party) -> Reply {
        let nobody = party.program(&party.tv);
        let nonce = nobody.get("/api/v2/auth/nonce").good()["nonce"].clone();
        let body = json!({ "jwt": self.signed(party, &nonce) });
        nobody.call("POST", "/api/v2/auth/token", &body)
    }
}

#[test]
fn a_registered_key_is_exchanged_for_a_token_that_ends_with_498() {
    let party = Party::new();
    let device = Device::new(7);
    assert_eq!(
        party
            .orla()
            .call("POST", "/api/v2/auth/jwk", &device.jwk())
            .status,
        201
    );
    let token = device.exchanged(&party).good()["auth_token"].clone();
    let token = token.as_str().unwrap();
    assert_eq!(
        party.tv_as(token).get("/api/v2/user").good()["username"],
        "orla"
    );
    assert_eq!(party.polaris_as(token).get("/status/sessions").status, 200);

    let week_ms = 7 * 24 * 3_600_000;
    party.clock.advance_ms(week_ms - 60_000);
    assert_eq!(party.tv_as(token).get("/api/v2/user").status, 200);
    party.clock.advance_ms(120_000);
    assert_eq!(party.tv_as(token).get("/api/v2/user").status, 498);
    assert_eq!(party.tv_as(token).get("/api/users").status, 498);
    assert_eq!(party.polaris_as(token).get("/status/sessions").status, 401);
    let renewed = device.exchanged(&party).good()["auth_token"].clone();
    assert_eq!(
        party
            .tv_as(renewed.as_str().unwrap())
            .get("/api/v2/user")
            .status,
        200
    );
}

#[test]
fn a_key_of_somebody_else_a_used_nonce_and_a_wrong_signature_are_422() {
    let party = Party::new();
    let device = Device::new(7);
    party.orla().call("POST", "/api/v2/auth/jwk", &device.jwk());
    let other = party.bram().with("X-Plex-Client-Identifier", "other");
    assert_eq!(
        other.call("POST", "/api/v2/auth/jwk", &device.jwk()).status,
        422
    );

    let nobody = party.program(&party.tv);
    let nonce = nobody.get("/api/v2/auth/nonce").good()["nonce"].clone();
    let body = json!({ "jwt": device.signed(&party, &nonce) });
    assert_eq!(nobody.call("POST", "/api/v2/auth/token", &body).status, 200);
    assert_eq!(nobody.call("POST", "/api/v2/auth/token", &body).status, 422);
    let forged = json!({ "jwt": Device::new(8).signed(&party, &nonce) });
    assert_eq!(
        nobody.call("POST", "/api/v2/auth/token", &forged).status,
        422
    );
}

#[test]
fn a_pin_that_was_asked_for_with_a_key_gives_such_a_token() {
    let party = Party::new();
    let device = Device::new(9);
    let nobody = party.program(&party.tv);
    let mut body = device.jwk();
    body["strong"] = json!(true);
    let pin = nobody.call("POST", "/api/v2/pins", &body).good();
    party.tell("mara", &json!({ "action": "allow", "code": pin["code"] }));
    let nonce = nobody.get("/api/v2/auth/nonce").good()["nonce"].clone();
    let path = format!(
        "/api/v2/pins/{}?deviceJWT={}",
        pin["id"],
        device.signed(&party, &nonce)
    );
    let token = nobody.get(&path).good()["authToken"].clone();
    let token = token.as_str().unwrap();
    assert_eq!(token.split('.').count(), 3);
    assert_eq!(
        party.tv_as(token).get("/api/v2/user").good()["username"],
        "mara"
    );
}

#[test]
fn tokens_can_be_made_to_end_or_to_be_dead() {
    let party = Party::new();
    party.tell("orla", &json!({ "action": "expire_tokens" }));
    assert_eq!(party.orla().get("/api/v2/user").status, 498);
    party.tell("bram", &json!({ "action": "revoke_tokens" }));
    assert_eq!(party.bram().get("/api/v2/user").status, 401);
}
