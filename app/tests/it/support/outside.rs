//! The outside of a test: the stand-ins, and calls to them as their own users would make them.

use std::time::Duration;

use app::world;
use drivers::http::{Call, Http};
use kit::{Outcome, Span, Timestamp};
use serde_json::{Value, json};
use standins::{Running, StandinClock};

/// The stand-ins of one test and a client to talk to them.
pub struct Outside {
    pub running: Running,
    http: Http,
}

impl Outside {
    /// Puts the stand-ins up, their clock standing at `now`.
    pub async fn at(now: Timestamp) -> Self {
        let clock = StandinClock::default();
        clock.pin_ms(now.ms());
        Self::by(clock).await
    }

    /// Puts the stand-ins up at the machine's own time.
    pub async fn in_real_time() -> Self {
        Self::by(StandinClock::default()).await
    }

    async fn by(clock: StandinClock) -> Self {
        let running = standins::start("127.0.0.1:0".parse().unwrap(), clock)
            .await
            .unwrap();
        Self {
            running,
            http: Http::new(world::real(), true),
        }
    }

    pub fn jellyfin(&self, path: &str) -> String {
        format!("{}{path}", self.running.jellyfin)
    }

    pub fn emby(&self, path: &str) -> String {
        format!("{}{path}", self.running.emby)
    }

    pub fn plex_tv(&self, path: &str) -> String {
        format!("{}{path}", self.running.plex_tv)
    }

    pub fn stripe(&self, path: &str) -> String {
        format!("{}{path}", self.running.stripe)
    }

    /// Sends JSON and reads JSON; an empty answer is null.
    pub async fn call(&self, method: &str, url: &str, body: Option<Value>) -> (u16, Value) {
        self.call_as(method, url, &[], body).await
    }

    pub async fn call_as(
        &self,
        method: &str,
        url: &str,
        headers: &[(&'static str, String)],
        body: Option<Value>,
    ) -> (u16, Value) {
        let mut call = Call::new(method.parse().unwrap(), url.parse().unwrap());
        call.time_limit = Duration::from_secs(10);
        for (name, value) in headers {
            call.headers.insert(*name, value.parse().unwrap());
        }
        if let Some(body) = body {
            call.headers
                .insert("content-type", "application/json".parse().unwrap());
            call.body = Some(body.to_string().into_bytes());
        }
        match self.http.send(call).await {
            Outcome::Done(answer) => (
                answer.status.as_u16(),
                serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
            ),
            other => panic!("{method} {url}: {other:?}"),
        }
    }

    /// Sends a form to Stripe's own interface, as its pages would.
    pub async fn stripe_form(&self, path: &str, form: String) -> (u16, Value) {
        let mut call = Call::new("POST".parse().unwrap(), self.stripe(path).parse().unwrap());
        call.time_limit = Duration::from_secs(10);
        for (name, value) in [
            ("authorization", "Bearer sk_test_standin"),
            ("content-type", "application/x-www-form-urlencoded"),
        ] {
            call.headers.insert(name, value.parse().unwrap());
        }
        call.body = Some(form.into_bytes());
        match self.http.send(call).await {
            Outcome::Done(answer) => (
                answer.status.as_u16(),
                serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
            ),
            other => panic!("POST {path}: {other:?}"),
        }
    }

    async fn control(&self, url: &str, body: Value) -> Value {
        let (status, answer) = self.call("POST", url, Some(body)).await;
        assert!(status < 300, "{url} answered {status}: {answer}");
        answer
    }

    /// Pays a page, unless the customer has done so a moment ago and the gateway says that. Says whether money moved.
    pub async fn pay_once(&self, session: &str, card: &str) -> bool {
        let body = json!({ "session": session, "card": card, "email": "mara@example.org" });
        let url = self.stripe("/_control/pay");
        let (status, answer) = self.call("POST", &url, Some(body)).await;
        let said = answer["error"]["message"].as_str().unwrap_or_default();
        let is_paid = status == 400 && said == "This has already been paid.";
        assert!(is_paid || answer["outcome"] == "paid", "{status}: {answer}");
        !is_paid
    }

    /// Pays an open page with a card, as the customer would.
    pub async fn pay(&self, session: &str, card: &str) -> Value {
        let body = json!({ "session": session, "card": card, "email": "mara@example.org" });
        self.control(&self.stripe("/_control/pay"), body).await
    }

    pub async fn stripe_fault(&self, fault: Value) {
        self.control(&self.stripe("/_control/faults"), fault).await;
    }

    pub async fn jellyfin_fault(&self, fault: Value) {
        self.control(&self.jellyfin("/_control/faults"), fault)
            .await;
    }

    pub async fn no_faults(&self) {
        for url in [
            self.stripe("/_control/faults"),
            self.jellyfin("/_control/faults"),
        ] {
            self.call("DELETE", &url, None).await;
        }
    }

    pub async fn advance(&self, by: Span) {
        let body = json!({ "advance_ms": by.as_ms() });
        self.control(&self.stripe("/_control/clock"), body).await;
    }

    pub async fn stripe_state(&self) -> Value {
        self.call("GET", &self.stripe("/_control/state"), None)
            .await
            .1
    }

    pub async fn jellyfin_state(&self) -> Value {
        self.call("GET", &self.jellyfin("/_control/state"), None)
            .await
            .1
    }

    /// A user of the Jellyfin stand-in, by name. `None`: there is none.
    pub async fn jellyfin_user(&self, name: &str) -> Option<Value> {
        let state = self.jellyfin_state().await;
        let users = state["users"].as_array()?;
        let same = |user: &&Value| {
            user["name"]
                .as_str()
                .or(user["Name"].as_str())
                .is_some_and(|known| known.eq_ignore_ascii_case(name))
        };
        users.iter().find(same).cloned()
    }

    /// Signs in at the Jellyfin stand-in. `None`: refused.
    pub async fn jellyfin_sign_in(&self, name: &str, password: &str) -> Option<String> {
        let who = r#"MediaBrowser Client="Test", Device="TV", DeviceId="tv-1", Version="1""#;
        let headers = [("authorization", who.to_owned())];
        let body = json!({ "Username": name, "Pw": password });
        let url = self.jellyfin("/Users/AuthenticateByName");
        let (status, answer) = self.call_as("POST", &url, &headers, Some(body)).await;
        (status == 200).then(|| {
            answer["AccessToken"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
    }

    /// The names of the libraries that a token may see. `None`: the token is not valid.
    pub async fn libraries_seen(&self, token: &str) -> Option<Vec<String>> {
        let who = format!(
            r#"MediaBrowser Client="Test", Device="TV", DeviceId="tv-1", Version="1", Token="{token}""#
        );
        let url = self.jellyfin("/UserViews");
        let (status, answer) = self
            .call_as("GET", &url, &[("authorization", who)], None)
            .await;
        let items = answer["Items"].as_array().cloned().unwrap_or_default();
        let mut names: Vec<String> = items
            .iter()
            .filter_map(|item| item["Name"].as_str().map(str::to_owned))
            .collect();
        names.sort();
        (status == 200).then_some(names)
    }
}
