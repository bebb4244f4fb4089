//! The socket: what a listener hears, and the handshakes that succeed and stay silent.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use standins::emby::API_KEY;
use tungstenite::{Message, WebSocket};

use super::party::Party;

/// A client that listens; it gives up after two seconds of silence.
struct Listener(WebSocket<TcpStream>);

impl Listener {
    fn open(party: &Party, path: &str) -> Self {
        let host = party.url.trim_start_matches("http://");
        let stream = TcpStream::connect(host).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(2)))
            .expect("a time limit");
        let url = format!("ws://{host}{path}?api_key={API_KEY}&deviceId=listener");
        let (socket, _) = tungstenite::client(url, stream).expect("an open socket");
        Self(socket)
    }

    fn subscribe(&mut self) {
        let message = json!({ "MessageType": "SessionsStart", "Data": "0,100" });
        let message = Message::text(message.to_string());
        self.0.send(message).expect("sent");
    }

    /// The next list of sessions; `None` after silence or at the end.
    fn sessions(&mut self) -> Option<Value> {
        for _ in 0..50 {
            let Ok(Message::Text(text)) = self.0.read() else {
                return None;
            };
            let message: Value = serde_json::from_str(&text).ok()?;
            if message["MessageType"] == "Sessions" {
                return Some(message["Data"].clone());
            }
        }
        None
    }
}

#[test]
fn a_listener_hears_of_sessions_when_they_change() {
    let party = Party::new();
    for path in ["/embywebsocket", "/emby/embywebsocket", "/"] {
        let mut listener = Listener::open(&party, path);
        listener.subscribe();
        assert!(listener.sessions().is_some(), "{path}");
        party.play(&json!({ "action": "start", "user": "anton" }));
        let heard = listener.sessions().expect("the start");
        assert_eq!(heard[0]["UserName"], "anton");
    }
}

#[test]
fn a_handshake_on_a_wrong_path_succeeds_and_stays_silent() {
    let party = Party::new();
    let mut listener = Listener::open(&party, "/socket");
    listener.subscribe();
    assert_eq!(listener.sessions(), None);
}

#[test]
fn a_mute_socket_is_open_and_says_nothing() {
    let party = Party::new();
    party.fault(&json!({ "kind": "named", "name": "mute_socket" }));
    let mut listener = Listener::open(&party, "/embywebsocket");
    listener.subscribe();
    assert_eq!(listener.sessions(), None);
}
