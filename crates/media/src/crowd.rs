//! How many people a platform counts against the limit of an owner's account, whoever let them in: friends and
//! home users too. The limit is the platform's word (its driver names it); the count is what was last seen.

use std::collections::BTreeMap;

use chronicle::{Tone, want};
use db::{DbError, Read, Tx, values};
use kit::id::OwnerAccountId;
use kit::t;

use crate::choosing::Crowd;
use crate::owner::OwnerAccount;
use crate::placement::Reserved;
use crate::server::Server;

db::row! {
    /// An owner account, as far as room on its servers hangs on it.
    struct OwnerRow {
        id: OwnerAccountId,
        has_pass: bool,
        /// `None`: the platform has no such limit.
        most_people: Option<i64>,
    }
}

const OWNERS: &str = "select id, has_pass, most_people from owner_accounts";

/// Somebody on two servers of one account is one person to the platform.
const KNOWN: &str = "
    select s.owner_account_id as id, count(distinct u.remote_id) as n
      from servers s join remote_users u on u.server_id = s.id
     where s.owner_account_id is not null and u.gone_since = 9223372036854775807 and not u.is_administrator
     group by s.owner_account_id";

/// Members who are about to be invited, whom the platform does not know yet.
const COMING: &str = "
    select s.owner_account_id as id, count(distinct h.member_id) as n
      from servers s join shares h on h.server_id = s.id
     where s.owner_account_id is not null and h.takes_place and h.remote_id is null
     group by s.owner_account_id";

db::row! {
    struct Count { id: OwnerAccountId, n: i64 }
}

/// The owner accounts of some servers. Empty where none of them has one.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    rows: BTreeMap<OwnerAccountId, (bool, Option<Crowd>)>,
}

impl Owners {
    pub fn crowd(&self, server: &Server) -> Option<Crowd> {
        self.rows.get(server.owner_account_id.as_ref()?)?.1
    }

    /// A server that stands alone owes nobody anything.
    pub fn has_pass(&self, server: &Server) -> bool {
        let owner = server.owner_account_id.as_ref();
        owner.is_none_or(|id| self.rows.get(id).is_none_or(|row| row.0))
    }
}

/// Reads what the platforms count. Reservations count too: whoever pays will be invited.
pub(crate) async fn of_servers(
    mut read: impl Read,
    servers: &[Server],
    reserved: &Reserved,
) -> Result<Owners, DbError> {
    if servers
        .iter()
        .all(|server| server.owner_account_id.is_none())
    {
        return Ok(Owners::default());
    }
    let owners: Vec<OwnerRow> = read.all(OWNERS, values![]).await?;
    let mut known: Vec<Count> = read.all(KNOWN, values![]).await?;
    known.extend(read.all(COMING, values![]).await?);
    let held = servers.iter().filter_map(|server| {
        let n = reserved.get(&server.id).copied()?;
        let id = server.owner_account_id.clone()?;
        Some(Count { id, n })
    });
    known.extend(held);
    let rows = owners.into_iter().map(|owner| {
        let own = known.iter().filter(|row| row.id == owner.id);
        let known = own.map(|row| row.n).sum();
        let crowd = owner.most_people.map(|most| Crowd { known, most });
        (owner.id, (owner.has_pass, crowd))
    });
    Ok(Owners {
        rows: rows.collect(),
    })
}

/// How full the platform finds an owner's account. `None`: it has no limit there.
pub async fn of_owner(
    mut read: impl Read,
    owner: &OwnerAccountId,
) -> Result<Option<Crowd>, DbError> {
    let servers = crate::server::list(&mut read).await?;
    let own: Vec<Server> = servers
        .into_iter()
        .filter(|server| server.owner_account_id.as_ref() == Some(owner))
        .collect();
    let owners = of_servers(read, &own, &Reserved::new()).await?;
    Ok(own.first().and_then(|server| owners.crowd(server)))
}

/// Has the operator know while there is still room, and takes the line away when there is room again.
pub(crate) async fn watch(tx: &mut Tx<'_>, owner: &OwnerAccount) -> Result<(), DbError> {
    let key = format!("crowded/{}", owner.id);
    let Some(crowd) = of_owner(&mut *tx, &owner.id)
        .await?
        .filter(|crowd| crowd.is_near())
    else {
        want::done(tx, &key).await?;
        return Ok(());
    };
    let new = want::NewWant {
        key,
        kind: "crowded",
        sentence: t!(
            "{owner} shares with {known} of at most {most} people",
            owner = &owner.name,
            known = crowd.known,
            most = crowd.most
        ),
        detail: Some(t!(
            "The platform counts friends and home users as well as members, and takes nobody beyond {most}. Sign in with another owner account, or end shares that nobody uses.",
            most = crowd.most
        )),
        action_label: t!("Open the owner account"),
        action_href: format!("/office/owners/{}", owner.id),
        tone: Tone::Warn,
        subject: owner.subject(),
    };
    want::open(tx, &new).await
}
