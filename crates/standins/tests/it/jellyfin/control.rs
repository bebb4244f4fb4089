//! The control routes: what tests build and read.

use serde_json::json;

use super::party::Party;

#[test]
fn calls_are_counted_by_route_and_control_is_not() {
    let party = Party::new();
    party.key().get("/Users").good();
    party.key().get("/Users").good();
    party.change_policy("ottoline", &json!({})).good();
    let calls = party.state()["calls"].clone();
    assert_eq!(calls["GET /Users"], 3);
    assert_eq!(calls["POST /Users/{user}/Policy"], 1);
    assert!(
        calls
            .as_object()
            .unwrap()
            .keys()
            .all(|call| !call.contains("_control"))
    );
}

#[test]
fn a_seed_makes_the_server_that_a_test_needs() {
    let party = Party::new();
    party.seed(&json!({
        "empty": true,
        "name": "Borealis",
        "id": "0123456789abcdef0123456789abcdef",
        "version": "10.8.13",
        "libraries": [{ "name": "Films", "collection_type": "movies", "items": [{ "name": "One" }] }],
        "users": [
            { "name": "boss", "password": "b", "administrator": true },
            { "name": "mara", "password": "m", "libraries": ["Films"], "tokens": ["mara-token"],
              "policy": { "EnableContentDownloading": false } },
        ],
        "api_keys": [{ "key": "k", "name": "test" }],
    }));
    let info = party.nobody().get("/System/Info/Public").good();
    assert_eq!(
        (&info["ServerName"], &info["Version"]),
        (&json!("Borealis"), &json!("10.8.13"))
    );
    let state = party.state();
    assert_eq!(state["user_count"], 2);
    let mara = state["users"]
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["name"] == "mara");
    let mara = mara.unwrap();
    assert_eq!(
        (&mara["libraries"], &mara["tokens"]),
        (&json!(["Films"]), &json!(1))
    );
    assert_eq!(mara["policy"]["EnableContentDownloading"], false);
    assert_eq!(
        party.with_token("k").get("/Auth/Keys").good()["Items"][0]["AppName"],
        "test"
    );
}

#[test]
fn a_reset_brings_the_same_aurora_back() {
    let party = Party::new();
    let (before, id) = (
        party.user_id("ottoline"),
        party.state()["server"]["id"].clone(),
    );
    party
        .key()
        .post("/Users/New", &json!({ "Name": "mara" }))
        .good();
    party.seed(&json!({ "version": "12.0.0" }));
    assert_eq!(party.nobody().order("/_control/reset").status, 204);
    assert_eq!(party.user_id("ottoline"), before);
    assert_eq!(party.state()["server"]["id"], id);
    assert_eq!(party.state()["server"]["version"], "10.11.5");
    assert_eq!(party.state()["user_count"], 5);
}

#[test]
fn a_seed_with_an_unknown_word_is_refused() {
    let party = Party::new();
    assert_eq!(
        party
            .nobody()
            .post("/_control/seed", &json!({ "usres": [] }))
            .status,
        422
    );
}

#[test]
fn a_fault_hits_the_calls_it_names() {
    let party = Party::new();
    let fault = json!({ "kind": "status", "status": 500, "path": "/Policy", "times": 1 });
    party.nobody().post("/_control/faults", &fault).good();
    assert_eq!(party.change_policy("ottoline", &json!({})).status, 500);
    assert_eq!(party.change_policy("ottoline", &json!({})).status, 204);
}

#[test]
fn the_server_says_what_it_is_before_anybody_signs_in() {
    let party = Party::new();
    assert_eq!(party.nobody().get("/health").text, "Healthy");
    assert_eq!(party.nobody().get("/Branding/Configuration").status, 200);
    assert!(party.nobody().get("/web/").text.contains("stand-in"));
    assert_eq!(party.nobody().get("/System/Info").status, 401);
    assert_eq!(party.nobody().get("/no/such/route").status, 404);
}

#[test]
fn every_kind_of_fault_is_taken_and_shown_as_it_was_written() {
    let party = Party::new();
    let faults = json!([
        { "kind": "delay", "ms": 5, "method": "GET" },
        { "kind": "status", "status": 503, "path": "/Users", "times": 2 },
        { "kind": "drop_answer", "path": "/Users/New" },
        { "kind": "refuse", "path": "/nowhere" },
        { "kind": "silent", "path": "/nowhere" },
        { "kind": "named", "name": "ignored_stop" },
    ]);
    let listed = party.nobody().post("/_control/faults", &faults).good();
    for (fault, order) in listed
        .as_array()
        .unwrap()
        .iter()
        .zip(faults.as_array().unwrap())
    {
        for (field, value) in order.as_object().unwrap() {
            assert_eq!(fault[field], *value);
        }
    }
    for wrong in [
        json!({ "kind": "delay" }),
        json!({ "kind": "refuse", "paht": "/Users" }),
    ] {
        assert_eq!(party.nobody().post("/_control/faults", &wrong).status, 422);
    }
}

#[test]
fn a_dropped_answer_leaves_the_work_done_and_a_refused_call_leaves_nothing() {
    let party = Party::new();
    let faults = json!([
        { "kind": "drop_answer", "path": "/Users/New", "times": 1 },
        { "kind": "refuse", "path": "/Users/New", "times": 1 },
    ]);
    party.nobody().post("/_control/faults", &faults).good();
    assert!(
        !party
            .key()
            .is_answered("/Users/New", &json!({ "Name": "dropped" }))
    );
    assert!(
        !party
            .key()
            .is_answered("/Users/New", &json!({ "Name": "refused" }))
    );
    let users = party.state()["users"].clone();
    let is_there = |name: &str| {
        users
            .as_array()
            .unwrap()
            .iter()
            .any(|user| user["name"] == name)
    };
    assert!(is_there("dropped") && !is_there("refused"));
}
