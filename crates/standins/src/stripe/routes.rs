//! Which file answers which family of calls.

use super::answer::Answer;
use super::call::Call;
use super::state::Stripe;
use super::{
    account, balance, charging, checkout, customers, disputes, endpoints, events, intents,
    invoices, payment_methods, portal, prices, products, refunds, setup_intents, subscriptions,
};

pub fn answer(stripe: &mut Stripe, call: &Call) -> Answer {
    match call.family().as_str() {
        "account" | "accounts" => account::answer(stripe, call),
        "balance" | "balance_transactions" => balance::answer(stripe, call),
        "customers" => customers::answer(stripe, call),
        "products" => products::answer(stripe, call),
        "prices" => prices::answer(stripe, call),
        "payment_methods" => payment_methods::answer(stripe, call),
        "checkout/sessions" => checkout::answer(stripe, call),
        "payment_intents" => intents::answer(stripe, call),
        "setup_intents" => setup_intents::answer(stripe, call),
        "charges" => charging::answer(stripe, call),
        "subscriptions" => subscriptions::answer(stripe, call),
        "invoices" | "invoice_payments" => invoices::answer(stripe, call),
        "refunds" => refunds::answer(stripe, call),
        "disputes" => disputes::answer(stripe, call),
        "billing_portal/sessions" | "billing_portal/configurations" => portal::answer(stripe, call),
        "webhook_endpoints" => endpoints::answer(stripe, call),
        "events" => events::answer(stripe, call),
        _ => Err(call.unknown_url()),
    }
}
