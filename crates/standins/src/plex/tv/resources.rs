//! The servers that an account may use, with a token and addresses for each.
//!
//! For a shared server the token is another than the account's own; `relay` addresses are slow and come last.

use axum::extract::State;
use serde_json::{Value, json};

use super::super::Tv;
use super::super::account::{Account, AccountId};
use super::super::answer::{Answer, v1, v2};
use super::super::asked::Asked;
use super::super::server::Server;
use super::super::share::Invitee;
use super::super::world::World;
use super::auth::Signed;

/// `GET /api/v2/resources?includeHttps=1&includeRelay=1&includeIPv6=1`
pub async fn list(signed: Signed, State(tv): State<Tv>, asked: Asked) -> Answer {
    let world = tv.world();
    let with_relay = asked.flag("includeRelay").unwrap_or(false);
    let rows = usable(&world, &signed);
    let rows: Vec<Value> = rows
        .map(|(server, token)| row(&world, server, &token, signed.account, with_relay))
        .collect();
    v2("resources", json!(rows))
}

/// `GET /api/resources`: the older list, XML only.
pub async fn list_v1(signed: Signed, State(tv): State<Tv>, asked: Asked) -> Answer {
    let world = tv.world();
    let with_relay = asked.flag("includeRelay").unwrap_or(false);
    let rows: Vec<Value> = usable(&world, &signed)
        .map(|(server, token)| {
            let mut row = row(&world, server, &token, signed.account, with_relay);
            row["createdAt"] = json!(server.created.seconds());
            row["lastSeenAt"] = json!(tv.now().seconds());
            row["Connection"] = row["connections"].take();
            row.as_object_mut()
                .map(|fields| fields.remove("connections"));
            row
        })
        .collect();
    v1(
        "MediaContainer",
        json!({ "size": rows.len(), "Device": rows }),
    )
}

fn usable<'a>(world: &'a World, signed: &'a Signed) -> impl Iterator<Item = (&'a Server, String)> {
    let me = Invitee::Account(signed.account);
    world.servers.iter().filter_map(move |server| {
        if server.owner == signed.account {
            return Some((server, signed.token.clone()));
        }
        let share = world.living_share(&server.machine, &me)?;
        share
            .is_accepted()
            .then(|| (server, share.access_token.clone()))
    })
}

fn row(world: &World, server: &Server, token: &str, viewer: AccountId, with_relay: bool) -> Value {
    let owned = server.owner == viewer;
    let owner = world.account(server.owner);
    let addresses = server.addresses();
    let has_relay = addresses.iter().any(|address| address["relay"] == true);
    let shown = addresses
        .into_iter()
        .filter(|address| with_relay || address["relay"] != true);
    json!({
        "name": server.name,
        "product": "Plex Media Server",
        "productVersion": server.version,
        "platform": "Linux",
        "platformVersion": "12 (bookworm)",
        "device": "PC",
        "clientIdentifier": server.machine,
        "createdAt": server.created.iso(),
        "lastSeenAt": server.created.iso(),
        "provides": "server",
        "ownerId": if owned { None } else { Some(server.owner) },
        "sourceTitle": if owned { None } else { owner.map(Account::shown_name) },
        "publicAddress": "203.0.113.7",
        "accessToken": token,
        "owned": owned,
        "home": !owned && world.home_of(viewer).iter().any(|other| other.id == server.owner),
        "synced": false,
        "relay": has_relay,
        "presence": server.presence,
        "httpsRequired": false,
        "publicAddressMatches": true,
        "dnsRebindingProtection": false,
        "natLoopbackSupported": true,
        "connections": shown.collect::<Vec<_>>(),
    })
}
