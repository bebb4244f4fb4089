//! The PIN flow: a program asks for a PIN, a person allows it in their browser, the program polls.

use axum::extract::{Path, State};
use serde_json::Value;

use super::super::Tv;
use super::super::account::AccountId;
use super::super::answer::{Answer, Refused, done, v2, v2_created};
use super::super::asked::{Asked, Sent};
use super::super::jwt::{self, DeviceKey};
use super::super::moment::Moment;
use super::super::pin::Pin;
use super::super::world::World;
use super::auth::{Program, Signed};
use super::sign_in;

/// `POST /api/v2/pins?strong=true`, the parameters in the query, a form, or JSON.
pub async fn create(
    program: Program,
    State(tv): State<Tv>,
    asked: Asked,
    Sent(body): Sent,
) -> Answer {
    let given = asked
        .text("strong")
        .map(|text| matches!(text, "1" | "true" | "True"));
    let strong = given
        .or_else(|| Sent::flag(&body["strong"]))
        .unwrap_or(false);
    let now = tv.now();
    let mut world = tv.world();
    let id = world.number();
    let mut pin = Pin::new(id, strong, &program.client, &program.product, now);
    pin.key = body["jwk"]["x"].as_str().map(str::to_owned);
    if let (Some(public), Some(kid)) = (&pin.key, body["jwk"]["kid"].as_str()) {
        pin.key = Some(format!("{kid} {public}"));
    }
    let shown = pin.shown(&tv.stage.base_url, now);
    world.pins.push(pin);
    v2_created("pin", shown)
}

/// `GET /api/v2/pins/{id}`: only for the program that asked, and only while the PIN holds.
pub async fn show(
    program: Program,
    State(tv): State<Tv>,
    Path(id): Path<u64>,
    asked: Asked,
) -> Answer {
    let now = tv.now();
    let mut world = tv.world();
    let mine = |pin: &&Pin| pin.id == id && pin.client == program.client && now < pin.expires();
    let pin = world.pins.iter().find(mine).cloned();
    let pin = pin.ok_or_else(|| Refused::v2(404, 1020, "Code not found or expired"))?;
    let mut shown = pin.shown(&tv.stage.base_url, now);
    if let (Some(account), Some(_)) = (pin.account, &pin.key) {
        let device_token = asked.text("deviceJWT").unwrap_or_default();
        shown["authToken"] = exchanged(&mut world, &pin, account, device_token, now)?.into();
    }
    v2("pin", shown)
}

/// A program with a key gets a token of the newer kind for its PIN.
fn exchanged(
    world: &mut World,
    pin: &Pin,
    account: AccountId,
    device_token: &str,
    now: Moment,
) -> Result<String, Refused> {
    let key = pin.key.as_deref().unwrap_or_default();
    let (id, public) = key.split_once(' ').unwrap_or(("", key));
    let claims = jwt::verified(device_token, public)
        .ok_or_else(|| Refused::v2(422, 1003, "Signature verification failed"))?;
    let key = DeviceKey {
        account,
        client: pin.client.clone(),
        public: public.to_owned(),
        id: id.to_owned(),
    };
    world.keys.retain(|known| known.public != key.public);
    world.keys.push(key.clone());
    let owner = world.account(account).ok_or_else(Refused::unknown)?;
    let token = jwt::issued(owner, &key, claims.text("scope"), now);
    sign_in::remember(
        world,
        account,
        &token,
        &key.client,
        Some(now.plus_ms(jwt::TOKEN_HOLDS_MS)),
        now,
    );
    Ok(token)
}

/// `PUT /api/v2/pins/link` with the form field `code`: a person types the code off their television.
pub async fn link(signed: Signed, State(tv): State<Tv>, Sent(body): Sent) -> Answer {
    let code = match &body["code"] {
        Value::String(code) => code.to_uppercase(),
        _ => String::new(),
    };
    let now = tv.now();
    let mut world = tv.world();
    allow(&mut world, &code, signed.account, now)
        .ok_or_else(|| Refused::v2(404, 1020, "Code not found or expired"))?;
    done()
}

/// Gives the program behind a code a token for this account. `None`: no such code holds.
pub fn allow(world: &mut World, code: &str, account: AccountId, now: Moment) -> Option<()> {
    let open = |pin: &&mut Pin| {
        pin.code.eq_ignore_ascii_case(code) && pin.account.is_none() && now < pin.expires()
    };
    let pin = world.pins.iter_mut().find(open)?;
    pin.account = Some(account);
    if pin.key.is_some() {
        return Some(());
    }
    let (client, product) = (pin.client.clone(), pin.product.clone());
    let id = pin.id;
    let token = sign_in::admit(world, account, &client, &product, now);
    let pin = world.pins.iter_mut().find(|pin| pin.id == id)?;
    pin.token = Some(token);
    Some(())
}
