//! Sends webhooks, to loopback addresses only: a stand-in must not talk to the world.

use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Semaphore;

use super::deliveries::{Course, Message};
use super::kind::Kind;
use super::{Shared, tick};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(200);
/// How long an endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 48;

type Sender = Client<HttpConnector, Body>;

/// Works off what is due and sends what is told, until the stand-in is gone.
pub async fn run(shared: Weak<Shared>) {
    let client: Sender = Client::builder(TokioExecutor::new()).build_http();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(alive) = shared.upgrade() {
        let messages = due_messages(&alive);
        let told = alive.told.clone();
        drop(alive);
        let (reversed, usual): (Vec<Message>, Vec<Message>) = messages
            .into_iter()
            .partition(|message| message.delivery.course == Course::Reversed);
        for message in usual {
            spawn(&client, &places, &shared, vec![message]);
        }
        if !reversed.is_empty() {
            spawn(
                &client,
                &places,
                &shared,
                reversed.into_iter().rev().collect(),
            );
        }
        // Either may end the wait; which one makes no difference.
        drop(tokio::time::timeout(TICK, told.notified()).await);
    }
}

fn due_messages(shared: &Shared) -> Vec<Message> {
    let mut stripe = shared.state();
    tick::catch_up(&mut stripe);
    let (clock_ms, signed_at) = (stripe.stage.clock.now_ms(), stripe.stage.clock.now_s());
    let due = stripe.deliveries.take_due(clock_ms);
    let endpoints = stripe.table(Kind::Endpoint);
    let version = &stripe.settings.api_version;
    let taken = due.len();
    let messages: Vec<Message> = due
        .into_iter()
        .filter_map(|delivery| delivery.message(&stripe.events, endpoints, version, signed_at))
        .collect();
    stripe.deliveries.give_up(taken - messages.len());
    messages
}

/// Sends messages one after the other.
fn spawn(client: &Sender, places: &Arc<Semaphore>, shared: &Weak<Shared>, messages: Vec<Message>) {
    let (client, places, shared) = (client.clone(), Arc::clone(places), Weak::clone(shared));
    tokio::spawn(async move {
        let _place = places.acquire().await;
        for message in messages {
            let arrived = send(&client, &message).await;
            let Some(alive) = shared.upgrade() else {
                return;
            };
            alive.state().settle_delivery(message.delivery, arrived);
        }
    });
}

/// Whether the endpoint took the message (any 2xx).
async fn send(client: &Sender, message: &Message) -> bool {
    let Some(uri) = loopback(&message.url) else {
        tracing::warn!(webhook.url = %message.url, "The Stripe stand-in sends to loopback only");
        return false;
    };
    let request = Request::post(uri)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "Stripe/1.0 (stand-in)")
        .header("stripe-signature", &message.signature)
        .body(Body::from(message.body.clone()))
        .expect("a parsed address and plain headers");
    match tokio::time::timeout(PATIENCE, client.request(request)).await {
        Ok(Ok(answer)) => answer.status().is_success(),
        _ => false,
    }
}

fn loopback(url: &str) -> Option<Uri> {
    let parsed = url::Url::parse(url)
        .ok()
        .filter(|url| url.scheme() == "http")?;
    let is_here = match parsed.host()? {
        url::Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        url::Host::Ipv4(ip) => ip.is_loopback(),
        url::Host::Ipv6(ip) => ip.is_loopback(),
    };
    is_here.then(|| parsed.as_str().parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::loopback;

    #[test]
    fn only_plain_http_to_this_machine_is_sent() {
        assert!(loopback("http://127.0.0.1:9/hooks").is_some());
        assert!(loopback("http://[::1]:9/hooks").is_some());
        assert!(loopback("http://localhost/hooks").is_some());
        for elsewhere in [
            "http://example.org/",
            "https://127.0.0.1/",
            "http://10.0.0.1/",
            "nonsense",
        ] {
            assert!(
                loopback(elsewhere).is_none(),
                "{elsewhere} would be sent to"
            );
        }
    }
}
