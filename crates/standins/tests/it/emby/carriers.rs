//! How a token gets in, and where the server answers.

use standins::emby::API_KEY;

use super::party::Party;

#[test]
fn each_carrier_brings_a_token_in() {
    let party = Party::new();
    let line = format!("Emby Client=\"Web\", DeviceId=\"d\", Token=\"{API_KEY}\"");
    for (name, value) in [
        ("X-Emby-Token", API_KEY),
        ("X-MediaBrowser-Token", API_KEY),
        ("X-Emby-Authorization", &line),
        ("Authorization", &line),
    ] {
        let reply = party.nobody().with(name, value).get("/emby/System/Info");
        assert_eq!(reply.status, 200, "{name}");
    }
    for query in ["api_key", "X-Emby-Token"] {
        let path = format!("/emby/System/Info?{query}={API_KEY}");
        assert_eq!(party.nobody().get(&path).status, 200, "{query}");
    }
}

#[test]
fn without_a_good_token_there_is_a_sentence_and_401() {
    let party = Party::new();
    for client in [party.nobody(), party.with_token("revoked")] {
        let reply = client.get("/emby/System/Info");
        assert_eq!((reply.status, &*reply.kind), (401, "text/plain"));
        assert_eq!(reply.text, "Access token is invalid or expired.");
    }
    let member = party.with_token("hedda-token").get("/emby/Users/Query");
    assert_eq!(
        member.status, 403,
        "a member's token opens no list of users"
    );
}

#[test]
fn paths_answer_at_the_root_and_below_in_any_case() {
    let party = Party::new();
    for path in [
        "/System/Info/Public",
        "/emby/System/Info/Public",
        "/mediabrowser/system/info/public",
    ] {
        let info = party.nobody().get(path).good();
        assert_eq!(info["ServerName"], "Zenith", "{path}");
        assert!(info.get("ProductName").is_none(), "that is Jellyfin's");
    }
    assert_eq!(party.key().get("/emby/Nothing").status, 404);
}
