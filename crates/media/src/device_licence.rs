//! Platforms that sell a server by the devices it takes: how many are taken, and word of it before none is free.

use chronicle::{Tone, want};
use db::{DbError, Read, Tx, values};
use kit::id::ServerId;
use kit::t;

use crate::choosing::Crowd;
use crate::maker::Makers;
use crate::server::{self, Server};

const DEVICES: &str = "select count(distinct remote_id) as n from devices where server_id = $1";

/// Devices signed in on a server, against what its licence takes. `None`: its platform does not count them.
pub async fn count(
    mut read: impl Read,
    makers: &Makers,
    server: &Server,
) -> Result<Option<Crowd>, DbError> {
    let Some(licence) = makers.licence(&server.kind) else {
        return Ok(None);
    };
    let (without, with) = licence.devices;
    let known = read.one::<(i64,)>(DEVICES, values![server.id]).await?.0;
    let most = if server.licensed { with } else { without };
    Ok(Some(Crowd { known, most }))
}

/// Has the operator know while some are free, and takes the line away when there are enough again.
pub(crate) async fn watch(tx: &mut Tx<'_>, makers: &Makers, id: &ServerId) -> Result<(), DbError> {
    let key = format!("devices_full/{id}");
    let Some(server) = server::find(&mut *tx, id).await? else {
        return Ok(());
    };
    let crowd = count(&mut *tx, makers, &server).await?;
    let Some(crowd) = crowd.filter(|crowd| crowd.is_near()) else {
        want::done(tx, &key).await?;
        return Ok(());
    };
    let new = want::NewWant {
        key,
        kind: "devices_full",
        sentence: t!(
            "{server} has {known} devices of at most {most}",
            server = &server.name,
            known = crowd.known,
            most = crowd.most
        ),
        detail: Some(t!(
            "Its licence takes no device beyond {most}. Sign out devices that nobody uses, limit devices in the plans, or move members to another server.",
            most = crowd.most
        )),
        action_label: t!("See the devices"),
        action_href: "/office/devices".to_owned(),
        tone: Tone::Warn,
        subject: server.subject(),
    };
    want::open(tx, &new).await
}
