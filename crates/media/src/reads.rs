//! Readings of a server: who asked for each, what it read, what it changed, and what it could not.

use db::{DbError, Read, Tx, values};
use kit::id::{ServerId, ServerReadId};
use kit::stored::stored_words;
use kit::{Json, Text, Timestamp};
use serde::{Deserialize, Serialize};

use crate::library::LibraryNews;

/// How many readings are kept of each server.
const KEPT: i64 = 40;
/// How many names a report keeps of each sort.
const NAMES: usize = 20;

stored_words! {
    /// Why a server is read.
    #[derive(Default)]
    pub enum Why {
        /// It is read every hour.
        #[default]
        Schedule = "schedule",
        /// Somebody pressed the button.
        Person = "person",
        /// The server said that something changed.
        Push = "push",
        /// It was out of reach, and is looked for.
        Lost = "lost",
    }
}

stored_words! {
    /// How far a reading is.
    pub enum ReadState {
        Running = "running",
        Done = "done",
        Failed = "failed",
    }
}

db::row! {
    /// One reading of a server.
    #[derive(Debug, Clone)]
    pub struct ServerRead {
        pub id: ServerReadId,
        pub server_id: ServerId,
        pub asked_by: Why,
        pub state: ReadState,
        pub begun_at: Timestamp,
        /// [`Timestamp::NEVER`]: it has not ended.
        pub ended_at: Timestamp,
        pub report: Json<Report>,
    }
}

/// What a reading came to. Fields are only added, with defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    pub users: usize,
    /// Users seen for the first time, by name, as far as names are kept.
    pub new_users: Vec<String>,
    pub gone_users: usize,
    pub libraries: usize,
    pub library_news: LibraryNews,
    /// The server's name before, if it has another one now.
    pub renamed_from: Option<String>,
    /// Shares compared with what was read.
    pub compared: usize,
    /// Put right at once.
    pub corrected: usize,
    /// Given to the hands, which try until it is right.
    pub handed_over: usize,
    /// Streams of suspended members that were stopped.
    pub stopped: usize,
    /// What could not be done, in sentences.
    pub could_not: Vec<Text>,
}

impl Report {
    /// Whether the server was found as it was left.
    pub fn is_quiet(&self) -> bool {
        let nothing = Self {
            users: self.users,
            libraries: self.libraries,
            compared: self.compared,
            ..Self::default()
        };
        *self == nothing
    }

    pub(crate) fn keep_new_user(&mut self, name: &str) {
        if self.new_users.len() < NAMES {
            self.new_users.push(name.to_owned());
        }
    }

    pub(crate) fn keep_failure(&mut self, reason: Text) {
        if self.could_not.len() < NAMES && !self.could_not.contains(&reason) {
            self.could_not.push(reason);
        }
    }
}

const BEGIN: &str = "
    insert into server_reads (id, server_id, asked_by, state, begun_at, ended_at, report)
    values ($1, $2, $3, 'running', $4, 9223372036854775807, '{}')";
const FORGET: &str = "
    delete from server_reads
     where server_id = $1
       and id not in (select id from server_reads where server_id = $1 order by begun_at desc, id desc limit $2)";

/// Notes that a reading begins; the oldest ones are forgotten.
pub(crate) async fn begin(
    tx: &mut Tx<'_>,
    server: &ServerId,
    why: Why,
) -> Result<ServerReadId, DbError> {
    let id: ServerReadId = tx.id();
    let now = tx.now();
    tx.run(BEGIN, values![id, server, why, now]).await?;
    tx.run(FORGET, values![server, KEPT]).await?;
    Ok(id)
}

const END: &str = "update server_reads set state = $2, ended_at = $3, report = $4 where id = $1";

/// Notes how a reading ended.
pub(crate) async fn end(
    tx: &mut Tx<'_>,
    id: &ServerReadId,
    state: ReadState,
    report: Report,
) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(END, values![id, state, now, Json(report)]).await?;
    Ok(())
}

const NEWEST: &str = "
    select id, server_id, asked_by, state, begun_at, ended_at, report
      from server_reads where server_id = $1 order by begun_at desc, id desc limit $2";

/// The newest readings of a server, the last one first.
pub async fn newest(
    mut read: impl Read,
    server: &ServerId,
    limit: i64,
) -> Result<Vec<ServerRead>, DbError> {
    read.all(NEWEST, values![server, limit]).await
}
