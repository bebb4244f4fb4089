//! Who is paid for and has no name and password for watching yet is sent the link to choose them; on a platform
//! with accounts of its own, the link to sign in there; and where a server asks for such an account as well, the link
//! to give it.

use async_trait::async_trait;
use db::Tx;
use jobs::{JobError, Lane};
use kit::Actor;
use kit::id::MemberId;
use media::events::CredentialsNeeded;
use media::{account_first, server, share};
use people::invitation::{self, InvitationState};

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters_to_watch::post_way_in;
use crate::tools::Tools;

/// Hears [`CredentialsNeeded`].
pub struct MemberWithoutSignInChoosesOne;

#[async_trait]
impl Flow for MemberWithoutSignInChoosesOne {
    const NAME: &'static str = "flows.member_without_sign_in_chooses_one";
    const LANE: Lane = Lane::Mail;
    type Event = CredentialsNeeded;

    async fn run(heard: CredentialsNeeded, tools: &Tools) -> Result<(), JobError> {
        Ok(send(heard, tools).await?)
    }
}

async fn send(heard: CredentialsNeeded, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(MemberWithoutSignInChoosesOne::NAME))
        .await?;
    let Some(share) = share::find(&mut tx, &heard.share).await? else {
        return Ok(());
    };
    let has_more_to_do = account_first::asked_for(&mut tx, &share).await?.is_some();
    if !share.needs_credentials() && !has_more_to_do {
        return Ok(());
    }
    // Who is invited and has not come yet is led through it by the invitation.
    if is_invited(&mut tx, &share.member_id).await? {
        return Ok(());
    }
    let Some(server) = server::find(&mut tx, &share.server_id).await? else {
        return Ok(());
    };
    post_way_in(&mut tx, tools, &share, &server, &share.edition.to_string()).await?;
    Ok(tx.save().await?)
}

async fn is_invited(tx: &mut Tx<'_>, member: &MemberId) -> Result<bool, FlowError> {
    let now = tx.now();
    let all = invitation::list_of_member(tx, member).await?;
    Ok(all
        .iter()
        .any(|one| one.state(now) == InvitationState::Pending))
}
