//! At the door: the cookies of signing in and out, and JSON that our own scripts post.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use kit::{Secret, Span};
use people::session::{Started, Stay, Visit};
use subtle::ConstantTimeEq;

use crate::cookie::{self, Cookie};
use crate::error::PageError;
use crate::guard::Guest;
use crate::site::Site;

/// What the browser keeps for a few minutes between two steps of signing in. Never in an address or a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// The password was right; a second step is due.
    SecondStep,
    /// A passkey was asked for.
    Ceremony,
    /// A platform's sign-in page was opened from here.
    Platform,
}

impl Between {
    const fn cookie(self) -> Cookie {
        match self {
            Self::SecondStep => Cookie::SecondStep,
            Self::Ceremony => Cookie::Ceremony,
            Self::Platform => Cookie::Platform,
        }
    }

    /// What the browser keeps. `None`: nothing, or too long ago.
    pub fn read(self, site: &Site, headers: &HeaderMap) -> Option<Secret> {
        self.cookie()
            .read(headers, site.config.is_safe)
            .map(Secret::new)
    }

    pub fn keep(self, site: &Site, secret: &Secret, response: Response) -> Response {
        // A platform's page waits a quarter of an hour.
        let age = Some(if self == Self::Platform { 900 } else { 600 });
        let cookie = self
            .cookie()
            .write(secret.reveal(), age, site.config.is_safe);
        with_cookie(response, cookie)
    }

    pub fn forget(self, site: &Site, response: Response) -> Response {
        with_cookie(response, self.cookie().clear(site.config.is_safe))
    }
}

/// Gives the browser the session that has just begun.
pub fn signed_in(site: &Site, started: &Started, response: Response) -> Response {
    let left = started.absolute_until.since(site.now());
    let age = (started.stay == Stay::Yes).then_some(left.as_ms() / 1000);
    let cookie = cookie::session(&started.secret, age, site.config.is_safe);
    with_cookie(response, cookie)
}

/// Gives the browser the new secret of a session that goes on.
pub fn renewed(site: &Site, visit: &Visit, secret: &Secret, response: Response) -> Response {
    let left = visit.absolute_until.since(site.now());
    // Only sessions that outlive the browser last longer than a week.
    let age = (left > Span::days(7)).then_some(left.as_ms() / 1000);
    let cookie = cookie::session(secret, age, site.config.is_safe);
    with_cookie(response, cookie)
}

/// Takes the session away from the browser.
pub fn signed_out(site: &Site, response: Response) -> Response {
    with_cookie(response, Cookie::Session.clear(site.config.is_safe))
}

fn with_cookie(mut response: Response, cookie: axum::http::HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// JSON posted by a script of ours, with the form token in the header `x-csrf`.
#[derive(Debug, Clone)]
pub struct CheckedJson(pub String);

/// An answer of a passkey is a few kilobytes.
const LARGEST_JSON: usize = 64 * 1024;

impl<S: Send + Sync> FromRequest<S> for CheckedJson {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &S) -> Result<Self, PageError> {
        let guest = request.extensions().get::<Guest>().cloned();
        let guest = guest.ok_or_else(|| PageError::broken(&"no guest was found"))?;
        let token = request.headers().get("x-csrf").cloned();
        let token = token.as_ref().map_or(&[][..], |token| token.as_bytes());
        if !bool::from(guest.csrf.as_bytes().ct_eq(token)) {
            return Err(PageError::Stale);
        }
        let body = to_bytes(request.into_body(), LARGEST_JSON)
            .await
            .map_err(|_| PageError::TooLarge)?;
        Ok(Self(String::from_utf8_lossy(&body).into_owned()))
    }
}
