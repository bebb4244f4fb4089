//! What the server tells by itself: over a socket, or as server-sent events.
//!
//! A stream that plays is told about each ten seconds, a paused one not at all, and no event says whose it is.
//! Fault `mute_socket`: the handshake succeeds, and nothing is ever said.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::Stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::super::Pms;
use super::super::asked::Asked;
use super::super::play;
use super::super::push::Push;
use super::auth::Owner;

/// How often a stream that plays is told about, and how often an event stream says that it lives.
const EVERY: Duration = Duration::from_secs(10);

/// `GET /:/websockets/notifications?X-Plex-Token=`
pub async fn socket(_: Owner, State(pms): State<Pms>, upgrade: WebSocketUpgrade) -> Response {
    let pushes = pms.pushes();
    upgrade.on_upgrade(move |socket| async move {
        count(&pms, 1);
        let _ = converse(&pms, socket, pushes).await;
        count(&pms, -1);
    })
}

async fn converse(
    pms: &Pms,
    mut socket: WebSocket,
    mut pushes: broadcast::Receiver<Push>,
) -> Result<(), axum::Error> {
    let is_mute = pms.stage.faults.take_named("mute_socket");
    let mut pulse = tokio::time::interval(EVERY);
    pulse.reset();
    loop {
        let told: Vec<Push> = tokio::select! {
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                Some(Ok(_)) => continue,
            },
            push = pushes.recv() => match push {
                Ok(push) if push.slot == pms.slot => vec![push],
                Ok(_) | Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return Ok(()),
            },
            _ = pulse.tick() => playing(pms),
        };
        if is_mute {
            continue;
        }
        for push in told {
            socket.send(Message::text(push.framed())).await?;
        }
    }
}

/// What is told of the streams that play, without being asked.
fn playing(pms: &Pms) -> Vec<Push> {
    let now = pms.now();
    let world = pms.world();
    world
        .server_at(pms.slot)
        .map(|server| play::pulse(server, now))
        .unwrap_or_default()
}

fn count(pms: &Pms, by: i64) {
    let mut world = pms.world();
    if let Some(server) = world.server_at_mut(pms.slot) {
        server.sockets = server.sockets.saturating_add_signed(by);
    }
}

/// `GET /:/eventsource/notifications?filters=playing,timeline`
pub async fn events(_: Owner, State(pms): State<Pms>, asked: Asked) -> Response {
    let filters = asked.text("filters").unwrap_or("-log").to_owned();
    let is_mute = pms.stage.faults.take_named("mute_socket");
    let pushes = pms.pushes();
    let pulse = tokio::time::interval(EVERY);
    let start = Told {
        pms,
        filters,
        is_mute,
        pushes,
        pulse,
        waiting: Vec::new(),
    };
    Sse::new(told(start)).into_response()
}

struct Told {
    pms: Pms,
    filters: String,
    is_mute: bool,
    pushes: broadcast::Receiver<Push>,
    pulse: tokio::time::Interval,
    waiting: Vec<Event>,
}

fn told(start: Told) -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::unfold(start, |mut told| async move {
        loop {
            if let Some(event) = told.waiting.pop() {
                return Some((Ok(event), told));
            }
            let heard = tokio::select! {
                push = told.pushes.recv() => push,
                _ = told.pulse.tick() => {
                    if told.is_mute {
                        continue;
                    }
                    told.waiting = playing(&told.pms).iter().filter(|push| told.wants(push)).map(event).collect();
                    told.waiting.push(Event::default().event("ping").data("{}"));
                    continue;
                }
            };
            match heard {
                Ok(push) if told.wants(&push) => return Some((Ok(event(&push)), told)),
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    })
}

impl Told {
    /// `playing,timeline`: these; `-log,-playing`: all but these.
    fn wants(&self, push: &Push) -> bool {
        if push.slot != self.pms.slot || self.is_mute {
            return false;
        }
        let words = || self.filters.split(',').filter(|word| !word.is_empty());
        let is_named = words().any(|word| word == push.kind);
        let is_barred = words().any(|word| word.strip_prefix('-') == Some(push.kind));
        let names_any = words().any(|word| !word.starts_with('-'));
        is_named || (!names_any && !is_barred)
    }
}

fn event(push: &Push) -> Event {
    Event::default()
        .event(push.kind)
        .data(push.body.to_string())
}
