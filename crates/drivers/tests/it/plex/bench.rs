//! Orla's and Bram's servers behind a plex.tv of our own, and our driver before them.

use std::net::SocketAddr;
use std::sync::Arc;

use drivers::http::{Answer, Call, Http};
use drivers::media::makers;
use http::{HeaderValue, Method};
use kit::{Outcome, Secret};
use media::platform::Platform;
use media::{Connection, MediaServer};
use serde_json::{Value, json};
use standins::plex::ORLA_TOKEN;
use standins::{Running, StandinClock};
use testkit::{TestWorld, testworld};

pub struct Bench {
    _world: TestWorld,
    http: Http,
    running: Running,
}

impl Bench {
    pub async fn new() -> Self {
        let anywhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let running = standins::start(anywhere, StandinClock::default())
            .await
            .unwrap();
        let world = testworld();
        Self {
            http: Http::new(world.world(), true).as_device("playhouse-bench"),
            _world: world,
            running,
        }
    }

    pub fn platform(&self) -> Arc<dyn Platform> {
        let makers = makers(&self.http);
        let plex = makers.find("plex").unwrap();
        plex.platform(Some(&self.running.plex_tv)).unwrap()
    }

    pub fn open_at(&self, address: &str, token: &str) -> Arc<dyn MediaServer> {
        let connection = Connection {
            platform: Some(self.running.plex_tv.clone()),
            ..Connection::new(address, Secret::new(token))
        };
        let makers = makers(&self.http);
        makers.find("plex").unwrap().open(&connection).unwrap()
    }

    pub fn polaris(&self) -> Arc<dyn MediaServer> {
        self.open_at(&self.running.plex_server, ORLA_TOKEN)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        // Another client than the one under test: its calls pass no steps.
        let http = Http::new(testworld().world(), true);
        let url = format!("{}{path}", self.running.plex_tv).parse().unwrap();
        let mut call = Call::new(method, url);
        if let Some(body) = body {
            let json = HeaderValue::from_static("application/json");
            call.headers.insert("content-type", json);
            call.body = Some(body.to_string().into_bytes());
        }
        let answer = http.send(call).await.done().unwrap();
        assert!(answer.status.is_success(), "{}", answer.excerpt());
        answer
    }

    pub async fn control(&self, what: &str, order: Value) -> Value {
        let path = format!("/_control/{what}");
        let answer = self.call(Method::POST, &path, Some(order)).await;
        answer.json().unwrap_or(Value::Null)
    }

    async fn state(&self) -> Value {
        let answer = self.call(Method::GET, "/_control/state", None).await;
        answer.json().unwrap()
    }

    /// The person presses the button on the sign-in page.
    pub async fn allow(&self, pin: &str, person: &str) {
        let number: u64 = pin.parse().unwrap();
        let state = self.state().await;
        let pins = state["pins"].as_array().unwrap();
        let pin = pins.iter().find(|one| one["id"] == number).unwrap();
        let order = json!({ "person": person, "action": "allow", "code": pin["code"] });
        self.control("people", order).await;
    }

    /// The person's own key, as their sign-in gave it to us.
    pub async fn sign_in(&self, person: &str) -> Secret {
        let order = json!({ "person": person, "action": "sign_in", "client": "playhouse-bench" });
        let answer = self.control("people", order).await;
        Secret::new(answer["token"].as_str().unwrap())
    }

    /// Living shares, waiting ones too.
    pub async fn share_count(&self) -> usize {
        let state = self.state().await;
        let shares = state["shares"].as_array().unwrap().iter();
        let is_over = |share: &&Value| share["state"] == "removed" || share["state"] == "left";
        shares.filter(|share| !is_over(share)).count()
    }
}

/// How the outside refused.
#[track_caller]
pub fn code<T: std::fmt::Debug>(outcome: &Outcome<T>) -> &str {
    match outcome {
        Outcome::Refused(refusal) => &refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

pub fn key(token: &str) -> Secret {
    Secret::new(token)
}
