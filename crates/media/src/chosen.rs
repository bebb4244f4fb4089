//! Servers that somebody chose for a member, instead of leaving it to their plan: several at once, of any kind.

use db::{DbError, Read, Tx, values};
use kit::id::{MemberId, ServerId};

const ADD: &str = "
    insert into chosen_servers (member_id, server_id, chosen_at) values ($1, $2, $3)
    on conflict do nothing";

/// Adds servers to those that are chosen for a member. The placement is to be settled afterwards. Safe to repeat.
pub async fn add(tx: &mut Tx<'_>, member: &MemberId, servers: &[ServerId]) -> Result<(), DbError> {
    let now = tx.now();
    for server in servers {
        tx.run(ADD, values![member, server, now]).await?;
    }
    Ok(())
}

const OF_MEMBER: &str = "
    select server_id from chosen_servers where member_id = $1 order by server_id";

/// What is chosen for a member. Empty: their plan decides.
pub async fn of_member(mut read: impl Read, member: &MemberId) -> Result<Vec<ServerId>, DbError> {
    let rows: Vec<(ServerId,)> = read.all(OF_MEMBER, values![member]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

const FORGET: &str = "delete from chosen_servers where member_id = $1";

/// Leaves it to their plan again. Safe to repeat.
pub async fn forget(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    tx.run(FORGET, values![member]).await?;
    Ok(())
}

const FORGET_ONE: &str = "delete from chosen_servers where member_id = $1 and server_id = $2";

/// Puts one server in the place of another: the member was moved. Nothing, where nothing was chosen.
pub(crate) async fn replace(
    tx: &mut Tx<'_>,
    member: &MemberId,
    from: &ServerId,
    to: &ServerId,
) -> Result<(), DbError> {
    if of_member(&mut *tx, member).await?.is_empty() {
        return Ok(());
    }
    tx.run(FORGET_ONE, values![member, from]).await?;
    add(tx, member, std::slice::from_ref(to)).await
}

const FORGET_SERVER: &str = "delete from chosen_servers where server_id = $1";

/// The server leaves the house.
pub(crate) async fn forget_server(tx: &mut Tx<'_>, server: &ServerId) -> Result<(), DbError> {
    tx.run(FORGET_SERVER, values![server]).await?;
    Ok(())
}

/// Gives what was chosen for `from` to `into`.
pub(crate) async fn merge(
    tx: &mut Tx<'_>,
    from: &MemberId,
    into: &MemberId,
) -> Result<(), DbError> {
    let servers = of_member(&mut *tx, from).await?;
    add(tx, into, &servers).await?;
    forget(tx, from).await
}
