//! Somebody who talks to a stand-in in plain HTTP.

#![expect(
    clippy::disallowed_methods,
    reason = "the test waits for a server in another thread"
)]

use std::time::{Duration, Instant};

use serde_json::Value;

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
    stand_in: &'static str,
    headers: Vec<(String, String)>,
    agent: ureq::Agent,
}

impl Client {
    /// Of the stand-in of this name at this address.
    pub fn of(base: &str, stand_in: &'static str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .new_agent();
        Self {
            base: base.to_owned(),
            stand_in,
            headers: Vec::new(),
            agent,
        }
    }

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
        self.read(request.call().expect("an answer"))
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Reply {
        let mut request = self.agent.delete(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        self.read(request.call().expect("an answer"))
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
        self.read(request.send(body).expect("an answer"))
    }

    fn read(&self, mut response: ureq::http::Response<ureq::Body>) -> Reply {
        assert_eq!(response.headers()["x-stand-in"], self.stand_in);
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
