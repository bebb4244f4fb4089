//! The gateways that the operator connected: their rows, their secrets, and the drivers that speak to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use db::{Db, DbError, Read, Tx, values};
use kit::id::GatewayId;
use kit::{Json, Secret, Text, Timestamp};
use settings::{Vault, VaultError, vault};

use crate::events::{GatewayChange, GatewayChanged};
use crate::gateway::{Capabilities, ChargeMode, PaymentGateway, Realm};

/// What a field of a card takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Url,
    Text,
    /// Sealed at rest, never shown again.
    Secret,
    TextArea,
}

/// A field of the form that connects a gateway.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    pub kind: FieldKind,
    pub label: Text,
    pub hint: Option<Text>,
    pub required: bool,
}

/// What the forms show of a driver.
#[derive(Debug)]
pub struct GatewayCard {
    /// The stable word of tables and addresses, also the provider in payments.
    pub key: &'static str,
    pub title: &'static str,
    pub icon: &'static str,
    pub fields: &'static [Field],
    pub capabilities: Capabilities,
    /// What the operator should know before connecting it.
    pub about: Text,
}

/// What a driver gets to connect.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    pub id: GatewayId,
    pub values: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, Secret>,
    /// The account behind the keys, once a check has told it.
    pub account: String,
}

impl GatewayConfig {
    /// The value of a field; empty if it was never filled in.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The secret of a field; empty if it was never filled in.
    pub fn secret(&self, name: &str) -> Secret {
        self.secrets
            .get(name)
            .cloned()
            .unwrap_or_else(|| Secret::new(""))
    }
}

/// Connects a driver.
pub type GatewayMaker = Arc<dyn Fn(GatewayConfig) -> Box<dyn PaymentGateway> + Send + Sync>;

/// A card and what connects it.
#[derive(Clone)]
pub struct GatewayDriver {
    pub card: &'static GatewayCard,
    pub make: GatewayMaker,
}

db::row! {
    /// A connected gateway.
    #[derive(Debug, Clone)]
    pub struct Gateway {
        pub id: GatewayId,
        /// The part of the webhook's address that cannot be guessed.
        pub hook_key: String,
        pub driver: String,
        pub title: String,
        pub enabled: bool,
        pub one_off: bool,
        pub recurring: bool,
        pub config: Json<BTreeMap<String, String>>,
        /// Empty until a check has told it.
        pub provider_account: String,
        pub realm: Realm,
        pub cursor: String,
        pub wide_cursor: String,
        pub findings: Json<Vec<Text>>,
        pub checked_at: Timestamp,
        pub heard_at: Timestamp,
        pub position: i64,
        pub version: i64,
    }
}

impl Gateway {
    /// Whether customers may choose it for this kind of payment.
    pub fn offers(&self, mode: ChargeMode) -> bool {
        self.enabled
            && match mode {
                ChargeMode::OneOff => self.one_off,
                ChargeMode::Recurring => self.recurring,
            }
    }

    /// The path that the gateway's messages come to.
    pub fn hook_path(&self) -> String {
        format!("/hooks/{}/{}", self.driver, self.hook_key)
    }
}

/// Why a gateway could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    #[error("there is no such gateway")]
    NotFound,
    #[error("this version does not know the driver {0}")]
    UnknownDriver(String),
    /// Somebody changed it since it was read.
    #[error("this gateway was changed by somebody else meanwhile")]
    ChangedMeanwhile,
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// An opened gateway: its row and the driver that speaks for it.
pub struct Opened {
    pub row: Gateway,
    pub card: &'static GatewayCard,
    pub driver: Box<dyn PaymentGateway>,
}

/// Opens gateways. Cheap to clone.
#[derive(Clone)]
pub struct Gateways {
    db: Db,
    vault: Vault,
    drivers: Arc<[GatewayDriver]>,
}

impl std::fmt::Debug for Gateways {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateways")
    }
}

impl Gateways {
    pub fn new(db: Db, vault: Vault, drivers: Vec<GatewayDriver>) -> Self {
        Self {
            db,
            vault,
            drivers: drivers.into(),
        }
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Every driver of this house, in the order that forms show.
    pub fn cards(&self) -> impl Iterator<Item = &'static GatewayCard> {
        self.drivers.iter().map(|driver| driver.card)
    }

    pub fn card(&self, key: &str) -> Option<&'static GatewayCard> {
        self.cards().find(|card| card.key == key)
    }

    pub async fn open(&self, id: &GatewayId) -> Result<Opened, GatewayError> {
        let row = find(&self.db, id).await?.ok_or(GatewayError::NotFound)?;
        self.open_row(row).await
    }

    /// Opens the gateway that a webhook's address names. `NotFound` also if driver and key do not belong
    /// together.
    pub async fn open_by_hook(&self, driver: &str, key: &str) -> Result<Opened, GatewayError> {
        let row = self
            .db
            .maybe::<Gateway>(FIND_BY_HOOK, values![driver, key])
            .await?;
        self.open_row(row.ok_or(GatewayError::NotFound)?).await
    }

    async fn open_row(&self, row: Gateway) -> Result<Opened, GatewayError> {
        let driver = self
            .drivers
            .iter()
            .find(|driver| driver.card.key == row.driver)
            .ok_or_else(|| GatewayError::UnknownDriver(row.driver.clone()))?;
        let mut secrets = BTreeMap::new();
        for name in secret_names(driver.card) {
            if let Some(secret) = vault::find(&self.db, &self.vault, &place(&row.id, name)).await? {
                secrets.insert(name.to_owned(), secret);
            }
        }
        let config = GatewayConfig {
            id: row.id.clone(),
            values: row.config.0.clone(),
            secrets,
            account: row.provider_account.clone(),
        };
        Ok(Opened {
            card: driver.card,
            driver: (driver.make)(config),
            row,
        })
    }

    /// Connects with what a form holds, before anything is saved: for the test button.
    pub fn try_out(&self, driver: &str, config: GatewayConfig) -> Option<Box<dyn PaymentGateway>> {
        let driver = self.drivers.iter().find(|known| known.card.key == driver)?;
        Some((driver.make)(config))
    }
}

/// The secret that `set_up` brings home, beside those of the form. Several lines during a rotation.
pub const WEBHOOK_SECRET: &str = "webhook_secret";

fn secret_names(card: &'static GatewayCard) -> impl Iterator<Item = &'static str> {
    let of_form = card
        .fields
        .iter()
        .filter(|field| field.kind == FieldKind::Secret);
    of_form.map(|field| field.name).chain([WEBHOOK_SECRET])
}

/// Where a gateway's secret is sealed.
pub fn place(id: &GatewayId, field: &str) -> String {
    format!("gateways/{id}/{field}")
}

const FIND_BY_HOOK: &str = "
    select id, hook_key, driver, title, enabled, one_off, recurring, config, provider_account, realm,
           cursor, wide_cursor, findings, checked_at, heard_at, position, version
      from gateways where driver = $1 and hook_key = $2";

const FIND: &str = "
    select id, hook_key, driver, title, enabled, one_off, recurring, config, provider_account, realm,
           cursor, wide_cursor, findings, checked_at, heard_at, position, version
      from gateways where id = $1";

/// `None`: there is no such gateway.
pub async fn find(mut read: impl Read, id: &GatewayId) -> Result<Option<Gateway>, DbError> {
    read.maybe(FIND, values![id]).await
}

const LIST: &str = "
    select id, hook_key, driver, title, enabled, one_off, recurring, config, provider_account, realm,
           cursor, wide_cursor, findings, checked_at, heard_at, position, version
      from gateways order by position, id";

/// All gateways, in the operator's order.
pub async fn list(mut read: impl Read) -> Result<Vec<Gateway>, DbError> {
    read.all(LIST, values![]).await
}

/// What the operator chose in the form.
#[derive(Debug, Clone)]
pub struct GatewayForm {
    pub title: String,
    pub enabled: bool,
    pub one_off: bool,
    pub recurring: bool,
    pub values: BTreeMap<String, String>,
    /// Only those that were typed anew; the others stay.
    pub secrets: BTreeMap<String, Secret>,
}

const INSERT: &str = "
    insert into gateways
           (id, hook_key, driver, title, enabled, one_off, recurring, config, provider_account, realm,
            cursor, wide_cursor, findings, checked_at, heard_at, position, version)
    values ($1, $2, $3, $4, $5, $6, $7, $8, '', 'test', '', '', '[]', 0, 0, $9, 1)";

const NEXT_POSITION: &str = "
    select cast(coalesce(max(position), 0) + 1 as bigint) as position from gateways";

/// Adds a gateway.
pub async fn add(
    tx: &mut Tx<'_>,
    vault: &Vault,
    card: &GatewayCard,
    form: &GatewayForm,
) -> Result<GatewayId, DbError> {
    let id: GatewayId = tx.id();
    let key = tx.world().token();
    let position = tx.one::<(i64,)>(NEXT_POSITION, values![]).await?.0;
    let row = values![
        id,
        key,
        card.key,
        form.title,
        form.enabled,
        form.one_off && card.capabilities.one_off,
        form.recurring && card.capabilities.recurring,
        Json(form.values.clone()),
        position
    ];
    tx.run(INSERT, row).await?;
    put_secrets(tx, vault, &id, form).await?;
    tell(tx, &id, &form.title, GatewayChange::Added).await?;
    Ok(id)
}

const UPDATE: &str = "
    update gateways
       set title = $3, enabled = $4, one_off = $5, recurring = $6, config = $7, version = version + 1
     where id = $1 and version = $2";

/// Changes a gateway that was read with `version`.
pub async fn change(
    tx: &mut Tx<'_>,
    vault: &Vault,
    gateway: &Gateway,
    card: &GatewayCard,
    form: &GatewayForm,
) -> Result<(), GatewayError> {
    let row = values![
        gateway.id,
        gateway.version,
        form.title,
        form.enabled,
        form.one_off && card.capabilities.one_off,
        form.recurring && card.capabilities.recurring,
        Json(form.values.clone())
    ];
    if tx.run(UPDATE, row).await? == 0 {
        return Err(GatewayError::ChangedMeanwhile);
    }
    put_secrets(tx, vault, &gateway.id, form).await?;
    Ok(tell(tx, &gateway.id, &form.title, GatewayChange::Changed).await?)
}

async fn tell(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    title: &str,
    change: GatewayChange,
) -> Result<(), DbError> {
    let event = GatewayChanged {
        gateway: gateway.clone(),
        title: title.to_owned(),
        change,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

async fn put_secrets(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: &GatewayId,
    form: &GatewayForm,
) -> Result<(), DbError> {
    for (name, secret) in form.secrets.iter().filter(|(_, secret)| !secret.is_empty()) {
        vault::put(tx, vault, &place(id, name), secret).await?;
    }
    Ok(())
}

const NOTE_CHECK: &str = "
    update gateways set provider_account = $2, realm = $3, findings = $4, checked_at = $5 where id = $1";

/// Keeps what a check found out.
pub async fn note_check(
    tx: &mut Tx<'_>,
    id: &GatewayId,
    check: &crate::gateway::CheckUp,
) -> Result<(), DbError> {
    let now = tx.now();
    let row = values![
        id,
        check.account,
        check.realm,
        Json(check.findings.clone()),
        now
    ];
    tx.run(NOTE_CHECK, row).await?;
    Ok(())
}

/// Keeps what `set_up` brought home. An older secret stays valid until the next set-up after this.
pub async fn note_set_up(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: &GatewayId,
    secret: &Secret,
) -> Result<(), VaultError> {
    let place = place(id, WEBHOOK_SECRET);
    let older = vault::find(&mut *tx, vault, &place).await?;
    let older = older
        .as_ref()
        .and_then(|held| held.reveal().lines().next().map(str::to_owned));
    let both = match older {
        Some(older) if older != secret.reveal() => format!("{}\n{older}", secret.reveal()),
        _ => secret.reveal().to_owned(),
    };
    Ok(vault::put(tx, vault, &place, &Secret::new(both)).await?)
}

const NOTE_CURSOR: &str = "update gateways set cursor = $2 where id = $1";
const NOTE_WIDE_CURSOR: &str = "update gateways set wide_cursor = $2 where id = $1";

/// Keeps where the next listing begins.
pub async fn note_cursor(
    tx: &mut Tx<'_>,
    id: &GatewayId,
    breadth: crate::gateway::Breadth,
    cursor: &str,
) -> Result<(), DbError> {
    let sql = match breadth {
        crate::gateway::Breadth::Changes => NOTE_CURSOR,
        crate::gateway::Breadth::Objects => NOTE_WIDE_CURSOR,
    };
    tx.run(sql, values![id, cursor]).await?;
    Ok(())
}

const NOTE_HEARD: &str = "update gateways set heard_at = $2 where id = $1 and heard_at < $3";

/// Keeps, to the minute, when a message last reached us: the set-up list shows it.
pub async fn note_heard(tx: &mut Tx<'_>, id: &GatewayId) -> Result<(), DbError> {
    let now = tx.now();
    tx.run(NOTE_HEARD, values![id, now, now - kit::Span::minutes(1)])
        .await?;
    Ok(())
}
