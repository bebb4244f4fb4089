//! `playhouse demo`: the demo house, fresh each time.

use std::net::SocketAddr;
use std::path::PathBuf;

use app::demo::Asked;
use clap::Args;

use super::{Failure, Outcome, Shared, log};

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The site's address; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:7070")]
    listen: SocketAddr,
}

/// Runs until told to stop. No configuration is read: nothing of an installation is touched.
pub async fn run(shared: &Shared, args: &DemoArgs) -> Outcome {
    log::start(&app::config::LogConfig {
        filter: Some("warn".to_owned()),
        json: shared.json,
    })?;
    let data = shared
        .data
        .clone()
        .unwrap_or_else(|| PathBuf::from("data/demo"));
    let asked = Asked {
        data,
        listen: args.listen,
        json: shared.json,
    };
    Box::pin(app::demo::run(asked))
        .await
        .map_err(|error| Failure::new(error.to_string()))
}
