//! The account itself.

use serde_json::json;

use super::answer::{Answer, Refusal};
use super::call::Call;
use super::state::Stripe;

const ID: &str = "acct_standin";

pub fn answer(stripe: &Stripe, call: &Call) -> Answer {
    match (call.method(), call.segments().as_slice()) {
        ("GET", []) if call.family() == "account" => Ok(account(stripe)),
        ("GET", [ID]) => Ok(account(stripe)),
        ("GET", [id]) => Err(Refusal::missing("account", id, "account")),
        _ => Err(call.unknown_url()),
    }
}

fn account(stripe: &Stripe) -> serde_json::Value {
    json!({
        "id": ID, "object": "account", "business_profile": {
            "mcc": null, "name": "Stand-in", "product_description": null, "support_email": null,
            "support_phone": null, "support_url": null, "url": null,
        },
        "business_type": "individual", "capabilities": { "card_payments": "active", "transfers": "active" },
        "charges_enabled": true, "controller": { "type": "account" }, "country": "DE",
        "created": 1_500_000_000, "default_currency": "eur", "details_submitted": true,
        "email": "owner@stand-in.example", "metadata": {}, "payouts_enabled": true,
        "settings": {
            "dashboard": { "display_name": "Stripe stand-in", "timezone": "Etc/UTC" },
            "payments": { "statement_descriptor": "STAND-IN" },
        },
        "type": "standard",
        // Not Stripe's: says in the account, too, that no money moves here.
        "stand_in": stripe.stage.name,
    })
}
