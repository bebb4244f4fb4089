//! One server of an invitation, tried again after what was in the way is gone.

use kit::id::ServerId;
use kit::{Actor, Subject};
use media::share::{self, UserStage};
use people::invitation::Invitation;

use crate::error::FlowError;
use crate::told_later::settle_again;
use crate::tools::Tools;

/// Has a server tried again: looked at, where they have a place; placed anew, where not. Safe to repeat.
pub async fn try_again(
    tools: &Tools,
    actor: Actor,
    invitation: &Invitation,
    server: &ServerId,
) -> Result<(), FlowError> {
    let share = share::find_on(&tools.db, &invitation.member_id, server).await?;
    if let Some(share) = share.filter(|share| share.takes_place) {
        let mut tx = tools.db.begin(actor).await?;
        if share.stage == UserStage::Gone {
            media::inviting::invite_again(&mut tx, &share.id).await?;
        } else {
            media::ask_look(&mut tx, &share).await?;
        }
        return Ok(tx.save().await?);
    }
    let subject = Subject::of(&invitation.member_id);
    if let Some(living) = billing::subscription::living_of(&tools.db, &subject).await? {
        settle_again(tools, &living.id).await?;
    }
    Ok(())
}
