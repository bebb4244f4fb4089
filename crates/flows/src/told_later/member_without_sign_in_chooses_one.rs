//! Who is paid for and has no name and password for watching yet is sent the link to choose them.

use async_trait::async_trait;
use jobs::{JobError, Lane};
use kit::{Actor, Subject};
use media::events::CredentialsNeeded;
use media::share;
use outreach::LetterKind;
use people::token::{self, Purpose};

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post_to_member};
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
    let still = share::find(&mut tx, &heard.share)
        .await?
        .filter(share::Share::needs_credentials);
    let Some(share) = still else { return Ok(()) };
    let subject = Subject::of(&heard.member);
    let secret = token::issue(&mut tx, Purpose::ChooseMediaPassword, &subject, None).await?;
    let note = Note {
        key: format!("choose_media_password/{}/{}", share.id, share.edition),
        kind: LetterKind::ChooseMediaPassword,
        path: format!("/account/choose/{}", secret.reveal()),
        subject,
        words: Box::new(move |_| vec![("server", heard.server_name.clone())]),
    };
    post_to_member(&mut tx, &heard.member, note).await?;
    Ok(tx.save().await?)
}
