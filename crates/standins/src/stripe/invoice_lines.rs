//! The lines of a subscription's invoice.

use serde_json::{Value, json};

use super::answer::{is, number, text};
use super::kind::Kind;
use super::state::Stripe;
use super::{currency, subscriptions};

/// One line for each item, for a period; a trial costs nothing.
pub fn for_period(
    stripe: &mut Stripe,
    subscription: &Value,
    period: (i64, i64),
    trial: bool,
) -> Vec<Value> {
    let items = subscriptions::items(subscription);
    items
        .iter()
        .map(|item| line(stripe, subscription, item, period, trial))
        .collect()
}

fn line(
    stripe: &mut Stripe,
    subscription: &Value,
    item: &Value,
    period: (i64, i64),
    trial: bool,
) -> Value {
    let price = &item["price"];
    let quantity = number(item, "quantity");
    let amount = if trial {
        0
    } else {
        number(price, "unit_amount") * quantity
    };
    let product = stripe.get(Kind::Product, text(price, "product"));
    let name = text(&product, "name");
    let description = if trial {
        format!("Trial period for {name}")
    } else {
        let each = currency::shown(number(price, "unit_amount"), text(price, "currency"));
        let interval = text(&price["recurring"], "interval");
        format!("{quantity} × {name} (at {each} / {interval})")
    };
    json!({
        "id": stripe.new_id("il"), "object": "line_item", "amount": amount,
        "currency": price["currency"], "description": description, "discount_amounts": [],
        "discountable": true, "discounts": [], "livemode": is(subscription, "livemode"),
        "metadata": subscription["metadata"],
        "parent": {
            "invoice_item_details": null, "type": "subscription_item_details",
            "subscription_item_details": {
                "invoice_item": null, "proration": false, "proration_details": { "credited_items": null },
                "subscription": subscription["id"], "subscription_item": item["id"],
            },
        },
        "period": { "start": period.0, "end": period.1 }, "pretax_credit_amounts": [],
        "pricing": {
            "price_details": { "price": price["id"], "product": price["product"] },
            "type": "price_details", "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity, "subtotal": amount, "taxes": [],
    })
}
