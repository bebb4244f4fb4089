//! Customers.

use serde_json::{Value, json};

use super::answer::{self, Answer, text};
use super::call::Call;
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, public};
use super::{lists, searches, subscriptions};

const SETTABLE: [&str; 8] = [
    "address",
    "description",
    "email",
    "invoice_settings",
    "metadata",
    "name",
    "phone",
    "tax_exempt",
];

/// Makes a customer with nothing but an e-mail address and a name.
pub fn insert(stripe: &mut Stripe, email: &Value, name: &Value) -> String {
    let customer = json!({
        "address": null, "balance": 0, "currency": null, "default_source": null, "delinquent": false,
        "description": null, "email": email, "invoice_prefix": "STANDIN",
        "invoice_settings": {
            "custom_fields": null, "default_payment_method": null, "footer": null,
            "rendering_options": null,
        },
        "metadata": {}, "name": name, "next_invoice_sequence": 1, "phone": null,
        "preferred_locales": [], "shipping": null, "tax_exempt": "none", "test_clock": null,
    });
    text(&stripe.insert(Kind::Customer, customer), "id").to_owned()
}

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => {
            params.only(&SETTABLE)?;
            params.metadata("metadata")?;
            let id = insert(stripe, &params.or_null("email"), &params.or_null("name"));
            let sent = changes(params, &stripe.get(Kind::Customer, &id))?;
            stripe.set(Kind::Customer, &id, sent);
            stripe.tell("customer.created", Kind::Customer, &id);
            Ok(public(&stripe.get(Kind::Customer, &id)))
        }
        ("GET", []) => {
            params.only(&[
                "created",
                "email",
                "ending_before",
                "limit",
                "starting_after",
            ])?;
            lists::list(
                stripe,
                call,
                Kind::Customer,
                &[("email", "/email")],
                |customer| customer["_deleted"] != true,
            )
        }
        ("GET", ["search"]) => searches::answer(stripe, call, Kind::Customer),
        ("GET", [id]) => show(stripe, id),
        ("POST", [id]) => {
            params.only(&SETTABLE)?;
            let sent = changes(params, &stripe.named(Kind::Customer, id, "id")?)?;
            let before = stripe.set(Kind::Customer, id, sent);
            stripe.tell_if_changed("customer.updated", Kind::Customer, id, &before);
            Ok(public(&stripe.get(Kind::Customer, id)))
        }
        ("DELETE", [id]) => delete(stripe, id),
        ("GET", [id, "payment_methods"]) => {
            stripe.named(Kind::Customer, id, "customer")?;
            let of_customer = |method: &Value| method["customer"] == *id;
            lists::list(
                stripe,
                call,
                Kind::PaymentMethod,
                &[("type", "/type")],
                of_customer,
            )
        }
        _ => Err(call.unknown_url()),
    }
}

fn changes(params: &Params, before: &Value) -> Answer {
    let mut patch = json!({ "metadata": params.merged_metadata("metadata", &before["metadata"])? });
    for field in ["email", "name", "phone", "description", "tax_exempt"] {
        if params.has(field) {
            patch[field] = params.or_null(field);
        }
    }
    if let Some(address) = params.at("address") {
        patch["address"] = address.clone();
    }
    if params.has("invoice_settings[default_payment_method]") {
        let mut settings = before["invoice_settings"].clone();
        settings["default_payment_method"] =
            params.or_null("invoice_settings[default_payment_method]");
        patch["invoice_settings"] = settings;
    }
    Ok(patch)
}

/// A deleted customer still answers, with a mark and nothing else.
fn show(stripe: &Stripe, id: &str) -> Answer {
    let customer = stripe.named(Kind::Customer, id, "id")?;
    if customer["_deleted"] == true {
        return Ok(answer::deleted(id, "customer"));
    }
    Ok(public(&customer))
}

fn delete(stripe: &mut Stripe, id: &str) -> Answer {
    stripe.named(Kind::Customer, id, "id")?;
    for subscription in stripe.all_with(Kind::Subscription, "/customer", id) {
        if text(&subscription, "status") != "canceled" {
            subscriptions::end(stripe, text(&subscription, "id"), None);
        }
    }
    stripe.set(Kind::Customer, id, json!({ "_deleted": true }));
    stripe.tell("customer.deleted", Kind::Customer, id);
    Ok(answer::deleted(id, "customer"))
}
