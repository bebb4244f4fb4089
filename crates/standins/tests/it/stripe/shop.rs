//! An account on a port of its own, and somebody who calls it in plain HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use standins::{Running, StandinClock};
use tokio::runtime::Runtime;

pub const DAY_S: i64 = 86_400;
/// 31 January 2027, 12:00 UTC.
pub const LATE_JANUARY_S: i64 = 1_801_396_800;

pub struct Shop {
    pub url: String,
    pub clock: StandinClock,
    agent: ureq::Agent,
    _running: Running,
    _runtime: Runtime,
}

pub struct Reply {
    pub status: u16,
    pub location: String,
    pub replayed: bool,
    pub text: String,
}

impl Reply {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }
}

impl Shop {
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
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .new_agent();
        Self {
            url: running.stripe.clone(),
            clock,
            agent,
            _running: running,
            _runtime: runtime,
        }
    }

    /// A shop whose clock stands still at a moment until it is moved.
    pub fn at(moment_s: i64) -> Self {
        let shop = Self::new();
        shop.clock.pin_ms(moment_s * 1_000);
        shop
    }

    pub fn with_key(&self, key: &str, path: &str) -> Reply {
        let request = self.agent.get(format!("{}{path}", self.url));
        reply(
            request
                .header("authorization", &format!("Bearer {key}"))
                .call(),
        )
    }

    pub fn try_get(&self, path: &str) -> Reply {
        self.with_key("sk_test_standin", path)
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        good(&self.try_get(path))
    }

    pub fn try_post(&self, path: &str, form: &str, key: Option<&str>) -> Reply {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("authorization", "Bearer sk_test_standin")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        reply(request.send(form))
    }

    /// Sends a call whose answer does not arrive whole.
    #[track_caller]
    pub fn post_in_vain(&self, path: &str, form: &str, key: &str) {
        let request = self.agent.post(format!("{}{path}", self.url));
        let sent = request
            .header("authorization", "Bearer sk_test_standin")
            .header("idempotency-key", key)
            .send(form);
        let read = sent.and_then(|mut answer| answer.body_mut().read_to_string());
        assert!(read.is_err(), "an answer came: {read:?}");
    }

    #[track_caller]
    pub fn post(&self, path: &str, form: &str) -> Value {
        good(&self.try_post(path, form, None))
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Value {
        let request = self.agent.delete(format!("{}{path}", self.url));
        good(&reply(
            request
                .header("authorization", "Bearer sk_test_standin")
                .call(),
        ))
    }

    #[track_caller]
    pub fn control(&self, path: &str, body: &Value) -> Value {
        let request = self.agent.post(format!("{}/_control/{path}", self.url));
        let request = request.header("content-type", "application/json");
        good(&reply(request.send(body.to_string())))
    }

    #[track_caller]
    pub fn state(&self) -> Value {
        good(&reply(
            self.agent
                .get(format!("{}/_control/state", self.url))
                .call(),
        ))
    }

    pub fn fault(&self, name: &str, times: u32) {
        self.control(
            "faults",
            &json!({ "kind": "named", "name": name, "times": times }),
        );
    }

    pub fn move_s(&self, seconds: i64) {
        self.clock.advance_ms(seconds * 1_000);
    }

    /// A session over 10.00 EUR.
    #[track_caller]
    pub fn session(&self, more: &str) -> Value {
        let form = format!(
            "mode=payment&success_url=http://127.0.0.1:1/done?s={{CHECKOUT_SESSION_ID}}\
             &cancel_url=http://127.0.0.1:1/back&line_items[0][quantity]=1\
             &line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=1000\
             &line_items[0][price_data][product_data][name]=A%20%3Cmonth%3E{more}"
        );
        self.post("/v1/checkout/sessions", &form)
    }

    /// A session for a subscription of 9.99 EUR a month, paid with a card.
    #[track_caller]
    pub fn subscribed(&self, card: &str, more: &str) -> Value {
        let form = format!(
            "mode=subscription&success_url=http://127.0.0.1:1/done&line_items[0][quantity]=1\
             &line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=999\
             &line_items[0][price_data][product_data][name]=Family\
             &line_items[0][price_data][recurring][interval]=month{more}"
        );
        let session = self.post("/v1/checkout/sessions", &form);
        let paid = self.control("pay", &json!({ "session": session["id"], "card": card }));
        let id = paid["session"]["subscription"]
            .as_str()
            .expect("a subscription");
        self.get(&format!("/v1/subscriptions/{id}"))
    }

    #[track_caller]
    pub fn subscription(&self, id: &Value) -> Value {
        self.get(&format!(
            "/v1/subscriptions/{}",
            id.as_str().expect("an id")
        ))
    }

    /// The subscription's invoices, newest first.
    #[track_caller]
    pub fn invoices(&self, subscription: &Value) -> Vec<Value> {
        let id = subscription["id"].as_str().expect("an id");
        let found = self.get(&format!("/v1/invoices?limit=100&subscription={id}"));
        found["data"].as_array().expect("a list").clone()
    }

    /// Types of all events, oldest first.
    #[track_caller]
    pub fn told(&self) -> Vec<String> {
        let found = self.get("/v1/events?limit=100");
        let all = found["data"].as_array().expect("a list").iter().rev();
        all.map(|event| event["type"].as_str().expect("a type").to_owned())
            .collect()
    }
}

#[track_caller]
fn good(reply: &Reply) -> Value {
    assert!(
        (200..300).contains(&reply.status),
        "{}: {}",
        reply.status,
        reply.text
    );
    if reply.text.is_empty() {
        Value::Null
    } else {
        reply.json()
    }
}

fn reply(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Reply {
    let mut answer = answer.expect("an answer");
    let header = |name: &str| {
        let value = answer
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (location, replayed) = (header("location"), header("idempotent-replayed") == "true");
    let status = answer.status().as_u16();
    Reply {
        status,
        location,
        replayed,
        text: answer.body_mut().read_to_string().expect("a body"),
    }
}
