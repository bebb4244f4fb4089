//! Sessions: seen, told, stopped; and commands that do nothing.

use serde_json::json;

use super::party::{Party, eventually};

fn playing(party: &Party) -> usize {
    let sessions = party.key().get("/emby/Sessions").good();
    let sessions = sessions.as_array().expect("a list");
    sessions
        .iter()
        .filter(|one| one.get("NowPlayingItem").is_some())
        .count()
}

#[test]
fn a_stream_is_shown_with_short_item_ids() {
    let party = Party::new();
    party.play(&json!({ "action": "start", "user": "anton", "method": "Transcode" }));
    let session = party.key().get("/emby/Sessions").good()[0].clone();
    assert_eq!(session["UserName"], "anton");
    assert_eq!(session["SupportsRemoteControl"], true);
    assert!(
        session.get("SupportsMediaControl").is_none(),
        "that is Jellyfin's"
    );
    assert_eq!(session["PlayState"]["PlayMethod"], "Transcode");
    assert!(session["TranscodingInfo"]["CurrentCpuUsage"].is_number());
    assert!(
        session["NowPlayingItem"]["Id"]
            .as_str()
            .unwrap()
            .parse::<u32>()
            .is_ok()
    );
}

#[test]
fn where_bodies_are_wanted_a_stop_without_one_stops_nothing() {
    let party = Party::new();
    party.fault(&json!({ "kind": "named", "name": "bodyless_ignored" }));
    let id = party.play(&json!({ "action": "start", "user": "anton" }))["session_id"].clone();
    let path = format!("/emby/Sessions/{}/Playing/Stop", id.as_str().unwrap());
    assert_eq!(party.key().order(&path).status, 204);
    let again = party.key().order(&path);
    assert_eq!((again.status, playing(&party)), (204, 1));
    assert_eq!(
        party
            .key()
            .post(&path, &json!({ "Command": "Stop" }))
            .status,
        204
    );
    eventually("the stream has stopped", || playing(&party) == 0);
}

#[test]
fn a_client_may_ignore_what_it_is_told() {
    let party = Party::new();
    let id = party.play(&json!({ "action": "start", "user": "anton" }))["session_id"].clone();
    party.fault(&json!({ "kind": "named", "name": "ignored_stop", "times": 1 }));
    let path = format!("/emby/Sessions/{}/Playing/Stop", id.as_str().unwrap());
    party
        .key()
        .post(&path, &json!({ "Command": "Stop" }))
        .good();
    party
        .key()
        .post(&path, &json!({ "Command": "Stop" }))
        .good();
    eventually("the second stop is obeyed", || playing(&party) == 0);
}

#[test]
fn words_of_a_message_come_in_the_query_and_from_4_9_in_the_body() {
    let party = Party::new();
    let id = party.play(&json!({ "action": "start", "user": "anton" }))["session_id"].clone();
    let path = format!("/emby/Sessions/{}/Message", id.as_str().unwrap());
    let body = json!({ "Header": "Zenith", "Text": "Good night" });
    assert_eq!(
        party.key().post(&path, &body).status,
        400,
        "4.8 does not look there"
    );
    let query = format!("{path}?Header=Zenith&Text=Good%20night");
    assert_eq!(party.key().order(&query).status, 204);
    party.seed(&json!({ "version": "4.9.1.2" }));
    let sent = party
        .key()
        .post_text(&path, "text/plain", &body.to_string());
    assert_eq!(sent.status, 204);
    assert_eq!(party.state()["messages"].as_array().unwrap().len(), 2);
}
