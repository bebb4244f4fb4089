//! The account's webhooks: a list that is always replaced as a whole, and a matter of Plex Pass.

use axum::extract::State;
use serde_json::{Value, json};

use super::super::Tv;
use super::super::answer::{Answer, Refused, v2};
use super::super::asked::Sent;
use super::auth::Signed;

/// `GET /api/v2/user/webhooks`
pub async fn list(signed: Signed, State(tv): State<Tv>) -> Answer {
    shown(&tv, &signed)
}

/// `POST /api/v2/user/webhooks` with `urls[]`, or with an empty `urls` to have none.
pub async fn replace(signed: Signed, State(tv): State<Tv>, Sent(body): Sent) -> Answer {
    let urls = body["urls"].as_array().cloned().unwrap_or_default();
    let urls = urls.iter().filter_map(Value::as_str);
    let urls: Vec<String> = urls
        .filter(|url| !url.is_empty())
        .map(str::to_owned)
        .collect();
    let mut world = tv.world();
    let account = world
        .account_mut(signed.account)
        .ok_or_else(Refused::unknown)?;
    if !account.plex_pass {
        // Inferred: that it needs Plex Pass is published, how it is refused is not.
        return Err(Refused::v2(
            403,
            1003,
            "Webhooks require an active Plex Pass",
        ));
    }
    account.webhooks = urls;
    drop(world);
    shown(&tv, &signed)
}

fn shown(tv: &Tv, signed: &Signed) -> Answer {
    let world = tv.world();
    let account = world.account(signed.account).ok_or_else(Refused::unknown)?;
    let urls: Vec<Value> = account
        .webhooks
        .iter()
        .map(|url| json!({ "url": url }))
        .collect();
    v2("webhooks", json!(urls))
}
