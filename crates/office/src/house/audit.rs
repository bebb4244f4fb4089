//! The audit log: the events that people caused.

use axum::extract::{Query, State};
use chronicle::EventFilter;
use kit::t;
use serde::Deserialize;
use web::{PageResult, Site, Staff};

use super::events;
use crate::address::Address;
use crate::{desk, menu};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
}

/// `GET /office/audit`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let filter = EventFilter {
        by_people: true,
        ..EventFilter::default()
    };
    let events = chronicle::list(&site.db, &filter, &desk::asked(&asked.after)).await?;
    let empty =
        t!("Nobody has changed anything yet. What people do here is written down for good.");
    let body = events::table(&staff, &events, &Address::to(menu::AUDIT), &empty);
    let mut parts = desk::parts(t!("Audit log"), menu::AUDIT);
    parts.intro = Some(t!(
        "What people did, themselves or through an API key, newest first."
    ));
    desk::page(&site, &staff, parts, body).await
}
