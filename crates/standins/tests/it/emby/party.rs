//! A stand-in on a port, and clients that talk to it in plain HTTP.

use serde_json::{Value, json};
use standins::{Running, StandinClock};
use tokio::runtime::Runtime;

pub use crate::client::{Client, Reply, eventually, names};

/// A fresh Zenith on a free port. Ends when dropped.
pub struct Party {
    pub url: String,
    pub clock: StandinClock,
    _running: Running,
    _runtime: Runtime,
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
            url: running.emby.clone(),
            clock,
            _running: running,
            _runtime: runtime,
        }
    }

    pub fn nobody(&self) -> Client {
        Client::of(&self.url, "emby")
    }

    pub fn with_token(&self, token: &str) -> Client {
        self.nobody().with("X-Emby-Token", token)
    }

    /// The API key that Zenith starts with.
    pub fn key(&self) -> Client {
        self.with_token(standins::emby::API_KEY)
    }

    /// Tries to sign in on a device.
    pub fn try_sign_in(&self, name: &str, password: &str, device: &str) -> Reply {
        let described = format!(
            "Emby UserId=\"\", Client=\"Web\", Device=\"A browser\", DeviceId=\"{device}\", Version=\"1\""
        );
        let body = json!({ "Username": name, "Pw": password });
        self.nobody()
            .with("X-Emby-Authorization", &described)
            .post("/emby/Users/AuthenticateByName", &body)
    }

    /// Signs in; the client carries the token.
    #[track_caller]
    pub fn signed_in(&self, name: &str, password: &str, device: &str) -> Client {
        let result = self.try_sign_in(name, password, device).good();
        self.with_token(result["AccessToken"].as_str().expect("a token"))
    }

    #[track_caller]
    pub fn user(&self, name: &str) -> Value {
        let users = self.key().get("/emby/Users/Query").good();
        let users = users["Items"].as_array().expect("a list");
        let user = users.iter().find(|user| user["Name"] == name);
        user.expect("the user").clone()
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

    #[track_caller]
    pub fn fault(&self, fault: &Value) {
        self.nobody().post("/_control/faults", fault).good();
    }

    pub fn state(&self) -> Value {
        self.nobody().get("/_control/state").good()
    }

    /// What the control shows of a user.
    #[track_caller]
    pub fn seen(&self, name: &str) -> Value {
        let state = self.state();
        let users = state["users"].as_array().expect("a list");
        let user = users.iter().find(|user| user["name"] == name);
        user.expect("the user").clone()
    }

    /// Reads a user's policy, changes it, and writes it back whole, as a good client does.
    #[track_caller]
    pub fn change_policy(&self, name: &str, changes: &Value) -> Reply {
        let user = self.user(name);
        let mut policy = user["Policy"].clone();
        let fields = policy.as_object_mut().expect("a policy");
        fields.extend(changes.as_object().expect("changes").clone());
        let path = format!("/emby/Users/{}/Policy", user["Id"].as_str().expect("id"));
        self.key().post(&path, &policy)
    }
}
