//! A library group is deleted only when no plan on sale opens it: media knows the group, billing the plans.

use billing::plan;
use db::Tx;
use kit::id::GroupId;
use kit::t;
use media::entitlements::SECTION;
use media::{Entitlements, group};

use crate::error::FlowError;

/// Deletes the group, or says which plan still opens it.
pub async fn remove(tx: &mut Tx<'_>, id: &GroupId) -> Result<(), FlowError> {
    for plan in plan::list(&mut *tx).await? {
        let opened = Entitlements::parse(plan.version.section(SECTION)).unwrap_or_default();
        if opened.groups.contains(id) {
            return Err(FlowError::Refused(t!(
                "The plan {plan} opens this group. Take it out of the plan first.",
                plan = plan.version.name
            )));
        }
    }
    Ok(group::remove(tx, id).await?)
}
