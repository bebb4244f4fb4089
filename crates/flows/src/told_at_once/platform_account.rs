//! A member has shown which account of a platform is theirs: known to people and to media servers alike.

use db::Tx;
use kit::id::MemberId;
use kit::t;
use media::identity::{self, Proven};
use people::account::Account;
use people::identity::Identity;
use people::member;
use settings::Vault;

use crate::error::FlowError;

/// Notes the account as the member's, and lets in whoever waited for it. Safe to repeat.
pub async fn link(
    tx: &mut Tx<'_>,
    vault: &Vault,
    member: &MemberId,
    proven: &Proven,
) -> Result<(), FlowError> {
    let account = &proven.account;
    let known = identity::find_by_remote(&mut *tx, &proven.platform, &account.id).await?;
    if known.is_some_and(|known| known.member_id != *member) {
        return Err(FlowError::Refused(t!(
            "The account {name} is linked to another sign-in of this house already. Sign in with that one, or choose another account on the platform's page.",
            name = &account.name
        )));
    }
    let before = identity::find_of(&mut *tx, member, &proven.platform).await?;
    identity::link(tx, vault, member, proven).await?;
    if proven.platform == "plex" {
        if let Some(before) = before.filter(|before| before.remote_id != account.id) {
            let former = Identity::plex(before.remote_id.as_str(), &before.name);
            people::identity::remove(tx, member, &former).await?;
            people::member::forget_plex_email(tx, member).await?;
        }
        let known = Identity::plex(account.id.as_str(), &account.name);
        people::identity::add(tx, member, &known).await?;
    }
    Ok(())
}

/// The same for whoever is signed in; a member is made for them if they are none yet.
pub async fn link_of_account(
    tx: &mut Tx<'_>,
    vault: &Vault,
    account: &Account,
    proven: &Proven,
) -> Result<(), FlowError> {
    let member = member::of_account(tx, account).await?;
    link(tx, vault, &member.id, proven).await
}
