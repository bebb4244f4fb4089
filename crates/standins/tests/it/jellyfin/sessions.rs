//! Sessions: who plays what, and what commands do about it.

use serde_json::{Value, json};

use super::party::{Party, eventually};

fn start(party: &Party, user: &str) -> String {
    let order = json!({ "action": "start", "user": user, "method": "Transcode" });
    party.play(&order)["session_id"]
        .as_str()
        .expect("a session")
        .to_owned()
}

fn session(party: &Party, id: &str) -> Value {
    let all = party.key().get("/Sessions").good();
    all.as_array()
        .expect("a list")
        .iter()
        .find(|one| one["Id"] == id)
        .cloned()
        .unwrap_or_default()
}

fn position_s(session: &Value) -> i64 {
    session["PlayState"]["PositionTicks"]
        .as_i64()
        .expect("a position")
        / 10_000_000
}

#[test]
fn a_stream_moves_with_the_clock_and_rests_while_paused() {
    let party = Party::new();
    party.clock.pin_ms(1_790_000_000_000);
    let id = start(&party, "ottoline");
    let playing = session(&party, &id);
    assert_eq!(playing["UserName"], "ottoline");
    assert_eq!(
        playing["NowPlayingItem"]["Name"],
        "The Lighthouse Keeper's Radio"
    );
    assert_eq!(playing["TranscodingInfo"]["VideoCodec"], "h264");
    assert_eq!(playing["SupportsRemoteControl"], true);

    party.clock.advance_ms(60_000);
    assert_eq!(position_s(&session(&party, &id)), 60);
    party.play(&json!({ "action": "pause", "session_id": id }));
    party.clock.advance_ms(60_000);
    assert_eq!(position_s(&session(&party, &id)), 60);
    assert_eq!(session(&party, &id)["PlayState"]["IsPaused"], true);
    party.play(&json!({ "action": "unpause", "session_id": id }));
    party.clock.advance_ms(30_000);
    assert_eq!(position_s(&session(&party, &id)), 90);
    party.play(&json!({ "action": "stop", "session_id": id }));
    assert!(session(&party, &id).get("NowPlayingItem").is_none());
}

#[test]
fn stop_answers_at_once_and_the_client_obeys_a_moment_later() {
    let party = Party::new();
    let id = start(&party, "ottoline");
    assert_eq!(
        party
            .key()
            .order(&format!("/Sessions/{id}/Playing/Stop"))
            .status,
        204
    );
    eventually("the stream stops", || {
        session(&party, &id).get("NowPlayingItem").is_none()
    });
}

#[test]
fn a_client_that_ignores_stop_goes_on_though_the_answer_was_good() {
    let party = Party::new();
    let fault = json!({ "kind": "named", "name": "ignored_stop", "times": 1 });
    party.nobody().post("/_control/faults", &fault).good();
    let id = start(&party, "ottoline");
    let stop = format!("/Sessions/{id}/Playing/Stop");
    assert_eq!(party.key().order(&stop).status, 204);
    eventually("the fault is used up", || {
        party.nobody().get("/_control/faults").good() == json!([])
    });
    assert!(session(&party, &id).get("NowPlayingItem").is_some());
    party.key().order(&stop);
    eventually("the second stop counts", || {
        session(&party, &id).get("NowPlayingItem").is_none()
    });
}

#[test]
fn messages_are_kept_for_tests_to_read() {
    let party = Party::new();
    let id = start(&party, "ottoline");
    let path = format!("/Sessions/{id}/Message");
    let said =
        json!({ "Header": "Aurora", "Text": "Your membership has ended.", "TimeoutMs": 9000 });
    assert_eq!(party.key().post(&path, &said).status, 204);
    let kept = &party.state()["messages"][0];
    assert_eq!(kept["text"], "Your membership has ended.");
    assert_eq!(
        (&kept["user_name"], &kept["timeout_ms"]),
        (&json!("ottoline"), &json!(9000))
    );

    assert_eq!(
        party.key().post(&path, &json!({ "Header": "x" })).status,
        400
    );
    let nowhere = "/Sessions/0123456789abcdef0123456789abcdef/Message";
    assert_eq!(party.key().post(nowhere, &said).status, 404);
    assert_eq!(
        party.with_token("jonas-token").post(&path, &said).status,
        403
    );
}

#[test]
fn a_message_by_the_older_way_is_kept_too() {
    let party = Party::new();
    let id = start(&party, "ottoline");
    let command = json!({ "Name": "DisplayMessage", "Arguments": { "Text": "Hello" } });
    let path = format!("/Sessions/{id}/Command");
    assert_eq!(party.key().post(&path, &command).status, 204);
    assert_eq!(party.state()["messages"][0]["text"], "Hello");
}

#[test]
fn lists_are_narrowed_by_activity_device_and_control() {
    let party = Party::new();
    party.clock.pin_ms(1_790_000_000_000);
    start(&party, "ottoline");
    let count = |query: &str| {
        let all = party.key().get(&format!("/Sessions?{query}")).good();
        all.as_array().unwrap().len()
    };
    let admin = party.user_id("admin");
    assert_eq!(count("activeWithinSeconds=960"), 1);
    assert_eq!(count("deviceId=tv-of-ottoline"), 1);
    assert_eq!(count("deviceId=elsewhere"), 0);
    assert_eq!(count(&format!("ControllableByUserId={admin}")), 1);
    party.clock.advance_ms(961_000);
    assert_eq!(count("activeWithinSeconds=960"), 0);
    assert_eq!(count(""), 1);
}

#[test]
fn members_see_their_own_sessions_only() {
    let party = Party::new();
    start(&party, "ottoline");
    let jonas = party.with_token("jonas-token").get("/Sessions").good();
    assert!(
        jonas
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["UserName"] == "Jonas Feld")
    );
}

#[test]
fn clients_report_for_themselves_and_silence_means_stopped() {
    let party = Party::new();
    party.clock.pin_ms(1_790_000_000_000);
    let client = party.signed_in("ottoline", "ottoline-password", "browser");
    let item = party.state()["libraries"][0]["items"][1]["id"].clone();
    let report = |ticks: i64, paused: bool| json!({ "ItemId": item, "PositionTicks": ticks, "IsPaused": paused, "PlayMethod": "DirectPlay" });
    assert_eq!(
        client.post("/Sessions/Playing", &report(0, false)).status,
        204
    );
    let progress = report(600_000_000, true);
    assert_eq!(
        client.post("/Sessions/Playing/Progress", &progress).status,
        204
    );
    let mine = || party.key().get("/Sessions?deviceId=browser").good()[0].clone();
    assert_eq!(
        (position_s(&mine()), &mine()["PlayState"]["IsPaused"]),
        (60, &json!(true))
    );

    party.clock.advance_ms(5 * 60_000 + 1);
    assert!(mine().get("NowPlayingItem").is_none());

    client.post("/Sessions/Playing", &report(0, false)).good();
    assert_eq!(
        client
            .post("/Sessions/Playing/Stopped", &json!({ "ItemId": item }))
            .status,
        204
    );
    assert!(mine().get("NowPlayingItem").is_none());
    let log = party
        .key()
        .get("/System/ActivityLog/Entries?limit=1")
        .good();
    assert_eq!(log["Items"][0]["Type"], "VideoPlaybackStopped");
}
