//! The one way out: HTTP with time limits, a size limit, steps for tests, and eyes for stand-ins.

use std::time::Duration;

use kit::{Outcome, Refusal, Uncertainty, World, t};
use reqwest::header::HeaderMap;
pub use reqwest::{Method, StatusCode, Url, header};

use crate::tape::{self, Tape};

/// An answer larger than this is not read to its end.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// Calls the outside. Cheap to clone; all clones share connections.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    world: World,
    allow_standins: bool,
    device: std::sync::Arc<str>,
    tape: Option<Tape>,
}

/// What is sent.
#[derive(Debug)]
pub struct Call {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
    pub time_limit: Duration,
}

impl Call {
    pub fn new(method: Method, url: Url) -> Self {
        let time_limit = Duration::from_secs(20);
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            time_limit,
        }
    }
}

/// A complete answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text, cut to a length that fits into a sentence.
    pub fn excerpt(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        text.trim().chars().take(200).collect()
    }

    /// Reads the body as JSON; `None` if it is not what was expected.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl Http {
    /// `allow_standins`: whether a remote that says it is a stand-in may be talked to.
    pub fn new(world: World, allow_standins: bool) -> Self {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(crate::http::tls::config())
            .connect_timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("Playhouse/", env!("CARGO_PKG_VERSION")))
            .build()
            .expect("the client's settings are constants that fit together");
        Self {
            client,
            world,
            allow_standins,
            device: "playhouse".into(),
            tape: None,
        }
    }

    /// The same, known to services that list devices by this name: one for each installation, and never another.
    #[must_use]
    pub fn as_device(mut self, device: &str) -> Self {
        self.device = device.into();
        self
    }

    /// The same, noting every call and its answer.
    #[must_use]
    pub fn onto(mut self, tape: &Tape) -> Self {
        self.tape = Some(tape.clone());
        self
    }

    pub fn device(&self) -> &str {
        &self.device
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    /// Sends, and waits for the whole answer. `Refused` only if the call certainly was not carried out;
    /// an answer of any status is `Done`.
    pub async fn send(&self, call: Call) -> Outcome<Answer> {
        let step = format!("call: {} {}", call.method, call.url.path());
        if self.world.steps.pass(&format!("{step}: before")).is_err() {
            return Outcome::Unknown(stopped());
        }
        let host = call.url.host_str().unwrap_or_default().to_owned();
        let note = self
            .tape
            .as_ref()
            .map(|tape| (tape, tape::Asked::of(&call)));
        let mut request = self
            .client
            .request(call.method, call.url)
            .headers(call.headers)
            .timeout(call.time_limit);
        if let Some(body) = call.body {
            request = request.body(body);
        }
        let answer = match request.send().await {
            Ok(response) => self.read(response, &host).await,
            Err(error) => failed(&error, &host),
        };
        if let (Some((tape, asked)), Outcome::Done(answer)) = (note, &answer) {
            tape.keep(asked, answer);
        }
        if self.world.steps.pass(&format!("{step}: after")).is_err() {
            return Outcome::Unknown(stopped());
        }
        answer
    }

    async fn read(&self, mut response: reqwest::Response, host: &str) -> Outcome<Answer> {
        if response.headers().contains_key("x-stand-in") && !self.allow_standins {
            return Outcome::Refused(Refusal::lasting(
                "stand_in",
                t!(
                    "{host} is a stand-in for trying things out, not a real service. Enter the real address.",
                    host = host
                ),
            ));
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= LARGEST_ANSWER => body.extend(chunk),
                Ok(Some(_)) => {
                    return Outcome::Unknown(Uncertainty::new(t!(
                        "{host} sent an answer that is too large to be read.",
                        host = host
                    )));
                }
                Ok(None) => {
                    return Outcome::Done(Answer {
                        status,
                        headers,
                        body,
                    });
                }
                Err(_) => return Outcome::Unknown(broke_off(host)),
            }
        }
    }
}

fn failed(error: &reqwest::Error, host: &str) -> Outcome<Answer> {
    if !error.is_connect() {
        return Outcome::Unknown(if error.is_timeout() {
            no_answer(host)
        } else {
            broke_off(host)
        });
    }
    if speaks_of_certificate(error) {
        return Outcome::Refused(Refusal::passing(
            "certificate",
            t!(
                "The certificate of {host} is not valid for this address, has expired, or is signed by nobody known. Renew it, or use the name it was made for.",
                host = host
            ),
        ));
    }
    Outcome::Refused(Refusal::passing(
        "unreachable",
        t!(
            "{host} cannot be reached. Check that it is running, and that address and port are right.",
            host = host
        ),
    ))
}

fn speaks_of_certificate(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        let words = inner.to_string().to_lowercase();
        if words.contains("certificate") || words.contains("tls") || words.contains("ssl") {
            return true;
        }
        cause = inner.source();
    }
    false
}

fn no_answer(host: &str) -> Uncertainty {
    Uncertainty::new(t!("{host} did not answer in time.", host = host))
}

fn broke_off(host: &str) -> Uncertainty {
    Uncertainty::new(t!(
        "The connection to {host} broke off before the answer was complete.",
        host = host
    ))
}

fn stopped() -> Uncertainty {
    Uncertainty::new(t!("This process was stopped during the call."))
}

pub(crate) mod tls {
    //! The TLS settings of all calls: the web's own certificate authorities, by the ring provider.

    use std::sync::Arc;

    pub fn config() -> rustls::ClientConfig {
        let roots = rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        rustls::ClientConfig::builder_with_provider(Arc::new(
            rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
    }
}
