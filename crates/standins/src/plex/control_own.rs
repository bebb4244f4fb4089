//! `/_control` of this stand-in, the same at plex.tv and at every server: the world is one.

use std::collections::HashMap;

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::Account;
use super::seed::Seed;
use super::server::Server;
use super::share::Share;
use super::world::World;
use super::{Plex, any_port, people, play, sow};

pub fn routes(plex: Plex) -> Router {
    Router::new()
        .route("/_control/state", get(show))
        .route("/_control/calls", get(calls))
        .route("/_control/reset", post(reset))
        .route("/_control/seed", post(seed))
        .route("/_control/people", post(people::order))
        .route("/_control/play", post(play::order))
        .layer(DefaultBodyLimit::disable())
        .with_state(plex)
}

/// `GET /_control/state`
async fn show(State(plex): State<Plex>) -> Json<Value> {
    let now = plex.now();
    let mut world = plex.world();
    world
        .servers
        .iter_mut()
        .for_each(|server| play::let_go(server, now));
    let servers: Vec<Value> = world
        .servers
        .iter()
        .map(|server| server_shown(&world, server))
        .collect();
    let shares: Vec<Value> = world
        .shares
        .iter()
        .map(|share| share_shown(&world, share))
        .collect();
    Json(json!({
        "accounts": accounts(&world),
        "account_count": world.accounts.len(),
        "servers": servers,
        "shares": shares,
        "pins": world.pins.iter().map(|pin| json!({
            "id": pin.id, "code": pin.code, "client": pin.client, "account": pin.account,
        })).collect::<Vec<_>>(),
        "calls": world.calls.counts,
        "recent_calls": world.calls.recent,
    }))
}

fn accounts(world: &World) -> Vec<Value> {
    let mut tokens: HashMap<u64, Vec<Value>> = HashMap::new();
    for (text, token) in &world.tokens {
        let ends = token.expires.map(|end| end.0);
        let shown = json!({ "token": text, "client": token.client, "ends_ms": ends });
        tokens.entry(token.account).or_default().push(shown);
    }
    let all = world.accounts.iter();
    all.map(|account| {
        json!({
            "id": account.id,
            "uuid": account.uuid,
            "username": account.username,
            "title": account.title,
            "email": account.email,
            "plex_pass": account.plex_pass,
            "confirmed": account.confirmed,
            "accepts": account.accepts,
            "home_of": account.home.map(|home| home.admin),
            "restricted": account.is_restricted(),
            "webhooks": account.webhooks,
            "tokens": tokens.get(&account.id),
        })
    })
    .collect()
}

fn server_shown(world: &World, server: &Server) -> Value {
    let sections = server.sections.iter().map(|section| {
        let items = server.items.iter().filter(|item| item.section == section.key);
        json!({
            "id": section.id, "key": section.key, "title": section.title, "type": section.kind,
            "items": items.map(|item| json!({ "key": item.key, "title": item.title, "type": item.kind }))
                .collect::<Vec<_>>(),
        })
    });
    let sessions = server.sessions.iter().map(|session| {
        let account = world.account(session.account);
        json!({
            "id": session.id, "key": session.key, "account": session.account,
            "user": account.map(Account::shown_name), "item": session.item,
            "state": session.state, "is_ghost": session.ended.is_some(),
        })
    });
    json!({
        "name": server.name,
        "machine": server.machine,
        "owner": server.owner,
        "url": server.base_url,
        "version": server.version,
        "presence": server.presence,
        "connections": server.connections,
        "sections": sections.collect::<Vec<_>>(),
        "sessions": sessions.collect::<Vec<_>>(),
        "history_count": server.history.len(),
        "orders": server.orders,
        "sockets": server.sockets,
    })
}

fn share_shown(world: &World, share: &Share) -> Value {
    let server = world.server(&share.machine);
    let account = share.invitee.account();
    let rights = world.sharing(share.owner, &share.invitee);
    let sections = server.map(|server| {
        let open = server
            .sections
            .iter()
            .filter(|section| share.opens(section.id));
        open.map(|section| section.title.as_str())
            .collect::<Vec<_>>()
    });
    let state = match () {
        () if share.deleted_at.is_some() => "removed",
        () if share.left_at.is_some() => "left",
        () if share.is_pending() => "pending",
        () => "accepted",
    };
    json!({
        "id": share.id,
        "server": server.map(|server| server.name.as_str()),
        "machine": share.machine,
        "owner": share.owner,
        "account": account,
        "username": account.and_then(|id| world.account(id)).map(Account::shown_name),
        "email": share.invited_email,
        "state": state,
        "all_libraries": share.all_libraries,
        "sections": sections,
        "settings": rights.map(|rights| rights.settings.shown()),
        "access_token": share.access_token,
    })
}

/// `?after=COUNT` of an earlier answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Since {
    after: u64,
}

/// `GET /_control/calls`: how many calls there were, and those after the given count, as far as they are kept.
async fn calls(State(plex): State<Plex>, Query(since): Query<Since>) -> Json<Value> {
    let world = plex.world();
    let count: u64 = world.calls.counts.values().sum();
    let news = usize::try_from(count.saturating_sub(since.after)).unwrap_or(usize::MAX);
    let known = world.calls.recent.len().saturating_sub(news);
    let calls: Vec<_> = world.calls.recent.iter().skip(known).collect();
    Json(json!({ "count": count, "calls": calls }))
}

/// `POST /_control/reset`: the world as it was at the start, without faults.
async fn reset(State(plex): State<Plex>) -> StatusCode {
    plex.start_over();
    StatusCode::NO_CONTENT
}

/// `POST /_control/seed`: see [`Seed`]. Answers with machine ids, addresses and section ids by name.
async fn seed(State(plex): State<Plex>, Json(seed): Json<Seed>) -> Response {
    let wanted: Vec<String> = {
        let world = plex.world();
        let names = seed.servers.iter().map(|server| server.name.clone());
        names
            .filter(|name| world.server_called(name).is_none())
            .collect()
    };
    let mut places = Vec::new();
    for name in wanted {
        let Ok(slot) = plex.listen(any_port()).await else {
            return StatusCode::INSUFFICIENT_STORAGE.into_response();
        };
        let url = plex.addresses()[slot].clone();
        places.push((name, slot, url));
    }
    let now = plex.now();
    let mut world = plex.world();
    if let Err(why) = sow::sow(&mut world, seed, &places, now) {
        let body = Json(json!({ "error": why }));
        return (StatusCode::UNPROCESSABLE_ENTITY, body).into_response();
    }
    let servers: HashMap<&str, Value> = world
        .servers
        .iter()
        .map(|server| {
            let sections = server
                .sections
                .iter()
                .map(|section| (section.title.clone(), json!(section.id)));
            let sections: serde_json::Map<String, Value> = sections.collect();
            let shown =
                json!({ "machine": server.machine, "url": server.base_url, "sections": sections });
            (server.name.as_str(), shown)
        })
        .collect();
    Json(json!({ "servers": servers, "account_count": world.accounts.len() })).into_response()
}
