//! What a server tells by itself.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use standins::plex::ORLA_TOKEN;
use tungstenite::{Message, WebSocket};

use super::party::Party;

fn connected(party: &Party) -> (String, TcpStream) {
    let host = party.polaris.trim_start_matches("http://").to_owned();
    let stream = TcpStream::connect(&host).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(2)))
        .expect("a time limit");
    (host, stream)
}

fn listener(party: &Party) -> WebSocket<TcpStream> {
    let (host, stream) = connected(party);
    let url = format!("ws://{host}/:/websockets/notifications?X-Plex-Token={ORLA_TOKEN}");
    tungstenite::client(url, stream).expect("an open socket").0
}

/// The next message; `None` after two seconds of silence.
fn next(socket: &mut WebSocket<TcpStream>) -> Option<Value> {
    match socket.read() {
        Ok(Message::Text(text)) => serde_json::from_str(&text).ok(),
        _ => None,
    }
}

#[test]
fn a_socket_hears_of_streams_and_scans() {
    let party = Party::new();
    let mut socket = listener(&party);
    let started = party.control("play", &json!({ "action": "start", "user": "mara" }));
    let heard = next(&mut socket).expect("a message")["NotificationContainer"].clone();
    assert_eq!(heard["type"], "playing");
    let told = &heard["PlaySessionStateNotification"][0];
    assert_eq!(told["sessionKey"], started["session_key"].to_string());
    assert_eq!(told["state"], "playing");
    assert!(told.get("User").is_none());
    let stop = json!({ "action": "stop", "session_id": started["session_id"] });
    party.control("play", &stop);
    let heard = next(&mut socket).expect("a message")["NotificationContainer"].clone();
    assert_eq!(heard["PlaySessionStateNotification"][0]["state"], "stopped");
    party
        .polaris_as(ORLA_TOKEN)
        .get("/library/sections/1/refresh");
    let heard = next(&mut socket).expect("a message")["NotificationContainer"].clone();
    assert_eq!(heard["type"], "activity");
    assert_eq!(
        heard["ActivityNotification"][0]["Activity"]["Context"]["librarySectionID"],
        "1"
    );
    // What happens on the other server is not heard here.
    party.control(
        "play",
        &json!({ "action": "start", "user": "mara", "server": "Vega" }),
    );
    let heard = next(&mut socket).expect("a message")["NotificationContainer"].clone();
    assert_eq!(heard["ActivityNotification"][0]["event"], "ended");
    assert!(next(&mut socket).is_none());
}

#[test]
fn a_mute_socket_opens_and_says_nothing() {
    let party = Party::new();
    party.fault(
        &party.polaris,
        &json!({ "kind": "named", "name": "mute_socket", "times": 1 }),
    );
    let mut socket = listener(&party);
    party.control("play", &json!({ "action": "start", "user": "mara" }));
    assert!(next(&mut socket).is_none());
    let mut socket = listener(&party);
    party.control("play", &json!({ "action": "start", "user": "jonas" }));
    assert!(next(&mut socket).is_some());
}

#[test]
fn a_socket_is_the_owners_alone() {
    let party = Party::new();
    let (host, stream) = connected(&party);
    let url = format!("ws://{host}/:/websockets/notifications?X-Plex-Token=wrong");
    assert!(tungstenite::client(url, stream).is_err());
}

#[test]
fn an_event_stream_tells_what_was_asked_for() {
    let party = Party::new();
    let (host, mut stream) = connected(&party);
    write!(
        stream,
        "GET /:/eventsource/notifications?filters=playing HTTP/1.1\r\nHost: {host}\r\nX-Plex-Token: {ORLA_TOKEN}\r\n\r\n"
    )
    .expect("sent");
    let mut lines = BufReader::new(stream).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line.starts_with("event: ping"))));
    party
        .polaris_as(ORLA_TOKEN)
        .get("/library/sections/1/refresh");
    party.control("play", &json!({ "action": "start", "user": "mara" }));
    let told = lines
        .map_while(Result::ok)
        .find(|line| line.starts_with("event:"));
    assert_eq!(told.as_deref(), Some("event: playing"));
}
