//! Who is invited by staff is sent the link by which they come in, and again when staff ask for it.

use async_trait::async_trait;
use db::Tx;
use jobs::{JobError, Lane};
use kit::{Actor, Subject};
use outreach::LetterKind;
use people::events::InvitationMade;
use people::invitation::{self, Invitation};
use settings::SiteSettings;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post};
use crate::reach::{Addressee, addressee_of};
use crate::tools::Tools;

/// Hears [`InvitationMade`].
pub struct InvitedPersonIsMailed;

#[async_trait]
impl Flow for InvitedPersonIsMailed {
    const NAME: &'static str = "flows.invited_person_is_mailed";
    const LANE: Lane = Lane::Mail;
    type Event = InvitationMade;

    async fn run(heard: InvitationMade, tools: &Tools) -> Result<(), JobError> {
        Ok(mail(heard, tools).await?)
    }
}

async fn mail(heard: InvitationMade, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(InvitedPersonIsMailed::NAME))
        .await?;
    let Some(found) = invitation::find(&mut tx, &heard.invitation).await? else {
        return Ok(());
    };
    // The link is sent once for each asking: heard again, there is nothing left to do.
    let key = format!("invitation/{}/{}", found.id, found.expires_at.ms());
    if !found.sent_at.is_never() && found.sent_at >= found.asked_at() {
        return Ok(());
    }
    let Some(secret) = invitation::issue(&mut tx, &found.id).await? else {
        return Ok(());
    };
    let to = addressee(&mut tx, &found).await?;
    let (plan, until) = (found.plan.clone(), found.expires_at);
    let note = Note {
        key,
        kind: LetterKind::Invitation,
        path: format!("/invited/{}", secret.reveal()),
        subject: Subject::of(&found.member_id),
        words: Box::new(move |reader| vec![("plan", plan.clone()), ("until", reader.day(until))]),
    };
    post(&mut tx, &to, Some(&found.email), note).await?;
    Ok(tx.save().await?)
}

/// In their own language, if they have been here before.
async fn addressee(tx: &mut Tx<'_>, found: &Invitation) -> Result<Addressee, FlowError> {
    if let Some(known) = addressee_of(&mut *tx, &found.member_id).await? {
        return Ok(known);
    }
    let (site, _) = settings::load::<SiteSettings>(tx).await?;
    Ok(Addressee {
        email: found.email.clone(),
        name: found.name.clone(),
        language: site.language,
        zone: site.zone,
    })
}
