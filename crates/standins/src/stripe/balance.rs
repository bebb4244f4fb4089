//! The balance: what came in, went out and was kept as fees.

use serde_json::{Value, json};

use super::answer::{Answer, number, text};
use super::calendar::DAY_S;
use super::call::Call;
use super::kind::Kind;
use super::lists;
use super::state::{Stripe, public};

/// One movement of the balance; `source` is the object that caused it.
#[derive(Debug)]
pub struct Entry<'a> {
    pub kind: &'a str,
    pub source: &'a str,
    pub amount: i64,
    pub fee: i64,
}

/// 2.9 % and 30 minor units, rounded half up.
pub fn fee(amount: i64) -> i64 {
    (amount * 29 + 500) / 1_000 + 30
}

/// Books a movement and answers its id.
pub fn book(stripe: &mut Stripe, entry: &Entry<'_>, currency: &str) -> String {
    let details = if entry.fee == 0 {
        json!([])
    } else {
        json!([{ "amount": entry.fee, "application": null, "currency": currency,
                 "description": "Stripe processing fees", "type": "stripe_fee" }])
    };
    let category = match entry.kind {
        "adjustment" => "dispute",
        other => other,
    };
    let transaction = json!({
        "amount": entry.amount, "available_on": stripe.now() + 2 * DAY_S, "balance_type": "payments",
        "currency": currency, "description": null, "exchange_rate": null, "fee": entry.fee,
        "fee_details": details, "net": entry.amount - entry.fee, "reporting_category": category,
        "source": entry.source, "status": "pending", "type": entry.kind,
    });
    let booked = stripe.insert(Kind::BalanceTransaction, transaction);
    text(&booked, "id").to_owned()
}

pub fn answer(stripe: &Stripe, call: &Call) -> Answer {
    match (
        call.method(),
        call.family().as_str(),
        call.segments().as_slice(),
    ) {
        ("GET", "balance", []) => Ok(balance(stripe)),
        ("GET", "balance_transactions", []) => {
            let known = [
                "created",
                "currency",
                "ending_before",
                "limit",
                "source",
                "starting_after",
                "type",
            ];
            call.params.only(&known)?;
            let filters = [
                ("type", "/type"),
                ("source", "/source"),
                ("currency", "/currency"),
            ];
            let mut found =
                lists::list(stripe, call, Kind::BalanceTransaction, &filters, |_| true)?;
            for entry in found["data"].as_array_mut().into_iter().flatten() {
                let state = status(entry, stripe.now());
                entry["status"] = json!(state);
            }
            Ok(found)
        }
        ("GET", "balance_transactions", [id]) => {
            let mut entry = public(&stripe.named(Kind::BalanceTransaction, id, "id")?);
            entry["status"] = json!(status(&entry, stripe.now()));
            Ok(entry)
        }
        _ => Err(call.unknown_url()),
    }
}

fn status(entry: &Value, now: i64) -> &'static str {
    if number(entry, "available_on") <= now {
        "available"
    } else {
        "pending"
    }
}

fn balance(stripe: &Stripe) -> Value {
    let mut sums = std::collections::BTreeMap::<(String, &str), i64>::new();
    let entries = stripe.table(Kind::BalanceTransaction).into_iter();
    for entry in entries.flat_map(|table| table.newest_first(None)) {
        if entry["livemode"] == stripe.asked_by.livemode {
            let key = (
                text(entry, "currency").to_owned(),
                status(entry, stripe.now()),
            );
            *sums.entry(key).or_default() += number(entry, "net");
        }
    }
    let of = |wanted: &str| -> Vec<Value> {
        let found = sums.iter().filter(|((_, status), _)| *status == wanted);
        found
            .map(|((currency, _), sum)| {
                json!({ "amount": sum, "currency": currency,
            "source_types": { "card": sum } })
            })
            .collect()
    };
    json!({ "object": "balance", "available": of("available"), "pending": of("pending"),
            "livemode": stripe.asked_by.livemode })
}
