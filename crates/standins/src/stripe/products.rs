//! Products.

use serde_json::{Value, json};

use super::answer::{self, Answer, Refusal};
use super::call::Call;
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, public};
use super::{lists, prices, searches};

const SETTABLE: [&str; 10] = [
    "active",
    "default_price",
    "default_price_data",
    "description",
    "id",
    "metadata",
    "name",
    "statement_descriptor",
    "unit_label",
    "url",
];

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    let params = &call.params;
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => create(stripe, params),
        ("GET", []) => {
            let ids = params.texts("ids");
            let wanted =
                |product: &Value| ids.is_empty() || ids.iter().any(|id| product["id"] == *id);
            lists::list(
                stripe,
                call,
                Kind::Product,
                &[("active", "/active")],
                wanted,
            )
        }
        ("GET", ["search"]) => searches::answer(stripe, call, Kind::Product),
        ("GET", [id]) => Ok(public(&stripe.named(Kind::Product, id, "id")?)),
        ("POST", [id]) => {
            params.only(&SETTABLE)?;
            let product = stripe.named(Kind::Product, id, "id")?;
            let mut patch = changes(params, &product)?;
            patch["updated"] = json!(stripe.now());
            let before = stripe.set(Kind::Product, id, patch);
            stripe.tell_change("product.updated", Kind::Product, id, &before);
            Ok(public(&stripe.get(Kind::Product, id)))
        }
        ("DELETE", [id]) => delete(stripe, id),
        _ => Err(call.unknown_url()),
    }
}

fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&SETTABLE)?;
    params.required("name")?;
    let id = match params.text("id") {
        Some(id) if stripe.find(Kind::Product, id).is_some() => {
            let message = format!("Product already exists: {id}");
            return Err(Refusal::invalid(message)
                .code("resource_already_exists")
                .param("id"));
        }
        Some(id) => id.to_owned(),
        None => stripe.new_id(Kind::Product.prefix()),
    };
    let blank = json!({
        "active": true, "default_price": null, "description": null, "images": [],
        "marketing_features": [], "metadata": {}, "name": null, "package_dimensions": null,
        "shippable": null, "statement_descriptor": null, "tax_code": null, "type": "service",
        "unit_label": null, "updated": stripe.now(), "url": null,
    });
    let patch = changes(params, &blank)?;
    stripe.insert_as(Kind::Product, &id, blank);
    stripe.set(Kind::Product, &id, patch);
    if let Some(data) = params.at("default_price_data") {
        let mut data = data.clone();
        data["product"] = json!(id);
        match prices::create(stripe, &Params::new(data)) {
            Ok(price) => {
                drop(stripe.set(Kind::Product, &id, json!({ "default_price": price["id"] })));
            }
            Err(refusal) => {
                stripe.remove(Kind::Product, &id);
                return Err(refusal);
            }
        }
    }
    stripe.tell("product.created", Kind::Product, &id);
    Ok(public(&stripe.get(Kind::Product, &id)))
}

/// A product made beside a price or a session, from `product_data`.
pub fn insert_named(stripe: &mut Stripe, params: &Params, path: &str) -> Result<String, Refusal> {
    let name = params.required(&format!("{path}[name]"))?;
    let product = json!({
        "name": name, "metadata": params.metadata(&format!("{path}[metadata]"))?,
        "description": params.or_null(&format!("{path}[description]")),
        "active": true, "default_price": null, "images": [], "marketing_features": [],
        "package_dimensions": null, "shippable": null, "statement_descriptor": null,
        "tax_code": null, "type": "service", "unit_label": null, "updated": stripe.now(), "url": null,
    });
    let product = stripe.insert(Kind::Product, product);
    let id = answer::text(&product, "id").to_owned();
    stripe.tell("product.created", Kind::Product, &id);
    Ok(id)
}

fn changes(params: &Params, before: &Value) -> Answer {
    let mut patch = json!({ "metadata": params.merged_metadata("metadata", &before["metadata"])? });
    for field in [
        "name",
        "description",
        "url",
        "unit_label",
        "statement_descriptor",
        "default_price",
    ] {
        if params.has(field) {
            patch[field] = params.or_null(field);
        }
    }
    if let Some(active) = params.flag("active")? {
        patch["active"] = json!(active);
    }
    Ok(patch)
}

fn delete(stripe: &mut Stripe, id: &str) -> Answer {
    stripe.named(Kind::Product, id, "id")?;
    if !stripe.all_with(Kind::Price, "/product", id).is_empty() {
        let message =
            "This product cannot be deleted because it has one or more user-created prices.";
        return Err(Refusal::invalid(message));
    }
    stripe.tell("product.deleted", Kind::Product, id);
    stripe.remove(Kind::Product, id);
    Ok(answer::deleted(id, "product"))
}
