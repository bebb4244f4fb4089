//! One owner account at plex.tv: paced, its list of shares kept for a moment, what was stopped remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Method, StatusCode};
use kit::{Outcome, Refusal, Secret, Span, Timestamp, done, t};
use media::remedy::PLATFORM_DOWN;
use media::remote::Frame;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::call::{Caller, rest_asked};
use super::pace::{Haste, Pace};
use super::wire::{CloudServer, Share};
use crate::http::{Answer, Http};

/// How long the list of shares is believed: one read serves a whole round over many members.
const LIST_HOLDS: Span = Span::seconds(45);
/// A stopped stream stays in the server's list for up to five minutes (connorgallopo/Tracearr#314).
const GHOST_HOLDS: Span = Span::minutes(6);
/// Of so many files the picture is remembered.
const MOST_FRAMES: usize = 1_000;

/// An account, shared by all who talk to its servers. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Account {
    caller: Caller,
    kept: Arc<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    pace: Pace,
    /// One reader at a time: who comes meanwhile takes what the first has read.
    reading: tokio::sync::Mutex<()>,
    shares: Mutex<Option<(Timestamp, Arc<Vec<Share>>)>>,
    clouds: Mutex<HashMap<String, (Timestamp, Arc<CloudServer>)>>,
    stopped: Mutex<HashMap<String, Timestamp>>,
    farewells: Mutex<HashMap<String, String>>,
    /// The pictures of files whose streams show another one.
    frames: Mutex<HashMap<String, Frame>>,
}

/// All accounts that are in use.
#[derive(Debug, Clone, Default)]
pub(super) struct Accounts(Arc<Mutex<HashMap<[u8; 32], Arc<Kept>>>>);

impl Accounts {
    pub(super) fn open(&self, http: &Http, base: Url, token: Secret) -> Account {
        let mut hash = Sha256::new();
        hash.update(base.as_str());
        hash.update(token.reveal());
        let key: [u8; 32] = hash.finalize().into();
        let kept = lock(&self.0).entry(key).or_default().clone();
        let caller = Caller {
            http: http.clone(),
            base,
            token: Some(token),
        };
        Account { caller, kept }
    }
}

impl Account {
    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    fn now(&self) -> Timestamp {
        self.caller.http.world().now()
    }

    /// Sends in its turn; a rest that the service asks for is kept by all who come later.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Outcome<Answer> {
        self.send_as(&self.caller, method, url, body).await
    }

    /// The same with another's token: limits hang on us, not on them.
    pub(super) async fn send_as(
        &self,
        caller: &Caller,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Outcome<Answer> {
        self.send_in_turn(caller, Haste::Soon, method, url, body)
            .await
    }

    async fn send_in_turn(
        &self,
        caller: &Caller,
        haste: Haste,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Outcome<Answer> {
        if !self.caller.http.world().clock.is_moved_by_hand() {
            self.kept.pace.turn(haste).await;
        }
        let answer = done!(caller.send(method, url, body).await);
        if let Some(rest) = rest_asked(&answer) {
            self.kept.pace.rest(rest).await;
        }
        Outcome::Done(answer)
    }

    /// Reads a list, which has time: nobody asks for one who waits before a page.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url) -> Outcome<T> {
        let answer = self.send_in_turn(&self.caller, Haste::Calm, Method::GET, url, None);
        match answer.await {
            Outcome::Done(answer) if answer.status.is_server_error() => {
                Outcome::Refused(self.is_away())
            }
            Outcome::Done(answer) => self.caller.read(&answer),
            Outcome::Refused(refusal) if refusal.code == "unreachable" => {
                Outcome::Refused(self.is_away())
            }
            Outcome::Refused(refusal) => Outcome::Refused(refusal),
            // Nothing was to be changed, so nothing is unknown either.
            Outcome::Unknown(_) => Outcome::Refused(self.is_away()),
        }
    }

    /// The service is down, and the server is not: that is no trouble of the server.
    fn is_away(&self) -> Refusal {
        Refusal::passing(
            PLATFORM_DOWN,
            t!(
                "{host}, where Plex keeps accounts and shares, has trouble. The server itself answers, and whoever is in keeps watching. It is tried again by itself.",
                host = self.caller.host()
            ),
        )
    }

    /// The sections of a server with the ids that sharing takes, as the service lists them; kept for a moment.
    pub(super) async fn cloud(&self, machine: &str) -> Outcome<Arc<CloudServer>> {
        let kept = lock(&self.kept.clouds).get(machine).cloned();
        if let Some((at, cloud)) = kept
            && self.now() < at + LIST_HOLDS
        {
            return Outcome::Done(cloud);
        }
        let url = self.caller.url(&["api", "v2", "servers", machine], &[]);
        let cloud: Arc<CloudServer> = Arc::new(done!(self.get(url).await));
        let row = (self.now(), cloud.clone());
        lock(&self.kept.clouds).insert(machine.to_owned(), row);
        Outcome::Done(cloud)
    }

    /// The next look at the sections is a fresh one.
    pub(super) fn forget_cloud(&self, machine: &str) {
        lock(&self.kept.clouds).remove(machine);
    }

    /// All shares of the account that were not taken back, waiting ones too.
    pub(super) async fn shares(&self) -> Outcome<Arc<Vec<Share>>> {
        let _alone = self.kept.reading.lock().await;
        if let Some((at, shares)) = lock(&self.kept.shares).clone()
            && self.now() < at + LIST_HOLDS
        {
            return Outcome::Done(shares);
        }
        let mut all: Vec<Share> = Vec::new();
        for which in ["accepted", "pending"] {
            let url = self
                .caller
                .url(&["api", "v2", "shared_servers", "owned", which], &[]);
            let mut rows: Vec<Share> = done!(self.get(url).await);
            all.append(&mut rows);
        }
        all.retain(|share| share.left_at.is_none() && share.deleted_at.is_none());
        let all = Arc::new(all);
        *lock(&self.kept.shares) = Some((self.now(), all.clone()));
        Outcome::Done(all)
    }

    /// Something was changed: the next look is a fresh one.
    pub(super) fn forget_shares(&self) {
        *lock(&self.kept.shares) = None;
    }

    /// What a viewer is to be told when their stream is stopped: there is no other way to speak to them.
    pub(super) fn prepare_farewell(&self, session: &str, words: String) {
        lock(&self.kept.farewells).insert(session.to_owned(), words);
    }

    pub(super) fn farewell(&self, session: &str) -> Option<String> {
        lock(&self.kept.farewells).remove(session)
    }

    pub(super) fn frame(&self, key: &str) -> Option<Frame> {
        lock(&self.kept.frames).get(key).copied()
    }

    pub(super) fn keep_frame(&self, key: String, frame: Frame) {
        let mut frames = lock(&self.kept.frames);
        if frames.len() >= MOST_FRAMES {
            frames.clear();
        }
        frames.insert(key, frame);
    }

    pub(super) fn note_stopped(&self, session: &str) {
        let now = self.now();
        let mut stopped = lock(&self.kept.stopped);
        stopped.retain(|_, at| now < *at + GHOST_HOLDS);
        stopped.insert(session.to_owned(), now);
    }

    /// Whether the row is what is left of a stream that we stopped.
    pub(super) fn is_ghost(&self, session: &str) -> bool {
        let stopped = lock(&self.kept.stopped);
        stopped
            .get(session)
            .is_some_and(|at| self.now() < *at + GHOST_HOLDS)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a route is not there in this form, so that the older one is to be tried.
pub(super) fn is_missing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 404 | 405 | 410)
}
