//! The demo's folder: always fresh, and never somebody's real house.

use std::path::Path;

use super::error::DemoError;

/// Says that everything beside it may be thrown away.
const MARK: &str = "demo-house";
const MARK_TEXT: &str =
    "This folder belongs to the demo house, which makes it anew at each start.\n";

/// Empties the folder of an earlier demo, or makes it. A folder that holds anything else is refused.
pub async fn clear(folder: &Path) -> Result<(), DemoError> {
    let failed = |error| DemoError::Folder(folder.to_owned(), error);
    let is_demo = tokio::fs::try_exists(folder.join(MARK))
        .await
        .map_err(failed)?;
    if is_demo {
        tokio::fs::remove_dir_all(folder).await.map_err(failed)?;
    } else if !is_empty(folder).await.map_err(failed)? {
        return Err(DemoError::NotADemo(folder.to_owned()));
    }
    tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    tokio::fs::write(folder.join(MARK), MARK_TEXT)
        .await
        .map_err(failed)
}

/// A folder that is not there is empty.
async fn is_empty(folder: &Path) -> std::io::Result<bool> {
    match tokio::fs::read_dir(folder).await {
        Ok(mut entries) => Ok(entries.next_entry().await?.is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_demo_starts_afresh_and_a_real_house_is_left_alone() {
        let name = format!("demo-folder-{}", crate::world::real().token());
        let folder = std::env::temp_dir().join(name);
        clear(&folder).await.expect("made");
        tokio::fs::write(folder.join("playhouse.db"), "old")
            .await
            .expect("written");
        clear(&folder).await.expect("cleared");
        assert!(!folder.join("playhouse.db").exists());

        tokio::fs::remove_file(folder.join(MARK))
            .await
            .expect("removed");
        tokio::fs::write(folder.join("playhouse.db"), "real")
            .await
            .expect("written");
        let refused = clear(&folder).await.expect_err("refused");
        assert!(matches!(refused, DemoError::NotADemo(_)));
        assert!(folder.join("playhouse.db").exists());
        tokio::fs::remove_dir_all(&folder).await.expect("removed");
    }
}
