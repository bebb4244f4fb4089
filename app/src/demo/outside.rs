//! The world outside, played by stand-ins: two media servers, a bank, and the people at their screens.

use std::net::SocketAddr;

use drivers::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use drivers::http::{Call, Http};
use drivers::http::{Method, Url};
use kit::{Text, t};
use serde_json::{Value, json};
use standins::{Running, StandinClock};

use super::clock::DemoClock;
use super::error::DemoError;

/// The key that the Stripe stand-in lets in.
pub const STRIPE_KEY: &str = "sk_test_standin";
/// The key that a Jellyfin stand-in lets in.
pub const JELLYFIN_KEY: &str = standins::jellyfin::API_KEY;

/// The stand-ins' addresses, and a way to play the people there. Clones share the stand-ins.
#[derive(Debug, Clone)]
pub struct Outside {
    /// The server that most watch on.
    pub aurora: String,
    /// The server that goes out of reach.
    pub borealis: String,
    pub stripe: String,
    /// Where people and servers of Plex have accounts.
    pub plex_tv: String,
    pub emby: String,
    http: Http,
    main: std::sync::Arc<std::sync::Mutex<Option<Running>>>,
    second: std::sync::Arc<std::sync::Mutex<Option<Running>>>,
}

impl Outside {
    /// Puts the stand-ins up: on the ports after the site's, or on free ones.
    pub async fn start(site: SocketAddr, clock: &DemoClock) -> Result<Self, DemoError> {
        let main = put_up(site, 1, &clock.standins).await?;
        let second = put_up(site, 11, &clock.standins).await?;
        Ok(Self {
            aurora: main.jellyfin.clone(),
            borealis: second.jellyfin.clone(),
            stripe: main.stripe.clone(),
            plex_tv: main.plex_tv.clone(),
            emby: main.emby.clone(),
            http: Http::new(clock.world(), true),
            main: shared(main),
            second: shared(second),
        })
    }

    /// Takes the second server off the net.
    pub async fn lose_borealis(&self) -> Result<(), DemoError> {
        // Connections that are open already outlive the listener: they are cut by a fault.
        let cut = json!({ "kind": "refuse" });
        self.control(&self.borealis, "faults", &cut).await?;
        drop(taken(&self.second));
        Ok(())
    }

    /// Ends the stand-ins.
    pub fn close(&self) {
        drop((taken(&self.main), taken(&self.second)));
    }

    /// Gives a stand-in an order that no real system would take.
    pub async fn control(&self, at: &str, what: &str, body: &Value) -> Result<Value, DemoError> {
        let call = call(
            &format!("{at}/_control/{what}"),
            body.to_string(),
            "application/json",
        )?;
        self.answer(call).await
    }

    /// Writes to the Stripe stand-in as a program of somebody else's would.
    pub async fn stripe_post(&self, path: &str, form: &str) -> Result<Value, DemoError> {
        let kind = "application/x-www-form-urlencoded";
        let mut call = call(&format!("{}/v1/{path}", self.stripe), form.to_owned(), kind)?;
        let bearer = HeaderValue::from_str(&format!("Bearer {STRIPE_KEY}"));
        let bearer = bearer.map_err(|_| DemoError::Script("the key is no header"))?;
        call.headers.insert(AUTHORIZATION, bearer);
        self.answer(call).await
    }

    async fn answer(&self, call: Call) -> Result<Value, DemoError> {
        let answer = self
            .http
            .send(call)
            .await
            .or_reason()
            .map_err(DemoError::Outside)?;
        if answer.status.is_success() {
            return Ok(answer.json().unwrap_or(Value::Null));
        }
        Err(DemoError::Outside(refusal(&answer.excerpt())))
    }
}

fn refusal(words: &str) -> Text {
    t!("A stand-in refused: {words}", words = words)
}

fn call(address: &str, body: String, kind: &'static str) -> Result<Call, DemoError> {
    let url = Url::parse(address).map_err(|_| DemoError::Script("an address is none"))?;
    let mut call = Call::new(Method::POST, url);
    call.headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
    call.body = Some(body.into_bytes());
    Ok(call)
}

async fn put_up(site: SocketAddr, after: u16, clock: &StandinClock) -> std::io::Result<Running> {
    let near = SocketAddr::new(site.ip(), site.port().saturating_add(after));
    match standins::start(near, clock.clone()).await {
        Ok(running) => Ok(running),
        Err(_) => standins::start(SocketAddr::new(site.ip(), 0), clock.clone()).await,
    }
}

fn shared(running: Running) -> std::sync::Arc<std::sync::Mutex<Option<Running>>> {
    std::sync::Arc::new(std::sync::Mutex::new(Some(running)))
}

fn taken(shared: &std::sync::Mutex<Option<Running>>) -> Option<Running> {
    shared
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .take()
}
