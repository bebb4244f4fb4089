//! `gateways`: connections to payment gateways. Secrets go in and never come out.

use std::collections::BTreeMap;

use billing::checkout;
use billing::gateways::{self, FieldKind, Gateway, GatewayCard, GatewayForm};
use flows::told_later::OfferPrices;
use kit::id::GatewayId;
use kit::{FieldError, FormErrors, Outcome, Secret, field};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::sent::{NoFilter, Nothing};
use crate::table::Table;
use crate::values::{Moment, Page};

const ALL: &str = "/api/v1/gateways";
const ONE: &str = "/api/v1/gateways/{id}";

pub fn table() -> Table {
    let (see, change) = (Permission::SettingsSee, Permission::SettingsChange);
    Table::of("gateways")
        .list(ALL, (see, "Lists gateways"), list)
        .create(ALL, (change, "Connects a gateway"), create)
        .read(ONE, (see, "Shows a gateway"), show)
        .replace(
            ONE,
            (change, "Changes a gateway; secrets that are not sent stay"),
            replace,
        )
        .act(
            "/api/v1/gateways/{id}/check",
            (change, "Tries the keys and says what is missing"),
            check,
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Gateway)]
struct GatewayShown {
    id: String,
    driver: String,
    title: String,
    /// Offered to customers.
    enabled: bool,
    one_off: bool,
    recurring: bool,
    /// What is not secret.
    values: BTreeMap<String, String>,
    /// Where the gateway sends its messages, below the public address.
    hook_path: String,
    /// The account behind the keys, once they were checked.
    provider_account: String,
    /// `live` or `test`.
    realm: String,
    /// What is missing, as sentences.
    findings: Vec<String>,
    checked_at: Option<Moment>,
    /// When a message last came.
    heard_at: Option<Moment>,
    /// Sent back with a change.
    version: i64,
}

fn shown(call: &Call, gateway: Gateway) -> GatewayShown {
    let seen = |at: kit::Timestamp| (at.ms() > 0).then_some(Moment(at));
    GatewayShown {
        hook_path: gateway.hook_path(),
        id: gateway.id.to_string(),
        realm: gateway.realm.word().to_owned(),
        findings: gateway
            .findings
            .0
            .iter()
            .map(|text| call.say(text))
            .collect(),
        checked_at: seen(gateway.checked_at),
        heard_at: seen(gateway.heard_at),
        driver: gateway.driver,
        title: gateway.title,
        enabled: gateway.enabled,
        one_off: gateway.one_off,
        recurring: gateway.recurring,
        values: gateway.config.0,
        provider_account: gateway.provider_account,
        version: gateway.version,
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GatewaySent {
    title: String,
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    one_off: bool,
    #[serde(default)]
    recurring: bool,
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, write_only, required = false)]
    secrets: BTreeMap<String, Secret>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGateway {
    #[schema(example = "stripe")]
    driver: String,
    gateway: GatewaySent,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GatewayChange {
    /// As last read.
    version: i64,
    gateway: GatewaySent,
}

impl GatewaySent {
    /// Only the driver's own fields, and those that it must have.
    fn read(self, card: &GatewayCard, is_new: bool) -> Result<GatewayForm, FormErrors> {
        let mut errors = FormErrors::default();
        let title = errors.keep("title", field::required(&self.title, 60));
        for asked in card.fields {
            let (sent, keeps_old) = if matches!(asked.kind, FieldKind::Secret) {
                let secret = self.secrets.get(asked.name);
                (secret.is_some_and(|secret| !secret.is_empty()), !is_new)
            } else {
                let value = self.values.get(asked.name);
                (value.is_some_and(|value| !value.trim().is_empty()), false)
            };
            if asked.required && !sent && !keeps_old {
                errors.add(asked.name, FieldError::Required.text());
            }
        }
        let is_known = |name: &String, secret: bool| {
            let mut fields = card.fields.iter();
            fields.any(|f| f.name == name && matches!(f.kind, FieldKind::Secret) == secret)
        };
        let unknown = |(name, secret): &(&String, bool)| !is_known(name, *secret);
        let values = self.values.keys().map(|name| (name, false));
        let secrets = self.secrets.keys().map(|name| (name, true));
        for (name, _) in values.chain(secrets).filter(unknown) {
            errors.add(name, FieldError::UnknownId.text());
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(GatewayForm {
            title: title.unwrap_or_default(),
            enabled: self.enabled,
            one_off: self.one_off,
            recurring: self.recurring,
            values: self.values,
            secrets: self.secrets,
        })
    }
}

fn card(call: &Call, driver: &str) -> Answer<&'static GatewayCard> {
    let card = call.site.tools.gateways.card(driver);
    card.ok_or_else(|| Problem::field("driver", FieldError::UnknownId.text()))
}

async fn read(call: &Call, id: &GatewayId) -> Answer<Gateway> {
    found(gateways::find(&call.site.db, id).await?)
}

/// `GET /api/v1/gateways`
async fn list(call: Call, _: NoFilter) -> Answer<Page<GatewayShown>> {
    let all = gateways::list(&call.site.db).await?;
    let id = |row: &Gateway| row.id.to_string();
    Ok(Page::whole(&call.page, all, id, |row| shown(&call, row)))
}

/// `GET /api/v1/gateways/{id}`
async fn show(call: Call) -> Answer<GatewayShown> {
    let gateway = read(&call, &call.id()?).await?;
    Ok(shown(&call, gateway))
}

/// `POST /api/v1/gateways`
async fn create(call: Call, new: NewGateway) -> Answer<GatewayShown> {
    let card = card(&call, &new.driver)?;
    let form = new.gateway.read(card, true)?;
    let mut tx = call.begin().await?;
    let id = gateways::add(&mut tx, &call.site.tools.vault, card, &form).await?;
    OfferPrices::ask(&mut tx).await?;
    tx.save().await?;
    let gateway = read(&call, &id).await?;
    Ok(shown(&call, gateway))
}

/// `PUT /api/v1/gateways/{id}`
async fn replace(call: Call, sent: GatewayChange) -> Answer<GatewayShown> {
    let mut gateway = read(&call, &call.id()?).await?;
    let card = card(&call, &gateway.driver)?;
    let form = sent.gateway.read(card, false)?;
    gateway.version = sent.version;
    let mut tx = call.begin().await?;
    gateways::change(&mut tx, &call.site.tools.vault, &gateway, card, &form).await?;
    OfferPrices::ask(&mut tx).await?;
    tx.save().await?;
    let gateway = read(&call, &gateway.id).await?;
    Ok(shown(&call, gateway))
}

/// `POST /api/v1/gateways/{id}/check`
async fn check(call: Call, _: Nothing) -> Answer<GatewayShown> {
    let id: GatewayId = call.id()?;
    read(&call, &id).await?;
    let checked = checkout::test_gateway(&call.site.tools.gateways, &id, None).await?;
    match checked {
        Outcome::Done(_) => {
            let gateway = read(&call, &id).await?;
            Ok(shown(&call, gateway))
        }
        Outcome::Refused(refusal) => Err(Problem::unprocessable(refusal.reason)),
        Outcome::Unknown(doubt) => Err(Problem::unprocessable(doubt.reason)),
    }
}
