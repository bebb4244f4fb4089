//! Downloads to devices: `Sync.SyncJob` of the published contract.

use kit::{Outcome, Timestamp, done};
use media::RemoteRef;
use media::viewing::download::{DownloadState, RemoteDownload};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::media::mediabrowser::call::{Caller, LIMIT};
use crate::media::mediabrowser::wire::{moment, plain_id};

/// `QueryResult<SyncJob>`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Jobs {
    #[serde(default)]
    items: Vec<SyncJob>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SyncJob {
    #[serde(deserialize_with = "id")]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    target_name: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default, deserialize_with = "id")]
    user_id: Option<String>,
    #[serde(default)]
    user_name: Option<String>,
    #[serde(default)]
    item_count: i64,
    #[serde(default, deserialize_with = "moment")]
    date_created: Option<Timestamp>,
}

/// A number or a text: versions differ.
fn id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

impl SyncJob {
    fn into_download(self) -> Option<RemoteDownload> {
        Some(RemoteDownload {
            id: self.id?,
            user: self.user_id.map(|id| RemoteRef::new(plain_id(&id))),
            user_name: self.user_name.unwrap_or_default(),
            title: self.name.unwrap_or_default(),
            device: self.target_name.unwrap_or_default(),
            state: state(self.status.as_deref()),
            items: self.item_count,
            asked_at: self.date_created,
        })
    }
}

/// `SyncJobStatus`
fn state(status: Option<&str>) -> DownloadState {
    match status {
        Some("Completed") => DownloadState::Done,
        Some("CompletedWithError" | "Failed" | "Cancelled") => DownloadState::Failed,
        Some("Converting" | "ReadyToTransfer" | "Transferring") => DownloadState::UnderWay,
        _ => DownloadState::Waiting,
    }
}

pub(super) async fn list(caller: &Caller) -> Outcome<Vec<RemoteDownload>> {
    let url = caller.url(&["Sync", "Jobs"], &[]);
    let jobs: Jobs = done!(caller.get(url, LIMIT).await);
    let all = jobs.items.into_iter();
    Outcome::Done(all.filter_map(SyncJob::into_download).collect())
}
