//! Letters that staff send again by hand: how to watch, and the link to choose a name and password.

use billing::subscription;
use db::Tx;
use kit::id::{EventId, MemberId, ShareId};
use kit::{Subject, t};
use media::server;
use media::share::{self, Share, ShareState};
use outreach::LetterKind;
use outreach::events::LetterRepeated;

use crate::error::FlowError;
use crate::letters::{Note, post_to_member};
use crate::letters_to_watch::{post_way_in, welcome_words};
use crate::reach::addressee_of;
use crate::tools::Tools;

/// Posts the welcome of every server where access is in place. Refused if there is nothing to say.
pub async fn welcome(tx: &mut Tx<'_>, tools: &Tools, member: &MemberId) -> Result<(), FlowError> {
    refuse_without_address(tx, member).await?;
    let shares = share::list_of_member(&mut *tx, member).await?;
    let open: Vec<Share> = shares
        .into_iter()
        .filter(|share| share.state == ShareState::InPlace)
        .collect();
    if open.is_empty() {
        return Err(FlowError::Refused(t!(
            "They are on no server yet, so there is nothing to tell them. The welcome goes out by itself once they are let in."
        )));
    }
    for share in &open {
        welcome_to(tx, tools, member, share).await?;
    }
    tell(tx, member, LetterKind::Welcome).await
}

async fn welcome_to(
    tx: &mut Tx<'_>,
    tools: &Tools,
    member: &MemberId,
    share: &Share,
) -> Result<(), FlowError> {
    let server = server::find(&mut *tx, &share.server_id)
        .await?
        .ok_or(FlowError::NotFound)?;
    let subject = Subject::of(member);
    let living = subscription::living_of(&mut *tx, &subject).await?;
    let ends_at = living.as_ref().map(|living| living.ends_at);
    let plan = match &living {
        Some(living) => billing::plan::version(&mut *tx, &living.plan_version_id).await?,
        None => None,
    };
    let again: EventId = tx.id();
    let user_name = share.user_name.clone().unwrap_or_default();
    let (kind, about) = welcome_words(tools, &server);
    let note = Note {
        key: format!("welcome/{}/{again}", share.id),
        kind,
        path: "/account".to_owned(),
        subject,
        words: Box::new(move |reader| {
            let mut words = vec![
                (
                    "plan",
                    plan.as_ref()
                        .map(|plan| plan.name.clone())
                        .unwrap_or_default(),
                ),
                (
                    "until",
                    ends_at.map(|at| reader.day(at)).unwrap_or_default(),
                ),
                ("user_name", user_name.clone()),
            ];
            words.extend(about.clone());
            words
        }),
    };
    Ok(post_to_member(tx, member, note).await?)
}

/// Posts a fresh link for one share: to choose name and password, or to sign in with the platform.
pub async fn choose_link(tx: &mut Tx<'_>, tools: &Tools, id: &ShareId) -> Result<(), FlowError> {
    let share = share::find(&mut *tx, id)
        .await?
        .ok_or(FlowError::NotFound)?;
    refuse_without_address(tx, &share.member_id).await?;
    let server = server::find(&mut *tx, &share.server_id)
        .await?
        .ok_or(FlowError::NotFound)?;
    let again: EventId = tx.id();
    let kind = post_way_in(tx, tools, &share, &server, again.as_str()).await?;
    tell(tx, &share.member_id, kind).await
}

async fn tell(tx: &mut Tx<'_>, member: &MemberId, kind: LetterKind) -> Result<(), FlowError> {
    let subject = Subject::of(member);
    chronicle::tell(tx, &LetterRepeated { kind, subject }).await?;
    Ok(())
}

async fn refuse_without_address(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), FlowError> {
    match addressee_of(&mut *tx, member).await? {
        Some(_) => Ok(()),
        None => Err(FlowError::Refused(t!(
            "No address is known for them. Add one on their page first."
        ))),
    }
}
