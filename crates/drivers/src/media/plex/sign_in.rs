//! Plex's own sign-in: a PIN, its page in the browser, and the key it turns into. No password comes near us.

use async_trait::async_trait;
use http::{Method, StatusCode};
use kit::{Outcome, Refusal, Secret, done, t};
use media::RemoteRef;
use media::platform::{
    FoundAddress, FoundServer, Platform, PlatformAccount, SignInPage, SignInRef,
};
use url::Url;
use url::form_urlencoded::Serializer;

use super::call::Caller;
use super::wire::{Pin, Resource, User};
use crate::http::Http;

/// Where Plex itself answers, and where its sign-in page lies.
pub(super) const PLEX_TV: &str = "https://plex.tv";
const AUTH_PAGE: &str = "https://app.plex.tv/auth";
/// The origin of that page.
pub const PAGE_ORIGIN: &str = "https://app.plex.tv";

/// Friends and home users together, by what operators report of one account (ajnart/plex-rewind#34 says about 100).
const MOST_PEOPLE: i64 = 99;

/// plex.tv, as nobody yet.
#[derive(Debug)]
pub(super) struct PlexTv {
    caller: Caller,
}

impl PlexTv {
    pub(super) fn new(http: Http, base: Url) -> Self {
        let caller = Caller {
            http,
            base,
            token: None,
        };
        Self { caller }
    }

    fn page(&self, pin: &Pin, back: &str) -> String {
        let address = self.caller.base.as_str().trim_end_matches('/');
        let page = if address == PLEX_TV {
            AUTH_PAGE.to_owned()
        } else {
            format!("{address}/auth")
        };
        let query = Serializer::new(String::new())
            .append_pair("clientID", self.caller.http.device())
            .append_pair("code", &pin.code)
            .append_pair("forwardUrl", back)
            .append_pair("context[device][product]", "Playhouse")
            .finish();
        format!("{page}#?{query}")
    }
}

#[async_trait]
impl Platform for PlexTv {
    async fn begin_sign_in(&self, back: &str) -> Outcome<SignInPage> {
        let url = self
            .caller
            .url(&["api", "v2", "pins"], &[("strong", "true")]);
        let answer = done!(self.caller.send(Method::POST, url, None).await);
        let pin: Pin = done!(self.caller.read(&answer));
        Outcome::Done(SignInPage {
            at: SignInRef(pin.id.to_string()),
            address: self.page(&pin, back),
        })
    }

    async fn finish_sign_in(&self, page: &SignInRef) -> Outcome<Option<Secret>> {
        let url = self.caller.url(&["api", "v2", "pins", &page.0], &[]);
        let answer = done!(self.caller.send(Method::GET, url, None).await);
        if answer.status == StatusCode::NOT_FOUND {
            return Outcome::Refused(Refusal::lasting(
                "expired",
                t!(
                    "Plex has forgotten this sign-in: it waits a quarter of an hour only. Please begin again."
                ),
            ));
        }
        let pin: Pin = done!(self.caller.read(&answer));
        let token = pin.auth_token.filter(|token| !token.is_empty());
        Outcome::Done(token.map(Secret::new))
    }

    async fn who(&self, key: &Secret) -> Outcome<PlatformAccount> {
        let caller = self.caller.with_token(Some(key.clone()));
        let user: User = done!(caller.get(caller.url(&["api", "v2", "user"], &[])).await);
        let name = user.username.filter(|name| !name.is_empty()).or(user.title);
        Outcome::Done(PlatformAccount {
            id: RemoteRef::new(user.id.to_string()),
            name: name.unwrap_or_else(|| user.id.to_string()),
            email: user.email.filter(|email| !email.is_empty()),
            confirmed: user.confirmed,
            has_pass: user.subscription.active,
            most_people: Some(MOST_PEOPLE),
        })
    }

    async fn servers(&self, key: &Secret) -> Outcome<Vec<FoundServer>> {
        let caller = self.caller.with_token(Some(key.clone()));
        let asked = [
            ("includeHttps", "1"),
            ("includeRelay", "1"),
            ("includeIPv6", "1"),
        ];
        let url = caller.url(&["api", "v2", "resources"], &asked);
        let rows: Vec<Resource> = done!(caller.get(url).await);
        let servers = rows
            .into_iter()
            .filter(|row| row.owned && row.provides.split(',').any(|what| what == "server"));
        Outcome::Done(servers.map(found).collect())
    }
}

/// The near ones first, relays last: they are slow.
fn found(mut row: Resource) -> FoundServer {
    row.connections
        .sort_by_key(|address| (address.relay, !address.local));
    FoundServer {
        identity: row.client_identifier,
        name: row.name,
        addresses: row
            .connections
            .into_iter()
            .map(|one| FoundAddress {
                uri: one.uri,
                is_relay: one.relay,
            })
            .collect(),
    }
}
