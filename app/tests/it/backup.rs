//! Backups: from either engine into either, whole or not at all, each night and tried each week.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot be set up has failed, and may block"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use app::backup::jobs::{BackUp, Backups, TryBackup};
use app::backup::{self, BackupError, BackupStanding, Folder};
use app::{key_file, migrate};
use db::{Db, Options};
use futures::StreamExt;
use jobs::Job;
use kit::{Actor, Email, Secret, Value};
use people::account::{self, NewAccount};
use settings::{SiteSettings, vault};
use testkit::{TestDb, engines, migrated, testworld};

/// A folder of one test, gone when it ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let name = format!("playhouse-backup-{}", app::world::real().token());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

async fn open(on: &TestDb) -> Db {
    let mut options = Options::new(on.address.clone());
    options.durable = false;
    Db::open(&options, testworld().world()).await.unwrap()
}

/// A house in which something has happened: people, settings, secrets, events, odd letters.
async fn lived_in(on: &TestDb, data: &Path) -> Db {
    std::fs::create_dir_all(data).unwrap();
    let db = migrated(on, testworld().world()).await;
    let keys = key_file::open(&db, db.world(), data).await.unwrap();
    let mut tx = db.begin(Actor::console()).await.unwrap();
    for n in 0..700 {
        let email = Email::parse(&format!("guest{n}@example.org")).unwrap();
        let new = NewAccount::customer(email, format!("Guest \"{n}\"\n字 🎬"));
        account::create(&mut tx, &new, None).await.unwrap();
    }
    let site = SiteSettings {
        name: "Lights".to_owned(),
        ..SiteSettings::default()
    };
    settings::save(&mut tx, &site, 0).await.unwrap();
    vault::put(&mut tx, &keys, "trial/secret", &Secret::new("hush"))
        .await
        .unwrap();
    tx.save().await.unwrap();
    db
}

/// All rows of all tables, sorted, so that two databases can be compared.
async fn everything(db: &Db) -> BTreeMap<String, Vec<String>> {
    let mut snapshot = db.snapshot().await.unwrap();
    let mut all = BTreeMap::new();
    for table in snapshot.tables().await.unwrap() {
        let rows: Vec<Vec<Value>> = snapshot
            .rows(&table)
            .map(|row| row.unwrap())
            .collect()
            .await;
        let mut rows: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
        rows.sort();
        all.insert(table.name().to_owned(), rows);
    }
    all
}

#[tokio::test]
async fn a_backup_of_either_engine_fills_either_engine() {
    let scratch = Scratch::new();
    for source in engines().await {
        let db = lived_in(&source, &scratch.file("source")).await;
        let before = everything(&db).await;
        for (n, target) in engines().await.into_iter().enumerate() {
            let file = scratch.file(&format!("{:?}-{n}.jsonl.gz", source.engine));
            let made = backup::write(&db, &file, None).await.unwrap();
            let restored = open(&target).await;
            let told = backup::restore(&restored, &file).await.unwrap();
            assert_eq!(everything(&restored).await, before);
            assert_eq!(told.rows.values().sum::<i64>(), made.rows);
            // The same key opens the same secrets there.
            let keys = key_file::open(&restored, restored.world(), &scratch.file("source")).await;
            let secret = vault::find(&restored, &keys.unwrap(), "trial/secret")
                .await
                .unwrap();
            assert_eq!(secret, Some(Secret::new("hush")));
        }
    }
}

#[tokio::test]
async fn a_backup_that_was_changed_or_cut_restores_nothing() {
    let scratch = Scratch::new();
    for source in engines().await {
        let db = lived_in(&source, &scratch.file("source")).await;
        let file = scratch.file("whole.jsonl.gz");
        drop(std::fs::remove_file(&file));
        backup::write(&db, &file, None).await.unwrap();
        let bytes = std::fs::read(&file).unwrap();
        let cut = scratch.file("cut.jsonl.gz");
        std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
        let target = engines()
            .await
            .into_iter()
            .find(|one| one.engine == source.engine)
            .unwrap();
        let empty = migrated(&target, testworld().world()).await;
        let before = everything(&empty).await;
        for wrong in [&cut, Path::new("/dev/null"), &scratch.file("nowhere")] {
            let refused = backup::restore(&empty, wrong).await.unwrap_err();
            let is_said = matches!(refused, BackupError::Damaged(..) | BackupError::File(..));
            assert!(is_said, "{refused}");
            assert_eq!(everything(&empty).await, before);
        }
        assert!(backup::restore(&empty, &file).await.is_ok());
        let again = backup::restore(&empty, &file).await.unwrap_err();
        assert!(matches!(again, BackupError::NotEmpty), "{again}");
    }
}

#[tokio::test]
async fn the_night_s_backup_is_made_said_and_tried() {
    for on in engines().await {
        let scratch = Scratch::new();
        let db = lived_in(&on, &scratch.0).await;
        let needs = Backups {
            db: db.clone(),
            data: scratch.0.clone(),
        };
        BackUp.run(&needs).await.unwrap();
        let (newest, _) = Folder::of(&scratch.0).newest().await.unwrap().unwrap();
        TryBackup.run(&needs).await.unwrap();
        let (standing, _) = settings::load::<BackupStanding>(&db).await.unwrap();
        assert!(standing.last_good_at.is_some() && standing.last_checked_at.is_some());
        assert_eq!(standing.last_error, None);
        // A damaged file is found out, said, and wanted to be seen to.
        std::fs::write(&newest, b"not a backup").unwrap();
        TryBackup.run(&needs).await.unwrap_err();
        let (standing, _) = settings::load::<BackupStanding>(&db).await.unwrap();
        assert!(standing.last_error.is_some());
        assert_eq!(chronicle::want::count_open(&db).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_house_in_use_is_backed_up_before_its_schema_changes() {
    for on in engines().await {
        let scratch = Scratch::new();
        let db = open(&on).await;
        let all = db.pending_migrations().await.unwrap();
        db.migrate_by(&all[..all.len() - 1]).await.unwrap();
        key_file::open(&db, db.world(), &scratch.0).await.unwrap();
        let done = migrate::bring_up_to_date(&db, &scratch.0).await.unwrap();
        assert_eq!(done.migrations, all[all.len() - 1..]);
        // Its schema is the old one; restoring brings it up to date again.
        let file = done.backup.unwrap();
        let target = engines()
            .await
            .into_iter()
            .find(|one| one.engine == on.engine)
            .unwrap();
        let restored = open(&target).await;
        backup::restore(&restored, &file).await.unwrap();
        assert_eq!(
            restored.pending_migrations().await.unwrap(),
            done.migrations
        );
        let again = migrate::bring_up_to_date(&db, &scratch.0).await.unwrap();
        assert!(again.migrations.is_empty() && again.backup.is_none());
    }
}

#[tokio::test]
async fn an_older_playhouse_refuses_a_newer_database() {
    for on in engines().await {
        let db = migrated(&on, testworld().world()).await;
        let mut tx = db.begin(Actor::console()).await.unwrap();
        let sql = "insert into migrations (name, applied_at) values ('9999_from_later', 0)";
        tx.run(sql, vec![]).await.unwrap();
        tx.save().await.unwrap();
        let refused = migrate::bring_up_to_date(&db, Path::new("/nowhere"))
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("9999_from_later"), "{refused}");
    }
}
