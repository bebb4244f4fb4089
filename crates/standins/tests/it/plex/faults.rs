//! Everything that goes wrong, on command.

use serde_json::{Value, json};

use super::party::{Party, each};

fn wish(party: &Party, with: &str) -> Value {
    json!({ "machineIdentifier": party.machine("Polaris"), "invitedEmail": with })
}

#[test]
fn plex_tv_can_be_overloaded_with_and_without_saying_until_when() {
    let party = Party::new();
    let words = "{\"errors\":[{\"code\":1003,\"message\":\"Too many requests\",\"status\":429}]}";
    let faults = json!([
        { "kind": "status", "status": 429, "path": "/api/v2/", "times": 1, "retry_after_s": 7, "text": words },
        { "kind": "status", "status": 429, "path": "/api/v2/", "times": 1 },
        { "kind": "status", "status": 422, "path": "/shared_servers", "times": 1 },
    ]);
    party.fault(&party.tv, &faults);
    let first = party.orla().get("/api/v2/user");
    assert_eq!(
        (first.status, first.retry_after.as_deref()),
        (429, Some("7"))
    );
    assert_eq!(first.json()["errors"][0]["code"], 1003);
    let second = party.orla().get("/api/v2/user");
    assert_eq!((second.status, second.retry_after), (429, None));
    assert_eq!(party.orla().get("/api/v2/user").status, 200);
    assert_eq!(
        party
            .orla()
            .call("POST", "/api/v2/shared_servers", &wish(&party, "wout"))
            .status,
        422
    );
    assert_eq!(
        party
            .orla()
            .call("POST", "/api/v2/shared_servers", &wish(&party, "wout"))
            .status,
        201
    );
}

#[test]
fn a_program_that_calls_too_often_is_told_so_and_others_are_not() {
    let party = Party::new();
    let rule = json!({ "calls": 3, "within_ms": 60_000, "retry_after_s": 60 });
    party.control("seed", &json!({ "rate_limit": rule }));
    for _ in 0..3 {
        assert_eq!(party.orla().get("/api/v2/user").status, 200);
    }
    let late = party.orla().get("/api/v2/user");
    assert_eq!(
        (late.status, late.retry_after.as_deref()),
        (429, Some("60"))
    );
    assert_eq!(late.json()["errors"][0]["status"], 429);
    let other = party.orla().with("X-Plex-Client-Identifier", "other");
    assert_eq!(other.get("/api/v2/user").status, 200);
}

#[test]
fn the_list_of_sections_can_be_partial_or_empty_for_a_moment() {
    let party = Party::new();
    let path = format!("/api/v2/servers/{}", party.machine("Polaris"));
    let faults = json!([
        { "kind": "named", "name": "partial_sections", "times": 1 },
        { "kind": "named", "name": "empty_sections", "times": 1 },
    ]);
    party.fault(&party.tv, &faults);
    let told = || {
        party.orla().get(&path).good()["librarySections"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((told(), told(), told()), (0, 2, 5));
    // The server's own list is whole all the while.
    party.fault(
        &party.tv,
        &json!({ "kind": "named", "name": "partial_sections" }),
    );
    let own = party
        .polaris_as("standin-plex-orla")
        .get("/library/sections")
        .good();
    assert_eq!(own["MediaContainer"]["size"], 5);
}

#[test]
fn an_answer_can_be_lost_after_the_work_is_done() {
    let party = Party::new();
    let faults = json!([
        { "kind": "drop_answer", "path": "/shared_servers", "times": 1 },
        { "kind": "silent_after", "path": "/shared_servers", "times": 1 },
    ]);
    party.fault(&party.tv, &faults);
    for person in ["wout", "teun"] {
        let body = wish(&party, person).to_string();
        let lost = party.orla().send(
            "POST",
            "/api/v2/shared_servers",
            Some("application/json"),
            body,
        );
        assert!(lost.is_none(), "{lost:?}");
        assert_eq!(party.share("Polaris", person)["state"], "accepted");
    }
}

#[test]
fn the_route_to_share_can_be_missing_while_the_old_one_works() {
    let party = Party::new();
    let words = "{\"errors\":[{\"code\":1002,\"message\":\"The requested resource could not be found\",\"status\":404}]}";
    let fault =
        json!({ "kind": "status", "status": 404, "path": "/api/v2/shared_servers", "text": words });
    party.fault(&party.tv, &fault);
    assert_eq!(
        party
            .orla()
            .call("POST", "/api/v2/shared_servers", &wish(&party, "wout"))
            .status,
        404
    );
    let path = format!("/api/servers/{}/shared_servers", party.machine("Polaris"));
    let body = json!({ "shared_server": { "library_section_ids": [], "invited_email": "wout" } });
    assert_eq!(party.orla().call("POST", &path, &body).status, 200);
}

#[test]
fn one_server_fails_without_the_others() {
    let party = Party::new();
    party.fault(&party.polaris, &json!({ "kind": "refuse" }));
    let polaris = party.polaris_as("standin-plex-orla");
    assert!(
        polaris
            .send("GET", "/identity", None, String::new())
            .is_none()
    );
    assert_eq!(party.program(&party.vega).get("/identity").status, 200);
    assert_eq!(party.orla().get("/api/v2/user").status, 200);
    assert_eq!(
        party.program(&party.tv).order("/_control/reset").status,
        204
    );
    assert_eq!(polaris.get("/identity").status, 200);
}

#[test]
fn a_server_that_plex_tv_hears_nothing_of_is_listed_as_absent() {
    let party = Party::new();
    party.control(
        "seed",
        &json!({ "servers": [{ "name": "Polaris", "presence": false }] }),
    );
    let mine = party.orla().get("/api/v2/resources").good();
    assert_eq!(each(&mine, "presence"), [false]);
}

#[test]
fn only_a_status_has_words_of_its_own() {
    let party = Party::new();
    let fault = json!({ "kind": "refuse", "text": "no" });
    let refused = party
        .program(&party.tv)
        .call("POST", "/_control/faults", &fault);
    assert_eq!(refused.status, 422);
}
