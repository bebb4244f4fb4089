//! The people at the other end, and worlds that a test builds.

use serde_json::json;

use super::party::{Party, each};

#[test]
fn people_accept_decline_and_leave_when_told_to() {
    let party = Party::new();
    party.tell("ottoline", &json!({ "action": "accept", "owner": "orla" }));
    assert_eq!(party.share("Polaris", "ottoline")["state"], "accepted");
    party.tell("ottoline", &json!({ "action": "leave" }));
    assert_eq!(party.share("Polaris", "ottoline")["state"], "left");
    party.tell("wout", &json!({ "action": "accepts", "how": "never" }));
    let body = json!({ "machineIdentifier": party.machine("Vega"), "invitedEmail": "wout" });
    party
        .bram()
        .call("POST", "/api/v2/shared_servers", &body)
        .good();
    assert_eq!(party.share("Vega", "wout")["state"], "removed");
}

#[test]
fn an_account_that_is_not_confirmed_cannot_accept() {
    let party = Party::new();
    party.tell("ottoline", &json!({ "action": "confirm", "done": false }));
    let id = party.share("Polaris", "ottoline")["id"].clone();
    let ottoline = party.tv_as(&party.token_of("ottoline"));
    let refused = ottoline.order(&format!("/api/v2/shared_servers/{id}/accept"));
    assert_eq!(refused.status, 422);
    assert_eq!(party.share("Polaris", "ottoline")["state"], "pending");
}

#[test]
fn names_and_addresses_change_and_the_number_stays() {
    let party = Party::new();
    party.tell("mara", &json!({ "action": "rename", "to": "maranatha" }));
    party.tell(
        "maranatha",
        &json!({ "action": "change_email", "to": "m@example.org" }),
    );
    let users = party.orla().get("/api/users").text;
    assert!(users.contains("username=\"maranatha\"") && users.contains("email=\"m@example.org\""));
    let me = party.mara().get("/api/v2/user").good();
    assert_eq!(
        (&me["id"], &me["email"]),
        (&json!(2001), &json!("m@example.org"))
    );
}

#[test]
fn a_friend_who_ends_it_takes_the_share_along() {
    let party = Party::new();
    party.tell("mara", &json!({ "action": "unfriend", "with": "orla" }));
    assert_eq!(party.share("Polaris", "mara")["state"], "left");
    assert!(!party.orla().get("/api/users").text.contains("\"mara\""));
    party.tell("jonas", &json!({ "action": "vanish" }));
    assert!(!party.orla().get("/api/users").text.contains("\"jonas\""));
}

#[test]
fn homes_are_joined_and_left() {
    let party = Party::new();
    party.tell("wout", &json!({ "action": "join_home", "of": "orla" }));
    let home = party.orla().get("/api/v2/home/users").good();
    assert_eq!(
        each(&home["users"], "title"),
        ["orla", "wout", "lotte", "Pim"]
    );
    party.tell("wout", &json!({ "action": "leave_home" }));
    let home = party.orla().get("/api/v2/home/users").good();
    assert_eq!(home["users"].as_array().unwrap().len(), 3);
}

#[test]
fn plex_pass_comes_and_goes() {
    let party = Party::new();
    party.tell("orla", &json!({ "action": "plex_pass", "active": false }));
    assert_eq!(
        party.orla().get("/api/v2/user").good()["subscription"]["active"],
        false
    );
}

#[test]
fn a_server_that_was_set_up_anew_has_another_machine_id_and_no_shares() {
    let party = Party::new();
    let (before, sections) = (party.machine("Polaris"), party.sections());
    let fresh = "f".repeat(40);
    party.control(
        "seed",
        &json!({ "servers": [{ "name": "Polaris", "machine": fresh }] }),
    );
    let identity = party.program(&party.polaris).get("/identity").good();
    assert_eq!(identity["MediaContainer"]["machineIdentifier"], fresh);
    let resources = party.orla().get("/api/v2/resources").good();
    assert_eq!(resources[0]["clientIdentifier"], fresh);
    assert_eq!(
        party
            .orla()
            .get(&format!("/api/v2/servers/{before}"))
            .status,
        404
    );
    assert_eq!(
        party
            .orla()
            .get("/api/v2/shared_servers/owned/accepted")
            .good(),
        json!([])
    );
    assert_ne!(party.sections()["Movies"], sections["Movies"]);
}

#[test]
fn more_servers_listen_where_the_seed_says_and_end_with_a_reset() {
    let party = Party::new();
    let servers = json!([{ "name": "Rigel", "owner": "orla", "sections": [
        { "title": "Films", "items": [{ "title": "One" }, { "title": "Two" }] },
    ] }]);
    let crowd =
        json!({ "count": 300, "prefix": "member", "server": "Rigel", "accepts": "at_once" });
    let sown = party.control("seed", &json!({ "servers": servers, "crowd": crowd }));
    let url = sown["servers"]["Rigel"]["url"].as_str().unwrap();
    let rigel = party.program(url).with("X-Plex-Token", "standin-plex-orla");
    let items = rigel.get("/library/sections/1/all").good();
    assert_eq!(items["MediaContainer"]["size"], 2);
    let accepted = party
        .orla()
        .get("/api/v2/shared_servers/owned/accepted")
        .good();
    assert_eq!(accepted.as_array().unwrap().len(), 303);
    let mine = party.orla().get("/api/v2/resources").good();
    assert_eq!(each(&mine, "name"), ["Polaris", "Rigel"]);

    let reset = party.program(&party.tv).order("/_control/reset");
    assert_eq!(reset.status, 204);
    assert_eq!(party.state()["account_count"], 9);
    let mine = party.orla().get("/api/v2/resources").good();
    assert_eq!(each(&mine, "name"), ["Polaris"]);
}

#[test]
fn calls_are_counted_with_the_program_that_made_them() {
    let party = Party::new();
    party.orla().get("/api/v2/user").good();
    party
        .polaris_as("standin-plex-orla")
        .get("/library/sections/1/all")
        .good();
    let state = party.state();
    assert_eq!(state["calls"]["GET /api/v2/user"], 1);
    assert_eq!(state["calls"]["GET /library/sections/{section}/all"], 1);
    assert_eq!(state["recent_calls"][0]["client"], "party");
    assert_eq!(state["recent_calls"][1]["side"], "plex_server");
}

#[test]
fn an_order_or_a_seed_with_an_unknown_word_is_refused() {
    let party = Party::new();
    let nobody = party.program(&party.tv);
    let seed = nobody.call("POST", "/_control/seed", &json!({ "acounts": [] }));
    assert_eq!(seed.status, 422);
    let order = json!({ "person": "mara", "action": "fly" });
    assert_eq!(nobody.call("POST", "/_control/people", &order).status, 422);
    let order = json!({ "person": "nobody", "action": "accept" });
    assert_eq!(nobody.call("POST", "/_control/people", &order).status, 409);
}
