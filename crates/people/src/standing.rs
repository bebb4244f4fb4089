//! What staff change of an account: level, role, enabled, API access. The house never loses its last
//! administrator.

use db::{DbError, Read, Tx, values};
use kit::id::RoleId;
use kit::{Subject, t};

use crate::account::{Account, Level, tell_changed};
use crate::error::PeopleError;
use crate::{role, session, token};

/// What staff may change of an account.
#[derive(Debug, Clone)]
pub struct Standing {
    pub level: Level,
    pub role_id: RoleId,
    pub enabled: bool,
    pub api_access: bool,
}

const UPDATE_STANDING: &str = "
    update accounts
       set level = $3, role_id = $4, enabled = $5, api_access = $6, version = version + 1
     where id = $1 and version = $2";

const OTHER_ADMINISTRATORS: &str = "
    select count(*) as n from accounts where level = 'administrator' and enabled and id <> $1";

/// Changes level, role, enabled and API access. The last enabled administrator stays one. A disabled
/// account is signed out everywhere.
pub async fn change(
    tx: &mut Tx<'_>,
    before: &Account,
    standing: &Standing,
) -> Result<(), PeopleError> {
    let rules = before.level == Level::Administrator && before.enabled;
    let keeps = standing.level == Level::Administrator && standing.enabled;
    if rules && !keeps {
        refuse_last_administrator(tx, before).await?;
    }
    if role::find(&mut *tx, &standing.role_id).await?.is_none() {
        return Err(PeopleError::field(
            "role",
            kit::FieldError::UnknownId.text(),
        ));
    }
    let row = values![
        before.id,
        before.version,
        standing.level,
        standing.role_id,
        standing.enabled,
        standing.api_access
    ];
    if tx.run(UPDATE_STANDING, row).await? == 0 {
        return Err(PeopleError::ChangedMeanwhile);
    }
    if !standing.enabled {
        session::end_all(tx, &before.id).await?;
        token::revoke_all(tx, &Subject::of(&before.id)).await?;
    }
    tell_changed(tx, before).await
}

const TOUCH_COUNTER: &str = "update account_numbers set next = next where id = 'accounts'";

/// Refuses to leave the house without an administrator.
pub(crate) async fn refuse_last_administrator(
    tx: &mut Tx<'_>,
    account: &Account,
) -> Result<(), PeopleError> {
    // Two administrators who demote each other at once queue up at this row, and the second is refused.
    tx.run(TOUCH_COUNTER, values![]).await?;
    let others = tx
        .one::<(i64,)>(OTHER_ADMINISTRATORS, values![account.id])
        .await?
        .0;
    if others == 0 {
        return Err(PeopleError::Forbidden(t!(
            "{name} is the only administrator. Make somebody else an administrator first.",
            name = account.name.clone()
        )));
    }
    Ok(())
}

const COUNT_ADMINISTRATORS: &str = "
    select count(*) as n from accounts where level = 'administrator'";

/// Whether the house has an operator yet.
pub async fn has_administrator(mut read: impl Read) -> Result<bool, DbError> {
    Ok(read.one::<(i64,)>(COUNT_ADMINISTRATORS, values![]).await?.0 > 0)
}
