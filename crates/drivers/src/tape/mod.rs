//! A tape of calls and answers, from which [`scrub`] makes a fixture: what a real server said, with nobody in it.

mod scrub;

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Value, json};
use url::Url;

use crate::http::{Answer, Call};
use scrub::Scrub;

/// Notes calls. All clones share one tape.
#[derive(Debug, Clone, Default)]
pub struct Tape(Arc<Mutex<Vec<Exchange>>>);

/// What was asked. No header is kept: keys travel there.
#[derive(Debug)]
pub(crate) struct Asked {
    method: String,
    url: Url,
    body: Option<Value>,
}

impl Asked {
    pub(crate) fn of(call: &Call) -> Self {
        let body = call.body.as_deref();
        Self {
            method: call.method.to_string(),
            url: call.url.clone(),
            body: body.and_then(|body| serde_json::from_slice(body).ok()),
        }
    }
}

#[derive(Debug)]
struct Exchange {
    asked: Asked,
    status: u16,
    kind: Option<String>,
    retry_after: Option<String>,
    /// `None`: it was not JSON.
    body: Option<Value>,
    length: usize,
}

impl Tape {
    pub(crate) fn keep(&self, asked: Asked, answer: &Answer) {
        let text = |name| {
            let value = answer.headers.get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let exchange = Exchange {
            asked,
            status: answer.status.as_u16(),
            kind: text(CONTENT_TYPE),
            retry_after: text(RETRY_AFTER),
            body: answer.json(),
            length: answer.body.len(),
        };
        self.list().push(exchange);
    }

    /// What was noted, with everything replaced that could name a person, a place or a key: the same thing by the
    /// same made-up one throughout.
    pub fn scrubbed(&self) -> Value {
        let mut scrub = Scrub::default();
        let list = self.list();
        // The bodies first: what they call an id is one in addresses, too.
        let bodies: Vec<(Value, Value)> = list
            .iter()
            .map(|one| {
                (
                    scrub.body(one.asked.body.as_ref()),
                    scrub.body(one.body.as_ref()),
                )
            })
            .collect();
        let exchanges = list.iter().zip(bodies).map(|(one, (asked, answered))| {
            json!({
                "method": one.asked.method,
                "host": scrub.host(&one.asked.url),
                "path": scrub.path(&one.asked.url),
                "asked": asked,
                "status": one.status,
                "content_type": one.kind,
                "retry_after": one.retry_after,
                "answer": answered,
                "length": one.length,
            })
        });
        Value::Array(exchanges.collect())
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
