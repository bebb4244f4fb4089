//! One-time links: 128 bits of chance, stored hashed, for one purpose and one subject, used once.
//!
//! A page that a link opens only looks ([`find`]); the form on it is posted and uses the link up
//! ([`consume`]), so that a mail scanner that follows links uses none of them up.

use db::{DbError, Read, Tx, values};
use kit::id::TokenId;
use kit::stored::stored_words;
use kit::{Secret, Span, Subject, Timestamp};

use crate::digest;

stored_words! {
    /// What a link is for; it is good for nothing else.
    pub enum Purpose {
        ConfirmEmail = "confirm_email",
        /// The new address is the token's detail.
        ChangeEmail = "change_email",
        ResetPassword = "reset_password",
        /// Makes the first administrator; its subject is the house.
        FirstStart = "first_start",
        /// Signs in once: the console, or a mail.
        SignInLink = "sign_in_link",
        /// Lets a member choose name and password on a media server.
        ChooseMediaPassword = "choose_media_password",
        /// Joins an invitation to a sign-in; its subject is the invitation.
        Invitation = "invitation",
        /// Between the password and the second step; kept by the browser, never mailed.
        SecondStep = "second_step",
    }
}

impl Purpose {
    pub const fn lasts(self) -> Span {
        match self {
            Self::ConfirmEmail | Self::ChangeEmail => Span::days(2),
            Self::ResetPassword => Span::hours(1),
            Self::FirstStart | Self::SignInLink => Span::days(1),
            Self::ChooseMediaPassword | Self::Invitation => Span::days(14),
            Self::SecondStep => Span::minutes(10),
        }
    }
}

db::row! {
    /// A link that is still good. The secret is not here.
    #[derive(Debug, Clone)]
    pub struct Token {
        pub id: TokenId,
        pub purpose: Purpose,
        pub subject: Subject,
        pub detail: Option<String>,
        pub created_at: Timestamp,
        pub expires_at: Timestamp,
    }
}

const INSERT: &str = "
    insert into tokens
           (id, token_hash, purpose, subject, detail, created_at, expires_at, used_at)
    values ($1, $2, $3, $4, $5, $6, $7, 9223372036854775807)";

/// Makes a link's secret. It is shown or mailed, and kept nowhere.
pub async fn issue(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    subject: &Subject,
    detail: Option<&str>,
) -> Result<Secret, DbError> {
    let secret = Secret::new(tx.world().token());
    let (id, now): (TokenId, _) = (tx.id(), tx.now());
    let row = values![
        id,
        digest::of(&secret),
        purpose,
        subject,
        detail.map(str::to_owned),
        now,
        now + purpose.lasts()
    ];
    tx.run(INSERT, row).await?;
    Ok(secret)
}

const FIND: &str = "
    select id, purpose, subject, detail, created_at, expires_at
      from tokens
     where token_hash = $1 and purpose = $2 and expires_at > $3 and used_at = 9223372036854775807";

/// Looks without using it up. `None`: used, too old, for something else, or never made.
pub async fn find(
    mut read: impl Read,
    purpose: Purpose,
    secret: &Secret,
    now: Timestamp,
) -> Result<Option<Token>, DbError> {
    read.maybe(FIND, values![digest::of(secret), purpose, now])
        .await
}

const CONSUME: &str = "
    update tokens set used_at = $3
     where token_hash = $1 and purpose = $2 and expires_at > $3 and used_at = 9223372036854775807
 returning id, purpose, subject, detail, created_at, expires_at";

/// Uses the link up: of many at once, one gets it.
pub async fn consume(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    secret: &Secret,
) -> Result<Option<Token>, DbError> {
    let now = tx.now();
    tx.maybe(CONSUME, values![digest::of(secret), purpose, now])
        .await
}

const REVOKE: &str = "
    update tokens set used_at = $3
     where subject = $1 and purpose = $2 and used_at = 9223372036854775807";

/// Ends all links of one purpose for a subject.
pub async fn revoke(tx: &mut Tx<'_>, purpose: Purpose, subject: &Subject) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(REVOKE, values![subject, purpose, now]).await?;
    Ok(())
}

const REVOKE_ALL: &str = "
    update tokens set used_at = $2 where subject = $1 and used_at = 9223372036854775807";

/// Ends all links for a subject.
pub async fn revoke_all(tx: &mut Tx<'_>, subject: &Subject) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(REVOKE_ALL, values![subject, now]).await?;
    Ok(())
}
