//! A subscription has no page of its own: it is shown with whom it is for.

use axum::extract::{Path, State};
use billing::subscription;
use kit::id::{Id, MemberId, SubscriptionId};
use web::{PageError, PageResult, Site, Staff};

/// `GET /office/subscriptions/{id}`
pub async fn show(_staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let id = SubscriptionId::parse(&id).ok_or(PageError::NotFound)?;
    let found = subscription::find(&site.db, &id)
        .await?
        .ok_or(PageError::NotFound)?;
    let member: MemberId = found.subject.as_id().ok_or(PageError::NotFound)?;
    Ok(web::see_other(&format!("/office/members/{member}")))
}
