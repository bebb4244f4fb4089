//! How a seed is sown: what it names is found, made, or changed.

use super::account::{Accepts, Account, AccountId, Home};
use super::ids;
use super::library::{Item, Section};
use super::moment::Moment;
use super::seed::{
    AccountSeed, CrowdSeed, ItemSeed, SectionSeed, Seed, SeedRefused, ServerSeed, ShareSeed,
};
use super::server::{Connections, Server, Slot};
use super::share::{Invitee, Settings};
use super::sharing::{self, Wish};
use super::tv::sign_in;
use super::world::World;

/// Adds the seed to the world. Servers that are new must be listening already: `places` has them by name.
pub fn sow(
    world: &mut World,
    seed: Seed,
    places: &[(String, Slot, String)],
    now: Moment,
) -> Result<(), SeedRefused> {
    if seed.empty {
        world.accounts.clear();
        world.tokens.clear();
        world.devices.clear();
        world.shares.clear();
        world.sharings.clear();
    }
    world.limit.rule = seed.rate_limit.or(world.limit.rule);
    world.share_limit = seed.share_limit.or(world.share_limit);
    for account in seed.accounts {
        sow_account(world, account, now)?;
    }
    for server in seed.servers {
        sow_server(world, server, places, now)?;
    }
    for share in seed.shares {
        sow_share(world, share, now)?;
    }
    seed.crowd
        .map_or(Ok(()), |crowd| sow_crowd(world, &crowd, now))
}

fn sow_account(world: &mut World, seed: AccountSeed, now: Moment) -> Result<(), SeedRefused> {
    let known = world.meant(&seed.name).map(|account| account.id);
    let id = known.or(seed.id).unwrap_or_else(|| world.number());
    if known.is_none() {
        world.accounts.push(Account::new(id, &seed.name, now));
    }
    let home = match &seed.home_of {
        Some(words) => Some(
            world
                .called(words)
                .ok_or_else(|| format!("There is no account {words}."))?
                .id,
        ),
        None => None,
    };
    let account = world.account_mut(id).ok_or("The account is gone.")?;
    account.email = seed.email.clone().or(account.email.take());
    account.password = seed.password.or(account.password.take());
    account.two_factor_code = seed.two_factor_code.or(account.two_factor_code.take());
    account.plex_pass = seed.plex_pass.unwrap_or(account.plex_pass);
    account.confirmed = seed.confirmed.unwrap_or(account.confirmed);
    account.accepts = seed.accepts.unwrap_or(account.accepts);
    account.home_pin = seed.home_pin.or(account.home_pin.take());
    if let Some(admin) = home {
        account.home = Some(Home {
            admin,
            restricted: seed.restricted,
        });
    }
    if seed.restricted {
        (account.username, account.email) = (None, None);
    }
    let email = account.email.clone();
    if let Some(email) = email.filter(|_| known.is_none()) {
        sharing::hand_over(world, &email, id);
    }
    for token in seed.tokens {
        sign_in::remember(world, id, &token, "seeded", None, now);
    }
    for (token, end) in seed.expiring_tokens {
        sign_in::remember(world, id, &token, "seeded", Some(Moment(end)), now);
    }
    for owner in seed.friends_of {
        let owner = world
            .called(&owner)
            .ok_or_else(|| format!("There is no account {owner}."))?
            .id;
        sharing::befriend(world, owner, id);
    }
    Ok(())
}

fn sow_server(
    world: &mut World,
    seed: ServerSeed,
    places: &[(String, Slot, String)],
    now: Moment,
) -> Result<(), SeedRefused> {
    let owner = match &seed.owner {
        Some(words) => Some(
            world
                .called(words)
                .ok_or_else(|| format!("There is no account {words}."))?
                .id,
        ),
        None => None,
    };
    if world.server_called(&seed.name).is_none() {
        let place = places.iter().find(|(name, ..)| *name == seed.name);
        let (_, slot, url) = place.ok_or_else(|| format!("Nobody listens for {}.", seed.name))?;
        let id = world.number();
        let owner = owner.ok_or("A new server needs an owner.")?;
        world
            .servers
            .push(new_server(id, *slot, &seed.name, owner, url, now));
    }
    let known = world
        .server_called(&seed.name)
        .ok_or("The server is gone.")?;
    let (slot, former) = (known.slot, known.machine.clone());
    if let Some(machine) = seed.machine.as_ref().filter(|machine| **machine != former) {
        for share in world
            .shares
            .iter_mut()
            .filter(|share| share.machine == former)
        {
            share.deleted_at = share.deleted_at.or(Some(now));
        }
        world.former_machines.insert(former);
        let renumbered: Vec<u64> = {
            let count = world
                .server_at(slot)
                .map_or(0, |server| server.sections.len());
            (0..count).map(|_| world.number()).collect()
        };
        if let Some(server) = world.server_at_mut(slot) {
            server.machine.clone_from(machine);
            for (section, id) in server.sections.iter_mut().zip(renumbered) {
                section.id = id;
            }
        }
    }
    let server = world.server_at_mut(slot).ok_or("The server is gone.")?;
    server.owner = owner.unwrap_or(server.owner);
    server.version = seed.version.unwrap_or_else(|| server.version.clone());
    server.presence = seed.presence.unwrap_or(server.presence);
    server.connections = seed.connections.unwrap_or(server.connections);
    for section in seed.sections {
        sow_section(world, slot, section, now)?;
    }
    Ok(())
}

/// A server without sections.
pub fn new_server(
    id: u64,
    slot: Slot,
    name: &str,
    owner: AccountId,
    base_url: &str,
    now: Moment,
) -> Server {
    let prefs = serde_json::json!({
        "FriendlyName": name,
        "WanPerUserStreamCount": 0,
        "WanTotalMaxUploadRate": 0,
        "allowMediaDeletion": true,
        "logDebug": false,
        "sendCrashReports": false,
    });
    let prefs = prefs.as_object().cloned().unwrap_or_default();
    Server {
        slot,
        machine: ids::hex_of(&["machine", name], 40),
        id,
        name: name.to_owned(),
        owner,
        version: "1.43.0.10389-8be686aa6".to_owned(),
        base_url: base_url.to_owned(),
        created: now,
        presence: true,
        connections: Connections::default(),
        sections: Vec::new(),
        items: Vec::new(),
        sessions: Vec::new(),
        last_session_key: 0,
        history: Vec::new(),
        devices: Vec::new(),
        prefs: prefs.into_iter().collect(),
        orders: std::collections::VecDeque::new(),
        sockets: 0,
    }
}

fn sow_section(
    world: &mut World,
    slot: Slot,
    seed: SectionSeed,
    now: Moment,
) -> Result<(), SeedRefused> {
    let id = world.number();
    let server = world.server_at_mut(slot).ok_or("The server is gone.")?;
    if seed.removed {
        server
            .sections
            .retain(|section| section.title != seed.title);
        return Ok(());
    }
    let known = server
        .sections
        .iter()
        .position(|section| section.title == seed.title);
    let at = known.unwrap_or_else(|| {
        let key = server
            .sections
            .iter()
            .map(|section| section.key)
            .max()
            .unwrap_or(0)
            + 1;
        let kind = seed.kind.as_deref().unwrap_or("movie");
        server
            .sections
            .push(Section::new(key, id, &seed.title, kind, now));
        server.sections.len() - 1
    });
    if !seed.locations.is_empty() {
        server.sections[at].locations = seed.locations;
    }
    let (key, kind) = (server.sections[at].key, server.sections[at].kind.clone());
    let folder = server.sections[at].locations[0].clone();
    for item in seed.items {
        sow_item(server, key, &kind, &folder, item, now);
    }
    Ok(())
}

fn sow_item(
    server: &mut Server,
    section: u64,
    kind: &str,
    folder: &str,
    seed: ItemSeed,
    now: Moment,
) {
    let (outer, leaf): (&[&str], &str) = match kind {
        "show" => (&["show", "season"], "episode"),
        "artist" => (&["artist", "album"], "track"),
        "photo" => (&[], "photo"),
        _ => (&[], "movie"),
    };
    let mut parent = None;
    for (title, kind) in seed.inside.iter().zip(outer) {
        parent = Some(ancestor(server, section, parent, kind, title, now));
    }
    let index = parent.map(|parent| server.children(parent).count() as u64 + 1);
    let slug = seed.title.to_lowercase().replace(' ', "-");
    let item = Item {
        key: next_key(server),
        section,
        kind: leaf.to_owned(),
        parent,
        index,
        year: seed.year,
        summary: seed.summary.unwrap_or_default(),
        duration_ms: seed.minutes.unwrap_or(90) * 60_000,
        height: seed.height.unwrap_or(1080),
        file: format!("{folder}/{slug}.mkv"),
        added: now,
        subtitles: Vec::new(),
        title: seed.title,
    };
    server.items.push(item);
}

/// Finds or makes the show, season, artist or album that something is inside of.
fn ancestor(
    server: &mut Server,
    section: u64,
    parent: Option<u64>,
    kind: &str,
    title: &str,
    now: Moment,
) -> u64 {
    let same =
        |item: &&Item| item.section == section && item.parent == parent && item.title == title;
    if let Some(known) = server.items.iter().find(same) {
        return known.key;
    }
    let key = next_key(server);
    let siblings = server
        .items
        .iter()
        .filter(|item| item.section == section && item.parent == parent);
    let index = siblings.count() as u64 + 1;
    server.items.push(Item {
        key,
        section,
        kind: kind.to_owned(),
        title: title.to_owned(),
        parent,
        index: parent.map(|_| index),
        year: None,
        summary: String::new(),
        duration_ms: 0,
        height: 0,
        file: String::new(),
        added: now,
        subtitles: Vec::new(),
    });
    key
}

fn next_key(server: &Server) -> u64 {
    server
        .items
        .iter()
        .map(|item| item.key)
        .max()
        .unwrap_or(100)
        + 1
}

fn sow_share(world: &mut World, seed: ShareSeed, now: Moment) -> Result<(), SeedRefused> {
    let unknown = || format!("There is no server {}.", seed.server);
    let server = world.server_called(&seed.server).ok_or_else(unknown)?;
    let titled = |title: &String| {
        let found = server
            .sections
            .iter()
            .find(|section| section.title == *title);
        found
            .map(|section| section.id)
            .ok_or_else(|| format!("There is no section {title}."))
    };
    let sections: Result<Vec<u64>, String> = seed.sections.iter().map(titled).collect();
    let wish = Wish {
        owner: server.owner,
        machine: server.machine.clone(),
        whom: world
            .meant(&seed.with)
            .map_or(seed.with, |account| account.id.to_string()),
        sections: sections?,
        settings: seed
            .settings
            .is_object()
            .then(|| Settings::written(&seed.settings)),
        skip_friendship: false,
    };
    let id = sharing::invite(world, wish, now).map_err(|why| format!("{why:?}"))?;
    let pending = world.share(id).filter(|share| share.is_pending());
    let invitee = pending.map(|share| share.invitee.clone());
    if let Some(Invitee::Account(account)) = invitee.filter(|_| seed.accepted) {
        sharing::accept(world, account, id, now).map_err(|why| format!("{why:?}"))?;
    }
    Ok(())
}

fn sow_crowd(world: &mut World, crowd: &CrowdSeed, now: Moment) -> Result<(), SeedRefused> {
    for nth in 0..crowd.count {
        let id = world.number();
        let name = format!("{}{nth:05}", crowd.prefix);
        let mut account = Account::new(id, &name, now);
        account.accepts = crowd.accepts;
        world.accounts.push(account);
        if let Some(server) = &crowd.server {
            let share = ShareSeed {
                server: server.clone(),
                with: id.to_string(),
                sections: crowd.sections.clone(),
                accepted: crowd.accepts == Accepts::AtOnce,
                settings: serde_json::Value::Null,
            };
            sow_share(world, share, now)?;
        }
    }
    Ok(())
}
