//! A stand-in, its controls, and the driver that talks to it.

use std::net::SocketAddr;
use std::sync::Arc;

use drivers::http::{Answer, Call, Http};
use drivers::media::makers;
use http::{HeaderValue, Method};
use kit::{Outcome, Secret};
use media::remote::RemoteUser;
use media::{Connection, MediaServer};
use serde_json::Value;
use standins::{Running, StandinClock};
use testkit::{TestWorld, testworld};

pub use crate::jellyfin::bench::{code, fault};

pub const KEY: &str = standins::emby::API_KEY;

/// A stand-in that was just put up.
pub struct Bench {
    pub world: TestWorld,
    pub http: Http,
    pub running: Running,
}

impl Bench {
    pub async fn new() -> Self {
        let anywhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let running = standins::start(anywhere, StandinClock::default())
            .await
            .unwrap();
        let world = testworld();
        Self {
            http: Http::new(world.world(), true),
            world,
            running,
        }
    }

    pub fn open(&self, key: &str) -> Arc<dyn MediaServer> {
        self.open_at(&self.running.emby, key)
    }

    pub fn open_at(&self, address: &str, key: &str) -> Arc<dyn MediaServer> {
        let connection = Connection::new(address, Secret::new(key));
        let all = makers(&self.http);
        all.find("emby").unwrap().open(&connection).unwrap()
    }

    async fn call(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
        // Another client than the one under test: its calls pass no steps.
        let http = Http::new(testworld().world(), true);
        let url = format!("{}{path}", self.running.emby).parse().unwrap();
        let mut call = Call::new(method, url);
        call.headers
            .insert("x-emby-token", HeaderValue::try_from(token).unwrap());
        if let Some(body) = body {
            call.headers
                .insert("content-type", HeaderValue::from_static("application/json"));
            call.body = Some(body.to_string().into_bytes());
        }
        match http.send(call).await {
            Outcome::Done(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    pub async fn control(&self, what: &str, order: Value) -> Value {
        let path = format!("/_control/{what}");
        let answer = self.call(Method::POST, &path, "", Some(order)).await;
        assert!(answer.status.is_success(), "{}", answer.excerpt());
        answer.json().unwrap_or(Value::Null)
    }

    pub async fn fault(&self, order: Value) {
        self.control("faults", order).await;
    }

    pub async fn state(&self) -> Value {
        let state = self.call(Method::GET, "/_control/state", "", None).await;
        state.json().unwrap()
    }

    /// What the server holds of a user. `None`: there is no such user.
    pub async fn user(&self, name: &str) -> Option<Value> {
        let state = self.state().await;
        let users = state["users"].as_array().unwrap();
        users.iter().find(|user| user["name"] == name).cloned()
    }

    /// Whether a device with this token is still signed in.
    pub async fn is_signed_in(&self, token: &str) -> bool {
        let path = "/emby/System/Info";
        let answer = self.call(Method::GET, path, token, None).await;
        answer.status.is_success()
    }

    /// How often a route was called.
    pub async fn count(&self, route: &str) -> u64 {
        self.state().await["calls"][route].as_u64().unwrap_or(0)
    }
}

pub async fn user(server: &dyn MediaServer, name: &str) -> RemoteUser {
    let users = server.users().await.done().unwrap();
    users.into_iter().find(|user| user.name == name).unwrap()
}

pub async fn library(server: &dyn MediaServer, name: &str) -> String {
    let all = server.libraries().await.done().unwrap();
    let library = all.into_iter().find(|library| library.name == name);
    library.unwrap().id
}
