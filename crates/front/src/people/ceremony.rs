//! What the ceremonies of passkeys share: the site as passkeys know it, and answers that their script reads.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kit::{Reader, t};
use people::PeopleError;
use people::ceremony::{Ceremony, Webauthn};
use serde_json::json;
use web::{Between, PageError, Site};

/// `None`: the site has no address by which passkeys could know it.
pub async fn webauthn(site: &Site) -> Result<Option<Webauthn>, PageError> {
    let settings = site.settings().await?;
    let Ok(address) = url::Url::parse(&settings.public_url) else {
        return Ok(None);
    };
    Ok(Webauthn::new(&address, &settings.name))
}

/// The same where there is no way on without.
pub async fn needed(site: &Site) -> Result<Webauthn, PageError> {
    webauthn(site).await?.ok_or_else(|| {
        PageError::Unprocessable(t!(
            "Passkeys need a public address with a name; this house has none yet."
        ))
    })
}

/// The question for the browser; what belongs to it stays in a cookie.
pub fn asked(site: &Site, ceremony: &Ceremony) -> Response {
    let answer = json_text(StatusCode::OK, ceremony.options.clone());
    Between::Ceremony.keep(site, &ceremony.secret, answer)
}

/// Tells the script where to go.
pub fn done(site: &Site, next: &str) -> Response {
    let answer = json_text(StatusCode::OK, json!({ "next": next }).to_string());
    Between::Ceremony.forget(site, answer)
}

/// Says why not, in the page's language.
pub fn refused(reader: &Reader, error: PeopleError) -> Result<Response, PageError> {
    match error.text() {
        Some(text) => {
            let words = json!({ "detail": reader.say(&text) }).to_string();
            Ok(json_text(StatusCode::UNPROCESSABLE_ENTITY, words))
        }
        None => Err(error.into()),
    }
}

fn json_text(status: StatusCode, text: String) -> Response {
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], text).into_response()
}
