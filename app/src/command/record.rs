//! `playhouse record`: saves a scrubbed exchange with a server, to be sent to whoever looks for a fault.

use std::path::PathBuf;

use app::record;
use clap::Args;
use drivers::http::Http;
use serde_json::json;

use super::say::say_either;
use super::{Failure, Outcome, Shared, place};

#[derive(Debug, Args)]
pub struct RecordArgs {
    /// The server's name, as the site has it
    #[arg(long, value_name = "NAME")]
    server: String,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub async fn run(shared: Shared, args: RecordArgs) -> Outcome {
    let config = place::config(&shared)?;
    let db = place::open(&config).await?;
    let http = Http::new(app::world::real(), config.server.allow_standins);
    let recorded = record::record(&db, &config.server.data, http, &args.server).await;
    let recorded = recorded.map_err(|error| Failure::new(error.to_string()))?;
    let exchanges = recorded["exchanges"].as_array().map_or(0, Vec::len);
    let text = serde_json::to_string_pretty(&recorded).expect("JSON prints");
    tokio::fs::write(&args.out, text).await?;
    let line = format!(
        "{exchanges} calls were written to {}. Names, addresses, ids and keys in it are made up; look before you send it.",
        args.out.display()
    );
    say_either(
        shared.json,
        &line,
        &json!({ "file": args.out, "exchanges": exchanges }),
    )
}
