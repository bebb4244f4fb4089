//! The socket: keep-alive, sessions as they change, and pushes.
//!
//! `SessionsStart` with `"<first delay>,<period>"` in milliseconds subscribes an administrator to the
//! sessions; a frame goes out after the delay and then at most once in a period, only if something changed.
//! The fault `mute_socket` keeps the socket open and says nothing.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::Jellyfin;
use super::auth::Caller;
use super::guid::Guid;
use super::push::{Audience, Push, message};
use super::session;
use super::sessions;

/// Seconds after which a silent client is dropped, as `ForceKeepAlive` says.
const KEEP_ALIVE_S: u64 = 60;
/// How often a subscription may be looked at, at the least.
const SHORTEST_PERIOD: Duration = Duration::from_millis(50);
/// How often an open socket is checked for a token taken back or a silent client.
const CHECK_EVERY: Duration = Duration::from_millis(500);

/// `GET /socket`
pub async fn open(
    caller: Caller,
    State(jellyfin): State<Jellyfin>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(move |socket| Line::new(jellyfin, caller, socket).run())
}

/// What a client asked to be told of.
#[derive(Debug, Clone, Copy)]
struct Subscription {
    next: Instant,
    period: Duration,
    /// The version that was told last; `None`: nothing yet.
    told: Option<u64>,
}

struct Line {
    jellyfin: Jellyfin,
    caller: Caller,
    socket: WebSocket,
    pushes: broadcast::Receiver<Push>,
    session: Option<Guid>,
    sessions: Option<Subscription>,
    activity: Option<Subscription>,
    heard_at: Instant,
}

/// The other side is gone, or has to go.
struct Closed;

impl Line {
    fn new(jellyfin: Jellyfin, caller: Caller, socket: WebSocket) -> Self {
        let pushes = jellyfin.listen();
        let session = caller.user.as_ref().map(|_| session::id_of(&caller.device));
        Self {
            jellyfin,
            caller,
            socket,
            pushes,
            session,
            sessions: None,
            activity: None,
            heard_at: Instant::now(),
        }
    }

    async fn run(mut self) {
        self.count_socket(1);
        let _ = self.converse().await;
        self.count_socket(-1);
    }

    async fn converse(&mut self) -> Result<(), Closed> {
        // 10.9 and 10.10 looked for the user of a key, found none, and hung up (jellyfin#13479).
        let release = self.jellyfin.state().facts.version.release();
        if self.session.is_none() && matches!(release, (10, 9 | 10)) {
            return Err(Closed);
        }
        self.say(&message("ForceKeepAlive", json!(KEEP_ALIVE_S)))
            .await?;
        loop {
            let wake = self.next_look();
            tokio::select! {
                heard = self.socket.recv() => match heard {
                    Some(Ok(Message::Text(text))) => self.hear(&text).await?,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Closed),
                    Some(Ok(_)) => self.heard_at = Instant::now(),
                },
                push = self.pushes.recv() => match push {
                    Ok(push) if self.is_for_me(&push) => self.say(&push.body).await?,
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return Err(Closed),
                },
                () = tokio::time::sleep_until(wake) => self.look_around().await?,
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Closed> {
        self.heard_at = Instant::now();
        let Ok(said) = serde_json::from_str::<Value>(text) else {
            return Ok(());
        };
        match said["MessageType"].as_str().unwrap_or_default() {
            "KeepAlive" => self.say(&message("KeepAlive", Value::Null)).await?,
            "SessionsStart" => self.sessions = self.subscribed(&said)?,
            "SessionsStop" => self.sessions = None,
            "ActivityLogEntryStart" => self.activity = self.subscribed(&said)?,
            "ActivityLogEntryStop" => self.activity = None,
            _ => {}
        }
        Ok(())
    }

    /// Only administrators and keys may listen; others are cut off, as on the real server.
    fn subscribed(&self, said: &Value) -> Result<Option<Subscription>, Closed> {
        if !self.caller.is_administrator {
            return Err(Closed);
        }
        let given = said["Data"].as_str().unwrap_or("0,1500");
        let mut parts = given
            .split(',')
            .map(|part| part.trim().parse::<u64>().unwrap_or(0));
        let delay = Duration::from_millis(parts.next().unwrap_or(0));
        let period = Duration::from_millis(parts.next().unwrap_or(1500)).max(SHORTEST_PERIOD);
        Ok(Some(Subscription {
            next: Instant::now() + delay,
            period,
            told: None,
        }))
    }

    fn next_look(&self) -> Instant {
        let subscriptions = [self.sessions, self.activity].into_iter().flatten();
        let check = Instant::now() + CHECK_EVERY;
        subscriptions
            .map(|one| one.next)
            .min()
            .map_or(check, |next| next.min(check))
    }

    async fn look_around(&mut self) -> Result<(), Closed> {
        if self.heard_at.elapsed() > Duration::from_secs(KEEP_ALIVE_S) || !self.is_still_known() {
            return Err(Closed);
        }
        let (sessions_version, written) = {
            let state = self.jellyfin.state();
            (state.sessions_version, state.activity.written())
        };
        if due(&mut self.sessions, sessions_version) {
            let all = self.all_sessions();
            self.say(&message("Sessions", all)).await?;
        }
        if due(&mut self.activity, written) {
            self.say(&message("ActivityLogEntry", json!([]))).await?;
        }
        Ok(())
    }

    fn all_sessions(&self) -> Value {
        let now = self.jellyfin.now();
        let mut state = self.jellyfin.state();
        session::close_silent(&mut state, now);
        sessions::in_order(&state)
            .iter()
            .map(|one| session::shown(&state, one, now))
            .collect()
    }

    fn is_still_known(&self) -> bool {
        let state = self.jellyfin.state();
        state.sign_ins.contains_key(&self.caller.token)
            || state.keys.iter().any(|key| key.token == self.caller.token)
    }

    fn is_for_me(&self, push: &Push) -> bool {
        match &push.to {
            Audience::Everybody => true,
            Audience::User(user) => self.caller.may_act_for(user),
            Audience::Session(session) => self.session.as_ref() == Some(session),
        }
    }

    async fn say(&mut self, body: &Value) -> Result<(), Closed> {
        if self.jellyfin.stage.faults.take_named("mute_socket") {
            return Ok(());
        }
        self.socket
            .send(Message::text(body.to_string()))
            .await
            .map_err(|_| Closed)
    }

    fn count_socket(&self, by: i32) {
        let Some(id) = &self.session else { return };
        let mut state = self.jellyfin.state();
        if let Some(session) = state.sessions.get_mut(id) {
            session.sockets = session.sockets.saturating_add_signed(by);
            state.sessions_version += 1;
        }
    }
}

/// Whether a subscription is to be told now; moves it to its next look.
fn due(subscription: &mut Option<Subscription>, version: u64) -> bool {
    let Some(one) = subscription else {
        return false;
    };
    let now = Instant::now();
    if now < one.next {
        return false;
    }
    one.next = now + one.period;
    one.told.replace(version) != Some(version)
}
