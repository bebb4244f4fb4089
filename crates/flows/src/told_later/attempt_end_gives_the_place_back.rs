//! An attempt that ended without money gives its place back, so that somebody else can have it.

use async_trait::async_trait;
use billing::attempt;
use billing::money_events::AttemptEnded;
use jobs::{JobError, Lane};
use kit::Actor;
use media::place;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::tools::Tools;

/// Hears [`AttemptEnded`].
pub struct AttemptEndGivesThePlaceBack;

#[async_trait]
impl Flow for AttemptEndGivesThePlaceBack {
    const NAME: &'static str = "flows.attempt_end_gives_the_place_back";
    const LANE: Lane = Lane::Access;
    type Event = AttemptEnded;

    async fn run(heard: AttemptEnded, tools: &Tools) -> Result<(), JobError> {
        Ok(give_back(heard, tools).await?)
    }
}

async fn give_back(heard: AttemptEnded, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(AttemptEndGivesThePlaceBack::NAME))
        .await?;
    // Another attempt at the same order may be under way; it needs the place.
    let attempts = attempt::of_subscription(&mut tx, &heard.subscription).await?;
    let is_wanted = attempts
        .iter()
        .any(|other| other.order_id == heard.order && !other.state.is_over());
    if !is_wanted {
        place::release(&mut tx, heard.order.as_str()).await?;
    }
    Ok(tx.save().await?)
}
