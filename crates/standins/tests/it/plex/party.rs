//! The Plex stand-in on its ports, and clients that talk to it in plain HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use standins::plex::{BRAM_TOKEN, MARA_TOKEN, ORLA_TOKEN};
use standins::{Running, StandinClock};
use tokio::runtime::Runtime;
use ureq::http::{Request, Response};

/// Orla, Bram and the others on free ports. Ends when dropped.
pub struct Party {
    pub tv: String,
    pub polaris: String,
    pub vega: String,
    pub clock: StandinClock,
    agent: ureq::Agent,
    _running: Running,
    _runtime: Runtime,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub text: String,
    pub kind: String,
    pub retry_after: Option<String>,
    pub location: Option<String>,
}

impl Reply {
    /// The body of an answer that must be good.
    #[track_caller]
    pub fn good(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.json()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        if self.text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// Somebody who calls one address, with the headers that they always send.
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
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(5)))
            .build()
            .new_agent();
        Self {
            agent,
            tv: running.plex_tv.clone(),
            polaris: running.plex_server.clone(),
            vega: running.plex_server_2.clone(),
            clock,
            _running: running,
            _runtime: runtime,
        }
    }

    /// A program that calls an address and wants JSON, without a token.
    pub fn program(&self, base: &str) -> Client {
        let client = Client {
            base: base.to_owned(),
            headers: Vec::new(),
            agent: self.agent.clone(),
        };
        client
            .with("Accept", "application/json")
            .with("X-Plex-Client-Identifier", "party")
            .with("X-Plex-Product", "Party")
    }

    /// plex.tv as seen with a token.
    pub fn tv_as(&self, token: &str) -> Client {
        self.program(&self.tv).with("X-Plex-Token", token)
    }

    pub fn orla(&self) -> Client {
        self.tv_as(ORLA_TOKEN)
    }

    pub fn bram(&self) -> Client {
        self.tv_as(BRAM_TOKEN)
    }

    pub fn mara(&self) -> Client {
        self.tv_as(MARA_TOKEN)
    }

    /// Polaris as seen with a token.
    pub fn polaris_as(&self, token: &str) -> Client {
        self.program(&self.polaris).with("X-Plex-Token", token)
    }

    /// A plain token for somebody.
    #[track_caller]
    pub fn token_of(&self, person: &str) -> String {
        let answer = self.tell(
            person,
            &json!({ "action": "sign_in", "client": "their-tv" }),
        );
        answer["token"].as_str().expect("a token").to_owned()
    }

    /// Has a person do something.
    #[track_caller]
    pub fn tell(&self, person: &str, action: &Value) -> Value {
        let mut order = action.clone();
        order["person"] = json!(person);
        self.control("people", &order)
    }

    #[track_caller]
    pub fn control(&self, what: &str, body: &Value) -> Value {
        let path = format!("/_control/{what}");
        self.program(&self.tv).call("POST", &path, body).good()
    }

    #[track_caller]
    pub fn fault(&self, base: &str, fault: &Value) {
        self.program(base)
            .call("POST", "/_control/faults", fault)
            .good();
    }

    pub fn state(&self) -> Value {
        self.program(&self.tv).get("/_control/state").good()
    }

    /// The ids by which sharing knows Orla's sections, by title.
    #[track_caller]
    pub fn sections(&self) -> Value {
        let machine = self.machine("Polaris");
        let server = self
            .orla()
            .get(&format!("/api/v2/servers/{machine}"))
            .good();
        let sections = server["librarySections"]
            .as_array()
            .expect("sections")
            .clone();
        sections
            .iter()
            .map(|one| {
                (
                    one["title"].as_str().unwrap_or_default().to_owned(),
                    one["id"].clone(),
                )
            })
            .collect()
    }

    #[track_caller]
    pub fn machine(&self, name: &str) -> String {
        let servers = self.state()["servers"].clone();
        let mut servers = servers.as_array().expect("servers").iter();
        let server = servers
            .find(|server| server["name"] == name)
            .expect("the server");
        server["machine"].as_str().expect("an id").to_owned()
    }

    /// The share of a server with somebody as the world knows it; the latest if there were several.
    #[track_caller]
    pub fn share(&self, server: &str, username: &str) -> Value {
        let shares = self.state()["shares"].clone();
        let all = shares.as_array().expect("shares").iter();
        let mut found = all.filter(|one| one["server"] == server && one["username"] == username);
        found.next_back().expect("the share").clone()
    }

    /// The token that plex.tv gives a person for a server of somebody else.
    #[track_caller]
    pub fn access_token(&self, person_token: &str, name: &str) -> String {
        let resources = self.tv_as(person_token).get("/api/v2/resources").good();
        let mut all = resources.as_array().expect("resources").iter();
        let server = all.find(|one| one["name"] == name).expect("the server");
        server["accessToken"].as_str().expect("a token").to_owned()
    }
}

impl Client {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None, String::new())
            .expect("an answer")
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, None, String::new())
            .expect("an answer")
    }

    #[track_caller]
    pub fn put(&self, path: &str) -> Reply {
        self.send("PUT", path, None, String::new())
            .expect("an answer")
    }

    #[track_caller]
    pub fn order(&self, path: &str) -> Reply {
        self.send("POST", path, None, String::new())
            .expect("an answer")
    }

    #[track_caller]
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.send(method, path, Some("application/json"), body.to_string())
            .expect("an answer")
    }

    #[track_caller]
    pub fn form(&self, method: &str, path: &str, form: &str) -> Reply {
        let kind = "application/x-www-form-urlencoded";
        self.send(method, path, Some(kind), form.to_owned())
            .expect("an answer")
    }

    /// `None`: the connection died, or nobody answered in time.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        kind: Option<&str>,
        body: String,
    ) -> Option<Reply> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        let request = request.body(body).expect("a request");
        read(self.agent.run(request).ok()?)
    }
}

fn read(mut response: Response<ureq::Body>) -> Option<Reply> {
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let mark = header("x-stand-in").expect("the mark of a stand-in");
    assert!(mark.starts_with("plex_"), "{mark}");
    let mut reply = Reply {
        status: response.status().as_u16(),
        text: String::new(),
        kind: header("content-type").unwrap_or_default(),
        retry_after: header("retry-after"),
        location: header("location"),
    };
    reply.text = response.body_mut().read_to_string().ok()?;
    Some(reply)
}

/// The values of one field of a list.
#[track_caller]
pub fn each(list: &Value, field: &str) -> Vec<Value> {
    let list = list.as_array().expect("a list").iter();
    list.map(|one| one[field].clone()).collect()
}
