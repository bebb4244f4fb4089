//! Somebody has shown on a platform's own page who they are, and comes in: by the sign-in that the account is linked
//! to, or as somebody new. An address that is known already opens nothing by itself: its owner is written to.

use kit::{Email, t};
use media::identity::{self, Proven};
use people::account::{self, Account};
use people::{member, registration};

use crate::error::FlowError;
use crate::told_at_once::platform_account;
use crate::tools::Tools;

/// Finds the sign-in of a platform's account, or makes one. `None`: the address has another sign-in here, and its
/// owner was written to. Safe to repeat.
pub async fn enter(
    tools: &Tools,
    proven: &Proven,
    locale: Option<String>,
) -> Result<Option<Account>, FlowError> {
    let mut tx = tools.db.begin(kit::Actor::visitor()).await?;
    let remote = &proven.account;
    let known = identity::find_by_remote(&mut tx, &proven.platform, &remote.id).await?;
    if let Some(known) = known {
        let member = member::find(&mut tx, &known.member_id).await?;
        let id = member.and_then(|member| member.account_id);
        let id = id.ok_or_else(without_sign_in)?;
        return Ok(account::find(&mut tx, &id).await?);
    }
    let email = remote.email.as_deref().filter(|_| remote.confirmed);
    let email = email.and_then(|email| Email::parse(email).ok());
    let email = email.ok_or_else(unconfirmed)?;
    let made = registration::register_proven(&mut tx, email, remote.name.clone(), locale).await?;
    if let Some(account) = &made {
        platform_account::link_of_account(&mut tx, &tools.vault, account, proven).await?;
    }
    tx.save().await?;
    Ok(made)
}

fn without_sign_in() -> FlowError {
    FlowError::Refused(t!(
        "Your membership is known here, but it has no sign-in yet. Please ask the operator of this site for a link."
    ))
}

fn unconfirmed() -> FlowError {
    FlowError::Refused(t!(
        "Plex has not confirmed your e-mail address yet, so it could be anybody's. Open the letter that Plex wrote to you, then come back."
    ))
}
