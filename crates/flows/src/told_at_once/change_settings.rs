//! What a person changes in the settings is told: the section and the names of its fields, never what is in them.

use db::{DbError, Tx};
use kit::Secret;
use serde_json::Value;
use settings::{Section, SettingsError, Vault, vault};

use crate::events::SettingsChanged;

/// Saves the section if nobody has since `version` was read. Nothing is told if nothing differs.
pub async fn save<S: Section>(
    tx: &mut Tx<'_>,
    section: &S,
    version: i64,
) -> Result<(), SettingsError> {
    let (before, _) = settings::load::<S>(&mut *tx).await?;
    settings::save(tx, section, version).await?;
    let fields = changed(&printed(&before), &printed(section));
    Ok(tell::<S>(tx, fields).await?)
}

/// Keeps a secret of the section at its place in the vault; an empty one is taken away.
pub async fn keep_secret<S: Section>(
    tx: &mut Tx<'_>,
    vault: &Vault,
    (field, place): (&str, &str),
    secret: &Secret,
) -> Result<(), DbError> {
    if secret.is_empty() {
        vault::remove(tx, place).await?;
    } else {
        vault::put(tx, vault, place, secret).await?;
    }
    tell::<S>(tx, vec![field.to_owned()]).await
}

async fn tell<S: Section>(tx: &mut Tx<'_>, fields: Vec<String>) -> Result<(), DbError> {
    if !fields.is_empty() {
        let section = S::NAME.to_owned();
        chronicle::tell(tx, &SettingsChanged { section, fields }).await?;
    }
    Ok(())
}

fn printed<S: Section>(section: &S) -> Value {
    serde_json::to_value(section).expect("sections have string keys and print as JSON")
}

fn changed(before: &Value, after: &Value) -> Vec<String> {
    let fields = after.as_object().into_iter().flatten();
    fields
        .filter(|(name, value)| before.get(name) != Some(value))
        .map(|(name, _)| name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_named() {
        let before = json!({"host": "old.example", "port": 25});
        let after = json!({"host": "new.example", "port": 25, "login": "x"});
        let mut fields = changed(&before, &after);
        fields.sort();
        assert_eq!(fields, ["host", "login"]);
        assert!(changed(&after, &after).is_empty());
    }
}
