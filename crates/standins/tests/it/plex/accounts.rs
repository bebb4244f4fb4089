//! Accounts: who a token is, what it may use, and where.

use serde_json::{Value, json};

use super::party::{Party, each};

#[test]
fn a_token_says_who_it_is_and_whether_they_have_plex_pass() {
    let party = Party::new();
    let orla = party.orla().get("/api/v2/user").good();
    assert_eq!(
        (&orla["id"], &orla["username"]),
        (&json!(1001), &json!("orla"))
    );
    assert_eq!(orla["subscription"]["active"], true);
    let features = orla["subscription"]["features"].as_array().unwrap();
    assert!(features.contains(&json!("session_kick")) && features.contains(&json!("webhooks")));
    assert_eq!(
        (&orla["homeAdmin"], &orla["homeSize"]),
        (&json!(true), &json!(3))
    );

    let bram = party.bram().get("/api/v2/user").good();
    assert_eq!(bram["subscription"]["active"], false);
    let features = bram["subscription"]["features"].as_array().unwrap();
    assert!(!features.contains(&json!("session_kick")));
}

#[test]
fn a_call_without_a_program_or_with_a_wrong_token_is_refused_in_its_own_way() {
    let party = Party::new();
    let nameless = party
        .orla()
        .without("X-Plex-Client-Identifier")
        .get("/api/v2/user");
    assert_eq!(
        (
            nameless.status,
            nameless.json()["errors"][0]["code"].clone()
        ),
        (400, json!(1000))
    );
    let wrong = party.tv_as("nobody's").get("/api/v2/user");
    assert_eq!(
        (wrong.status, wrong.json()["errors"][0]["code"].clone()),
        (401, json!(1001))
    );
    let old = party.tv_as("nobody's").get("/api/users");
    assert_eq!(old.status, 401);
    assert!(old.text.contains("<Response code=\"401\""));
}

#[test]
fn a_token_may_come_in_the_query() {
    let party = Party::new();
    let nobody = party.program(&party.tv).without("X-Plex-Client-Identifier");
    let path = "/api/v2/user?X-Plex-Token=standin-plex-orla&X-Plex-Client-Identifier=query";
    assert_eq!(nobody.get(path).good()["username"], "orla");
}

#[test]
fn passwords_sign_in_and_out_again() {
    let party = Party::new();
    let nobody = party.program(&party.tv);
    let wrong = nobody.form("POST", "/api/v2/users/signin", "login=mara&password=no");
    assert_eq!(wrong.status, 401);
    let form = "login=mara@example.org&password=mara-password";
    let user = nobody.form("POST", "/api/v2/users/signin", form);
    assert_eq!(user.status, 201);
    let mara = party.tv_as(user.json()["authToken"].as_str().unwrap());
    assert_eq!(mara.get("/api/v2/user").status, 200);
    assert_eq!(mara.delete("/api/v2/users/signout").status, 204);
    assert_eq!(mara.get("/api/v2/user").status, 401);
}

#[test]
fn a_second_factor_is_asked_for_after_the_password() {
    let party = Party::new();
    let accounts = json!([{ "name": "mara", "two_factor_code": "123456" }]);
    party.control("seed", &json!({ "accounts": accounts }));
    let nobody = party.program(&party.tv);
    let form = "login=mara&password=mara-password";
    let asked = nobody.form("POST", "/api/v2/users/signin", form);
    assert_eq!(asked.status, 401);
    assert!(asked.text.contains("verification code"));
    let form = format!("{form}&verificationCode=123456");
    assert_eq!(
        nobody.form("POST", "/api/v2/users/signin", &form).status,
        201
    );
}

#[test]
fn an_account_finds_its_own_and_shared_servers_with_a_token_for_each() {
    let party = Party::new();
    let mine = party
        .orla()
        .get("/api/v2/resources?includeHttps=1&includeRelay=1")
        .good();
    assert_eq!(each(&mine, "name"), ["Polaris"]);
    assert_eq!(
        (&mine[0]["owned"], &mine[0]["accessToken"]),
        (&json!(true), &json!("standin-plex-orla"))
    );
    let connections = mine[0]["connections"].as_array().unwrap();
    let kinds: Vec<(bool, bool)> = connections
        .iter()
        .map(|one| {
            (
                one["local"].as_bool().unwrap(),
                one["relay"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(kinds, [(true, false), (false, false), (false, true)]);
    assert_eq!(connections[0]["uri"], party.polaris);
    let without_relay = party.orla().get("/api/v2/resources?includeHttps=1").good();
    assert_eq!(without_relay[0]["connections"].as_array().unwrap().len(), 2);

    let hers = party.mara().get("/api/v2/resources").good();
    assert_eq!(each(&hers, "owned"), [false, false]);
    assert_eq!(
        (&hers[0]["ownerId"], &hers[0]["sourceTitle"]),
        (&json!(1001), &json!("orla"))
    );
    assert_ne!(hers[0]["accessToken"], "standin-plex-mara");
}

#[test]
fn addresses_can_be_dead_or_missing() {
    let party = Party::new();
    let servers = json!([{ "name": "Polaris", "connections": { "local": "down", "remote": "none", "relay": "up" } }]);
    party.control("seed", &json!({ "servers": servers }));
    let mine = party.orla().get("/api/v2/resources?includeRelay=1").good();
    let connections = mine[0]["connections"].as_array().unwrap();
    assert_eq!(connections.len(), 2);
    let nobody_there = party.program(connections[0]["uri"].as_str().unwrap());
    assert!(
        nobody_there
            .send("GET", "/identity", None, String::new())
            .is_none()
    );
    assert_eq!(connections[1]["uri"], party.polaris);
}

#[test]
fn the_old_list_of_servers_is_xml_whatever_is_asked_for() {
    let party = Party::new();
    let old = party.orla().get("/api/resources?includeHttps=1");
    assert!(old.kind.starts_with("application/xml"), "{old:?}");
    assert!(old.text.contains("<Device ") && old.text.contains("<Connection "));
}

#[test]
fn webhooks_are_replaced_as_a_whole_and_need_plex_pass() {
    let party = Party::new();
    let path = "/api/v2/user/webhooks";
    let two = "urls[]=http%3A%2F%2F127.0.0.1%2Fa&urls[]=http%3A%2F%2F127.0.0.1%2Fb";
    let set = party.orla().form("POST", path, two).good();
    assert_eq!(
        each(&set, "url"),
        ["http://127.0.0.1/a", "http://127.0.0.1/b"]
    );
    assert_eq!(party.orla().form("POST", path, "urls=").good(), json!([]));
    assert_eq!(party.bram().form("POST", path, two).status, 403);
}

#[test]
fn a_device_that_is_removed_loses_its_token() {
    let party = Party::new();
    let token = party.token_of("orla");
    let devices = party.orla().get("/devices.xml").text;
    let (_, device) = devices
        .split_once(&format!("token=\"{token}\""))
        .map_or(("", ""), |it| it);
    assert!(!device.is_empty() || devices.contains(&token));
    let row = devices
        .split("<Device ")
        .find(|row| row.contains(&token))
        .unwrap();
    let id = row
        .split(" id=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(
        party.orla().delete(&format!("/devices/{id}.xml")).status,
        200
    );
    assert_eq!(party.tv_as(&token).get("/api/v2/user").status, 401);
}

#[test]
fn the_home_lists_its_members_and_gives_them_tokens() {
    let party = Party::new();
    let home = party.orla().get("/api/v2/home/users").good();
    assert_eq!(each(&home["users"], "title"), ["orla", "lotte", "Pim"]);
    let pim = &home["users"][2];
    assert_eq!(
        (&pim["restricted"], &pim["email"]),
        (&json!(true), &Value::Null)
    );
    let path = format!(
        "/api/v2/home/users/{}/switch",
        pim["uuid"].as_str().unwrap()
    );
    assert_eq!(party.orla().order(&format!("{path}?pin=0000")).status, 401);
    let switched = party.orla().order(&format!("{path}?pin=1234")).good();
    let pim = party.tv_as(switched["authToken"].as_str().unwrap());
    assert_eq!(
        each(&pim.get("/api/v2/resources").good(), "name"),
        ["Polaris"]
    );
}
