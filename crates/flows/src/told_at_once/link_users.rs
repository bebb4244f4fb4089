//! Users that were on a server before us become members with a plan and an end, or permanent ones.

use billing::term::CauseKind;
use db::Tx;
use kit::id::{MemberId, PlanId, ServerId};
use media::link::{self, Change};
use people::member::{self, NewMember};

use crate::error::FlowError;
use crate::told_at_once::new_member::{self, Gift, Until};

/// What everybody who is linked gets.
#[derive(Debug, Clone)]
pub struct Terms {
    pub plan: PlanId,
    pub until: Until,
}

/// Applies one row of the preview; callers go through the rows in chunks. `None`: the row leaves the user be.
pub async fn apply(
    tx: &mut Tx<'_>,
    server: &ServerId,
    change: &Change,
    terms: &Terms,
) -> Result<Option<MemberId>, FlowError> {
    let Change::Link {
        remote,
        name,
        member,
        ..
    } = change
    else {
        return Ok(None);
    };
    let member = match member {
        Some(id) => member::find(&mut *tx, id)
            .await?
            .ok_or(FlowError::NotFound)?,
        None => member::create(tx, &NewMember::named(name, None)).await?,
    };
    // The link first: the term that follows finds the user and keeps the member on this server.
    link::apply(tx, server, &member.id, remote, name).await?;
    let gift = Gift {
        plan: terms.plan.clone(),
        until: terms.until,
        cause: CauseKind::Import,
    };
    new_member::give(tx, &member, &gift).await?;
    Ok(Some(member.id))
}
