//! Prices: one-off or recurring. What they cost never changes; a changed price is a new one.

use serde_json::{Value, json};

use super::answer::{Answer, Refusal, number, text};
use super::calendar::Period;
use super::call::Call;
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, public};
use super::{currency, lists, products, searches};

const SETTABLE: [&str; 13] = [
    "active",
    "billing_scheme",
    "currency",
    "lookup_key",
    "metadata",
    "nickname",
    "product",
    "product_data",
    "recurring",
    "tax_behavior",
    "transfer_lookup_key",
    "unit_amount",
    "unit_amount_decimal",
];

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => create(stripe, params),
        ("GET", []) => list(stripe, call),
        ("GET", ["search"]) => searches::answer(stripe, call, Kind::Price),
        ("GET", [id]) => Ok(public(&stripe.named(Kind::Price, id, "price")?)),
        ("POST", [id]) => update(stripe, id, params),
        _ => Err(call.unknown_url()),
    }
}

fn list(stripe: &Stripe, call: &Call) -> Answer {
    let keys = call.params.texts("lookup_keys");
    let wanted =
        |price: &Value| keys.is_empty() || keys.iter().any(|key| price["lookup_key"] == *key);
    let filters = [
        ("product", "/product"),
        ("active", "/active"),
        ("type", "/type"),
        ("currency", "/currency"),
    ];
    lists::list(stripe, call, Kind::Price, &filters, wanted)
}

pub fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&SETTABLE)?;
    let price = priced(params, "")?;
    let key = params.text("lookup_key").map(str::to_owned);
    if let Some(holder) = key.as_deref().and_then(|key| holder_of(stripe, key)) {
        if params.flag("transfer_lookup_key")? != Some(true) {
            let message = format!("A price (`{holder}`) already uses that lookup key.");
            return Err(Refusal::invalid(message).param("lookup_key"));
        }
        stripe.set(Kind::Price, &holder, json!({ "lookup_key": null }));
    }
    let metadata = params.metadata("metadata")?;
    let product = match params.text("product") {
        Some(id) => {
            stripe.named(Kind::Product, id, "product")?;
            id.to_owned()
        }
        None if params.has("product_data") => {
            products::insert_named(stripe, params, "product_data")?
        }
        None => return params.required("product").map(|_| Value::Null),
    };
    let id = insert(stripe, price, &product);
    let patch = json!({
        "lookup_key": key, "nickname": params.or_null("nickname"), "metadata": metadata,
        "active": params.flag("active")?.unwrap_or(true),
    });
    stripe.set(Kind::Price, &id, patch);
    stripe.tell("price.created", Kind::Price, &id);
    Ok(public(&stripe.get(Kind::Price, &id)))
}

fn holder_of(stripe: &Stripe, key: &str) -> Option<String> {
    let mut all = stripe.table(Kind::Price)?.newest_first(None);
    all.find(|price| price["lookup_key"] == key)
        .map(|price| text(price, "id").to_owned())
}

/// Reads amount, currency and period from a call, or from its `price_data` at `path`.
pub fn priced(params: &Params, path: &str) -> Answer {
    let at = |name: &str| nested(path, name);
    let code = currency::parse(params.required(&at("currency"))?, &at("currency"))?;
    let amount = match params.number(&at("unit_amount"))? {
        Some(amount) => amount,
        None => params.required_number(&at("unit_amount_decimal"))?,
    };
    currency::priced(amount, &code, &at("unit_amount"))?;
    let recurring = if params.has(&at("recurring")) {
        recurring(params, &at("recurring"))?
    } else {
        Value::Null
    };
    Ok(json!({
        "active": true, "billing_scheme": "per_unit", "currency": code, "custom_unit_amount": null,
        "lookup_key": null, "metadata": {}, "nickname": null, "tax_behavior": "unspecified",
        "tiers_mode": null, "transform_quantity": null,
        "type": if recurring.is_null() { "one_time" } else { "recurring" },
        "recurring": recurring, "unit_amount": amount, "unit_amount_decimal": amount.to_string(),
    }))
}

/// `name` inside `path`, in brackets unless it stands alone.
pub fn nested(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}[{name}]")
    }
}

fn recurring(params: &Params, path: &str) -> Answer {
    let interval = format!("{path}[interval]");
    params.required(&interval)?;
    let word = params
        .choice(&interval, &["day", "week", "month", "year"])?
        .unwrap_or_default();
    let count = params
        .number(&format!("{path}[interval_count]"))?
        .unwrap_or(1);
    let most = match word {
        "day" => 1_095,
        "week" => 156,
        "month" => 36,
        _ => 3,
    };
    if !(1..=most).contains(&count) {
        let message = format!("A period has 1 to {most} {word}s; three years are the longest.");
        return Err(Refusal::invalid(message).param(&format!("{path}[interval_count]")));
    }
    Ok(
        json!({ "interval": word, "interval_count": count, "meter": null,
               "trial_period_days": null, "usage_type": "licensed" }),
    )
}

/// Stores a price read by [`priced`].
pub fn insert(stripe: &mut Stripe, mut price: Value, product: &str) -> String {
    price["product"] = json!(product);
    text(&stripe.insert(Kind::Price, price), "id").to_owned()
}

/// How long one period of a recurring price is.
pub fn period(price: &Value) -> Option<Period> {
    let recurring = &price["recurring"];
    Period::parse(
        text(recurring, "interval"),
        number(recurring, "interval_count"),
    )
}

fn update(stripe: &mut Stripe, id: &str, params: &Params) -> Answer {
    params.only(&[
        "active",
        "lookup_key",
        "metadata",
        "nickname",
        "tax_behavior",
        "transfer_lookup_key",
    ])?;
    let price = stripe.named(Kind::Price, id, "price")?;
    let mut patch = json!({ "metadata": params.merged_metadata("metadata", &price["metadata"])? });
    for field in ["nickname", "lookup_key", "tax_behavior"] {
        if params.has(field) {
            patch[field] = params.or_null(field);
        }
    }
    if let Some(active) = params.flag("active")? {
        patch["active"] = json!(active);
    }
    let before = stripe.set(Kind::Price, id, patch);
    stripe.tell_if_changed("price.updated", Kind::Price, id, &before);
    Ok(public(&stripe.get(Kind::Price, id)))
}
