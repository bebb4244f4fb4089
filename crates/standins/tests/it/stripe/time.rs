//! What a moved clock brings.

use serde_json::{Value, json};

use super::shop::{DAY_S, LATE_JANUARY_S, Shop};

fn period_of(subscription: &Value) -> (i64, i64) {
    let item = &subscription["items"]["data"][0];
    let at = |name: &str| item[name].as_i64().expect("a moment");
    (at("current_period_start"), at("current_period_end"))
}

#[test]
fn a_renewal_is_a_draft_for_an_hour_and_then_paid() {
    let shop = Shop::at(LATE_JANUARY_S);
    let subscription = shop.subscribed("4242424242424242", "");
    let (_, end) = period_of(&subscription);
    assert_eq!(
        end,
        LATE_JANUARY_S + 28 * DAY_S,
        "31 January goes on to 28 February"
    );
    shop.move_s(end - LATE_JANUARY_S);
    assert_eq!(shop.invoices(&subscription)[0]["status"], "draft");
    let now = shop.subscription(&subscription["id"]);
    assert_eq!(
        period_of(&now),
        (end, end + 31 * DAY_S),
        "and back to 31 March"
    );
    shop.move_s(3_599);
    assert_eq!(shop.invoices(&subscription)[0]["status"], "draft");
    shop.move_s(1);
    let paid = &shop.invoices(&subscription)[0];
    assert_eq!(
        (&paid["status"], &paid["billing_reason"]),
        (&json!("paid"), &json!("subscription_cycle"))
    );
    assert_eq!(paid["status_transitions"]["paid_at"], end + 3_600);
}

#[test]
fn a_clock_moved_by_a_year_renews_every_month_in_order() {
    let shop = Shop::at(LATE_JANUARY_S);
    let subscription = shop.subscribed("4242424242424242", "");
    shop.move_s(365 * DAY_S);
    let invoices = shop.invoices(&subscription);
    assert_eq!(invoices.len(), 13);
    let made: Vec<i64> = invoices
        .iter()
        .map(|one| one["created"].as_i64().unwrap())
        .collect();
    assert!(
        made.is_sorted_by(|later, earlier| later > earlier),
        "{made:?}"
    );
    assert!(
        invoices[1..].iter().all(|one| one["status"] == "paid"),
        "all but the fresh draft"
    );
}

#[test]
fn a_failed_renewal_is_retried_and_given_up_after_the_last_try() {
    let shop = Shop::at(LATE_JANUARY_S);
    let subscription = shop.subscribed("4000000000000341", "");
    shop.move_s(28 * DAY_S + 3_600);
    assert_eq!(shop.subscription(&subscription["id"])["status"], "past_due");
    for (day, attempts) in [(1, 2), (3, 3), (5, 4)] {
        shop.clock
            .pin_ms((LATE_JANUARY_S + (28 + day) * DAY_S + 3_600) * 1_000);
        assert_eq!(shop.invoices(&subscription)[0]["attempt_count"], attempts);
    }
    shop.move_s(2 * DAY_S);
    let ended = shop.subscription(&subscription["id"]);
    assert_eq!(ended["status"], "canceled");
    assert_eq!(ended["cancellation_details"]["reason"], "payment_failed");
}

#[test]
fn a_new_card_at_the_next_try_makes_it_active_again() {
    let shop = Shop::at(LATE_JANUARY_S);
    let subscription = shop.subscribed("4000000000000341", "");
    shop.move_s(28 * DAY_S + 3_600);
    let id = subscription["id"].as_str().unwrap();
    let customer = subscription["customer"].as_str().unwrap();
    let form = format!("customer={customer}");
    let method = shop.post("/v1/payment_methods/pm_card_visa/attach", &form)["id"].clone();
    let form = format!("default_payment_method={}", method.as_str().unwrap());
    shop.post(&format!("/v1/subscriptions/{id}"), &form);
    shop.move_s(DAY_S);
    assert_eq!(shop.subscription(&subscription["id"])["status"], "active");
}

#[test]
fn a_trial_is_paid_an_hour_after_its_end() {
    let shop = Shop::at(LATE_JANUARY_S);
    let subscription = shop.subscribed(
        "4242424242424242",
        "&subscription_data[trial_period_days]=7",
    );
    assert_eq!(subscription["status"], "trialing");
    assert_eq!(shop.invoices(&subscription)[0]["amount_due"], 0);
    shop.move_s(7 * DAY_S + 3_600);
    assert_eq!(shop.subscription(&subscription["id"])["status"], "active");
    let newest = &shop.invoices(&subscription)[0];
    assert_eq!(
        (&newest["status"], &newest["amount_paid"]),
        (&json!("paid"), &json!(999))
    );
    assert!(
        shop.told()
            .contains(&"customer.subscription.trial_will_end".to_owned())
    );
}

#[test]
fn a_cancellation_can_wait_for_the_period_end_or_be_taken_back() {
    let shop = Shop::at(LATE_JANUARY_S);
    let subscription = shop.subscribed("4242424242424242", "");
    let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
    shop.post(&path, "cancel_at_period_end=true");
    let back = shop.post(&path, "cancel_at_period_end=false");
    assert_eq!(
        (&back["cancel_at"], &back["canceled_at"]),
        (&Value::Null, &Value::Null)
    );
    shop.post(&path, "cancel_at_period_end=true");
    shop.move_s(40 * DAY_S);
    assert_eq!(shop.subscription(&subscription["id"])["status"], "canceled");
    assert_eq!(
        shop.invoices(&subscription).len(),
        1,
        "nothing is billed for what never began"
    );
}

#[test]
fn an_immediate_end_in_the_hour_of_the_draft_takes_no_money() {
    let shop = Shop::at(LATE_JANUARY_S);
    let subscription = shop.subscribed("4242424242424242", "");
    shop.move_s(28 * DAY_S + 60);
    shop.delete(&format!(
        "/v1/subscriptions/{}",
        subscription["id"].as_str().unwrap()
    ));
    shop.move_s(DAY_S);
    assert_eq!(shop.invoices(&subscription)[0]["status"], "draft");
}

#[test]
fn slow_money_and_failing_refunds_arrive_days_later() {
    let shop = Shop::at(LATE_JANUARY_S);
    let session = shop.session("");
    let card = "4000000000000077";
    let paid = shop.control("pay", &json!({ "session": session["id"], "card": card }));
    assert_eq!(paid["outcome"], "processing");
    shop.move_s(2 * DAY_S);
    let told = shop.told();
    assert!(
        told.contains(&"checkout.session.async_payment_succeeded".to_owned()),
        "{told:?}"
    );
    let session = shop.session("");
    let card = "4000000000005126";
    let paid = shop.control("pay", &json!({ "session": session["id"], "card": card }));
    let intent = paid["session"]["payment_intent"]
        .as_str()
        .unwrap()
        .to_owned();
    shop.post("/v1/refunds", &format!("payment_intent={intent}"));
    shop.move_s(DAY_S);
    let refunds = shop.get(&format!("/v1/refunds?payment_intent={intent}"));
    assert_eq!(refunds["data"][0]["status"], "failed");
}
