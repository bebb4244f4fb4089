//! Who visits: found once per request, before any handler, and taken by handlers as a guard.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::{Actor, Reader, Secret, Zone};
use people::role::Permission;
use people::session::{self, Browser, Visit};
use sha2::{Digest, Sha256};
use ui::Flash;

use crate::answer;
use crate::cookie::Cookie;
use crate::error::PageError;
use crate::language;
use crate::site::Site;

/// Whoever asks: signed in or not.
#[derive(Debug, Clone)]
pub struct Guest {
    pub reader: Reader,
    pub visit: Option<Visit>,
    /// Goes into every form that posts; bound to this browser and this session.
    pub csrf: String,
    pub flash: Option<Flash>,
    pub browser: Browser,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub reader: Reader,
    pub visit: Visit,
    pub csrf: String,
    pub flash: Option<Flash>,
    pub browser: Browser,
}

/// Somebody who works here: signed in, with at least one permission. The route's access says which it takes.
#[derive(Debug, Clone)]
pub struct Staff(pub SignedIn);

impl std::ops::Deref for Staff {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.0
    }
}

impl Guest {
    /// For the transactions of this request.
    pub fn actor(&self) -> Actor {
        self.visit
            .as_ref()
            .map_or_else(Actor::visitor, Visit::actor)
    }
}

impl SignedIn {
    pub fn actor(&self) -> Actor {
        self.visit.actor()
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.visit.may(permission)
    }

    /// Refuses a grave act unless the person proved a moment ago who they are.
    pub fn fresh(&self, site: &Site) -> Result<(), PageError> {
        if self.visit.is_fresh(site.now()) {
            Ok(())
        } else {
            Err(PageError::ProveFirst)
        }
    }

    pub fn as_guest(&self) -> Guest {
        let Self {
            reader,
            visit,
            csrf,
            flash,
            browser,
        } = self.clone();
        Guest {
            reader,
            visit: Some(visit),
            csrf,
            flash,
            browser,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| PageError::broken(&"no guest was found"))
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let Guest {
            reader,
            visit,
            csrf,
            flash,
            browser,
        } = Guest::from_request_parts(parts, state).await?;
        // The route's access let nobody else through.
        let visit = visit.ok_or(PageError::Forbidden)?;
        Ok(Self {
            reader,
            visit,
            csrf,
            flash,
            browser,
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        if signed_in.visit.permissions.is_empty() {
            return Err(PageError::Forbidden);
        }
        Ok(Self(signed_in))
    }
}

/// Finds out who asks, draws a lot for a new browser, and clears what was said once.
pub(crate) async fn identify(State(site): State<Site>, request: Request, next: Next) -> Response {
    let is_safe = site.config.is_safe;
    // The body stays aside: it cannot be looked at from two threads.
    let (mut parts, body) = request.into_parts();
    let known_lot = Cookie::Visit.read(&parts.headers, is_safe);
    let lot = known_lot.clone().unwrap_or_else(|| site.world().token());
    let guest = match guest_of(&site, &parts, &lot).await {
        Ok(guest) => guest,
        Err(error) => return error.into_response(),
    };
    let had_flash = guest.flash.is_some();
    let chosen = asked_language(&site, &parts.uri);
    parts.extensions.insert(guest);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if known_lot.is_none() {
        let year = Some(31_536_000);
        response
            .headers_mut()
            .append(header::SET_COOKIE, Cookie::Visit.write(&lot, year, is_safe));
    }
    if let Some(code) = chosen {
        let cookie = Cookie::Language.write(&code, Some(31_536_000), is_safe);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if had_flash && response.status().is_success() {
        response
            .headers_mut()
            .append(header::SET_COOKIE, Cookie::Flash.clear(is_safe));
    }
    response
}

async fn guest_of(site: &Site, parts: &Parts, lot: &str) -> Result<Guest, PageError> {
    let headers = &parts.headers;
    let is_safe = site.config.is_safe;
    let secret = Cookie::Session.read(headers, is_safe).map(Secret::new);
    let visit = match &secret {
        Some(secret) => session::find(&site.db, secret, site.now()).await?,
        None => None,
    };
    if let Some(visit) = visit.as_ref().filter(|visit| visit.wants_touch(site.now())) {
        let mut tx = site.db.begin(visit.actor()).await?;
        session::touch(&mut tx, &visit.session).await?;
        tx.save().await?;
    }
    let session = visit.as_ref().map_or("", |visit| visit.session.as_str());
    Ok(Guest {
        reader: reader_of(site, parts, visit.as_ref()).await?,
        csrf: csrf_token(lot, session),
        flash: Cookie::Flash
            .read(headers, is_safe)
            .and_then(|value| answer::read_flash(&value)),
        browser: Browser {
            user_agent: header_text(headers, &header::USER_AGENT),
            address: client_address(site, parts).to_string(),
        },
        visit,
    })
}

/// `?language=de` chooses a language from there on, for those who follow the link as well.
fn asked_language(site: &Site, uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    let code = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("language="))?;
    site.catalogues
        .find(code)
        .map(|found| found.language().to_owned())
}

async fn reader_of(site: &Site, parts: &Parts, visit: Option<&Visit>) -> Result<Reader, PageError> {
    let headers = &parts.headers;
    let settings = site.settings().await?;
    let chosen = asked_language(site, &parts.uri)
        .or_else(|| Cookie::Language.read(headers, site.config.is_safe));
    let account = visit.map(|visit| &visit.account);
    let header = header_text(headers, &header::ACCEPT_LANGUAGE);
    let wishes = chosen
        .as_deref()
        .into_iter()
        .chain(account.and_then(|account| account.locale.as_deref()))
        .chain(language::accepted(&header))
        .chain([settings.language.as_str()]);
    let catalogue = site.catalogues.choose(wishes);
    let zone = account.and_then(people::account::Account::zone);
    Ok(Reader::new(
        catalogue,
        zone.unwrap_or_else(|| Zone::parse(&settings.zone).unwrap_or_else(Zone::utc)),
    ))
}

fn header_text(headers: &HeaderMap, name: &header::HeaderName) -> String {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

fn csrf_token(lot: &str, session: &str) -> String {
    let hash = Sha256::new()
        .chain_update("form:")
        .chain_update(lot)
        .chain_update(":")
        .chain_update(session);
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// The visitor's own address: what a trusted proxy forwarded, else the connection's.
pub fn client_address(site: &Site, parts: &Parts) -> IpAddr {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([127, 0, 0, 1]), |info| info.0.ip());
    let trusted = &site.config.trusted_proxies;
    if !trusted.contains(&peer) {
        return peer;
    }
    // The nearest entry that is not itself a trusted proxy: further ones may be made up by the visitor.
    parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|part| part.trim().parse::<IpAddr>().ok())
        .rfind(|address| !trusted.contains(address))
        .unwrap_or(peer)
}

/// Sends to sign in, and back to the page afterwards if it was only looked at.
pub(crate) fn sign_in_first(uri: &Uri, method: &Method) -> Response {
    let back = uri.path_and_query().map_or("/", |path| path.as_str());
    if *method == Method::GET {
        let next = serde_html_form::to_string([("next", back)]).unwrap_or_default();
        Redirect::to(&format!("/sign-in?{next}")).into_response()
    } else {
        Redirect::to("/sign-in").into_response()
    }
}
