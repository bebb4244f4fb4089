//! One-time links that people asked for: issued and mailed in one transaction, kept nowhere else.

use async_trait::async_trait;
use db::Tx;
use jobs::{JobError, Lane};
use kit::id::AccountId;
use kit::{Actor, Subject};
use outreach::LetterKind;
use people::account::{self, Account};
use people::email_change;
use people::events::{
    AccountRegistered, ConfirmationAsked, EmailChangeAsked, PasswordResetAsked,
    RegistrationRepeated,
};
use people::token::{self, Purpose};
use settings::SiteSettings;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, no_words, post};
use crate::reach::Addressee;
use crate::tools::Tools;

macro_rules! mails_a_link {
    ($(#[$meta:meta])* $flow:ident = $name:literal hears $event:ident, $heard:ident => $what:expr) => {
        $(#[$meta])*
        pub struct $flow;

        #[async_trait]
        impl Flow for $flow {
            const NAME: &'static str = $name;
            const LANE: Lane = Lane::Mail;
            type Event = $event;

            async fn run($heard: $event, tools: &Tools) -> Result<(), JobError> {
                Ok(mail(tools, &$heard.account, $what).await?)
            }
        }
    };
}

mails_a_link! {
    /// Hears [`AccountRegistered`].
    RegistrationIsConfirmed = "flows.registration_is_confirmed" hears AccountRegistered,
    heard => if heard.confirmed { Wanted::Nothing } else { Wanted::Confirmation }
}

mails_a_link! {
    /// Hears [`ConfirmationAsked`].
    ConfirmationIsMailedAgain = "flows.confirmation_is_mailed_again" hears ConfirmationAsked,
    heard => Wanted::Confirmation
}

mails_a_link! {
    /// Hears [`RegistrationRepeated`].
    RepeatedRegistrationTellsOwner = "flows.repeated_registration_tells_owner" hears RegistrationRepeated,
    heard => Wanted::AlreadyRegistered
}

mails_a_link! {
    /// Hears [`PasswordResetAsked`].
    PasswordResetIsMailed = "flows.password_reset_is_mailed" hears PasswordResetAsked,
    heard => Wanted::Reset
}

mails_a_link! {
    /// Hears [`EmailChangeAsked`].
    EmailChangeIsConfirmed = "flows.email_change_is_confirmed" hears EmailChangeAsked,
    heard => Wanted::EmailChange(heard.email.clone())
}

enum Wanted {
    Nothing,
    Confirmation,
    AlreadyRegistered,
    Reset,
    EmailChange(kit::Email),
}

async fn mail(tools: &Tools, id: &AccountId, wanted: Wanted) -> Result<(), FlowError> {
    let mut tx = tools.db.begin(Actor::flow("needed_link_is_mailed")).await?;
    let Some(account) = account::find(&mut tx, id).await? else {
        return Ok(());
    };
    let Some((kind, path, other)) = issue(&mut tx, &account, wanted).await? else {
        return Ok(());
    };
    let (site, _) = settings::load::<SiteSettings>(&mut tx).await?;
    let cause: kit::id::EventId = tx.id();
    let note = Note {
        // Each asking is its own cause: the older link is revoked, so the newer letter must leave.
        key: format!("{}/{}/{cause}", kind.word(), account.id),
        kind,
        path,
        subject: Subject::of(&account.id),
        words: no_words(),
    };
    post(
        &mut tx,
        &Addressee::of_account(&account, &site),
        other.as_ref(),
        note,
    )
    .await?;
    Ok(tx.save().await?)
}

type Issued = Option<(LetterKind, String, Option<kit::Email>)>;

/// The link's path, and where it goes if not to the account's own address. `None`: no longer needed.
async fn issue(tx: &mut Tx<'_>, account: &Account, wanted: Wanted) -> Result<Issued, FlowError> {
    let subject = Subject::of(&account.id);
    match wanted {
        Wanted::Confirmation if !account.is_confirmed() => {
            token::revoke(tx, Purpose::ConfirmEmail, &subject).await?;
            let secret = token::issue(tx, Purpose::ConfirmEmail, &subject, None).await?;
            Ok(Some((
                LetterKind::ConfirmAddress,
                format!("/confirm/{}", secret.reveal()),
                None,
            )))
        }
        Wanted::AlreadyRegistered => Ok(Some((
            LetterKind::AlreadyRegistered,
            "/reset".to_owned(),
            None,
        ))),
        Wanted::Reset => {
            token::revoke(tx, Purpose::ResetPassword, &subject).await?;
            let secret = token::issue(tx, Purpose::ResetPassword, &subject, None).await?;
            Ok(Some((
                LetterKind::ResetPassword,
                format!("/reset/{}", secret.reveal()),
                None,
            )))
        }
        Wanted::EmailChange(email) => {
            let secret = email_change::issue(tx, account, &email).await?;
            let path = format!("/account/email/{}", secret.reveal());
            Ok(Some((LetterKind::ConfirmAddress, path, Some(email))))
        }
        Wanted::Nothing | Wanted::Confirmation => Ok(None),
    }
}
