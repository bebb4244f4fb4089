//! An invitation that nobody accepts opens nothing: its member is written to at once, and again after three days.

use async_trait::async_trait;
use jobs::{Job, JobError, Lane};
use kit::id::ShareId;
use kit::{Actor, Span, Subject};
use media::events::ShareInvited;
use media::server;
use media::share::{self, ShareState};
use outreach::LetterKind;
use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post_to_member};
use crate::letters_to_watch::platform_title;
use crate::tools::Tools;

/// Days after which those are reminded who have not accepted; then they are left in peace.
const REMINDED_AFTER: [i64; 2] = [3, 10];

/// Hears [`ShareInvited`].
pub struct InvitedMemberIsToldHow;

#[async_trait]
impl Flow for InvitedMemberIsToldHow {
    const NAME: &'static str = "flows.invited_member_is_told_how";
    const LANE: Lane = Lane::Mail;
    type Event = ShareInvited;

    async fn run(heard: ShareInvited, tools: &Tools) -> Result<(), JobError> {
        let first = RemindOfInvitation {
            share: heard.share,
            times: 0,
        };
        Ok(first.send(tools).await?)
    }
}

/// Writes once more to somebody who was invited, unless they have accepted or the invitation is over.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemindOfInvitation {
    share: ShareId,
    /// How often they were written to before.
    times: usize,
}

#[async_trait]
impl Job for RemindOfInvitation {
    const NAME: &'static str = "flows.remind_of_invitation";
    const LANE: Lane = Lane::Mail;
    type Needs = Tools;

    async fn run(&self, tools: &Tools) -> Result<(), JobError> {
        Ok(self.send(tools).await?)
    }
}

impl RemindOfInvitation {
    async fn send(&self, tools: &Tools) -> Result<(), FlowError> {
        let mut tx = tools.db.begin(Actor::flow(Self::NAME)).await?;
        let share = share::find(&mut tx, &self.share).await?;
        let Some(share) = share.filter(|share| share.state == ShareState::Invited) else {
            return Ok(());
        };
        let Some(server) = server::find(&mut tx, &share.server_id).await? else {
            return Ok(());
        };
        let (name, platform) = (server.name.clone(), platform_title(tools, &server));
        let user_name = share.user_name.clone().unwrap_or_default();
        let note = Note {
            key: format!(
                "invitation_waiting/{}/{}/{}",
                share.id,
                share.invited_at.ms(),
                self.times
            ),
            kind: LetterKind::InvitationWaiting,
            path: "/account".to_owned(),
            subject: Subject::of(&share.member_id),
            words: Box::new(move |_| {
                vec![
                    ("server", name.clone()),
                    ("platform", platform.clone()),
                    ("user_name", user_name.clone()),
                ]
            }),
        };
        post_to_member(&mut tx, &share.member_id, note).await?;
        if let Some(days) = REMINDED_AFTER.get(self.times) {
            let next = Self {
                share: share.id.clone(),
                times: self.times + 1,
            };
            let at = tx.now() + Span::days(*days);
            jobs::add_once_at(&mut tx, &next, &format!("{}/{}", share.id, next.times), at).await?;
        }
        Ok(tx.save().await?)
    }
}
