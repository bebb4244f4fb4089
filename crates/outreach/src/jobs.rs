//! Carrying letters, and forgetting old ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use db::{Db, DbError, Tx};
use jobs::{Job, JobError, Lane};
use kit::id::LetterId;
use kit::{Actor, Outcome, Span, Text, t};
use serde::{Deserialize, Serialize};
use settings::{SiteSettings, Vault, vault};

use crate::courier::{Courier, MailTransport, Written};
use crate::letter::{self, Letter, LetterState};
use crate::settings::{MailSettings, PASSWORD_PLACE};
use crate::template;
use crate::text;

/// What the jobs here work with.
#[derive(Clone)]
pub struct Outreach {
    pub db: Db,
    pub vault: Arc<Vault>,
    pub courier: Arc<dyn Courier>,
}

/// Carries one letter. A letter whose fate is unknown is carried again under the same message id, by which
/// mail programs recognise the second as the first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliverLetter {
    pub letter: LetterId,
}

#[async_trait]
impl Job for DeliverLetter {
    const NAME: &'static str = "outreach.deliver_letter";
    const LANE: Lane = Lane::Mail;
    type Needs = Outreach;

    async fn run(&self, needs: &Outreach) -> Result<(), JobError> {
        let Some(letter) = letter::find(&needs.db, &self.letter).await? else {
            return Ok(());
        };
        if letter.state != LetterState::Waiting {
            return Ok(());
        }
        let (mail, version) = settings::load::<MailSettings>(&needs.db).await?;
        let text = text::text_for(&needs.db, letter.kind, &letter.language).await?;
        if !text.is_enabled {
            let reason = t!("Letters of this kind are switched off in the settings.");
            return note(needs, &letter, LetterState::Withheld, &reason).await;
        }
        if !mail.is_set() {
            // It is no failure to have no mail server: the letter waits, and leaves when there is one.
            let reason = t!(
                "No mail server is set. Enter one under Settings, Mail; the letter leaves then."
            );
            return note(needs, &letter, LetterState::Waiting, &reason).await;
        }
        let written = write(needs, &letter, &mail, &text).await?;
        let transport = MailTransport {
            password: password(needs).await?,
            settings: mail.clone(),
        };
        match needs.courier.carry(&transport, &written).await {
            Outcome::Done(()) => Ok(arrived(needs, &letter, &written, mail, version).await?),
            Outcome::Refused(refusal) if !refusal.may_pass => {
                note(needs, &letter, LetterState::Failed, &refusal.reason).await?;
                Err(JobError::Final(refusal.reason))
            }
            Outcome::Refused(refusal) => later(needs, &letter, refusal.reason).await,
            Outcome::Unknown(uncertainty) => later(needs, &letter, uncertainty.reason).await,
        }
    }
}

async fn later(needs: &Outreach, letter: &Letter, reason: Text) -> Result<(), JobError> {
    note(needs, letter, LetterState::Waiting, &reason).await?;
    Err(JobError::Again(reason))
}

async fn password(needs: &Outreach) -> Result<Option<kit::Secret>, JobError> {
    vault::find(&needs.db, &needs.vault, PASSWORD_PLACE)
        .await
        .map_err(|error| {
            JobError::Again(t!(
                "The mail password cannot be opened: {words}",
                words = error.to_string()
            ))
        })
}

async fn write(
    needs: &Outreach,
    letter: &Letter,
    mail: &MailSettings,
    text: &text::LetterText,
) -> Result<Written, JobError> {
    let (site, _) = settings::load::<SiteSettings>(&needs.db).await?;
    let mut context: BTreeMap<String, String> = letter.context.0.clone();
    context.insert("site".to_owned(), site.name.clone());
    context.insert("site_url".to_owned(), site.public_url.clone());
    context.insert("name".to_owned(), letter.to_name.clone());
    let drawn = template::write(&text.title, &text.body, &context).map_err(|error| {
        JobError::Again(t!(
            "The text of this letter cannot be used: {words}",
            words = error.to_string()
        ))
    })?;
    let host = mail
        .from_email
        .split_once('@')
        .map_or("localhost", |(_, host)| host);
    Ok(Written {
        message_id: format!("{}@{host}", letter.id),
        from_email: mail.from_email.clone(),
        from_name: if mail.from_name.is_empty() {
            site.name
        } else {
            mail.from_name.clone()
        },
        reply_to: mail.reply_to.clone(),
        to_email: letter.to_email.clone(),
        to_name: letter.to_name.clone(),
        title: drawn.title,
        text: drawn.text,
        html: drawn.html,
        language: letter.language.clone(),
    })
}

async fn arrived(
    needs: &Outreach,
    letter: &Letter,
    written: &Written,
    mail: MailSettings,
    version: i64,
) -> Result<(), DbError> {
    let mut tx = needs.db.begin(Actor::schedule(DeliverLetter::NAME)).await?;
    letter::sent(&mut tx, &letter.id, &written.title).await?;
    let now = tx.now();
    // Once an hour is enough for "a mail was accepted", and spares a write for each letter.
    if now.since(mail.accepted_at) > Span::hours(1) {
        let accepted = MailSettings {
            accepted_at: now,
            ..mail
        };
        match settings::save(&mut tx, &accepted, version).await {
            // Somebody is changing the settings: theirs count.
            Ok(()) | Err(settings::SettingsError::ChangedMeanwhile) => {}
            Err(settings::SettingsError::Db(error)) => return Err(error),
        }
    }
    tx.save().await
}

async fn note(
    needs: &Outreach,
    letter: &Letter,
    state: LetterState,
    reason: &Text,
) -> Result<(), JobError> {
    let mut tx = needs.db.begin(Actor::schedule(DeliverLetter::NAME)).await?;
    letter::noted(&mut tx, &letter.id, state, reason).await?;
    tx.save().await?;
    Ok(())
}

/// Sends on what waited for a mail server, or whose job is gone. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliverWaiting;

#[async_trait]
impl Job for DeliverWaiting {
    const NAME: &'static str = "outreach.deliver_waiting";
    const LANE: Lane = Lane::Mail;
    type Needs = Outreach;

    async fn run(&self, needs: &Outreach) -> Result<(), JobError> {
        let (mail, _) = settings::load::<MailSettings>(&needs.db).await?;
        if !mail.is_set() {
            return Ok(());
        }
        let mut tx = needs.db.begin(Actor::schedule(Self::NAME)).await?;
        for letter in letter::waiting(&mut tx, AT_ONCE).await? {
            let key = letter.as_str().to_owned();
            jobs::add_once(&mut tx, &DeliverLetter { letter }, &key).await?;
        }
        Ok(tx.save().await?)
    }
}

/// How many waiting letters one turn sends on.
const AT_ONCE: i64 = 500;

/// Asks for [`DeliverWaiting`]: whoever saves mail settings does.
pub async fn send_waiting(tx: &mut Tx<'_>) -> Result<(), DbError> {
    jobs::add_once(tx, &DeliverWaiting, "asked").await
}

/// How long letters are kept after they were posted.
const KEPT: Span = Span::days(90);

/// Forgets letters older than ninety days. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForgetLetters;

#[async_trait]
impl Job for ForgetLetters {
    const NAME: &'static str = "outreach.forget_letters";
    const LANE: Lane = Lane::Bulk;
    type Needs = Outreach;

    async fn run(&self, needs: &Outreach) -> Result<(), JobError> {
        let mut tx = needs.db.begin(Actor::schedule(Self::NAME)).await?;
        let before = tx.now() - KEPT;
        letter::forget(&mut tx, before).await?;
        tx.save().await?;
        Ok(())
    }
}
