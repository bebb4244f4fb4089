//! Signing in by a passkey alone: two requests of the script on the sign-in page.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use people::rate::{self, Rate};
use people::session::Stay;
use people::{PeopleError, sign_in};
use web::{Between, CheckedJson, Guest, PageResult, Site};

use crate::people::ceremony;
use crate::people::register::Asked;
use crate::people::sign_in::next_of;

/// `POST /sign-in/passkey/options`
pub async fn ask(guest: Guest, State(site): State<Site>, _body: CheckedJson) -> PageResult {
    let webauthn = ceremony::needed(&site).await?;
    let bucket = (Rate::PasskeyByAddress, guest.browser.address.as_str());
    if let Err(error) = rate::pass(&site.db, &[bucket]).await {
        return ceremony::refused(&guest.reader, error);
    }
    let mut tx = site.db.begin(guest.actor()).await?;
    let ceremony = webauthn.begin_signing_in(&mut tx).await?;
    tx.save().await?;
    Ok(ceremony::asked(&site, &ceremony))
}

/// `POST /sign-in/passkey`
pub async fn enter(
    guest: Guest,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: CheckedJson,
) -> PageResult {
    let webauthn = ceremony::needed(&site).await?;
    let Some(secret) = Between::Ceremony.read(&site, &headers) else {
        return ceremony::refused(&guest.reader, PeopleError::Stale);
    };
    let came = sign_in::with_passkey(
        &site.db,
        &webauthn,
        &secret,
        &body.0,
        Stay::Yes,
        &guest.browser,
    )
    .await;
    match came {
        Ok(started) => {
            let answer = ceremony::done(&site, next_of(&started.account, &asked.next));
            Ok(web::signed_in(&site, &started, answer))
        }
        Err(error) => ceremony::refused(&guest.reader, error),
    }
}
