//! Webhook endpoints. The secret is told once, when the endpoint is made.

use serde_json::{Value, json};

use super::answer::{self, Answer, Refusal};
use super::call::Call;
use super::kind::Kind;
use super::lists;
use super::params::Params;
use super::state::{Stripe, public};

/// As many as Stripe allows.
const MOST: usize = 16;

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => create(stripe, params),
        ("GET", []) => lists::list(stripe, call, Kind::Endpoint, &[], |_| true),
        ("GET", [id]) => Ok(public(&stripe.named(
            Kind::Endpoint,
            id,
            "webhook_endpoint",
        )?)),
        ("POST", [id]) => update(stripe, id, params),
        ("DELETE", [id]) => {
            stripe.named(Kind::Endpoint, id, "webhook_endpoint")?;
            stripe.remove(Kind::Endpoint, id);
            Ok(answer::deleted(id, "webhook_endpoint"))
        }
        _ => Err(call.unknown_url()),
    }
}

fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&[
        "api_version",
        "connect",
        "description",
        "enabled_events",
        "metadata",
        "url",
    ])?;
    let url = checked_url(params)?;
    let enabled = enabled_events(params)?.ok_or_else(|| {
        Refusal::invalid("Missing required param: enabled_events.")
            .code("parameter_missing")
            .param("enabled_events")
    })?;
    if stripe
        .table(Kind::Endpoint)
        .is_some_and(|table| table.count() >= MOST)
    {
        return Err(Refusal::invalid(format!(
            "You have reached the maximum of {MOST} test webhook endpoints."
        )));
    }
    let secret = stripe.new_id("whsec");
    let endpoint = json!({
        "api_version": params.or_null("api_version"), "application": null,
        "description": params.or_null("description"), "enabled_events": enabled,
        "metadata": params.metadata("metadata")?, "status": "enabled", "url": url,
        "_secret": secret,
    });
    let mut made = public(&stripe.insert(Kind::Endpoint, endpoint));
    made["secret"] = json!(secret);
    Ok(made)
}

fn checked_url(params: &Params) -> Result<String, Refusal> {
    let url = params.required("url")?;
    let parsed = url::Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    match parsed {
        Some(_) => Ok(url.to_owned()),
        None => Err(Refusal::invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
        )
        .code("url_invalid")
        .param("url")),
    }
}

fn enabled_events(params: &Params) -> Result<Option<Value>, Refusal> {
    let events = params.texts("enabled_events");
    if !params.has("enabled_events") {
        return Ok(None);
    }
    if events.is_empty() || (events.len() > 1 && events.contains(&"*")) {
        let message = "Name at least one event, or `*` alone for all.";
        return Err(Refusal::invalid(message).param("enabled_events"));
    }
    Ok(Some(json!(events)))
}

fn update(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&[
        "description",
        "disabled",
        "enabled_events",
        "metadata",
        "url",
    ])?;
    let endpoint = stripe.named(Kind::Endpoint, id, "webhook_endpoint")?;
    let mut patch =
        json!({ "metadata": params.merged_metadata("metadata", &endpoint["metadata"])? });
    if params.has("url") {
        patch["url"] = json!(checked_url(params)?);
    }
    if let Some(enabled) = enabled_events(params)? {
        patch["enabled_events"] = enabled;
    }
    if params.has("description") {
        patch["description"] = params.or_null("description");
    }
    if let Some(disabled) = params.flag("disabled")? {
        patch["status"] = json!(if disabled { "disabled" } else { "enabled" });
    }
    stripe.set(Kind::Endpoint, id, patch);
    Ok(public(&stripe.get(Kind::Endpoint, id)))
}
