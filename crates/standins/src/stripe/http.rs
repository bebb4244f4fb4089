//! From the wire to a call and back: keys, bodies, idempotency keys, headers.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::answer::{Answer, Refusal};
use super::call::Call;
use super::idempotency::Said;
use super::params::Params;
use super::state::{AskedBy, Stripe};
use super::{Shared, expand, form, routes, tick};

/// How long the fault `slow_work` keeps a call at work, with its idempotency key in use.
const SLOW: Duration = Duration::from_secs(1);

/// `* /v1/…`
pub async fn call(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = Asked {
        method,
        uri,
        headers,
        body,
    };
    let begun = asked.begin(&mut shared.state());
    let said = match begun {
        Begun::Answered(said, replayed) => return asked.respond(&said, replayed),
        Begun::Claimed { slowly } => {
            if slowly {
                tokio::time::sleep(SLOW).await;
            }
            asked.work(&mut shared.state())
        }
    };
    shared.told.notify_one();
    asked.respond(&said, false)
}

/// A call as it came in.
struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

enum Begun {
    /// Refused, or answered from memory (then true).
    Answered(Said, bool),
    /// Let in, with its idempotency key taken if it has one.
    Claimed { slowly: bool },
}

impl Asked {
    fn begin(&self, stripe: &mut Stripe) -> Begun {
        let request = stripe.new_id("req");
        let refused = |refusal: &Refusal| Begun::Answered(said(refusal, &request), false);
        if let Err(refusal) = self.livemode(stripe) {
            return refused(&refusal);
        }
        if let Some(key) = self.key() {
            let asked = format!("{}?{}", self.uri, String::from_utf8_lossy(&self.body));
            if stripe.stage.faults.take_named("idempotency_off") {
                stripe.idempotency.free(key);
            }
            match stripe
                .idempotency
                .claim(key, self.uri.path(), &asked, stripe.now())
            {
                Ok(None) => {}
                Ok(Some(said)) => return Begun::Answered(said, true),
                Err(refusal) => return refused(&refusal),
            }
        }
        Begun::Claimed {
            slowly: stripe.stage.faults.take_named("slow_work"),
        }
    }

    fn work(&self, stripe: &mut Stripe) -> Said {
        tick::catch_up(stripe);
        let request = stripe.new_id("req");
        stripe.asked_by = AskedBy {
            request: Some(request.clone()),
            idempotency_key: self.key().map(str::to_owned),
            livemode: self.livemode(stripe).unwrap_or_default(),
        };
        let answer = self.answer(stripe);
        stripe.asked_by = AskedBy::default();
        let said = match &answer {
            Ok(body) => Said {
                status: StatusCode::OK,
                body: body.clone(),
                request,
            },
            Err(refusal) => said(refusal, &request),
        };
        if let Some(key) = self.key() {
            match answer {
                Err(refusal) if refusal.is_before_work() => stripe.idempotency.free(key),
                _ => stripe.idempotency.keep(key, said.clone()),
            }
        }
        said
    }

    fn answer(&self, stripe: &mut Stripe) -> Answer {
        if stripe.stage.faults.take_named("api_error") {
            let message = "An unexpected error occurred. The stand-in was told to fail here.";
            return Err(Refusal::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "api_error",
                message,
            ));
        }
        let mut sent = self.uri.query().unwrap_or_default().as_bytes().to_vec();
        if !self.body.is_empty() {
            sent.push(b'&');
            sent.extend_from_slice(&self.body);
        }
        let path = self.uri.path().trim_start_matches("/v1/");
        let call = Call::new(self.method.as_str(), path, Params::new(form::parse(&sent)?));
        let found = routes::answer(stripe, &call)?;
        expand::all(stripe, found, &call.params.texts("expand"))
    }

    /// Idempotency keys count on POST alone.
    fn key(&self) -> Option<&str> {
        let key = self.headers.get("idempotency-key")?.to_str().ok()?;
        (self.method == Method::POST && !key.is_empty()).then_some(key)
    }

    /// Whether the key is a live one; refused if it is none of the account's.
    fn livemode(&self, stripe: &Stripe) -> Result<bool, Refusal> {
        let refused = |message: String| {
            Refusal::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
        };
        let key = self.secret_key().ok_or_else(|| {
            refused(
                "You did not provide an API key. Send it in the Authorization header, using Bearer \
                 auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
                    .to_owned(),
            )
        })?;
        if !stripe.settings.keys.contains(&key) {
            let shown: String = key.chars().take(8).collect();
            return Err(refused(format!("Invalid API Key provided: {shown}****")));
        }
        Ok(key.starts_with("sk_live_") || key.starts_with("rk_live_"))
    }

    fn secret_key(&self) -> Option<String> {
        let header = self.headers.get("authorization")?.to_str().ok()?;
        if let Some(key) = header.strip_prefix("Bearer ") {
            return Some(key.trim().to_owned());
        }
        let pair = STANDARD
            .decode(header.strip_prefix("Basic ")?.trim())
            .ok()?;
        let pair = String::from_utf8(pair).ok()?;
        pair.split(':').next().map(str::to_owned)
    }

    fn respond(&self, said: &Said, replayed: bool) -> Response {
        let mut response = (said.status, Json(&said.body)).into_response();
        let headers = response.headers_mut();
        let mut add = |name: &'static str, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        };
        add("request-id", &said.request);
        if let Some(version) = self.headers.get("stripe-version") {
            add("stripe-version", version.to_str().unwrap_or_default());
        }
        if let Some(key) = self.key() {
            add("idempotency-key", key);
        }
        if replayed {
            add("idempotent-replayed", "true");
            add("original-request", &said.request);
        }
        response
    }
}

fn said(refusal: &Refusal, request: &str) -> Said {
    let body: Value = refusal.body();
    Said {
        status: refusal.status(),
        body,
        request: request.to_owned(),
    }
}
