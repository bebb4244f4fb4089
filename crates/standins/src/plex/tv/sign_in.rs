//! Signing in with a password, signing out, and what both leave behind: tokens and devices.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::super::Tv;
use super::super::account::{Account, AccountId};
use super::super::answer::{Answer, Refused, done, v2_created};
use super::super::asked::Sent;
use super::super::ids;
use super::super::moment::Moment;
use super::super::world::{Device, Token, World};
use super::auth::{Program, Signed};
use super::user;

/// `POST /api/v2/users/signin` with the form fields `login`, `password`, `verificationCode`.
pub async fn by_password(program: Program, State(tv): State<Tv>, Sent(body): Sent) -> Answer {
    let now = tv.now();
    let mut world = tv.world();
    let account = proven(&world, &body)?.id;
    let token = admit(&mut world, account, &program.client, &program.product, now);
    let shown = user::shown(&world, account, &token);
    v2_created("user", shown)
}

/// The account whose password this is, with the second factor where it is on.
pub fn proven<'a>(world: &'a World, body: &Value) -> Result<&'a Account, Refused> {
    let wrong = || Refused::v2(401, 1001, "User could not be authenticated");
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let account = world.called(text("login")).ok_or_else(wrong)?;
    if account.password.as_deref() != Some(text("password")) {
        return Err(wrong());
    }
    if let Some(code) = &account.two_factor_code
        && code != text("verificationCode")
    {
        return Err(Refused::v2(401, 1029, "Please enter the verification code"));
    }
    Ok(account)
}

/// `DELETE /api/v2/users/signout`
pub async fn out(signed: Signed, State(tv): State<Tv>) -> Result<Response, Refused> {
    forget(&mut tv.world(), &signed.token);
    done()
}

/// Takes a token back, and the device that it stood for.
pub fn forget(world: &mut World, token: &str) {
    world.tokens.remove(token);
    world.devices.retain(|device| device.token != token);
}

/// A new plain token for a program; it holds until it is taken back.
pub fn admit(
    world: &mut World,
    account: AccountId,
    client: &str,
    product: &str,
    now: Moment,
) -> String {
    let token = ids::fresh_token();
    remember(world, account, &token, client, None, now);
    let device = world.devices.iter_mut().find(|one| one.token == token);
    if let Some(device) = device {
        product.clone_into(&mut device.product);
    }
    token
}

/// Notes a token and the program that has it.
pub fn remember(
    world: &mut World,
    account: AccountId,
    token: &str,
    client: &str,
    expires: Option<Moment>,
    now: Moment,
) {
    let held = Token {
        account,
        client: client.to_owned(),
        expires,
    };
    world.tokens.insert(token.to_owned(), held);
    let id = world.number();
    world.devices.push(Device {
        id,
        account,
        client: client.to_owned(),
        product: String::new(),
        version: "1.0".to_owned(),
        platform: "Web".to_owned(),
        hardware: "Web".to_owned(),
        name: client.to_owned(),
        token: token.to_owned(),
        created: now,
        last_seen: now,
    });
}
