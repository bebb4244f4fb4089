//! A PIN: the slip of paper by which a program gets a token from a person's browser.

use serde_json::{Value, json};

use super::account::AccountId;
use super::ids;
use super::moment::Moment;

/// How long a PIN holds, in seconds.
pub const HOLDS_S: i64 = 900;

#[derive(Debug, Clone)]
pub struct Pin {
    pub id: u64,
    pub code: String,
    /// The program that asked; nobody else may look.
    pub client: String,
    pub product: String,
    pub created: Moment,
    pub account: Option<AccountId>,
    pub token: Option<String>,
    /// The public key of a program that wants a JWT.
    pub key: Option<String>,
}

impl Pin {
    pub fn new(id: u64, strong: bool, client: &str, product: &str, now: Moment) -> Self {
        Self {
            id,
            code: if strong {
                ids::fresh_code(25)
            } else {
                ids::short_code()
            },
            client: client.to_owned(),
            product: product.to_owned(),
            created: now,
            account: None,
            token: None,
            key: None,
        }
    }

    pub fn expires(&self) -> Moment {
        self.created.plus_ms(HOLDS_S * 1000)
    }

    /// As recorded in `pins_new.json` and `pins_linked.json` of the crate `plex-api`.
    pub fn shown(&self, base_url: &str, now: Moment) -> Value {
        json!({
            "id": self.id,
            "code": self.code,
            "product": self.product,
            "trusted": false,
            "qr": format!("{base_url}/api/v2/pins/qr/{}", self.code),
            "clientIdentifier": self.client,
            "location": {
                "code": "NL",
                "european_union_member": true,
                "continent_code": "EU",
                "country": "Netherlands",
                "city": "Utrecht",
                "time_zone": "Europe/Amsterdam",
                "postal_code": "3511",
                "in_privacy_restricted_country": true,
                "in_privacy_restricted_region": true,
                "subdivisions": "Utrecht",
                "coordinates": "52.09, 5.12",
            },
            "expiresIn": self.expires().since(now).div_euclid(1000).max(0),
            "createdAt": self.created.iso(),
            "expiresAt": self.expires().iso(),
            "authToken": self.token,
            "newRegistration": self.token.as_ref().map(|_| false),
        })
    }
}
