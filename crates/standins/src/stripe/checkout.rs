//! Checkout sessions: what a customer is sent to pay. Paying is in `checkout_pay`.

use serde_json::{Value, json};

use super::agenda::Step;
use super::answer::{self, Answer, Refusal, number, text};
use super::calendar::DAY_S;
use super::call::Call;
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, public};
use super::{checkout_pay, currency, lists, prices, products, subscriptions};

const SHORTEST_S: i64 = 30 * 60;

const SETTABLE: [&str; 26] = [
    "allow_promotion_codes",
    "automatic_tax",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "currency",
    "custom_text",
    "customer",
    "customer_creation",
    "customer_email",
    "expires_at",
    "invoice_creation",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "payment_method_collection",
    "payment_method_types",
    "phone_number_collection",
    "setup_intent_data",
    "submit_type",
    "subscription_data",
    "success_url",
    "tax_id_collection",
    "ui_mode",
];

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    match (call.method(), call.segments().as_slice()) {
        ("POST", []) => create(stripe, &call.params),
        ("GET", []) => {
            let filters = [
                ("payment_intent", "/payment_intent"),
                ("subscription", "/subscription"),
                ("customer", "/customer"),
                ("status", "/status"),
                ("customer_details[email]", "/customer_details/email"),
            ];
            lists::list(stripe, call, Kind::Session, &filters, |_| true)
        }
        ("GET", [id]) => Ok(public(&stripe.named(Kind::Session, id, "session")?)),
        ("GET", [id, "line_items"]) => {
            let session = stripe.named(Kind::Session, id, "session")?;
            let items = session["_line_items"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            Ok(answer::list(
                &format!("/v1/checkout/sessions/{id}/line_items"),
                items,
                false,
            ))
        }
        ("POST", [id]) => {
            call.params.only(&["metadata"])?;
            let session = stripe.named(Kind::Session, id, "session")?;
            let metadata = call
                .params
                .merged_metadata("metadata", &session["metadata"])?;
            stripe.set(Kind::Session, id, json!({ "metadata": metadata }));
            Ok(public(&stripe.get(Kind::Session, id)))
        }
        ("POST", [id, "expire"]) => expire(stripe, id),
        _ => Err(call.unknown_url()),
    }
}

fn expire(stripe: &mut Stripe, id: &str) -> Answer {
    let session = stripe.named(Kind::Session, id, "session")?;
    if text(&session, "status") != "open" {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session \
             has a status of {}.",
            text(&session, "status")
        );
        return Err(Refusal::invalid(message));
    }
    checkout_pay::expire(stripe, id);
    Ok(public(&stripe.get(Kind::Session, id)))
}

fn create(stripe: &mut Stripe, params: &Params) -> Answer {
    params.only(&SETTABLE)?;
    params.required("mode")?;
    let mode = params
        .choice("mode", &["payment", "setup", "subscription"])?
        .unwrap_or_default();
    params.required("success_url")?;
    let expires_at = expires_at(stripe, params)?;
    let private = private_facts(stripe, params, mode)?;
    if let Some(customer) = params.text("customer") {
        stripe.named(Kind::Customer, customer, "customer")?;
        if params.has("customer_email") {
            let message = "You may only specify one of these parameters: customer, customer_email.";
            return Err(Refusal::invalid(message).param("customer_email"));
        }
    }
    let metadata = params.metadata("metadata")?;
    let lines = match mode {
        "setup" => Vec::new(),
        _ => line_items(stripe, params, mode)?,
    };
    let due = due_today(&lines, &private)?;
    let mut session = facts(params, mode, &due);
    let object = session.as_object_mut().expect("made as an object");
    object.insert("metadata".to_owned(), metadata);
    object.insert("expires_at".to_owned(), json!(expires_at));
    object.insert("_line_items".to_owned(), json!(lines));
    object.extend(private.as_object().cloned().unwrap_or_default());
    let id = text(&stripe.insert(Kind::Session, session), "id").to_owned();
    let url = format!("{}/c/pay/{id}", stripe.stage.base_url);
    stripe.set(Kind::Session, &id, json!({ "url": url }));
    stripe.agenda.add(expires_at, Step::SessionExpires, &id);
    Ok(public(&stripe.get(Kind::Session, &id)))
}

fn expires_at(stripe: &Stripe, params: &Params) -> Result<i64, Refusal> {
    let now = stripe.now();
    let at = params.number("expires_at")?.unwrap_or(now + DAY_S);
    // A second of grace at both ends: the caller's clock was read before ours.
    let wrong = if at < now + SHORTEST_S - 1 {
        "at least 30 minutes"
    } else if at > now + DAY_S + 1 {
        "less than 24 hours"
    } else {
        return Ok(at);
    };
    let message =
        format!("The `expires_at` timestamp must be {wrong} from Checkout Session creation.");
    Err(Refusal::invalid(message).param("expires_at"))
}

/// What the session does once it is paid: kept with it, shown to nobody.
fn private_facts(stripe: &Stripe, params: &Params, mode: &str) -> Answer {
    for (data, belongs_to) in [
        ("payment_intent_data", "payment"),
        ("subscription_data", "subscription"),
        ("setup_intent_data", "setup"),
    ] {
        if params.has(data) && mode != belongs_to {
            let message = format!("You can not pass `{data}` in `{mode}` mode.");
            return Err(Refusal::invalid(message).param(data));
        }
    }
    Ok(json!({
        "_intent": {
            "metadata": params.metadata("payment_intent_data[metadata]")?,
            "description": params.or_null("payment_intent_data[description]"),
            "setup_future_usage": params.or_null("payment_intent_data[setup_future_usage]"),
            "capture_method": params.or_null("payment_intent_data[capture_method]"),
            "receipt_email": params.or_null("payment_intent_data[receipt_email]"),
        },
        "_subscription": {
            "metadata": params.metadata("subscription_data[metadata]")?,
            "description": params.or_null("subscription_data[description]"),
            "trial_end": subscriptions::trial_end(stripe, params, "subscription_data")?,
            "trial_period_days": params.number("subscription_data[trial_period_days]")?,
            "without_method": subscriptions::without_method(params, "subscription_data")?,
        },
        "_setup": { "metadata": params.metadata("setup_intent_data[metadata]")? },
    }))
}

fn line_items(stripe: &mut Stripe, params: &Params, mode: &str) -> Result<Vec<Value>, Refusal> {
    let count = params.array("line_items").len();
    if count == 0 {
        let message = format!("Missing required param: line_items; `{mode}` mode sells something.");
        return Err(Refusal::invalid(message)
            .code("parameter_missing")
            .param("line_items"));
    }
    // First all are read, then anything is stored: a refused call leaves nothing behind.
    let found: Vec<Wanted> = (0..count)
        .map(|at| Wanted::read(stripe, params, at))
        .collect::<Result<_, _>>()?;
    check(&found, mode)?;
    found
        .into_iter()
        .map(|wanted| wanted.store(stripe, params))
        .collect()
}

/// A line as asked for: a price that exists, or the data of one to be made.
struct Wanted {
    at: usize,
    price: Value,
    quantity: i64,
}

impl Wanted {
    fn read(stripe: &Stripe, params: &Params, at: usize) -> Result<Self, Refusal> {
        let line = format!("line_items[{at}]");
        let quantity = params.required_number(&format!("{line}[quantity]"))?;
        if quantity < 1 {
            let message = "Invalid positive integer";
            return Err(Refusal::invalid(message).param(&format!("{line}[quantity]")));
        }
        let name = format!("{line}[price]");
        let data = format!("{line}[price_data]");
        let price = match params.text(&name) {
            Some(id) => {
                let price = stripe.named(Kind::Price, id, &name)?;
                if price["active"] == false {
                    let message = format!("The price specified is inactive ({id}).");
                    return Err(Refusal::invalid(message).param(&name));
                }
                price
            }
            None if params.has(&data) => Self::from_data(stripe, params, &data)?,
            None => {
                let message = format!("You must specify either `price` or `price_data` in {line}.");
                return Err(Refusal::invalid(message)
                    .code("parameter_missing")
                    .param(&name));
            }
        };
        Ok(Self {
            at,
            price,
            quantity,
        })
    }

    fn from_data(stripe: &Stripe, params: &Params, data: &str) -> Answer {
        match params.text(&format!("{data}[product]")) {
            Some(product) => {
                drop(stripe.named(Kind::Product, product, &format!("{data}[product]"))?);
            }
            None => drop(params.required(&format!("{data}[product_data][name]"))?),
        }
        prices::priced(params, data)
    }

    /// Makes price and product if they are new, and the line as the session shows it.
    fn store(self, stripe: &mut Stripe, params: &Params) -> Answer {
        let data = format!("line_items[{}][price_data]", self.at);
        let price_id = if self.price["id"].is_null() {
            let product = match params.text(&format!("{data}[product]")) {
                Some(product) => product.to_owned(),
                None => products::insert_named(stripe, params, &format!("{data}[product_data]"))?,
            };
            // As at Stripe, a price that was made for one session is not for sale again.
            let mut price = self.price.clone();
            price["active"] = json!(false);
            prices::insert(stripe, price, &product)
        } else {
            text(&self.price, "id").to_owned()
        };
        let price = public(&stripe.get(Kind::Price, &price_id));
        let product = stripe.get(Kind::Product, text(&price, "product"));
        let total = number(&price, "unit_amount") * self.quantity;
        Ok(json!({
            "id": stripe.new_id("li"), "object": "item", "amount_discount": 0,
            "amount_subtotal": total, "amount_tax": 0, "amount_total": total,
            "currency": price["currency"], "description": product["name"], "discounts": [],
            "metadata": {}, "price": price, "quantity": self.quantity, "taxes": [],
        }))
    }
}

fn check(wanted: &[Wanted], mode: &str) -> Result<(), Refusal> {
    let is_recurring = |one: &Wanted| !one.price["recurring"].is_null();
    if mode == "payment" && wanted.iter().any(is_recurring) {
        let message = "You specified `payment` mode but passed a recurring price. Either switch to \
            `subscription` mode or use only one-time prices.";
        return Err(Refusal::invalid(message).param("line_items"));
    }
    if mode == "subscription" && !wanted.iter().any(is_recurring) {
        let message = "You must provide at least one recurring price in `subscription` mode when \
            using prices.";
        return Err(Refusal::invalid(message).param("line_items"));
    }
    if mode == "subscription" && !wanted.iter().all(is_recurring) {
        let message = "The stand-in bills recurring prices only in `subscription` mode.";
        return Err(Refusal::invalid(message).param("line_items"));
    }
    let period = wanted.first().and_then(|one| prices::period(&one.price));
    if wanted
        .iter()
        .any(|one| prices::period(&one.price) != period)
    {
        let message = "All recurring prices of one session must have the same period.";
        return Err(Refusal::invalid(message).param("line_items"));
    }
    let first = wanted.first().map(|one| one.price["currency"].clone());
    if wanted
        .iter()
        .any(|one| Some(&one.price["currency"]) != first.as_ref())
    {
        let message = "All prices of one Checkout Session must be in the same currency.";
        return Err(Refusal::invalid(message).param("line_items"));
    }
    Ok(())
}

/// What the customer pays now, and in which currency; null in setup mode.
struct DueToday {
    amount: Value,
    currency: Value,
}

fn due_today(lines: &[Value], private: &Value) -> Result<DueToday, Refusal> {
    let Some(first) = lines.first() else {
        return Ok(DueToday {
            amount: Value::Null,
            currency: Value::Null,
        });
    };
    let code = text(first, "currency");
    let trial = !private["_subscription"]["trial_end"].is_null();
    let sum: i64 = lines.iter().map(|line| number(line, "amount_total")).sum();
    let amount = if trial { 0 } else { sum };
    if amount > 0 {
        currency::charge(amount, code, "line_items[0][price_data][unit_amount]")?;
    }
    Ok(DueToday {
        amount: json!(amount),
        currency: json!(code),
    })
}

fn facts(params: &Params, mode: &str, due: &DueToday) -> Value {
    let creation = match (mode, params.has("customer")) {
        ("payment", false) => json!(params.text("customer_creation").unwrap_or("if_required")),
        _ => Value::Null,
    };
    let nothing_due = due.amount.as_i64().unwrap_or_default() == 0;
    let email = params.or_null("customer_email");
    let details = if email.is_null() {
        Value::Null
    } else {
        checkout_pay::details(&email, &Value::Null)
    };
    let mut session = blank();
    let known = json!({
        "amount_subtotal": due.amount, "amount_total": due.amount, "currency": due.currency,
        "cancel_url": params.or_null("cancel_url"), "success_url": params.or_null("success_url"),
        "client_reference_id": params.or_null("client_reference_id"),
        "customer": params.or_null("customer"), "customer_creation": creation,
        "customer_details": details, "customer_email": email, "locale": params.or_null("locale"),
        "mode": mode, "status": "open",
        "payment_method_collection": params.text("payment_method_collection").unwrap_or("always"),
        "payment_status": if nothing_due { "no_payment_required" } else { "unpaid" },
    });
    session
        .as_object_mut()
        .expect("made as an object")
        .extend(known.as_object().cloned().unwrap_or_default());
    session
}

/// What is the same for every session here.
fn blank() -> Value {
    json!({
        "adaptive_pricing": null, "after_expiration": null, "allow_promotion_codes": null,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "billing_address_collection": null, "client_secret": null, "collected_information": null,
        "consent": null, "consent_collection": null, "currency_conversion": null,
        "custom_fields": [], "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null,
            "terms_of_service_acceptance": null,
        },
        "discounts": [], "invoice": null, "invoice_creation": null, "payment_intent": null,
        "payment_link": null, "payment_method_configuration_details": null,
        "payment_method_options": {}, "payment_method_types": ["card"],
        "phone_number_collection": { "enabled": false }, "recovered_from": null,
        "saved_payment_method_options": null, "setup_intent": null,
        "shipping_address_collection": null, "shipping_cost": null, "shipping_options": [],
        "submit_type": null, "subscription": null,
        "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        "ui_mode": "hosted", "wallet_options": null,
    })
}
