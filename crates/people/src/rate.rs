//! Limits on trying: counted in a table, so that they hold over all processes and restarts.
//!
//! Count in a transaction of its own and save it before the work: a refused try must stay counted.

use db::{Db, DbError, Read as _, Tx, values};
use kit::stored::stored_words;
use kit::{Actor, Span, Text, Timestamp, t};

use crate::error::PeopleError;

stored_words! {
    /// What is counted.
    pub enum Rate {
        /// By the name that was typed, whether anybody has it or not.
        SignInByName = "sign_in_by_name",
        SignInByAddress = "sign_in_by_address",
        RegisterByAddress = "register_by_address",
        ResetByAccount = "reset_by_account",
        ResetByAddress = "reset_by_address",
        /// Pages that take one-time links.
        TokenByAddress = "token_by_address",
        /// Authenticator's and recovery codes, and passwords given again.
        CodeByAccount = "code_by_account",
        PasskeyByAddress = "passkey_by_address",
        /// Codes for invitations and discounts, typed by visitors.
        RedeemByAddress = "redeem_by_address",
        /// Attempts to pay: testers of stolen cards come in hundreds.
        CheckoutByAddress = "checkout_by_address",
    }
}

impl Rate {
    /// How many tries within how long.
    const fn allowed(self) -> (i64, Span) {
        match self {
            Self::SignInByName | Self::CodeByAccount => (10, Span::minutes(15)),
            Self::SignInByAddress | Self::PasskeyByAddress => (60, Span::minutes(15)),
            Self::RegisterByAddress => (10, Span::hours(1)),
            Self::ResetByAccount => (5, Span::hours(1)),
            Self::ResetByAddress | Self::RedeemByAddress | Self::CheckoutByAddress => {
                (20, Span::hours(1))
            }
            Self::TokenByAddress => (30, Span::minutes(15)),
        }
    }
}

db::row! {
    struct Counted { tries: i64, ends_at: Timestamp }
}

const COUNT: &str = "
    insert into rates (kind, bucket, started_at, ends_at, tries) values ($1, $2, $3, $4, 1)
    on conflict (kind, bucket) do update
       set tries = case when rates.ends_at <= $3 then 1 else rates.tries + 1 end,
           started_at = case when rates.ends_at <= $3 then $3 else rates.started_at end,
           ends_at = case when rates.ends_at <= $3 then $4 else rates.ends_at end
 returning tries, ends_at";

/// Counts one try. `Some`: it is one too many; the sentence says how long to wait.
pub async fn count(tx: &mut Tx<'_>, rate: Rate, bucket: &str) -> Result<Option<Text>, DbError> {
    let now = tx.now();
    let (most, window) = rate.allowed();
    let bucket: String = bucket.to_lowercase().chars().take(260).collect();
    let counted: Counted = tx
        .one(COUNT, values![rate, bucket, now, now + window])
        .await?;
    Ok((counted.tries > most).then(|| wait(counted.ends_at.since(now))))
}

/// Counts one try in each bucket, in a transaction of its own that stays whatever comes after.
pub async fn pass(db: &Db, buckets: &[(Rate, &str)]) -> Result<(), PeopleError> {
    let mut tx = db.begin(Actor::visitor()).await?;
    let refused = count_all(&mut tx, buckets).await?;
    tx.save().await?;
    match refused {
        Some(text) => Err(PeopleError::TooMany(text)),
        None => Ok(()),
    }
}

/// Counts one try in each bucket. `Some`: save the count, do nothing else.
pub(crate) async fn count_all(
    tx: &mut Tx<'_>,
    buckets: &[(Rate, &str)],
) -> Result<Option<Text>, DbError> {
    let mut refused = None;
    for (rate, bucket) in buckets {
        let one_too_many = count(tx, *rate, bucket).await?;
        refused = refused.or(one_too_many);
    }
    Ok(refused)
}

const CLEAR: &str = "delete from rates where kind = $1 and bucket = $2";

/// Forgets a bucket: after a success of the account that it counts for.
pub async fn clear(tx: &mut Tx<'_>, rate: Rate, bucket: &str) -> Result<(), DbError> {
    tx.run(CLEAR, values![rate, bucket.to_lowercase()]).await?;
    Ok(())
}

fn wait(left: Span) -> Text {
    let minutes = (left.as_ms() + 59_999) / 60_000;
    let span = if minutes <= 60 {
        Text::counted(minutes.max(1), "{n} minute", "{n} minutes")
    } else {
        Text::counted((minutes + 59) / 60, "{n} hour", "{n} hours")
    };
    t!(
        "There were too many tries. Please wait {span} and try again.",
        span = span
    )
}
