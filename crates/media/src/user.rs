//! The user behind a share: chosen, asked for, made, ready, or gone. One small move each.

use db::{DbError, Tx, values};
use kit::Secret;
use kit::id::ShareId;
use settings::{Vault, vault};

use crate::remote::RemoteRef;
use crate::remote_user::name_key;
use crate::share::{Share, UserStage};

const CHOOSE: &str = "
    update shares
       set user_name = $2, user_name_key = $3, stage = 'named', reason = null, changed_at = $4,
           edition = edition + 1
     where id = $1 and remote_id is null";

/// Keeps a chosen name, and the password sealed until the user is made. `false`: there is a user already.
pub(crate) async fn choose(
    tx: &mut Tx<'_>,
    sealing: &Vault,
    share: &ShareId,
    name: &str,
    password: &Secret,
) -> Result<bool, DbError> {
    let now = tx.now();
    let row = values![share, name, name_key(name), now];
    if tx.run(CHOOSE, row).await? == 0 {
        return Ok(false);
    }
    vault::put(tx, sealing, &Share::password_place(share), password).await?;
    Ok(true)
}

const SET_STAGE: &str = "update shares set stage = $2 where id = $1 and remote_id is null";

/// Notes, before the server is asked, that it is: an answer that gets lost is then looked for.
pub(crate) async fn mark_asked(tx: &mut Tx<'_>, share: &ShareId) -> Result<(), DbError> {
    tx.run(SET_STAGE, values![share, UserStage::Asked]).await?;
    Ok(())
}

const ADOPT: &str = "
    update shares
       set remote_id = $2, user_name = $3, user_name_key = $4, stage = $5, changed_at = $6,
           edition = edition + 1
     where id = $1";

/// Links the share with its user. The sealed password has done its service and goes.
///
/// [`DbError::Duplicate`]: the user is another share's.
pub(crate) async fn adopt(
    tx: &mut Tx<'_>,
    share: &ShareId,
    remote: &RemoteRef,
    name: &str,
    stage: UserStage,
) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(
        ADOPT,
        values![share, remote, name, name_key(name), stage, now],
    )
    .await?;
    vault::remove(tx, &Share::password_place(share)).await
}

const FORGET: &str = "
    update shares
       set remote_id = null, stage = 'unnamed', seen_level = null, changed_at = $2, edition = edition + 1
     where id = $1";

/// The user is gone, or the name cannot be had: the member has to choose anew.
pub(crate) async fn forget(tx: &mut Tx<'_>, share: &ShareId) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(FORGET, values![share, now]).await?;
    vault::remove(tx, &Share::password_place(share)).await
}

const RENAME: &str = "
    update shares set user_name = $3, user_name_key = $4
     where id = $1 and remote_id = $2";

/// The user was renamed on the server.
pub(crate) async fn rename(
    tx: &mut Tx<'_>,
    share: &ShareId,
    remote: &RemoteRef,
    name: &str,
) -> Result<(), DbError> {
    tx.run(RENAME, values![share, remote, name, name_key(name)])
        .await?;
    Ok(())
}
