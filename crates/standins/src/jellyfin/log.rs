//! The activity log, as it is read.

use axum::extract::State;

use super::Jellyfin;
use super::activity::Entry;
use super::answer::{Answer, Asked, page_of, shown};
use super::auth::Elevated;
use super::guid::Guid;
use super::moment::Moment;

/// `GET /System/ActivityLog/Entries`
pub async fn list(_: Elevated, State(jellyfin): State<Jellyfin>, asked: Asked) -> Answer {
    let since = asked.text("minDate").and_then(Moment::parse);
    let about_users = asked.flag("hasUserId");
    let state = jellyfin.state();
    let wanted: Vec<&Entry> = state
        .activity
        .newest_first()
        .filter(|entry| since.is_none_or(|since| entry.date >= since))
        .filter(|entry| about_users.is_none_or(|has| has == (entry.user_id != Guid::empty())))
        .collect();
    shown(page_of(&wanted, &asked))
}
