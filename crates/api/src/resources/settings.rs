//! `settings`: what the operator chooses, by section. Secrets go in and never come out.

use std::collections::BTreeMap;

use billing::order::TaxRule;
use billing::receipt::Seller;
use billing::settings::{ReminderSettings, TermSettings, TrialSettings};
use flows::told_at_once::change_settings;
use kit::{FieldError, FormErrors, Secret};
use media::self_help::SelfHelpSettings;
use outreach::{MailSettings, PASSWORD_PLACE};
use people::registration::RegistrationSettings;
use people::role::Permission;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use settings::{Section, SiteSettings, vault};
use utoipa::ToSchema;

use super::settings_checks::Checked;
use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::sent::NoFilter;
use crate::table::Table;
use crate::values::Page;

const ONE: &str = "/api/v1/settings/{id}";

pub fn table() -> Table {
    let (see, change) = (Permission::SettingsSee, Permission::SettingsChange);
    Table::of("settings")
        .list("/api/v1/settings", (see, "Lists all sections"), list)
        .read(ONE, (see, "Shows a section"), show)
        .change(ONE, (change, "Changes fields of a section"), change_section)
}

/// The sections, and each one's secrets by field and place in the vault.
const SECTIONS: &[(&str, &[(&str, &str)])] = &[
    (SiteSettings::NAME, &[]),
    (MailSettings::NAME, &[("password", PASSWORD_PLACE)]),
    (RegistrationSettings::NAME, &[]),
    (TermSettings::NAME, &[]),
    (TrialSettings::NAME, &[]),
    (ReminderSettings::NAME, &[]),
    (SelfHelpSettings::NAME, &[]),
    (TaxRule::NAME, &[]),
    (Seller::NAME, &[]),
];

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingsSection)]
struct SectionShown {
    /// `site`, `mail`, `registration`, `terms`, `trials`, `reminders`, `self_help`, `tax` or `seller`.
    id: String,
    /// Sent back with a change. 0: never saved, all is as it comes.
    version: i64,
    #[schema(value_type = Object)]
    values: Map<String, Value>,
    /// Secrets that are set; they are never shown.
    secrets_set: Vec<String>,
}

/// What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SectionChange {
    /// As last read.
    version: i64,
    #[serde(default)]
    #[schema(value_type = Object, required = false)]
    values: Map<String, Value>,
    /// An empty one is taken away.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, write_only, required = false)]
    secrets: BTreeMap<String, Secret>,
}

/// `GET /api/v1/settings`
async fn list(call: Call, _: NoFilter) -> Answer<Page<SectionShown>> {
    let mut all = Vec::new();
    for (name, _) in SECTIONS {
        all.push(shown(&call, name).await?);
    }
    let id = |section: &SectionShown| section.id.clone();
    Ok(Page::whole(&call.page, all, id, |section| section))
}

/// `GET /api/v1/settings/{id}`
async fn show(call: Call) -> Answer<SectionShown> {
    shown(&call, call.name()).await
}

/// `PATCH /api/v1/settings/{id}`
async fn change_section(call: Call, sent: SectionChange) -> Answer<SectionShown> {
    match call.name() {
        SiteSettings::NAME => change_as::<SiteSettings>(&call, sent).await?,
        MailSettings::NAME => change_as::<MailSettings>(&call, sent).await?,
        RegistrationSettings::NAME => change_as::<RegistrationSettings>(&call, sent).await?,
        TermSettings::NAME => change_as::<TermSettings>(&call, sent).await?,
        TrialSettings::NAME => change_as::<TrialSettings>(&call, sent).await?,
        ReminderSettings::NAME => change_as::<ReminderSettings>(&call, sent).await?,
        SelfHelpSettings::NAME => change_as::<SelfHelpSettings>(&call, sent).await?,
        TaxRule::NAME => change_as::<TaxRule>(&call, sent).await?,
        Seller::NAME => change_as::<Seller>(&call, sent).await?,
        _ => return Err(Problem::not_found()),
    }
    shown(&call, call.name()).await
}

async fn shown(call: &Call, name: &str) -> Answer<SectionShown> {
    let (values, version) = match name {
        SiteSettings::NAME => read_as::<SiteSettings>(call).await?,
        MailSettings::NAME => read_as::<MailSettings>(call).await?,
        RegistrationSettings::NAME => read_as::<RegistrationSettings>(call).await?,
        TermSettings::NAME => read_as::<TermSettings>(call).await?,
        TrialSettings::NAME => read_as::<TrialSettings>(call).await?,
        ReminderSettings::NAME => read_as::<ReminderSettings>(call).await?,
        SelfHelpSettings::NAME => read_as::<SelfHelpSettings>(call).await?,
        TaxRule::NAME => read_as::<TaxRule>(call).await?,
        Seller::NAME => read_as::<Seller>(call).await?,
        _ => return Err(Problem::not_found()),
    };
    let mut secrets_set = Vec::new();
    for (field, place) in secrets_of(name) {
        let secret = vault::find(&call.site.db, &call.site.tools.vault, place).await?;
        if secret.is_some() {
            secrets_set.push((*field).to_owned());
        }
    }
    Ok(SectionShown {
        id: name.to_owned(),
        version,
        values,
        secrets_set,
    })
}

fn secrets_of(section: &str) -> &'static [(&'static str, &'static str)] {
    let known = SECTIONS.iter().find(|(name, _)| *name == section);
    known.map_or(&[], |(_, secrets)| secrets)
}

async fn read_as<S: Section + Checked>(call: &Call) -> Answer<(Map<String, Value>, i64)> {
    let (section, version) = settings::load::<S>(&call.site.db).await?;
    let mut values = map_of(&section)?;
    values.retain(|name, _| !S::KEPT_BY_US.contains(&name.as_str()));
    Ok((values, version))
}

fn map_of<S: Section>(section: &S) -> Answer<Map<String, Value>> {
    let printed = serde_json::to_value(section);
    let printed = printed.map_err(|error| Problem::from(web::PageError::broken(&error)))?;
    found(printed.as_object().cloned())
}

async fn change_as<S: Section + Checked>(call: &Call, sent: SectionChange) -> Answer<()> {
    let mut tx = call.begin().await?;
    let (before, _) = settings::load::<S>(&mut tx).await?;
    let mut values = map_of(&before)?;
    let mut errors = FormErrors::default();
    for (name, value) in sent.values {
        if values.contains_key(&name) && !S::KEPT_BY_US.contains(&name.as_str()) {
            values.insert(name, value);
        } else {
            errors.add(&name, FieldError::UnknownId.text());
        }
    }
    let section: S = serde_json::from_value(Value::Object(values)).map_err(|error| {
        Problem::unprocessable(kit::t!(
            "The values do not fit this section: {words}",
            words = error.to_string()
        ))
    })?;
    section.check(&mut errors);
    let secrets = secrets_of(S::NAME);
    for name in sent.secrets.keys() {
        if !secrets.iter().any(|(field, _)| field == name) {
            errors.add(name, FieldError::UnknownId.text());
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    change_settings::save(&mut tx, &section, sent.version).await?;
    for place in secrets {
        if let Some(secret) = sent.secrets.get(place.0) {
            let vault = &call.site.tools.vault;
            change_settings::keep_secret::<S>(&mut tx, vault, *place, secret).await?;
        }
    }
    Ok(tx.save().await?)
}
