//! After the announced days the media users of a membership that is over are deleted, if the operator said so.

use async_trait::async_trait;
use billing::events::DeletionDue;
use billing::standing::standing;
use jobs::{JobError, Lane};
use kit::Actor;
use kit::id::MemberId;
use media::placement::{self, Asked};
use media::{Entitlements, Level};

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::tools::Tools;

/// Hears [`DeletionDue`].
pub struct DeletionDayDeletesMediaUsers;

#[async_trait]
impl Flow for DeletionDayDeletesMediaUsers {
    const NAME: &'static str = "flows.deletion_day_deletes_media_users";
    const LANE: Lane = Lane::Access;
    type Event = DeletionDue;

    async fn run(heard: DeletionDue, tools: &Tools) -> Result<(), JobError> {
        Ok(delete(heard, tools).await?)
    }
}

async fn delete(heard: DeletionDue, tools: &Tools) -> Result<(), FlowError> {
    let Some(member) = heard.subject.as_id::<MemberId>() else {
        return Ok(());
    };
    let mut tx = tools
        .db
        .begin(Actor::flow(DeletionDayDeletesMediaUsers::NAME))
        .await?;
    billing::subscription::lock(&mut tx, &heard.subscription).await?;
    let now = tx.now();
    // Paid again since, or started anew: nothing is deleted.
    let is_over = !standing(&mut tx, &heard.subscription, now)
        .await?
        .has_access();
    let other = super::share_news_reach_member::membership(&mut tx, &member).await?;
    if !is_over || other.is_some_and(|other| other.has_access()) {
        return Ok(());
    }
    let nothing = Entitlements::default();
    let asked = Asked {
        member: &member,
        entitlements: &nothing,
        trial: false,
        permanent: false,
        location: None,
        platform: None,
    };
    placement::settle(&mut tx, &asked, Level::Deleted).await?;
    Ok(tx.save().await?)
}
