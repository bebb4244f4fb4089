//! Which ways of carrying a token count, by version.

use serde_json::json;
use standins::jellyfin::API_KEY;

use super::party::{Client, Party};

/// Every way that ever worked: headers and query of a request to `/System/Info`.
fn ways(party: &Party) -> Vec<(&'static str, Client, String)> {
    let nobody = || party.nobody();
    let plain = "/System/Info".to_owned();
    let token = format!("Token=\"{API_KEY}\"");
    vec![
        (
            "header",
            nobody().with("Authorization", &format!("MediaBrowser {token}")),
            plain.clone(),
        ),
        ("ApiKey", nobody(), format!("/System/Info?ApiKey={API_KEY}")),
        (
            "Emby scheme",
            nobody().with("Authorization", &format!("Emby {token}")),
            plain.clone(),
        ),
        (
            "X-Emby-Token",
            nobody().with("X-Emby-Token", API_KEY),
            plain.clone(),
        ),
        (
            "X-MediaBrowser-Token",
            nobody().with("X-MediaBrowser-Token", API_KEY),
            plain.clone(),
        ),
        (
            "X-Emby-Authorization",
            nobody().with("X-Emby-Authorization", &format!("MediaBrowser {token}")),
            plain,
        ),
        (
            "api_key",
            nobody(),
            format!("/System/Info?api_key={API_KEY}"),
        ),
    ]
}

fn taken(party: &Party) -> Vec<&'static str> {
    let good = ways(party)
        .into_iter()
        .filter(|(_, client, path)| client.get(path).status == 200);
    good.map(|(name, _, _)| name).collect()
}

#[test]
fn ten_eleven_takes_every_carrier() {
    assert_eq!(taken(&Party::new()).len(), 7);
}

#[test]
fn ten_eleven_with_the_switch_off_takes_the_modern_two() {
    let party = Party::new();
    party.seed(&json!({ "legacy_authorization": false }));
    assert_eq!(taken(&party), ["header", "ApiKey"]);
}

#[test]
fn ten_eight_takes_every_carrier_whatever_the_switch_says() {
    let party = Party::at_version("10.8.13");
    party.seed(&json!({ "legacy_authorization": false }));
    assert_eq!(taken(&party).len(), 7);
}

#[test]
fn twelve_takes_the_modern_two_and_refuses_the_rest_like_a_revoked_key() {
    let party = Party::at_version("12.0.0");
    assert_eq!(taken(&party), ["header", "ApiKey"]);

    let revoked = party.with_token("no-such-key").get("/System/Info");
    let legacy = party
        .nobody()
        .with("X-Emby-Token", API_KEY)
        .get("/System/Info");
    assert_eq!((legacy.status, &legacy.text), (401, &revoked.text));
}

#[test]
fn values_are_decoded_and_their_order_is_free() {
    let party = Party::new();
    let described = "MediaBrowser Version=\"1%2E2\", DeviceId=\"d%C3%A9j%C3%A0\", \
                     Device=\"Mara's TV, upstairs\", Client=\"Jellyfin+Web\"";
    let body = json!({ "Username": "ottoline", "Pw": "ottoline-password" });
    let client = party.nobody().with("Authorization", described);
    let session = client.post("/Users/AuthenticateByName", &body).good()["SessionInfo"].clone();
    assert_eq!(session["DeviceId"], "déjà");
    assert_eq!(session["DeviceName"], "Mara's TV, upstairs");
    assert_eq!(session["Client"], "Jellyfin Web");
    assert_eq!(session["ApplicationVersion"], "1.2");
}

#[test]
fn a_value_without_quotes_counts_too() {
    let party = Party::new();
    let client = party
        .nobody()
        .with("Authorization", &format!("MediaBrowser Token={API_KEY}"));
    assert_eq!(client.get("/System/Info").status, 200);
}
