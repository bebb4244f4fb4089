//! Keys, errors, lists, idempotency keys.

#![expect(
    clippy::disallowed_methods,
    reason = "a test waits for a call in another thread to have begun"
)]

use serde_json::json;

use super::shop::{DAY_S, LATE_JANUARY_S, Shop};

#[test]
fn wrong_keys_are_refused_and_live_keys_see_live_objects_only() {
    let shop = Shop::new();
    let refused = shop.with_key("sk_test_other", "/v1/account");
    assert_eq!(
        (refused.status, &refused.json()["error"]["type"]),
        (401, &json!("invalid_request_error"))
    );
    shop.post("/v1/customers", "email=a@example.org");
    let live = shop.with_key("sk_live_standin", "/v1/customers").json();
    assert_eq!(live["data"], json!([]));
}

#[test]
fn errors_name_the_parameter() {
    let shop = Shop::new();
    for (form, code, param) in [
        ("amount=100", "parameter_missing", "currency"),
        (
            "amount=x&currency=eur",
            "parameter_invalid_integer",
            "amount",
        ),
        ("amount=10&currency=eur", "amount_too_small", "amount"),
        (
            "amount=100&currency=eur&oops=1",
            "parameter_unknown",
            "oops",
        ),
        ("amount=1001&currency=kwd", "invalid_amount", "amount"),
        (
            "amount=100&currency=eur&customer=cus_0",
            "resource_missing",
            "customer",
        ),
    ] {
        let error = shop.try_post("/v1/payment_intents", form, None).json()["error"].clone();
        assert_eq!(
            (&error["code"], &error["param"]),
            (&json!(code), &json!(param)),
            "{form}"
        );
    }
    assert_eq!(shop.try_get("/v1/nothing").status, 404);
}

#[test]
fn lists_walk_both_ways_and_say_whether_there_is_more() {
    let shop = Shop::at(LATE_JANUARY_S);
    let ids: Vec<String> = (0..5)
        .map(|number| {
            shop.move_s(10);
            let made = shop.post("/v1/customers", &format!("name=c{number}"));
            made["id"].as_str().unwrap().to_owned()
        })
        .collect();
    let walk = |query: &str| {
        let page = shop.get(&format!("/v1/customers?{query}"));
        let found = page["data"].as_array().unwrap().iter();
        let found = found.map(|one| ids.iter().position(|id| one["id"] == **id).unwrap());
        (found.collect::<Vec<_>>(), page["has_more"] == true)
    };
    assert_eq!(walk("limit=2"), (vec![4, 3], true));
    assert_eq!(
        walk(&format!("limit=2&starting_after={}", ids[3])),
        (vec![2, 1], true)
    );
    assert_eq!(
        walk(&format!("limit=2&ending_before={}", ids[0])),
        (vec![2, 1], true)
    );
    assert_eq!(
        walk(&format!("limit=9&ending_before={}", ids[3])),
        (vec![4], false)
    );
    let from = LATE_JANUARY_S + 30;
    assert_eq!(
        walk(&format!("created[gte]={from}")),
        (vec![4, 3, 2], false)
    );
    assert_eq!(walk(&format!("created[lt]={from}")), (vec![1, 0], false));
}

#[test]
fn an_idempotency_key_gives_its_first_answer_for_a_day() {
    let shop = Shop::at(LATE_JANUARY_S);
    let first = shop.try_post("/v1/customers", "name=a", Some("k"));
    let again = shop.try_post("/v1/customers", "name=a", Some("k"));
    assert_eq!(
        (&first.text, first.replayed, again.replayed),
        (&again.text, false, true)
    );
    let other = shop.try_post("/v1/customers", "name=b", Some("k"));
    assert_eq!(
        (other.status, &other.json()["error"]["type"]),
        (400, &json!("idempotency_error"))
    );
    shop.move_s(DAY_S);
    assert_eq!(
        shop.try_post("/v1/customers", "name=b", Some("k")).status,
        200
    );
}

#[test]
fn a_kept_failure_is_given_again_and_a_refused_call_is_not_kept() {
    let shop = Shop::new();
    shop.fault("api_error", 1);
    assert_eq!(
        shop.try_post("/v1/customers", "name=a", Some("k")).status,
        500
    );
    assert_eq!(
        shop.try_post("/v1/customers", "name=a", Some("k")).status,
        500
    );
    assert_eq!(
        shop.try_post("/v1/customers", "wrong=1", Some("j")).status,
        400
    );
    assert_eq!(
        shop.try_post("/v1/customers", "name=a", Some("j")).status,
        200
    );
}

#[test]
fn a_key_in_use_is_a_conflict() {
    let shop = Shop::new();
    shop.fault("slow_work", 1);
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| shop.try_post("/v1/customers", "name=a", Some("k")).status);
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert_eq!(
            shop.try_post("/v1/customers", "name=a", Some("k")).status,
            409
        );
        assert_eq!(slow.join().unwrap(), 200);
    });
}

#[test]
fn refunds_stop_at_what_was_paid_and_disputes_take_all() {
    let shop = Shop::new();
    let session = shop.session("");
    let paid = shop.control("pay", &json!({ "session": session["id"] }))["session"].clone();
    let intent = paid["payment_intent"].as_str().unwrap();
    shop.post(
        "/v1/refunds",
        &format!("payment_intent={intent}&amount=400"),
    );
    let too_much = shop.try_post(
        "/v1/refunds",
        &format!("payment_intent={intent}&amount=601"),
        None,
    );
    assert_eq!(too_much.status, 400);
    let dispute = shop.control("dispute", &json!({ "payment_intent": intent }));
    assert_eq!(
        (&dispute["amount"], &dispute["status"]),
        (&json!(600), &json!("needs_response"))
    );
    let refused = shop.try_post("/v1/refunds", &format!("payment_intent={intent}"), None);
    assert_eq!(refused.json()["error"]["code"], "charge_disputed");
    let closed = shop.control(
        "close_dispute",
        &json!({ "dispute": dispute["id"], "won": true }),
    );
    assert_eq!(closed["status"], "won");
    assert_eq!(shop.state()["counts"]["dispute"], 1);
}

#[test]
fn a_call_whose_answer_was_lost_is_repeated_under_its_key_without_a_second_effect() {
    let shop = Shop::new();
    shop.control(
        "faults",
        &json!({ "kind": "drop_answer", "path": "/v1/customers", "times": 1 }),
    );
    shop.post_in_vain("/v1/customers", "name=a", "k");
    let again = shop.try_post("/v1/customers", "name=a", Some("k"));
    assert_eq!((again.status, again.replayed), (200, true));
    assert_eq!(shop.state()["counts"]["customer"], 1);
}
