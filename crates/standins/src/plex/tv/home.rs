//! The Plex home: members who share one household, managed ones without an account of their own among them.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::Tv;
use super::super::account::{Account, AccountId, Home, MAX_HOME_SIZE};
use super::super::answer::{Answer, Refused, done, obeyed, v1, v2};
use super::super::asked::Asked;
use super::super::world::World;
use super::auth::{Program, Signed};
use super::{sign_in, user};

/// `GET /api/v2/home/users`
pub async fn list(signed: Signed, State(tv): State<Tv>) -> Answer {
    let world = tv.world();
    let members = world.home_of(signed.account);
    let admin = members.iter().find(|member| member.is_home_admin());
    v2(
        "home",
        json!({
            "id": admin.map(|admin| admin.id),
            "name": admin.map(|admin| format!("{}'s Home", admin.title)),
            "guestUserID": null,
            "guestUserUUID": "",
            "guestEnabled": false,
            "subscription": admin.is_some_and(|admin| admin.plex_pass),
            "users": members.iter().map(|member| shown(member)).collect::<Vec<_>>(),
        }),
    )
}

/// `GET /api/home/users`
pub async fn list_v1(signed: Signed, State(tv): State<Tv>) -> Answer {
    let world = tv.world();
    let members: Vec<Value> = world
        .home_of(signed.account)
        .iter()
        .map(|one| shown(one))
        .collect();
    v1(
        "MediaContainer",
        json!({ "size": members.len(), "User": members }),
    )
}

fn shown(member: &Account) -> Value {
    let mut shown = member.in_short();
    shown["admin"] = json!(member.is_home_admin());
    shown["guest"] = json!(false);
    shown["hasPassword"] = json!(member.password.is_some());
    shown["protected"] = json!(member.home_pin.is_some());
    shown["restrictionProfile"] = json!(null);
    shown["updatedAt"] = json!(member.joined.seconds());
    shown
}

/// `POST /api/home/users?title=` makes a managed user, `?invitedEmail=` takes a full one in.
pub async fn add(signed: Signed, State(tv): State<Tv>, asked: Asked) -> Answer {
    let now = tv.now();
    let mut world = tv.world();
    let home = administered(&mut world, signed.account)?;
    let id = match (asked.text("title"), asked.text("invitedEmail")) {
        (Some(title), _) => {
            let id = world.number();
            let mut member = Account::new(id, title, now);
            (member.username, member.email) = (None, None);
            member.home = Some(Home {
                restricted: true,
                ..home
            });
            world.accounts.push(member);
            id
        }
        (None, Some(words)) => {
            let id = world.called(words).map(|account| account.id);
            let id = id.ok_or_else(|| Refused::v1(404, "User not found"))?;
            if let Some(member) = world.account_mut(id) {
                member.home = Some(home);
            }
            id
        }
        (None, None) => return Err(Refused::v1(400, "title is missing")),
    };
    let member = world.account(id).ok_or_else(Refused::missing_v1)?;
    v1("User", shown(member))
}

/// The home of its admin, made if there is none. Full is full.
fn administered(world: &mut World, admin: AccountId) -> Result<Home, Refused> {
    let home = Home {
        admin,
        restricted: false,
    };
    if world.home_of(admin).len() >= MAX_HOME_SIZE {
        return Err(Refused::v1(400, "Your Plex Home is full"));
    }
    let account = world.account_mut(admin).ok_or_else(Refused::missing_v1)?;
    match account.home {
        Some(its) if its.admin != admin => {
            Err(Refused::v1(403, "You are not the admin of your Plex Home"))
        }
        _ => {
            account.home = Some(home);
            Ok(home)
        }
    }
}

/// `PUT /api/home/users/{user}?pin=`
pub async fn change(
    signed: Signed,
    State(tv): State<Tv>,
    Path(id): Path<AccountId>,
    asked: Asked,
) -> Answer {
    let mut world = tv.world();
    let home_admin = member(&world, signed.account, &id.to_string())?
        .home
        .map(|home| home.admin);
    if id != signed.account && home_admin != Some(signed.account) {
        return Err(Refused::v1(403, "You are not the admin of your Plex Home"));
    }
    let account = world.account_mut(id).ok_or_else(Refused::missing_v1)?;
    if let Some(pin) = asked.text("pin") {
        account.home_pin = (!pin.is_empty()).then(|| pin.to_owned());
    }
    obeyed()
}

/// `DELETE /api/home/users/{user}`: a managed user is gone with it.
pub async fn remove(signed: Signed, State(tv): State<Tv>, Path(id): Path<AccountId>) -> Answer {
    let mut world = tv.world();
    let member = member(&world, signed.account, &id.to_string())?;
    if member.is_restricted() {
        world.accounts.retain(|account| account.id != id);
    } else if let Some(account) = world.account_mut(id) {
        account.home = None;
    }
    obeyed()
}

/// `PUT|POST /api/v2/home/users/restricted/{user}?pin=` or `?removePin=1`
pub async fn set_pin(
    signed: Signed,
    State(tv): State<Tv>,
    Path(id): Path<AccountId>,
    asked: Asked,
) -> Answer {
    let mut world = tv.world();
    member(&world, signed.account, &id.to_string()).map_err(|_| Refused::unknown())?;
    let account = world.account_mut(id).ok_or_else(Refused::unknown)?;
    account.home_pin = asked
        .text("pin")
        .filter(|pin| !pin.is_empty())
        .map(str::to_owned);
    done()
}

/// `POST /api/home/users/{user}/switch?pin=`: that member's own token.
pub async fn switch_v1(
    signed: Signed,
    State(tv): State<Tv>,
    Path(words): Path<String>,
    asked: Asked,
) -> Answer {
    let client = asked.plex("Client-Identifier").unwrap_or_default();
    let program = Program {
        client: client.to_owned(),
        product: String::new(),
    };
    let mut shown = switched(&tv, &signed, &words, &asked, &program)?;
    shown["authenticationToken"] = shown["authToken"].clone();
    if let Some(fields) = shown.as_object_mut() {
        fields.retain(|_, value| !value.is_array() && !value.is_object());
    }
    v1("user", shown)
}

/// `POST /api/v2/home/users/{uuid}/switch?pin=`
pub async fn switch(
    signed: Signed,
    program: Program,
    State(tv): State<Tv>,
    Path(words): Path<String>,
    asked: Asked,
) -> Answer {
    let shown = switched(&tv, &signed, &words, &asked, &program);
    v2(
        "user",
        shown.map_err(|_| Refused::v2(401, 1001, "User could not be authenticated"))?,
    )
}

fn switched(
    tv: &Tv,
    signed: &Signed,
    words: &str,
    asked: &Asked,
    program: &Program,
) -> Result<Value, Refused> {
    let now = tv.now();
    let mut world = tv.world();
    let member = member(&world, signed.account, words)?;
    if member.home_pin.is_some() && member.home_pin.as_deref() != asked.text("pin") {
        return Err(Refused::v1(401, "Invalid PIN"));
    }
    let id = member.id;
    let token = sign_in::admit(&mut world, id, &program.client, &program.product, now);
    Ok(user::shown(&world, id, &token))
}

fn member<'a>(world: &'a World, of: AccountId, words: &str) -> Result<&'a Account, Refused> {
    let members = world.home_of(of);
    let found = members.into_iter().find(|member| member.is_called(words));
    found.ok_or_else(Refused::missing_v1)
}
