//! Streams: what the list shows, and how they are ended.

use serde_json::{Value, json};
use standins::plex::{BRAM_TOKEN, ORLA_TOKEN};

use super::party::{Party, Reply, each};

fn listed(party: &Party) -> Value {
    let list = party.polaris_as(ORLA_TOKEN).get("/status/sessions").good();
    list["MediaContainer"].clone()
}

fn start(party: &Party, more: &Value) -> Value {
    let mut order = json!({ "action": "start", "user": "mara" });
    order
        .as_object_mut()
        .expect("an object")
        .extend(more.as_object().expect("an object").clone());
    party.control("play", &order)
}

fn terminate(party: &Party, id: &Value) -> Reply {
    let path = format!(
        "/status/sessions/terminate?sessionId={}&reason=Enough",
        id.as_str().expect("an id")
    );
    party.polaris_as(ORLA_TOKEN).get(&path)
}

#[test]
fn a_stream_shows_who_plays_what_where_and_how() {
    let party = Party::new();
    let started = start(
        &party,
        &json!({ "item": "High Water", "decision": "transcode", "relayed": true }),
    );
    party.clock.advance_ms(60_000);
    let list = listed(&party);
    assert_eq!(list["size"], 1);
    let row = &list["Metadata"][0];
    assert_eq!(
        (&row["title"], &row["grandparentTitle"]),
        (&json!("High Water"), &json!("The Ferrymen"))
    );
    assert_eq!(
        row["User"],
        json!({ "id": "2001", "title": "mara", "thumb": row["User"]["thumb"] })
    );
    assert_eq!(
        (&row["Session"]["id"], &row["Session"]["location"]),
        (&started["session_id"], &json!("wan"))
    );
    assert_eq!(
        (&row["Player"]["state"], &row["Player"]["relayed"]),
        (&json!("playing"), &json!(true))
    );
    assert_eq!(row["TranscodeSession"]["videoDecision"], "transcode");
    assert!(row["viewOffset"].as_i64().unwrap() >= 60_000);
    assert_ne!(row["sessionKey"], row["Session"]["id"]);
    // The owner is 1 on their own server.
    start(&party, &json!({ "user": "orla" }));
    assert_eq!(listed(&party)["Metadata"][1]["User"]["id"], "1");
}

#[test]
fn paused_streams_stand_still_and_stopped_ones_become_history() {
    let party = Party::new();
    let id = start(&party, &json!({}))["session_id"].clone();
    party.control("play", &json!({ "action": "pause", "session_id": id }));
    let before = listed(&party)["Metadata"][0]["viewOffset"].clone();
    party.clock.advance_ms(60_000);
    let row = listed(&party)["Metadata"][0].clone();
    assert_eq!(
        (&row["viewOffset"], &row["Player"]["state"]),
        (&before, &json!("paused"))
    );
    party.control("play", &json!({ "action": "stop", "session_id": id }));
    assert_eq!(listed(&party)["size"], 0);
    let path = "/status/sessions/history/all?accountID=2001&sort=viewedAt:desc";
    let history = party.polaris_as(ORLA_TOKEN).get(path).good();
    assert_eq!(
        each(&history["MediaContainer"]["Metadata"], "accountID"),
        [2001]
    );
}

#[test]
fn whoever_has_no_share_plays_nothing_and_losing_it_does_not_stop_a_stream() {
    let party = Party::new();
    let order = json!({ "action": "start", "user": "ottoline" });
    let refused = party
        .program(&party.tv)
        .call("POST", "/_control/play", &order);
    assert_eq!(refused.status, 409);
    start(&party, &json!({}));
    let share = party.share("Polaris", "mara")["id"].clone();
    let removed = party
        .orla()
        .delete(&format!("/api/v2/shared_servers/{share}"));
    assert_eq!(removed.status, 204);
    assert_eq!(listed(&party)["size"], 1);
}

#[test]
fn a_stream_is_ended_by_the_id_of_its_session() {
    let party = Party::new();
    let started = start(&party, &json!({}));
    let orla = party.polaris_as(ORLA_TOKEN);
    let by_key = format!(
        "/status/sessions/terminate?sessionId={}&reason=x",
        started["session_key"]
    );
    assert_eq!(orla.get(&by_key).status, 404);
    assert_eq!(
        orla.get("/status/sessions/terminate?sessionId=&reason=x")
            .status,
        403
    );
    assert_eq!(terminate(&party, &started["session_id"]).status, 200);
    assert_eq!(listed(&party)["size"], 0);
    assert_eq!(terminate(&party, &started["session_id"]).status, 404);
    let orders = party.state()["servers"][0]["orders"].clone();
    assert_eq!(
        (&orders[0]["what"], &orders[0]["reason"]),
        (&json!("terminate"), &json!("Enough"))
    );
    let posted = start(&party, &json!({}))["session_id"].clone();
    let path = format!(
        "/status/sessions/terminate?sessionId={}",
        posted.as_str().unwrap()
    );
    assert_eq!(orla.order(&path).status, 200);
}

#[test]
fn without_plex_pass_nothing_is_ended() {
    let party = Party::new();
    let order = json!({ "action": "start", "user": "mara", "server": "Vega" });
    let id = party.control("play", &order)["session_id"].clone();
    let bram = party.program(&party.vega).with("X-Plex-Token", BRAM_TOKEN);
    let path = format!(
        "/status/sessions/terminate?sessionId={}",
        id.as_str().expect("an id")
    );
    assert_eq!(bram.get(&path).status, 401);
    assert_eq!(
        bram.get("/status/sessions").good()["MediaContainer"]["size"],
        1
    );
}

#[test]
fn a_ghost_stays_listed_for_five_minutes_and_cannot_be_ended_again() {
    let party = Party::new();
    party.fault(
        &party.polaris,
        &json!({ "kind": "named", "name": "ghost_sessions", "times": 1 }),
    );
    let id = start(&party, &json!({}))["session_id"].clone();
    assert_eq!(terminate(&party, &id).status, 200);
    party.clock.advance_ms(299_000);
    let row = listed(&party)["Metadata"][0].clone();
    assert_eq!(
        (&row["Session"]["id"], &row["Player"]["state"]),
        (&id, &json!("playing"))
    );
    assert_eq!(terminate(&party, &id).status, 404);
    party.clock.advance_ms(2_000);
    assert_eq!(listed(&party)["size"], 0);
}

#[test]
fn a_player_may_ignore_that_it_was_stopped() {
    let party = Party::new();
    party.fault(
        &party.polaris,
        &json!({ "kind": "named", "name": "ignored_stop", "times": 1 }),
    );
    let id = start(&party, &json!({}))["session_id"].clone();
    assert_eq!(terminate(&party, &id).status, 200);
    assert_eq!(listed(&party)["Metadata"][0]["Player"]["state"], "playing");
    assert_eq!(terminate(&party, &id).status, 200);
    assert_eq!(listed(&party)["size"], 0);
}

#[test]
fn rows_may_lack_their_user_their_session_or_their_key() {
    let party = Party::new();
    start(&party, &json!({ "without": ["user"] }));
    start(
        &party,
        &json!({ "without": ["session", "rating_key"], "live": true }),
    );
    let rows = listed(&party)["Metadata"].clone();
    assert!(rows[0].get("User").is_none() && rows[0].get("Session").is_some());
    assert!(rows[1].get("Session").is_none() && rows[1].get("ratingKey").is_none());
    assert_eq!(rows[1]["live"], "1");
}
