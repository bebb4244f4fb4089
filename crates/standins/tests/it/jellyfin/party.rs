//! A stand-in on a port, and clients that talk to it in plain HTTP.

#![expect(
    clippy::disallowed_methods,
    reason = "the test waits for a server in another thread"
)]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use standins::{Running, StandinClock};
use tokio::runtime::Runtime;

/// A fresh Aurora on a free port. Ends when dropped.
pub struct Party {
    pub url: String,
    pub clock: StandinClock,
    _running: Running,
    _runtime: Runtime,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub text: String,
    pub kind: String,
}

impl Reply {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The body of an answer that must be good.
    #[track_caller]
    pub fn good(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        if self.text.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }
}

/// Somebody who calls, with the headers that they always send.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    headers: Vec<(String, String)>,
    agent: ureq::Agent,
}

impl Party {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let clock = StandinClock::default();
        let free = "127.0.0.1:0".parse().expect("an address");
        let running = runtime
            .block_on(standins::start(free, clock.clone()))
            .expect("free ports");
        Self {
            url: running.jellyfin.clone(),
            clock,
            _running: running,
            _runtime: runtime,
        }
    }

    /// Aurora at another version.
    pub fn at_version(version: &str) -> Self {
        let party = Self::new();
        party.seed(&json!({ "version": version }));
        party
    }

    pub fn nobody(&self) -> Client {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .new_agent();
        Client {
            base: self.url.clone(),
            headers: Vec::new(),
            agent,
        }
    }

    pub fn with_token(&self, token: &str) -> Client {
        self.nobody()
            .with("Authorization", &format!("MediaBrowser Token=\"{token}\""))
    }

    /// The API key that Aurora starts with.
    pub fn key(&self) -> Client {
        self.with_token(standins::jellyfin::API_KEY)
    }

    /// Tries to sign in on a device.
    pub fn try_sign_in(&self, name: &str, password: &str, device: &str) -> Reply {
        let described = format!(
            "MediaBrowser Client=\"Web\", Device=\"A browser\", DeviceId=\"{device}\", Version=\"1\""
        );
        let body = json!({ "Username": name, "Pw": password });
        self.nobody()
            .with("Authorization", &described)
            .post("/Users/AuthenticateByName", &body)
    }

    /// Signs in; the client carries the token.
    #[track_caller]
    pub fn signed_in(&self, name: &str, password: &str, device: &str) -> Client {
        let result = self.try_sign_in(name, password, device).good();
        self.with_token(result["AccessToken"].as_str().expect("a token"))
    }

    #[track_caller]
    pub fn user(&self, name: &str) -> Value {
        let users = self.key().get("/Users").good();
        let users = users.as_array().expect("a list");
        users
            .iter()
            .find(|user| user["Name"] == name)
            .expect("the user")
            .clone()
    }

    #[track_caller]
    pub fn user_id(&self, name: &str) -> String {
        self.user(name)["Id"].as_str().expect("an id").to_owned()
    }

    #[track_caller]
    pub fn seed(&self, seed: &Value) -> Value {
        self.nobody().post("/_control/seed", seed).good()
    }

    #[track_caller]
    pub fn play(&self, order: &Value) -> Value {
        self.nobody().post("/_control/play", order).good()
    }

    pub fn state(&self) -> Value {
        self.nobody().get("/_control/state").good()
    }

    /// Reads a user's policy, changes it, and writes it back whole, as a good client does.
    #[track_caller]
    pub fn change_policy(&self, name: &str, changes: &Value) -> Reply {
        let user = self.user(name);
        let mut policy = user["Policy"].clone();
        let fields = policy.as_object_mut().expect("a policy");
        fields.extend(changes.as_object().expect("changes").clone());
        self.key().post(
            &format!("/Users/{}/Policy", user["Id"].as_str().expect("id")),
            &policy,
        )
    }
}

impl Client {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        read(request.call().expect("an answer"))
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Reply {
        let mut request = self.agent.delete(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        read(request.call().expect("an answer"))
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_text(path, "application/json", &body.to_string())
    }

    /// A post without a body.
    #[track_caller]
    pub fn order(&self, path: &str) -> Reply {
        self.post_text(path, "application/json", "")
    }

    /// Whether a post got any answer: it has none where the connection dies.
    pub fn is_answered(&self, path: &str, body: &Value) -> bool {
        let mut request = self.agent.post(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let reply = request.send_json(body);
        reply.is_ok_and(|mut reply| reply.body_mut().read_to_string().is_ok())
    }

    #[track_caller]
    pub fn post_text(&self, path: &str, kind: &str, body: &str) -> Reply {
        let request = self.agent.post(format!("{}{path}", self.base));
        let mut request = request.header("Content-Type", kind);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        read(request.send(body).expect("an answer"))
    }
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Reply {
    assert_eq!(response.headers()["x-stand-in"], "jellyfin");
    let kind = response.headers().get("content-type");
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let limit = 256 * 1024 * 1024;
    let body = response
        .body_mut()
        .with_config()
        .limit(limit)
        .read_to_string();
    Reply {
        status: response.status().as_u16(),
        text: body.expect("a body"),
        kind,
    }
}

/// Waits until something holds, for as long as a simulated client may take.
#[track_caller]
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("this never came true: {what}");
}

/// The names in a `…QueryResult` or a plain list.
#[track_caller]
pub fn names(list: &Value) -> Vec<String> {
    let items = list
        .get("Items")
        .unwrap_or(list)
        .as_array()
        .expect("a list");
    items
        .iter()
        .map(|item| item["Name"].as_str().unwrap_or_default().to_owned())
        .collect()
}
