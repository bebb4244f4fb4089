//! Recording what a real server says, for us to read with nobody in it: asked are the questions of a sync, which
//! change nothing.

use std::path::Path;
use std::sync::Arc;

use db::{Db, DbError};
use drivers::http::Http;
use drivers::tape::Tape;
use kit::Text;
use media::servers::Servers;
use media::{MediaError, server};
use serde_json::{Value, json};
use settings::Vault;

use crate::key_file;

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("there is no server {0}; `playhouse check` names them all")]
    NoServer(String),
    #[error(
        "the key file is not here, so the server's key cannot be read; run this with the site's data folder"
    )]
    NoKey,
    #[error("{}", .0.in_english())]
    Refused(Text),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<MediaError> for RecordError {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Db(error) => Self::Db(error),
            error => Self::Refused(
                error
                    .text()
                    .unwrap_or_else(|| Text::verbatim(error.to_string())),
            ),
        }
    }
}

/// Asks the server of this name what a sync asks, and gives the exchange, scrubbed. What it refuses is recorded, too.
pub async fn record(db: &Db, data: &Path, http: Http, name: &str) -> Result<Value, RecordError> {
    let all = server::list(db).await?;
    let found = all
        .into_iter()
        .find(|server| server.name.eq_ignore_ascii_case(name));
    let found = found.ok_or_else(|| RecordError::NoServer(name.to_owned()))?;
    let held = key_file::read(&key_file::path(data)).ok().flatten();
    let vault = held.and_then(|held| Vault::parse(&held).ok());
    let tape = Tape::default();
    let servers = Servers {
        db: db.clone(),
        vault: Arc::new(vault.ok_or(RecordError::NoKey)?),
        makers: drivers::media::makers(&http.onto(&tape)),
    };
    let (_, remote) = servers.open(&found.id).await?;
    // What comes of each is on the tape; a refusal is as good a recording as an answer.
    drop(remote.probe().await);
    drop(remote.libraries().await);
    drop(remote.users().await);
    drop(remote.streams().await);
    Ok(json!({
        "kind": found.kind,
        "version": found.version,
        "recorded_by": env!("CARGO_PKG_VERSION"),
        "exchanges": tape.scrubbed(),
    }))
}
