//! `playhouse export`: what the house holds, for other programs: one file of JSON lines for each kind of
//! thing. Unlike a backup it holds no passwords, keys or sign-ins, and is not meant to come back.

use std::path::{Path, PathBuf};

use app::backup::format::to_json;
use clap::Args;
use db::{Snapshot, Table};
use futures::StreamExt;
use serde_json::{Map, Value, json};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

use super::say::say_either;
use super::{Failure, Outcome, Shared, place};

/// People, what is sold, and money. What opens doors (passwords, sessions, tokens, keys) stays in the house.
const KINDS: &[&str] = &[
    "accounts",
    "members",
    "identities",
    "plans",
    "plan_versions",
    "prices",
    "subscriptions",
    "term_grants",
    "holds",
    "payers",
    "orders",
    "order_lines",
    "payments",
    "receipts",
    "refunds",
    "disputes",
    "ledger_transactions",
    "ledger_entries",
    "servers",
    "libraries",
    "library_groups",
    "shares",
];

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The folder to write into; it is made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub async fn run(shared: Shared, args: ExportArgs) -> Outcome {
    let config = place::config(&shared)?;
    let db = place::open(&config).await?;
    place::make_folder(&args.folder).await?;
    let mut snapshot = db.snapshot().await?;
    let mut counts = Map::new();
    for table in snapshot.tables().await? {
        if KINDS.contains(&table.name()) {
            let rows = write(&mut snapshot, &table, &args.folder).await?;
            counts.insert(table.name().to_owned(), rows.into());
        }
    }
    let line = format!(
        "{} kinds of things were written to {}.",
        counts.len(),
        args.folder.display()
    );
    say_either(
        shared.json,
        &line,
        &json!({ "folder": args.folder, "rows": counts }),
    )
}

async fn write(snapshot: &mut Snapshot, table: &Table, folder: &Path) -> Result<u64, Failure> {
    let path = folder.join(format!("{}.jsonl", table.name()));
    let mut file = BufWriter::new(File::create(&path).await?);
    let mut rows = snapshot.rows(table);
    let mut count = 0;
    while let Some(row) = rows.next().await {
        let names = table.columns().iter().map(|column| column.name.clone());
        let thing: Map<String, Value> = names.zip(row?.iter().map(to_json)).collect();
        file.write_all(format!("{}\n", Value::Object(thing)).as_bytes())
            .await?;
        count += 1;
    }
    file.flush().await?;
    Ok(count)
}
