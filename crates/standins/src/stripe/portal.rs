//! Billing portal sessions: a link under which customers end their subscriptions themselves.

use serde_json::{Value, json};

use super::answer::{Answer, text};
use super::call::Call;
use super::kind::Kind;
use super::lists;
use super::params::Params;
use super::state::{Stripe, public};

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (
        call.method(),
        call.family().as_str(),
        call.segments().as_slice(),
    ) {
        ("POST", "billing_portal/sessions", []) => create(stripe, params),
        ("POST", "billing_portal/configurations", []) => configure(stripe, params),
        ("GET", "billing_portal/configurations", []) => lists::list(
            stripe,
            call,
            Kind::PortalConfiguration,
            &[("active", "/active")],
            |_| true,
        ),
        ("GET", "billing_portal/configurations", [id]) => Ok(public(&stripe.named(
            Kind::PortalConfiguration,
            id,
            "configuration",
        )?)),
        _ => Err(call.unknown_url()),
    }
}

fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&[
        "configuration",
        "customer",
        "flow_data",
        "locale",
        "return_url",
    ])?;
    let customer = params.required("customer")?;
    stripe.named(Kind::Customer, customer, "customer")?;
    let configuration = match params.text("configuration") {
        Some(id) => stripe.named(Kind::PortalConfiguration, id, "configuration")?["id"].clone(),
        None => default_configuration(stripe),
    };
    let session = json!({
        "configuration": configuration, "customer": customer, "flow": null,
        "locale": params.or_null("locale"), "on_behalf_of": null,
        "return_url": params.or_null("return_url"),
    });
    let id = text(&stripe.insert(Kind::Portal, session), "id").to_owned();
    let url = format!("{}/p/session/{id}", stripe.stage.base_url);
    stripe.set(Kind::Portal, &id, json!({ "url": url }));
    Ok(public(&stripe.get(Kind::Portal, &id)))
}

fn default_configuration(stripe: &mut Stripe) -> Value {
    let table = stripe.table(Kind::PortalConfiguration);
    let known = table.and_then(|table| {
        table
            .newest_first(None)
            .find(|one| one["is_default"] == true)
    });
    if let Some(known) = known {
        return known["id"].clone();
    }
    insert_configuration(stripe, &json!({}), true)["id"].clone()
}

fn configure(stripe: &mut Stripe, params: &Params) -> Answer {
    let metadata = params.metadata("metadata")?;
    Ok(public(&insert_configuration(stripe, &metadata, false)))
}

fn insert_configuration(stripe: &mut Stripe, metadata: &Value, is_default: bool) -> Value {
    let configuration = json!({
        "active": true, "application": null, "business_profile": {
            "headline": null, "privacy_policy_url": null, "terms_of_service_url": null,
        },
        "default_return_url": null, "features": {
            "customer_update": { "allowed_updates": [], "enabled": false },
            "invoice_history": { "enabled": true }, "payment_method_update": { "enabled": false },
            "subscription_cancel": { "enabled": true, "mode": "at_period_end",
                "proration_behavior": "none",
                "cancellation_reason": { "enabled": false, "options": [] } },
            "subscription_update": { "enabled": false, "default_allowed_updates": [],
                "proration_behavior": "none" },
        },
        "is_default": is_default, "login_page": { "enabled": false, "url": null },
        "metadata": metadata, "name": null, "updated": stripe.now(),
    });
    stripe.insert(Kind::PortalConfiguration, configuration)
}
