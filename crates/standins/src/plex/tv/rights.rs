//! The rights of one person at all servers of an owner, and the end of everything between two people.

use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::super::Tv;
use super::super::account::AccountId;
use super::super::answer::{Answer, Refused, done, obeyed, v2};
use super::super::asked::{Asked, Sent};
use super::super::share::{Invitee, Settings};
use super::super::sharing;
use super::super::world::World;
use super::auth::Signed;
use super::shared_servers::invited;
use super::shown;

/// `GET /api/v2/sharing_settings?invitedId=` or `?invitedEmail=`
pub async fn show(signed: Signed, State(tv): State<Tv>, asked: Asked) -> Answer {
    let words = asked
        .text("invitedId")
        .or_else(|| asked.text("invitedEmail"));
    let world = tv.world();
    let invitee = known(&world, signed.account, words.unwrap_or_default())?;
    let settings = shown::rights(&world, signed.account, &invitee);
    v2("sharingSettings", settings.shown())
}

/// `POST /api/v2/sharing_settings` with `invitedId` or `invitedEmail`, and the whole `settings`.
pub async fn replace(signed: Signed, State(tv): State<Tv>, Sent(body): Sent) -> Answer {
    let mut world = tv.world();
    let words = invited(&body).unwrap_or_default();
    let invitee = known(&world, signed.account, &words)?;
    let settings = Settings::written(&body["settings"]);
    set(&mut world, signed.account, &invitee, |its| *its = settings)?;
    v2(
        "sharingSettings",
        shown::rights(&world, signed.account, &invitee).shown(),
    )
}

/// `PUT /api/v2/sharings/{user}?allowSync=…`: changes what is named (python-plexapi's `updateFriend`).
pub async fn change(
    signed: Signed,
    State(tv): State<Tv>,
    Path(user): Path<AccountId>,
    asked: Asked,
) -> Answer {
    change_named(&tv, &signed, user, &asked)?;
    done()
}

/// `PUT /api/users/{user}?filterMovies=…`: the same by the first version.
pub async fn change_v1(
    signed: Signed,
    State(tv): State<Tv>,
    Path(user): Path<AccountId>,
    asked: Asked,
) -> Answer {
    change_named(&tv, &signed, user, &asked).map_err(Refused::in_v1)?;
    obeyed()
}

fn change_named(tv: &Tv, signed: &Signed, user: AccountId, asked: &Asked) -> Result<(), Refused> {
    let named: Map<String, Value> = asked
        .own()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let named = Value::Object(named);
    let mut world = tv.world();
    let invitee = known(&world, signed.account, &user.to_string())?;
    set(&mut world, signed.account, &invitee, |settings| {
        settings.change(&named);
    })
}

/// `DELETE /api/v2/sharings/{user}`: all servers, and the friendship.
pub async fn part(signed: Signed, State(tv): State<Tv>, Path(user): Path<AccountId>) -> Answer {
    let now = tv.now();
    if sharing::part(&mut tv.world(), signed.account, user, now) {
        done()
    } else {
        Err(Refused::unknown())
    }
}

/// Somebody with whom this owner shares, or shared.
fn known(world: &World, owner: AccountId, words: &str) -> Result<Invitee, Refused> {
    let invitee = match world.called(words) {
        Some(account) => Invitee::Account(account.id),
        None => Invitee::Email(words.to_lowercase()),
    };
    let is_known = world.sharing(owner, &invitee).is_some();
    is_known.then_some(invitee).ok_or_else(Refused::unknown)
}

fn set(
    world: &mut World,
    owner: AccountId,
    invitee: &Invitee,
    write: impl FnOnce(&mut Settings),
) -> Result<(), Refused> {
    let has_pass = world.account(owner).is_some_and(|owner| owner.plex_pass);
    let sharing = world
        .sharing_mut(owner, invitee)
        .ok_or_else(Refused::unknown)?;
    let mut settings = sharing.settings.clone();
    write(&mut settings);
    if settings.has_filters() && !has_pass {
        return Err(Refused::v2(
            422,
            1003,
            "Restrictions require an active Plex Pass",
        ));
    }
    sharing.settings = settings;
    Ok(())
}
