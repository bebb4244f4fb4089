//! Members who must give another account of a platform, one or many at once.

use db::Tx;
use kit::id::MemberId;
use media::account_change;
use people::member;

use crate::error::FlowError;

/// One call asks so many at most; a transaction stays short.
pub const AT_A_TIME: usize = 200;

/// Has members give another account; says how many were not asked before. Safe to repeat.
pub async fn ask(
    tx: &mut Tx<'_>,
    members: &[MemberId],
    platform: &str,
    reason: &str,
) -> Result<i64, FlowError> {
    let mut asked = 0;
    for id in members {
        let known = member::find(&mut *tx, id).await?;
        let is_there = known.is_some_and(|member| member.merged_into.is_none());
        if is_there && account_change::ask(tx, id, platform, reason).await? {
            asked += 1;
        }
    }
    Ok(asked)
}
