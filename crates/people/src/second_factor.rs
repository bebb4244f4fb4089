//! The authenticator app as second factor (RFC 6238: SHA-1, six digits, 30 seconds), and recovery codes.
//!
//! The shared secret is sealed in the vault. A code is good once, in its own step and one to either side.

use db::{DbError, Read, Tx, values};
use kit::id::{AccountId, SessionId};
use kit::{Secret, Timestamp};
use qrcode::QrCode;
use qrcode::render::svg;
use settings::{Vault, VaultError, vault};
use totp_rs::{Builder, Totp};

use crate::account::Account;
use crate::digest;
use crate::error::PeopleError;
use crate::events::{SecondFactorAdded, SecondFactorRemoved};
use crate::session;

const CODES: usize = 10;

/// What the page shows while an authenticator is being added.
#[derive(Debug, Clone)]
pub struct Offer {
    /// To be typed, for those who cannot scan.
    pub key: Secret,
    /// `otpauth://…`, what the QR code says.
    pub uri: Secret,
}

impl Offer {
    /// The QR code as an SVG element, dark on light whatever the colour scheme: readers need that.
    pub fn svg(&self) -> String {
        QrCode::new(self.uri.reveal()).map_or_else(
            |_| String::new(),
            |code| {
                code.render::<svg::Color<'_>>()
                    .min_dimensions(220, 220)
                    .quiet_zone(true)
                    .build()
            },
        )
    }
}

/// Where the secret of an authenticator in use is sealed.
fn place(account: &AccountId) -> String {
    format!("accounts/{account}/totp")
}

/// Where one is sealed that no code has proven yet.
fn offered_place(account: &AccountId) -> String {
    format!("accounts/{account}/totp_offered")
}

fn totp(key: &Secret, issuer: &str, label: &str) -> Result<Totp, PeopleError> {
    let key = totp_rs::Secret::try_from_base32(key.reveal())
        .map_err(|_| VaultError::Damaged("an authenticator's secret".to_owned()))?;
    Builder::new()
        .with_secret(key)
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(label))
        .build()
        .map_err(|_| VaultError::Damaged("an authenticator's secret".to_owned()).into())
}

/// The label of an authenticator may hold no colon.
fn plain(text: &str) -> String {
    text.replace(':', " ")
}

/// Offers a fresh secret. It counts for nothing until [`enable`] has seen a code of it.
pub async fn offer(
    tx: &mut Tx<'_>,
    vault: &Vault,
    account: &Account,
    site: &str,
) -> Result<Offer, PeopleError> {
    let bytes = tx.world().bytes::<20>();
    let key = Secret::new(totp_rs::Secret::from(bytes.to_vec()).to_base32());
    let uri = totp(&key, site, account.email.as_str())?
        .to_url()
        .map_err(|_| VaultError::Damaged("an authenticator's label".to_owned()))?;
    vault::put(tx, vault, &offered_place(&account.id), &key).await?;
    Ok(Offer {
        key,
        uri: Secret::new(uri),
    })
}

/// The offer again: for the page that shows what was wrong with the code.
pub async fn find_offer(
    read: impl Read,
    vault: &Vault,
    account: &Account,
    site: &str,
) -> Result<Option<Offer>, PeopleError> {
    let Some(key) = vault::find(read, vault, &offered_place(&account.id)).await? else {
        return Ok(None);
    };
    let uri = totp(&key, site, account.email.as_str())?
        .to_url()
        .map_err(|_| VaultError::Damaged("an authenticator's label".to_owned()))?;
    Ok(Some(Offer {
        key,
        uri: Secret::new(uri),
    }))
}

const ENABLE: &str = "
    insert into second_factors (account_id, enabled_at, last_step) values ($1, $2, $3)
    on conflict (account_id) do update
       set enabled_at = excluded.enabled_at, last_step = excluded.last_step";

/// Turns the authenticator on, given a code of what was offered. All other sessions end. Returns the
/// recovery codes, which are shown once.
pub async fn enable(
    tx: &mut Tx<'_>,
    vault: &Vault,
    account: &Account,
    code: &str,
    keep: Option<&SessionId>,
) -> Result<Vec<Secret>, PeopleError> {
    let offered = vault::find(&mut *tx, vault, &offered_place(&account.id)).await?;
    let key = offered.ok_or(PeopleError::Stale)?;
    let now = tx.now();
    let step = step_of(&key, code, now)?.ok_or_else(wrong_code)?;
    vault::put(tx, vault, &place(&account.id), &key).await?;
    vault::remove(tx, &offered_place(&account.id)).await?;
    tx.run(ENABLE, values![account.id, now, step]).await?;
    session::end_others(tx, &account.id, keep).await?;
    let event = SecondFactorAdded {
        account: account.id.clone(),
        name: account.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(renew_recovery_codes(tx, &account.id).await?)
}

const FORGET: &str = "delete from second_factors where account_id = $1";

/// Turns the authenticator off and forgets the recovery codes. All other sessions end.
pub async fn disable(
    tx: &mut Tx<'_>,
    account: &Account,
    keep: Option<&SessionId>,
) -> Result<(), PeopleError> {
    if tx.run(FORGET, values![account.id]).await? == 0 {
        return Ok(());
    }
    forget(tx, &account.id).await?;
    session::end_others(tx, &account.id, keep).await?;
    let event = SecondFactorRemoved {
        account: account.id.clone(),
        name: account.name.clone(),
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

/// Removes all that is kept for the factor, and tells nobody.
pub(crate) async fn forget(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), DbError> {
    tx.run(FORGET, values![account]).await?;
    tx.run(FORGET_CODES, values![account]).await?;
    vault::remove(tx, &place(account)).await?;
    vault::remove(tx, &offered_place(account)).await
}

db::row! {
    /// That an account has an authenticator, since when, and how many recovery codes are left.
    #[derive(Debug, Clone)]
    pub struct SecondFactor { pub enabled_at: Timestamp, pub codes_left: i64 }
}

const FIND: &str = "
    select enabled_at,
           (select count(*) from recovery_codes c
             where c.account_id = f.account_id and c.used_at = 9223372036854775807) as codes_left
      from second_factors f where account_id = $1";

/// `None`: the account has no authenticator.
pub async fn find(
    mut read: impl Read,
    account: &AccountId,
) -> Result<Option<SecondFactor>, DbError> {
    read.maybe(FIND, values![account]).await
}

const SPEND_STEP: &str = "
    update second_factors set last_step = $2 where account_id = $1 and last_step < $2";

/// Whether the code is right and was not used before; uses it up.
pub async fn spend_code(
    tx: &mut Tx<'_>,
    vault: &Vault,
    account: &AccountId,
    code: &str,
) -> Result<bool, PeopleError> {
    let Some(key) = vault::find(&mut *tx, vault, &place(account)).await? else {
        return Ok(false);
    };
    let Some(step) = step_of(&key, code, tx.now())? else {
        return Ok(false);
    };
    Ok(tx.run(SPEND_STEP, values![account, step]).await? > 0)
}

/// The step whose code this is, of those around now. `None`: it is no such code.
fn step_of(key: &Secret, code: &str, now: Timestamp) -> Result<Option<i64>, PeopleError> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.s()).unwrap_or(0);
    let step = totp(key, "", "")?.check(&code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

const FORGET_CODES: &str = "delete from recovery_codes where account_id = $1";

const INSERT_CODE: &str = "
    insert into recovery_codes (account_id, code_hash, used_at)
    values ($1, $2, 9223372036854775807)";

/// Makes ten new recovery codes; the old ones end. They are shown once.
pub async fn renew_recovery_codes(
    tx: &mut Tx<'_>,
    account: &AccountId,
) -> Result<Vec<Secret>, DbError> {
    tx.run(FORGET_CODES, values![account]).await?;
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let letters = tx.world().token();
        let code = [
            &letters[..4],
            &letters[4..8],
            &letters[8..12],
            &letters[12..16],
        ]
        .join("-");
        tx.run(INSERT_CODE, values![account, recovery_hash(&code)])
            .await?;
        codes.push(Secret::new(code));
    }
    Ok(codes)
}

const SPEND_CODE: &str = "
    update recovery_codes set used_at = $3
     where account_id = $1 and code_hash = $2 and used_at = 9223372036854775807";

/// Whether this is an unused recovery code of the account; uses it up.
pub async fn spend_recovery_code(
    tx: &mut Tx<'_>,
    account: &AccountId,
    code: &str,
) -> Result<bool, DbError> {
    let now = tx.now();
    Ok(tx
        .run(SPEND_CODE, values![account, recovery_hash(code), now])
        .await?
        > 0)
}

/// Typed from paper: case, blanks and dashes do not matter.
fn recovery_hash(code: &str) -> String {
    let letters: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    digest::of(&Secret::new(letters))
}

pub(crate) fn wrong_code() -> PeopleError {
    PeopleError::NotProven(kit::t!(
        "This code is not right. It changes every 30 seconds: please wait for the next one, and check that the clock of your phone is right."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the SHA-1 rows; the last six of their eight digits.
    #[test]
    fn the_codes_of_the_standard_are_right_in_their_step() {
        let key = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = step_of(&key, code, Timestamp::from_s(seconds)).unwrap();
            assert_eq!(step, Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn codes_are_read_with_blanks_and_refused_when_malformed() {
        let key = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let at = Timestamp::from_s(59);
        assert!(step_of(&key, " 287 082 ", at).unwrap().is_some());
        for bad in ["", "28708", "2870820", "28708x", "-87082", "٢٨٧٠٨٢"] {
            assert!(step_of(&key, bad, at).unwrap().is_none(), "{bad} was taken");
        }
    }

    #[test]
    fn recovery_codes_are_the_same_in_any_case_and_grouping() {
        assert_eq!(recovery_hash("ab12-CD34"), recovery_hash("AB 12cd 34"));
    }
}
