//! What happens to shares: invite, accept, change, leave, remove. The rules that all routes go by.

use super::account::{Accepts, Account, AccountId};
use super::answer::Refused;
use super::ids;
use super::library::SectionId;
use super::moment::Moment;
use super::server::Server;
use super::share::{Friends, Invitee, Settings, Share, ShareId, Sharing};
use super::world::World;

/// A wish to share a server with somebody.
#[derive(Debug)]
pub struct Wish {
    pub owner: AccountId,
    pub machine: String,
    /// A user name, an e-mail address, or a number.
    pub whom: String,
    /// None of them means all of them: a trap of the real service.
    pub sections: Vec<SectionId>,
    pub settings: Option<Settings>,
    pub skip_friendship: bool,
}

/// Shares a server: pending, or at once with friends and members of one's home.
pub fn invite(world: &mut World, wish: Wish, now: Moment) -> Result<ShareId, Refused> {
    let owned = |server: &&Server| server.owner == wish.owner;
    let server = world.server(&wish.machine).filter(owned);
    let server = server.ok_or_else(Refused::unknown)?;
    let known_sections = |id: &SectionId| server.sections.iter().any(|section| section.id == *id);
    if !wish.sections.iter().all(known_sections) {
        return Err(refused("Invalid library section"));
    }
    let invitee = whom(world, &wish)?;
    if world.living_share(&wish.machine, &invitee).is_some() {
        let words = format!(
            "You're already sharing this server with {}. Please edit your existing share.",
            wish.whom
        );
        return Err(refused(&words));
    }
    keep_to_the_limit(world, wish.owner, &invitee)?;
    keep_to_the_pass(world, wish.owner, wish.settings.as_ref())?;
    let id = world.number();
    remember_rights(world, &wish, &invitee);
    let knows = knows_already(world, wish.owner, &invitee);
    world.shares.push(Share {
        id,
        owner: wish.owner,
        invited_email: Some(wish.whom.clone()),
        invitee: invitee.clone(),
        invited_at: now,
        accepted_at: knows.then_some(now),
        left_at: None,
        deleted_at: None,
        all_libraries: wish.sections.is_empty(),
        libraries: wish.sections,
        skip_friendship: wish.skip_friendship,
        access_token: ids::fresh_token(),
        invite_token: ids::fresh_token(),
        last_seen: None,
        machine: wish.machine,
    });
    let invited = invitee.account().and_then(|account| world.account(account));
    match invited.map(|account| (account.id, account.accepts)) {
        Some((account, Accepts::AtOnce)) if !knows => {
            // Whoever cannot accept stays invited.
            let _ = accept(world, account, id, now);
        }
        Some((account, Accepts::Never)) if !knows => leave(world, account, id, now)?,
        _ => {}
    }
    Ok(id)
}

fn whom(world: &World, wish: &Wish) -> Result<Invitee, Refused> {
    let words = wish.whom.trim();
    match world.called(words) {
        Some(account) if account.id == wish.owner => {
            Err(refused("You cannot share a server with yourself"))
        }
        Some(account) => Ok(Invitee::Account(account.id)),
        None if words.contains('@') => Ok(Invitee::Email(words.to_lowercase())),
        // Inferred: how an unknown user name is refused is written nowhere.
        None => Err(refused("The username or email is invalid")),
    }
}

fn keep_to_the_limit(world: &World, owner: AccountId, invitee: &Invitee) -> Result<(), Refused> {
    let Some(limit) = world.share_limit else {
        return Ok(());
    };
    let living = world.shares.iter().filter(|share| share.owner == owner);
    let mut people: Vec<&Invitee> = living
        .filter(|share| !share.is_over())
        .map(|share| &share.invitee)
        .filter(|other| *other != invitee)
        .collect();
    people.sort_by_key(|invitee| format!("{invitee:?}"));
    people.dedup();
    if people.len() >= limit {
        return Err(refused("You have reached the limit of shared users"));
    }
    Ok(())
}

/// Restrictions are a matter of the owner's Plex Pass.
fn keep_to_the_pass(
    world: &World,
    owner: AccountId,
    settings: Option<&Settings>,
) -> Result<(), Refused> {
    let has_pass = world.account(owner).is_some_and(|owner| owner.plex_pass);
    if settings.is_some_and(Settings::has_filters) && !has_pass {
        return Err(refused("Restrictions require an active Plex Pass"));
    }
    Ok(())
}

fn remember_rights(world: &mut World, wish: &Wish, invitee: &Invitee) {
    if world.sharing(wish.owner, invitee).is_none() {
        world.sharings.push(Sharing {
            owner: wish.owner,
            invitee: invitee.clone(),
            friends: Friends::No,
            settings: Settings::default(),
        });
    }
    let Some(sharing) = world.sharing_mut(wish.owner, invitee) else {
        return;
    };
    if let Some(settings) = &wish.settings {
        sharing.settings = settings.clone();
    }
    if sharing.friends == Friends::No && !wish.skip_friendship {
        sharing.friends = Friends::Asked;
    }
}

/// Friends, and members of the same home, are not asked again (recorded: `shared_server_create.json`).
fn knows_already(world: &World, owner: AccountId, invitee: &Invitee) -> bool {
    let is_friend = world
        .sharing(owner, invitee)
        .is_some_and(|sharing| sharing.friends == Friends::Yes);
    let home = |account: &Account| account.home.map(|home| home.admin);
    let its_home = invitee.account().and_then(|id| world.account(id)?.home);
    let same_home = its_home.is_some()
        && world.account(owner).and_then(home) == its_home.map(|home| home.admin);
    is_friend || same_home
}

/// Accepts an invitation with the invited person's own hand.
pub fn accept(
    world: &mut World,
    account: AccountId,
    id: ShareId,
    now: Moment,
) -> Result<(), Refused> {
    let invitee = Invitee::Account(account);
    let pending = |share: &&Share| share.invitee == invitee && share.is_pending();
    let share = world
        .share(id)
        .filter(pending)
        .ok_or_else(Refused::unknown)?;
    let (owner, befriends) = (share.owner, !share.skip_friendship);
    if !world
        .account(account)
        .is_some_and(|account| account.confirmed)
    {
        // wizarrrr/wizarr#796: an unconfirmed account cannot accept. The words are inferred.
        return Err(refused("You must verify your email address first"));
    }
    if let Some(sharing) = world.sharing_mut(owner, &invitee).filter(|_| befriends) {
        sharing.friends = Friends::Yes;
    }
    if let Some(share) = world.share_mut(id) {
        share.accepted_at = Some(now);
    }
    Ok(())
}

/// Declines an invitation, or leaves a share.
pub fn leave(
    world: &mut World,
    account: AccountId,
    id: ShareId,
    now: Moment,
) -> Result<(), Refused> {
    let mine = |share: &&mut Share| share.invitee == Invitee::Account(account) && !share.is_over();
    let share = world.share_mut(id).filter(mine);
    let share = share.ok_or_else(Refused::unknown)?;
    if share.is_pending() {
        share.deleted_at = Some(now);
    } else {
        share.left_at = Some(now);
    }
    Ok(())
}

/// Changes what a share opens. A pending one cannot be changed: cancel it and ask anew.
pub fn change(
    world: &mut World,
    owner: AccountId,
    id: ShareId,
    sections: Option<Vec<SectionId>>,
    settings: Option<Settings>,
) -> Result<(), Refused> {
    let share = owned(world, owner, id)?;
    let (invitee, machine) = (share.invitee.clone(), share.machine.clone());
    if share.is_pending() {
        return Err(refused("A pending invite cannot be changed"));
    }
    keep_to_the_pass(world, owner, settings.as_ref())?;
    if let Some(sections) = sections {
        let server = world.server(&machine).ok_or_else(Refused::unknown)?;
        let known = |id: &SectionId| server.sections.iter().any(|section| section.id == *id);
        if !sections.iter().all(known) {
            return Err(refused("Invalid library section"));
        }
        if let Some(share) = world.share_mut(id) {
            share.all_libraries = sections.is_empty();
            share.libraries = sections;
        }
    }
    if let (Some(settings), Some(sharing)) = (settings, world.sharing_mut(owner, &invitee)) {
        sharing.settings = settings;
    }
    Ok(())
}

/// Takes a share back, or cancels its invitation.
pub fn remove(
    world: &mut World,
    owner: AccountId,
    id: ShareId,
    now: Moment,
) -> Result<(), Refused> {
    owned(world, owner, id)?;
    if let Some(share) = world.share_mut(id) {
        share.deleted_at = Some(now);
    }
    Ok(())
}

/// Ends everything between two people, from either side. `false`: there was nothing.
pub fn part(world: &mut World, one: AccountId, other: AccountId, now: Moment) -> bool {
    let mut had_any = false;
    let between = |owner: AccountId, invitee: &Invitee| {
        (owner == one && *invitee == Invitee::Account(other))
            || (owner == other && *invitee == Invitee::Account(one))
    };
    for share in &mut world.shares {
        if !share.is_over() && between(share.owner, &share.invitee) {
            had_any = true;
            if share.owner == one || share.is_pending() {
                share.deleted_at = Some(now);
            } else {
                share.left_at = Some(now);
            }
        }
    }
    let known = world.sharings.len();
    world
        .sharings
        .retain(|sharing| !between(sharing.owner, &sharing.invitee));
    had_any || world.sharings.len() < known
}

/// Makes two people friends, without asking either.
pub fn befriend(world: &mut World, owner: AccountId, friend: AccountId) {
    let invitee = Invitee::Account(friend);
    match world.sharing_mut(owner, &invitee) {
        Some(sharing) => sharing.friends = Friends::Yes,
        None => world.sharings.push(Sharing {
            owner,
            invitee,
            friends: Friends::Yes,
            settings: Settings::default(),
        }),
    }
}

/// Somebody made an account: what was sent to their address is theirs now.
pub fn hand_over(world: &mut World, email: &str, account: AccountId) {
    let address = Invitee::Email(email.to_lowercase());
    for share in &mut world.shares {
        if share.invitee == address {
            share.invitee = Invitee::Account(account);
        }
    }
    for sharing in &mut world.sharings {
        if sharing.invitee == address {
            sharing.invitee = Invitee::Account(account);
        }
    }
}

fn owned(world: &World, owner: AccountId, id: ShareId) -> Result<&Share, Refused> {
    let its = |share: &&Share| share.owner == owner && !share.is_over();
    world.share(id).filter(its).ok_or_else(Refused::unknown)
}

/// plex.tv's "this cannot be done": 422 (its bodies are not published; the words are inferred).
fn refused(words: &str) -> Refused {
    Refused::v2(422, 1003, words)
}
