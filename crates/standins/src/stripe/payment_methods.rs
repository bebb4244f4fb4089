//! Payment methods: saved cards, and whose they are.

use serde_json::{Value, json};

use super::answer::{Answer, Refusal, text};
use super::call::Call;
use super::cards::Card;
use super::kind::Kind;
use super::lists;
use super::params::Params;
use super::state::{Stripe, public};

/// Saves a card as a method that belongs to nobody yet.
pub fn insert(stripe: &mut Stripe, card: &Card, billing: &Value, metadata: &Value) -> String {
    let method = json!({
        "allow_redisplay": "unspecified", "billing_details": billing,
        "card": {
            "brand": card.brand(), "checks": {
                "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass",
            },
            "country": "US", "display_brand": card.brand(), "exp_month": card.month,
            "exp_year": card.year, "fingerprint": format!("standin{}", card.last4()),
            "funding": "credit", "generated_from": null, "last4": card.last4(),
            "networks": { "available": [card.brand()], "preferred": null },
            "regulated_status": "unregulated", "three_d_secure_usage": { "supported": true },
            "wallet": null,
        },
        "customer": null, "metadata": metadata, "type": "card",
        "_number": card.number, "_set_up": false,
    });
    text(&stripe.insert(Kind::PaymentMethod, method), "id").to_owned()
}

/// Billing details with what is known; the rest is null.
pub fn billing(email: &Value, name: &Value) -> Value {
    let address = json!({
        "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null,
    });
    json!({ "address": address, "email": email, "name": name, "phone": null, "tax_id": null })
}

/// The method that a call names. Each use of a ready one (`pm_card_visa`) makes a new method.
pub fn named(stripe: &mut Stripe, id: &str) -> Result<String, Refusal> {
    if let Some(card) = Card::ready(id) {
        return Ok(insert(
            stripe,
            &card,
            &billing(&Value::Null, &Value::Null),
            &json!({}),
        ));
    }
    let found = stripe.named(Kind::PaymentMethod, id, "payment_method")?;
    Ok(text(&found, "id").to_owned())
}

/// Gives a method to a customer, and tells so if it is new to them.
pub fn attach_to(stripe: &mut Stripe, id: &str, customer: &str) {
    let before = stripe.set(Kind::PaymentMethod, id, json!({ "customer": customer }));
    if before != json!({}) {
        stripe.tell("payment_method.attached", Kind::PaymentMethod, id);
    }
}

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => create(stripe, params),
        ("GET", []) => {
            params.only(&[
                "customer",
                "ending_before",
                "limit",
                "starting_after",
                "type",
            ])?;
            let filters = [("customer", "/customer"), ("type", "/type")];
            lists::list(stripe, call, Kind::PaymentMethod, &filters, |_| true)
        }
        ("GET", [id]) => Ok(public(&stripe.named(
            Kind::PaymentMethod,
            id,
            "payment_method",
        )?)),
        ("POST", [id]) => {
            params.only(&["metadata"])?;
            let method = stripe.named(Kind::PaymentMethod, id, "payment_method")?;
            let metadata = params.merged_metadata("metadata", &method["metadata"])?;
            let before = stripe.set(Kind::PaymentMethod, id, json!({ "metadata": metadata }));
            stripe.tell_if_changed("payment_method.updated", Kind::PaymentMethod, id, &before);
            Ok(public(&stripe.get(Kind::PaymentMethod, id)))
        }
        ("POST", [id, "attach"]) => attach(stripe, id, params),
        ("POST", [id, "detach"]) => detach(stripe, id),
        _ => Err(call.unknown_url()),
    }
}

fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&["type", "card", "billing_details", "metadata"])?;
    if params.required("type")? != "card" {
        return Err(Refusal::invalid("The stand-in keeps cards only.").param("type"));
    }
    let card = match params.text("card[token]") {
        Some(token) => Card::ready(&token.replace("tok_", "pm_card_"))
            .ok_or_else(|| Refusal::missing("token", token, "card[token]"))?,
        None => Card::parse(
            params.required("card[number]")?,
            params.required_number("card[exp_month]")?,
            params.required_number("card[exp_year]")?,
            stripe.now(),
        )?,
    };
    let who = billing(
        &params.or_null("billing_details[email]"),
        &params.or_null("billing_details[name]"),
    );
    let id = insert(stripe, &card, &who, &params.metadata("metadata")?);
    Ok(public(&stripe.get(Kind::PaymentMethod, &id)))
}

fn attach(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&["customer"])?;
    let customer = params.required("customer")?;
    stripe.named(Kind::Customer, customer, "customer")?;
    let id = named(stripe, id)?;
    let held = stripe.get(Kind::PaymentMethod, &id)["customer"].clone();
    if !held.is_null() && held != customer {
        return Err(Refusal::invalid(
            "The payment method you provided has already been attached to a customer.",
        ));
    }
    attach_to(stripe, &id, customer);
    Ok(public(&stripe.get(Kind::PaymentMethod, &id)))
}

fn detach(stripe: &mut Stripe, id: &str) -> Answer {
    let method = stripe.named(Kind::PaymentMethod, id, "payment_method")?;
    let customer = text(&method, "customer").to_owned();
    if customer.is_empty() {
        let message = "The payment method you provided is not attached to a customer so detachment is \
            impossible.";
        return Err(Refusal::invalid(message));
    }
    let before = stripe.set(Kind::PaymentMethod, id, json!({ "customer": null }));
    let mut invoicing = stripe.get(Kind::Customer, &customer)["invoice_settings"].clone();
    if invoicing["default_payment_method"] == id {
        invoicing["default_payment_method"] = Value::Null;
        stripe.set(
            Kind::Customer,
            &customer,
            json!({ "invoice_settings": invoicing }),
        );
    }
    stripe.tell_change("payment_method.detached", Kind::PaymentMethod, id, &before);
    Ok(public(&stripe.get(Kind::PaymentMethod, id)))
}
