//! Devices that are signed in on servers: mirrored, so that lists are quick, and read anew before one is signed out.

use std::collections::BTreeMap;

use async_trait::async_trait;
use db::{DbError, Read, Tx, values};
use jobs::{Job, JobError, Lane};
use kit::id::{DeviceId, MemberId, ServerId};
use kit::{Actor, Outcome, Refusal, Span, Timestamp, t};
use serde::{Deserialize, Serialize};

use crate::device_licence;
use crate::error::MediaError;
use crate::events::DeviceSignedOut;
use crate::help::{Help, RemoteDevice};
use crate::remote::{MediaServer, RemoteRef};
use crate::remote_user::name_key;
use crate::server;
use crate::servers::{Servers, result};
use crate::share;

/// Rows written in one transaction.
const CHUNK: usize = 300;
/// A list that was read so lately is not read again before a page.
const FRESH: Span = Span::minutes(1);

db::row! {
    /// A device as its user sees it.
    #[derive(Debug, Clone)]
    pub struct Device {
        pub id: DeviceId,
        pub server_id: ServerId,
        pub server_name: String,
        /// What the server takes when it is to sign the device out.
        pub remote_id: String,
        pub name: String,
        pub app: String,
        /// [`Timestamp::EPOCH`]: never.
        pub last_active_at: Timestamp,
    }
}

const OF_MEMBER: &str = "
    select d.id, d.server_id, v.name as server_name, d.remote_id, d.name, d.app, d.last_active_at
      from shares s
      join devices d on d.server_id = s.server_id and d.user_id = s.remote_id
      join servers v on v.id = d.server_id
     where s.member_id = $1
     order by d.last_active_at desc, d.id
     limit 200";

/// A member's own devices on all servers, those used last first.
pub async fn list_of_member(
    mut read: impl Read,
    member: &MemberId,
) -> Result<Vec<Device>, DbError> {
    read.all(OF_MEMBER, values![member]).await
}

/// How many devices a member may have, and has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub devices: usize,
    /// `None`: no limit.
    pub limit: Option<u32>,
}

impl Count {
    /// How many are too many.
    pub fn surplus(&self) -> usize {
        let limit = self
            .limit
            .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        limit.map_or(0, |limit| self.devices.saturating_sub(limit))
    }
}

/// A member's devices against what their plan allows. Who has no place now has no limit either.
pub async fn count(mut read: impl Read, member: &MemberId) -> Result<Count, DbError> {
    let devices = list_of_member(&mut read, member).await?.len();
    let shares = share::list_of_member(read, member).await?;
    let held = shares.iter().filter(|share| share.takes_place);
    let limit = held.filter_map(|share| share.entitlements.0.devices).min();
    Ok(Count { devices, limit })
}

db::row! {
    #[derive(Debug, PartialEq)]
    struct Mirrored {
        remote_id: String,
        user_id: String,
        user_name: String,
        name: String,
        app: String,
        last_active_at: Timestamp,
    }
}

impl Mirrored {
    fn of(device: &RemoteDevice) -> Self {
        let user = device.user.as_ref();
        Self {
            remote_id: device.id.clone(),
            user_id: user.map_or_else(String::new, |user| user.as_str().to_owned()),
            user_name: device.user_name.clone(),
            name: device.name.clone(),
            app: device.app.clone(),
            last_active_at: device.last_active_at.unwrap_or(Timestamp::EPOCH),
        }
    }

    fn key(&self) -> (String, String) {
        (self.remote_id.clone(), self.user_id.clone())
    }
}

const MIRRORED: &str = "
    select remote_id, user_id, user_name, name, app, last_active_at from devices where server_id = $1";

const WRITE: &str = "
    insert into devices
           (id, server_id, remote_id, user_id, user_name, user_key, name, name_key, app, last_active_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (server_id, remote_id, user_id) do update
       set user_name = excluded.user_name, user_key = excluded.user_key, name = excluded.name,
           name_key = excluded.name_key, app = excluded.app, last_active_at = excluded.last_active_at";

const GONE: &str = "delete from devices where server_id = $1 and remote_id = $2 and user_id = $3";

const NOTE_READ: &str = "
    insert into device_readings (server_id, read_at) values ($1, $2)
    on conflict (server_id) do update set read_at = excluded.read_at";

const READ_AT: &str = "select read_at from device_readings where server_id = $1";

/// Reads a server's devices and mirrors what changed. Calls the server; safe to run twice.
pub async fn read(servers: &Servers, id: &ServerId) -> Result<(), MediaError> {
    let (_, remote) = servers.open(id).await?;
    let found = result(remote.devices().await)?;
    Ok(mirror(servers, id, &found).await?)
}

/// The same, unless it was done a moment ago.
pub async fn read_if_old(servers: &Servers, id: &ServerId) -> Result<(), MediaError> {
    let last: Option<(Timestamp,)> = servers.db.maybe(READ_AT, values![id]).await?;
    let now = servers.db.world().now();
    match last {
        Some((at,)) if now < at + FRESH => Ok(()),
        _ => read(servers, id).await,
    }
}

async fn mirror(
    servers: &Servers,
    server: &ServerId,
    found: &[RemoteDevice],
) -> Result<(), DbError> {
    let known: Vec<Mirrored> = servers.db.all(MIRRORED, values![server]).await?;
    let mut known: BTreeMap<_, Mirrored> = known.into_iter().map(|row| (row.key(), row)).collect();
    // A device that is listed twice for one user counts as it was used last.
    let mut latest: BTreeMap<_, Mirrored> = BTreeMap::new();
    for row in found.iter().map(Mirrored::of) {
        let before = latest.get(&row.key());
        if before.is_none_or(|before| before.last_active_at < row.last_active_at) {
            latest.insert(row.key(), row);
        }
    }
    let changed: Vec<Mirrored> = latest
        .into_iter()
        .filter_map(|(key, row)| (known.remove(&key).as_ref() != Some(&row)).then_some(row))
        .collect();
    let gone: Vec<Mirrored> = known.into_values().collect();
    for chunk in changed.chunks(CHUNK) {
        let mut tx = servers.db.begin(Actor::schedule(ReadDevices::NAME)).await?;
        for row in chunk {
            write(&mut tx, server, row).await?;
        }
        tx.save().await?;
    }
    let mut tx = servers.db.begin(Actor::schedule(ReadDevices::NAME)).await?;
    for row in &gone {
        tx.run(GONE, values![server, row.remote_id, row.user_id])
            .await?;
    }
    let now = tx.now();
    tx.run(NOTE_READ, values![server, now]).await?;
    device_licence::watch(&mut tx, &servers.makers, server).await?;
    tx.save().await?;
    Ok(())
}

async fn write(tx: &mut Tx<'_>, server: &ServerId, row: &Mirrored) -> Result<(), DbError> {
    let id: DeviceId = tx.id();
    let row = values![
        id,
        server,
        row.remote_id,
        row.user_id,
        row.user_name,
        name_key(&row.user_name),
        row.name,
        name_key(&row.name),
        row.app,
        row.last_active_at
    ];
    tx.run(WRITE, row).await?;
    Ok(())
}

const REMOVE: &str = "delete from devices where server_id = $1 and remote_id = $2";

/// Signs one of a member's own devices out. Refused while somebody else uses it as well: the server would sign
/// them out too. Calls the server; safe to repeat.
pub async fn sign_out(
    servers: &Servers,
    actor: Actor,
    member: &MemberId,
    id: &DeviceId,
) -> Result<Device, MediaError> {
    let own = list_of_member(&servers.db, member).await?;
    let device = own.into_iter().find(|device| device.id == *id);
    let device = device.ok_or(MediaError::NotFound)?;
    let share = share::find_on(&servers.db, member, &device.server_id).await?;
    let user = share
        .and_then(|share| share.remote_id)
        .ok_or(MediaError::NotFound)?;
    let (_, remote) = servers.open(&device.server_id).await?;
    let there = users_of(remote.as_ref(), &device).await?;
    if there.iter().any(|other| other.as_ref() != Some(&user)) {
        return Err(MediaError::Remote(Refusal::lasting(
            "used_by_others",
            t!(
                "Somebody else uses {device} as well and would be signed out with you. Sign out on the device itself instead.",
                device = &device.name
            ),
        )));
    }
    if !there.is_empty() {
        match remote.remove_device(&device.remote_id).await {
            // Look before saying so: the answer was lost, the device may be gone.
            Outcome::Unknown(unknown) => {
                if !users_of(remote.as_ref(), &device).await?.is_empty() {
                    return Err(MediaError::Unknown(unknown));
                }
            }
            other => result(other)?,
        }
    }
    let mut tx = servers.db.begin(actor).await?;
    tx.run(REMOVE, values![device.server_id, device.remote_id])
        .await?;
    let event = DeviceSignedOut {
        member: member.clone(),
        server: device.server_id.clone(),
        server_name: device.server_name.clone(),
        device: device.name.clone(),
    };
    chronicle::tell(&mut tx, &event).await?;
    tx.save().await?;
    Ok(device)
}

/// Who is signed in on a device now. Empty: nobody, or it is gone.
async fn users_of(
    remote: &dyn MediaServer,
    device: &Device,
) -> Result<Vec<Option<RemoteRef>>, MediaError> {
    let all = result(remote.devices().await)?;
    let is_it = |one: &RemoteDevice| one.id == device.remote_id;
    Ok(all.into_iter().filter(is_it).map(|one| one.user).collect())
}

/// Reads the devices of every server that lists them: at start, and every hour. Safe to run twice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadDevices;

#[async_trait]
impl Job for ReadDevices {
    const NAME: &'static str = "media.read_devices";
    const LANE: Lane = Lane::Bulk;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        for server in server::list(&servers.db).await? {
            if !servers.makers.offers(&server.kind, Help::Devices) {
                continue;
            }
            // A server out of reach is told by its sync; the next turn reads it again.
            if let Err(MediaError::Db(error)) = read(servers, &server.id).await {
                return Err(error.into());
            }
        }
        Ok(())
    }
}
