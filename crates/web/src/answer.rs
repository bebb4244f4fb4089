//! Answers after a change: go to the next page, and say there what was done.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::Text;
use serde::{Deserialize, Serialize};
use ui::{Flash, Tone};

use crate::cookie::Cookie;
use crate::site::Site;

/// Goes to a page of ours by GET.
pub fn see_other(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let to = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, to);
    response
}

/// Goes to a page and says there that something was done.
#[derive(Debug)]
pub struct Done;

impl Done {
    /// `Done::at(&site, "/office/plans", t!("Saved."))`
    pub fn at(site: &Site, path: &str, text: Text) -> Response {
        flash(site, see_other(path), &Flash::good(text))
    }

    /// The same for what was not done.
    pub fn not_at(site: &Site, path: &str, text: Text) -> Response {
        flash(site, see_other(path), &Flash::bad(text))
    }
}

#[derive(Serialize, Deserialize)]
struct Carried {
    good: bool,
    text: Text,
}

/// Adds a word to be said once on the next page.
pub fn flash(site: &Site, mut response: Response, flash: &Flash) -> Response {
    let carried = Carried {
        good: flash.tone == Tone::Good,
        text: flash.text.clone(),
    };
    let json = serde_json::to_vec(&carried).unwrap_or_default();
    // Longer ones would not fit into a cookie; the page shows the state anyway.
    if json.len() < 2_500 {
        let value =
            Cookie::Flash.write(&URL_SAFE_NO_PAD.encode(json), Some(60), site.config.is_safe);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

pub(crate) fn read_flash(value: &str) -> Option<Flash> {
    let json = URL_SAFE_NO_PAD.decode(value).ok()?;
    let carried: Carried = serde_json::from_slice(&json).ok()?;
    Some(if carried.good {
        Flash::good(carried.text)
    } else {
        Flash::bad(carried.text)
    })
}
