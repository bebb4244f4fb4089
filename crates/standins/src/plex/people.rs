//! `/_control/people`: what the people behind the accounts do, when a test wants them to.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Plex;
use super::account::{Accepts, AccountId, Home};
use super::answer::Refused;
use super::moment::Moment;
use super::share::{Invitee, ShareId};
use super::sharing;
use super::tv::{pins, sign_in};
use super::world::World;

/// One order to one person: `{"person": "mara", "action": "accept"}`.
#[derive(Debug, Deserialize)]
pub struct Order {
    /// User name, e-mail address or number.
    person: String,
    #[serde(flatten)]
    action: Action,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
enum Action {
    /// Accepts what is pending: from one owner, or from everybody.
    Accept {
        owner: Option<String>,
    },
    Decline {
        owner: Option<String>,
    },
    /// Leaves what was accepted.
    Leave {
        owner: Option<String>,
    },
    Rename {
        to: String,
    },
    ChangeEmail {
        to: String,
    },
    /// What they do with invitations from now on.
    Accepts {
        how: Accepts,
    },
    /// Confirms their e-mail, or is back to not having done so.
    Confirm {
        done: bool,
    },
    PlexPass {
        active: bool,
    },
    /// All their tokens are dead: they changed their password, say.
    RevokeTokens,
    /// Their tokens end now, as tokens of the newer kind do after seven days.
    ExpireTokens,
    /// Signs in with a program: the answer has the token.
    SignIn {
        client: String,
    },
    /// Presses "allow" for the code of a PIN.
    Allow {
        code: String,
    },
    Befriend {
        with: String,
    },
    Unfriend {
        with: String,
    },
    JoinHome {
        of: String,
    },
    LeaveHome,
    /// The account is deleted.
    Vanish,
}

/// `POST /_control/people`: 409 with the reason where it cannot be done.
pub async fn order(State(plex): State<Plex>, Json(order): Json<Order>) -> Response {
    let now = plex.now();
    let outcome = obey(&mut plex.world(), &order, now);
    match outcome {
        Ok(answer) => Json(answer).into_response(),
        Err(why) => (StatusCode::CONFLICT, Json(json!({ "refused": why }))).into_response(),
    }
}

fn obey(world: &mut World, order: &Order, now: Moment) -> Result<Value, String> {
    let me = named(world, &order.person)?;
    match &order.action {
        Action::Accept { owner } => each(world, me, owner.as_deref(), true, |world, id| {
            sharing::accept(world, me, id, now)
        }),
        Action::Decline { owner } => each(world, me, owner.as_deref(), true, |world, id| {
            sharing::leave(world, me, id, now)
        }),
        Action::Leave { owner } => each(world, me, owner.as_deref(), false, |world, id| {
            sharing::leave(world, me, id, now)
        }),
        Action::Befriend { with } => {
            let other = named(world, with)?;
            sharing::befriend(world, other, me);
            Ok(json!({}))
        }
        Action::Unfriend { with } => {
            let other = named(world, with)?;
            Ok(json!({ "had_any": sharing::part(world, me, other, now) }))
        }
        Action::RevokeTokens => {
            world.tokens.retain(|_, token| token.account != me);
            world.devices.retain(|device| device.account != me);
            Ok(json!({}))
        }
        Action::ExpireTokens => {
            let mine = world
                .tokens
                .values_mut()
                .filter(|token| token.account == me);
            mine.for_each(|token| token.expires = Some(now));
            Ok(json!({}))
        }
        Action::SignIn { client } => {
            Ok(json!({ "token": sign_in::admit(world, me, client, "", now) }))
        }
        Action::Allow { code } => pins::allow(world, code, me, now)
            .map(|()| json!({}))
            .ok_or_else(|| "there is no such code".to_owned()),
        Action::Vanish => {
            vanish(world, me, now);
            Ok(json!({}))
        }
        change => change_account(world, me, change),
    }
}

fn change_account(world: &mut World, me: AccountId, change: &Action) -> Result<Value, String> {
    let home = match change {
        Action::JoinHome { of } => Some(named(world, of)?),
        _ => None,
    };
    if let Action::ChangeEmail { to } = change {
        sharing::hand_over(world, to, me);
    }
    if let Some(admin) = home.and_then(|admin| world.account_mut(admin)) {
        admin.home = Some(Home {
            admin: admin.id,
            restricted: false,
        });
    }
    let account = world.account_mut(me).ok_or("the account is gone")?;
    match change {
        Action::Rename { to } => {
            account.username = Some(to.clone());
            account.title.clone_from(to);
        }
        Action::ChangeEmail { to } => account.email = Some(to.clone()),
        Action::Accepts { how } => account.accepts = *how,
        Action::Confirm { done } => account.confirmed = *done,
        Action::PlexPass { active } => account.plex_pass = *active,
        Action::LeaveHome => account.home = None,
        _ => {
            account.home = home.map(|admin| Home {
                admin,
                restricted: false,
            });
        }
    }
    Ok(json!({ "id": me }))
}

/// Does something with every invitation or share of this person from one owner, or from all.
fn each(
    world: &mut World,
    me: AccountId,
    owner: Option<&str>,
    pending: bool,
    mut act: impl FnMut(&mut World, ShareId) -> Result<(), Refused>,
) -> Result<Value, String> {
    let owner = owner.map(|words| named(world, words)).transpose()?;
    let mine = world.shares.iter().filter(|share| {
        share.invitee == Invitee::Account(me)
            && owner.is_none_or(|owner| share.owner == owner)
            && if pending {
                share.is_pending()
            } else {
                share.is_accepted()
            }
    });
    let ids: Vec<ShareId> = mine.map(|share| share.id).collect();
    for id in &ids {
        act(world, *id).map_err(|why| format!("{why:?}"))?;
    }
    Ok(json!({ "shares": ids }))
}

fn vanish(world: &mut World, me: AccountId, now: Moment) {
    let others: Vec<AccountId> = world.accounts.iter().map(|account| account.id).collect();
    for other in others {
        sharing::part(world, me, other, now);
    }
    world.accounts.retain(|account| account.id != me);
    world.tokens.retain(|_, token| token.account != me);
    world.devices.retain(|device| device.account != me);
}

fn named(world: &World, words: &str) -> Result<AccountId, String> {
    let account = world.meant(words).map(|account| account.id);
    account.ok_or_else(|| format!("there is no account {words}"))
}
