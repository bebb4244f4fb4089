//! What the house logs, and where: stderr, for people or one JSON object a line. See docs/logging.md.

use std::io::IsTerminal;

use app::config::LogConfig;
use tracing_subscriber::EnvFilter;

use super::{Failure, Outcome};

const USUAL: &str = "info";

/// Starts logging. Called once.
pub fn start(config: &LogConfig) -> Outcome {
    let words = config.filter.as_deref().unwrap_or(USUAL);
    let filter = EnvFilter::try_new(words)
        .map_err(|error| Failure::new(format!("[log] filter {words:?} is not right: {error}")))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if config.json {
        log.json().flatten_event(true).try_init()
    } else {
        log.with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .try_init()
    };
    started.map_err(|error| Failure::new(format!("logging cannot be started: {error}")))
}
