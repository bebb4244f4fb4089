//! The dashboard's API keys, and the activity log that keys and administrators may read.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::Emby;
use super::activity::Entry;
use super::answer::{Answer, Asked, done, page_of, shown};
use super::auth::Elevated;
use super::guid::Guid;
use super::moment::Moment;
use super::state::ApiKey;

/// `GET /Auth/Keys`
pub async fn list(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let state = emby.state();
    let describe = |(at, key): (usize, &ApiKey)| {
        json!({
            "Id": at + 1,
            "AccessToken": key.token,
            "AppName": key.name,
            "AppVersion": state.facts.version,
            "IsActive": true,
            "DateCreated": key.created,
            "DateLastActivity": key.last_activity,
        })
    };
    let keys: Vec<Value> = state.keys.iter().enumerate().map(describe).collect();
    shown(page_of(&keys, &asked))
}

/// `POST /Auth/Keys?App=`: the answer is empty; the list has the key.
pub async fn create(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let name = asked.required("App")?.to_owned();
    let now = emby.now();
    emby.state().keys.push(ApiKey {
        token: Guid::fresh().to_string(),
        name,
        created: now,
        last_activity: now,
    });
    done()
}

/// `DELETE /Auth/Keys/{key}`, `POST /Auth/Keys/{key}/Delete`
pub async fn remove(_: Elevated, State(emby): State<Emby>, Path(key): Path<String>) -> Answer {
    emby.state().keys.retain(|known| known.token != key);
    done()
}

/// `GET /Auth/Providers`
pub async fn providers(_: Elevated) -> Answer {
    shown(
        json!([{ "Name": "Default", "Id": "Emby.Server.Implementations.Library.DefaultAuthenticationProvider" }]),
    )
}

/// `GET /System/ActivityLog/Entries?StartIndex=&Limit=&MinDate=`
pub async fn list_activity(_: Elevated, State(emby): State<Emby>, asked: Asked) -> Answer {
    let since = asked.text("MinDate").and_then(Moment::parse);
    let state = emby.state();
    let wanted: Vec<Value> = state
        .activity
        .newest_first()
        .filter(|entry| since.is_none_or(|since| entry.date >= since))
        .map(shown_entry)
        .collect();
    shown(page_of(&wanted, &asked))
}

/// `ActivityLogEntry` of the published contract.
fn shown_entry(entry: &Entry) -> Value {
    let mut shown = json!({
        "Id": entry.id,
        "Name": entry.name,
        "Type": entry.kind,
        "Date": entry.date,
        "Severity": if entry.severity == "Error" { "Error" } else { "Info" },
    });
    if let Some(overview) = &entry.short_overview {
        shown["ShortOverview"] = json!(overview);
    }
    if entry.user_id != Guid::empty() {
        shown["UserId"] = json!(entry.user_id);
    }
    shown
}
