//! The socket: what a listener hears, and when it is cut off.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use standins::jellyfin::API_KEY;
use tungstenite::{Message, WebSocket};

use super::party::{Party, eventually};

/// A client that listens; it gives up after two seconds of silence.
struct Listener(WebSocket<TcpStream>);

impl Listener {
    fn open(party: &Party, token: &str) -> Self {
        let host = party.url.trim_start_matches("http://");
        let stream = TcpStream::connect(host).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(2)))
            .expect("a time limit");
        let url = format!("ws://{host}/socket?ApiKey={token}&deviceId=listener");
        let (socket, _) = tungstenite::client(url, stream).expect("an open socket");
        Self(socket)
    }

    fn say(&mut self, kind: &str, content: &str) {
        let message = json!({ "MessageType": kind, "Data": content }).to_string();
        self.0.send(Message::text(message)).expect("sent");
    }

    /// The next message; `None` after silence or at the end.
    fn next(&mut self) -> Option<Value> {
        match self.0.read() {
            Ok(Message::Text(text)) => serde_json::from_str(&text).ok(),
            _ => None,
        }
    }

    /// The next message of a kind.
    fn next_of(&mut self, kind: &str) -> Option<Value> {
        (0..50)
            .map_while(|_| self.next())
            .find(|message| message["MessageType"] == kind)
    }
}

#[test]
fn a_listener_hears_of_sessions_when_they_change() {
    let party = Party::new();
    let mut listener = Listener::open(&party, API_KEY);
    let first = listener.next().expect("a greeting");
    assert_eq!(
        (&first["MessageType"], &first["Data"]),
        (&json!("ForceKeepAlive"), &json!(60))
    );

    listener.say("SessionsStart", "0,100");
    assert_eq!(
        listener.next_of("Sessions").expect("the list")["Data"],
        json!([])
    );
    party.play(&json!({ "action": "start", "user": "ottoline" }));
    let heard = listener.next_of("Sessions").expect("the start");
    assert_eq!(heard["Data"][0]["UserName"], "ottoline");
    assert_eq!(listener.next(), None, "nothing changed, nothing is said");
}

#[test]
fn a_keep_alive_is_answered() {
    let party = Party::new();
    let mut listener = Listener::open(&party, API_KEY);
    listener.say("KeepAlive", "");
    assert!(listener.next_of("KeepAlive").is_some());
}

#[test]
fn a_muted_socket_stays_open_and_says_nothing() {
    let party = Party::new();
    let fault = json!({ "kind": "named", "name": "mute_socket" });
    party.nobody().post("/_control/faults", &fault).good();
    let mut listener = Listener::open(&party, API_KEY);
    listener.say("SessionsStart", "0,100");
    assert_eq!(listener.next(), None);
    party.nobody().delete("/_control/faults").good();
    party.play(&json!({ "action": "start", "user": "ottoline" }));
    assert!(listener.next_of("Sessions").is_some());
}

#[test]
fn commands_arrive_at_the_client_they_are_for() {
    let party = Party::new();
    let mut listener = Listener::open(&party, "ottoline-token");
    listener.next();
    let sessions = || party.key().get("/Sessions").good();
    eventually("the session can be controlled", || {
        sessions()[0]["SupportsRemoteControl"] == true
    });
    let id = sessions()[0]["Id"].as_str().unwrap().to_owned();
    party
        .key()
        .order(&format!("/Sessions/{id}/Playing/Stop"))
        .good();
    assert_eq!(
        listener.next_of("Playstate").expect("a command")["Data"]["Command"],
        "Stop"
    );
    let said = json!({ "Text": "Hello" });
    party
        .key()
        .post(&format!("/Sessions/{id}/Message"), &said)
        .good();
    let heard = listener.next_of("GeneralCommand").expect("a message");
    assert_eq!(heard["Data"]["Arguments"]["Text"], "Hello");
}

#[test]
fn a_changed_user_is_told_to_who_administers() {
    let party = Party::new();
    let mut listener = Listener::open(&party, API_KEY);
    listener.next();
    party
        .change_policy("ottoline", &json!({ "EnableMediaPlayback": false }))
        .good();
    let heard = listener.next_of("UserUpdated").expect("the user");
    assert_eq!(heard["Data"]["Policy"]["EnableMediaPlayback"], false);
}

#[test]
fn members_may_not_listen_to_sessions_and_a_token_taken_back_ends_the_line() {
    let party = Party::new();
    let mut member = Listener::open(&party, "ottoline-token");
    member.next();
    member.say("SessionsStart", "0,100");
    assert!(matches!(member.0.read(), Ok(Message::Close(_)) | Err(_)));

    let mut other = Listener::open(&party, "jonas-token");
    other.next();
    party
        .change_policy("Jonas Feld", &json!({ "IsDisabled": true }))
        .good();
    assert!(other.next_of("Sessions").is_none());
}

#[test]
fn ten_ten_hangs_up_on_keys() {
    let party = Party::at_version("10.10.7");
    let mut listener = Listener::open(&party, API_KEY);
    assert_eq!(listener.next(), None);
}
