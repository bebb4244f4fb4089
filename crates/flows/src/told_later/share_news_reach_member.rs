//! Nobody is told "you are in" before the server says so; then they are told at once where and how to watch.

use async_trait::async_trait;
use billing::plan::PlanKind;
use billing::standing::{Standing, standing};
use billing::subscription;
use db::Tx;
use jobs::{JobError, Lane};
use kit::id::MemberId;
use kit::{Actor, Subject};
use media::events::{ShareFailed, ShareInPlace, ShareRestored};
use media::server;
use outreach::LetterKind;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post_to_member};
use crate::letters_to_watch::welcome_words;
use crate::told_later::paid_member_is_let_in::{complain, settled};
use crate::tools::Tools;

/// Hears [`ShareInPlace`].
pub struct LetInMemberIsWelcomed;

#[async_trait]
impl Flow for LetInMemberIsWelcomed {
    const NAME: &'static str = "flows.let_in_member_is_welcomed";
    const LANE: Lane = Lane::Mail;
    type Event = ShareInPlace;

    async fn run(heard: ShareInPlace, tools: &Tools) -> Result<(), JobError> {
        Ok(welcome(heard, tools).await?)
    }
}

async fn welcome(heard: ShareInPlace, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(LetInMemberIsWelcomed::NAME))
        .await?;
    settled(&mut tx, &heard.member).await?;
    if heard.first {
        let standing = membership(&mut tx, &heard.member).await?;
        let Some(server) = server::find(&mut tx, &heard.server).await? else {
            return Ok(());
        };
        let (kind, about) = welcome_words(tools, &server);
        let note = Note {
            key: format!("welcome/{}", heard.share),
            kind,
            path: "/account".to_owned(),
            subject: Subject::of(&heard.member),
            words: Box::new(move |reader| {
                let mut words = plan_words(standing.as_ref(), reader);
                words.extend(about.clone());
                words.push(("user_name", heard.user_name.clone()));
                words
            }),
        };
        post_to_member(&mut tx, &heard.member, note).await?;
    }
    Ok(tx.save().await?)
}

/// Hears [`ShareRestored`].
pub struct RestoredMemberIsToldSo;

#[async_trait]
impl Flow for RestoredMemberIsToldSo {
    const NAME: &'static str = "flows.restored_member_is_told_so";
    const LANE: Lane = Lane::Mail;
    type Event = ShareRestored;

    async fn run(heard: ShareRestored, tools: &Tools) -> Result<(), JobError> {
        Ok(restored(heard, tools).await?)
    }
}

async fn restored(heard: ShareRestored, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(RestoredMemberIsToldSo::NAME))
        .await?;
    settled(&mut tx, &heard.member).await?;
    let standing = membership(&mut tx, &heard.member).await?;
    let version = standing
        .as_ref()
        .map_or(0, |standing| standing.subscription.version);
    let note = Note {
        key: format!("restored/{}/{version}", heard.member),
        kind: LetterKind::Restored,
        path: "/account".to_owned(),
        subject: Subject::of(&heard.member),
        words: Box::new(move |reader| plan_words(standing.as_ref(), reader)),
    };
    post_to_member(&mut tx, &heard.member, note).await?;
    Ok(tx.save().await?)
}

/// Hears [`ShareFailed`].
pub struct FailedShareTellsOperator;

#[async_trait]
impl Flow for FailedShareTellsOperator {
    const NAME: &'static str = "flows.failed_share_tells_operator";
    const LANE: Lane = Lane::Mail;
    type Event = ShareFailed;

    async fn run(heard: ShareFailed, tools: &Tools) -> Result<(), JobError> {
        Ok(failed(heard, tools).await?)
    }
}

async fn failed(heard: ShareFailed, tools: &Tools) -> Result<(), FlowError> {
    let mut tx = tools
        .db
        .begin(Actor::flow(FailedShareTellsOperator::NAME))
        .await?;
    let share = media::share::find(&mut tx, &heard.share).await?;
    // It may have come right since.
    let still = share
        .is_some_and(|share| share.takes_place && !share.is_open() && !share.needs_credentials());
    // Whoever could not be moved stays where they were; the move's report says so.
    let still = still && !media::moving::leads_to(&mut tx, &heard.member, &heard.server).await?;
    if let Some(standing) = membership(&mut tx, &heard.member).await?.filter(|_| still) {
        complain(&mut tx, &standing, &heard.member, &heard.reason).await?;
    }
    Ok(tx.save().await?)
}

/// The standing of the member's membership. `None`: there is none.
pub(super) async fn membership(
    tx: &mut Tx<'_>,
    member: &MemberId,
) -> Result<Option<Standing>, FlowError> {
    let subject = Subject::of(member);
    let living = subscription::living_of_kind(&mut *tx, &subject, PlanKind::Membership).await?;
    let now = tx.now();
    match living {
        Some(living) => Ok(Some(standing(tx, &living.id, now).await?)),
        None => Ok(None),
    }
}

/// The variables that speak of the membership.
pub(super) fn plan_words(
    standing: Option<&Standing>,
    reader: &kit::Reader,
) -> Vec<(&'static str, String)> {
    let plan = standing
        .map(|standing| standing.plan.name.clone())
        .unwrap_or_default();
    let until = standing.map_or(kit::Timestamp::NEVER, |standing| {
        standing.subscription.ends_at
    });
    vec![("plan", plan), ("until", reader.day(until))]
}
