//! `expand[]`: ids in an answer are replaced by the objects that they name.

use serde_json::Value;

use super::answer::{self, Answer, Refusal, text};
use super::kind::Kind;
use super::state::{Stripe, public};

const DEEPEST: usize = 4;

pub fn all(stripe: &Stripe, mut answer: Value, paths: &[&str]) -> Answer {
    for path in paths {
        let names: Vec<&str> = path.split('.').collect();
        if names.len() > DEEPEST {
            return Err(Refusal::invalid(format!(
                "You cannot expand more than {DEEPEST} levels of a property. Property: {path}"
            )));
        }
        along(stripe, &mut answer, &names).map_err(|()| {
            let message = format!("This property cannot be expanded ({path}).");
            Refusal::invalid(message).param("expand")
        })?;
    }
    Ok(answer)
}

/// Fails if the path leads to something that is not an id, an object or a list of them.
fn along(stripe: &Stripe, value: &mut Value, names: &[&str]) -> Result<(), ()> {
    if let Value::Array(all) = value {
        return all.iter_mut().try_for_each(|one| along(stripe, one, names));
    }
    let Some((name, rest)) = names.split_first() else {
        return Ok(());
    };
    if !value.is_object() {
        return Ok(());
    }
    if value.get(name).is_none() {
        value[*name] = on_request(stripe, value, name).ok_or(())?;
    }
    let inner = &mut value[*name];
    if let Value::String(id) = inner {
        *inner = public(&object_of(stripe, name, id).ok_or(())?);
    }
    along(stripe, inner, rest)
}

/// The object that a field names: by the field's own name where ids can be chosen freely, else by the id.
fn object_of(stripe: &Stripe, field: &str, id: &str) -> Option<Value> {
    let kind = match field {
        "product" => Kind::Product,
        "price" | "default_price" => Kind::Price,
        "customer" => Kind::Customer,
        _ => Kind::of_id(id)?,
    };
    stripe.find(kind, id).cloned()
}

/// Fields that are left out unless somebody asks for them.
fn on_request(stripe: &Stripe, of: &Value, field: &str) -> Option<Value> {
    let id = text(of, "id");
    match (text(of, "object"), field) {
        ("checkout.session", "line_items") => {
            let items = stripe.find(Kind::Session, id)?["_line_items"]
                .as_array()?
                .clone();
            Some(answer::list(
                &format!("/v1/checkout/sessions/{id}/line_items"),
                items,
                false,
            ))
        }
        ("invoice", "payments") => {
            let payments = stripe.all_with(Kind::InvoicePayment, "/invoice", id);
            Some(answer::list("/v1/invoice_payments", payments, false))
        }
        ("charge", "refunds") => {
            let mut refunds = stripe.all_with(Kind::Refund, "/charge", id);
            refunds.reverse();
            let refunds = refunds.iter().map(public);
            Some(answer::list(
                &format!("/v1/charges/{id}/refunds"),
                refunds,
                false,
            ))
        }
        ("customer", "subscriptions") => {
            let found = stripe.all_with(Kind::Subscription, "/customer", id);
            let alive = found.iter().filter(|one| text(one, "status") != "canceled");
            let alive = alive.map(public);
            Some(answer::list(
                &format!("/v1/customers/{id}/subscriptions"),
                alive,
                false,
            ))
        }
        _ => None,
    }
}
