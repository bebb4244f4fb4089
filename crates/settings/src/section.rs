//! Sections: one row each, JSON by field names, read whole and saved whole.

use db::{DbError, Read, Tx, values};
use kit::Json;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One topic of what the operator chooses.
///
/// Fields are only added, each with a serde default: a row that an older version saved must stay readable.
pub trait Section: Serialize + DeserializeOwned + Default + Send + Sync + 'static {
    /// The stable name, e.g. `site`, `mail`.
    const NAME: &'static str;
}

/// Why a section could not be saved.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Somebody saved it since it was read.
    #[error("these settings were changed by somebody else meanwhile")]
    ChangedMeanwhile,
    #[error(transparent)]
    Db(#[from] DbError),
}

db::row! {
    struct Held { value: Json<serde_json::Value>, version: i64 }
}

const FIND: &str = "select value, version from settings where section = $1";

/// The section and its version (0: never saved). What cannot be read as this section is taken as default
/// field by field, since every field has one.
pub async fn load<S: Section>(mut read: impl Read) -> Result<(S, i64), DbError> {
    match read.maybe::<Held>(FIND, values![S::NAME]).await? {
        None => Ok((S::default(), 0)),
        Some(held) => Ok((
            serde_json::from_value(held.value.0).unwrap_or_default(),
            held.version,
        )),
    }
}

const INSERT: &str = "
    insert into settings (section, value, version, changed_at) values ($1, $2, 1, $3)
    on conflict (section) do nothing";

const UPDATE: &str = "
    update settings set value = $2, version = version + 1, changed_at = $3
     where section = $1 and version = $4";

/// Saves the section if nobody has since `version` was read.
pub async fn save<S: Section>(
    tx: &mut Tx<'_>,
    section: &S,
    version: i64,
) -> Result<(), SettingsError> {
    let value = Json(section);
    let text = serde_json::to_string(value.0).expect("sections have string keys and print as JSON");
    let now = tx.now();
    let changed = if version == 0 {
        tx.run(INSERT, values![S::NAME, text, now]).await?
    } else {
        tx.run(UPDATE, values![S::NAME, text, now, version]).await?
    };
    if changed == 0 {
        Err(SettingsError::ChangedMeanwhile)
    } else {
        Ok(())
    }
}
