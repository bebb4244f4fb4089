//! Who is calling plex.tv: an account by a token, from a program with an identifier.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::super::Tv;
use super::super::account::AccountId;
use super::super::answer::Refused;
use super::super::asked::Asked;

/// Somebody whose token counts.
#[derive(Debug, Clone)]
pub struct Signed {
    pub account: AccountId,
    pub token: String,
}

/// A program that says which one it is, signed in or not.
#[derive(Debug, Clone)]
pub struct Program {
    pub client: String,
    pub product: String,
}

impl FromRequestParts<Tv> for Program {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &Tv) -> Result<Self, Refused> {
        program(&Asked::of(parts))
    }
}

fn program(asked: &Asked) -> Result<Program, Refused> {
    let missing = || Refused::v2(400, 1000, "X-Plex-Client-Identifier is missing");
    let client = asked.plex("Client-Identifier").ok_or_else(missing)?;
    Ok(Program {
        client: client.to_owned(),
        product: asked.plex("Product").unwrap_or_default().to_owned(),
    })
}

impl FromRequestParts<Tv> for Signed {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, tv: &Tv) -> Result<Self, Refused> {
        let asked = Asked::of(parts);
        let is_v2 = parts.uri.path().starts_with("/api/v2/");
        if !is_v2 {
            return recognised(tv, &asked).map_err(Refused::in_v1);
        }
        program(&asked)?;
        recognised(tv, &asked)
    }
}

/// A dead token is 401; one that ended by itself is 498 (plex-api-spec `description.md`).
fn recognised(tv: &Tv, asked: &Asked) -> Result<Signed, Refused> {
    let unknown = || Refused::v2(401, 1001, "User could not be authenticated");
    let token = asked.plex("Token").ok_or_else(unknown)?;
    let now = tv.now();
    let mut world = tv.world();
    let known = world.tokens.get(token).ok_or_else(unknown)?;
    if known.expires.is_some_and(|end| end <= now) {
        return Err(Refused::v2(498, 1001, "Token expired"));
    }
    let account = known.account;
    let device = world.devices.iter_mut().find(|one| one.token == token);
    if let Some(device) = device {
        device.last_seen = now;
    }
    world.account(account).ok_or_else(unknown)?;
    Ok(Signed {
        account,
        token: token.to_owned(),
    })
}
