//! `playhouse standins`: the stand-ins alone, their addresses as JSON on the first line.

use std::net::SocketAddr;

use clap::Args;
use standins::StandinClock;

use super::Outcome;
use super::say::say;

#[derive(Debug, Args)]
pub struct StandinsArgs {
    /// The first stand-in's address; the others follow. Port 0 takes free ones
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

/// Runs until told to stop.
pub async fn run(args: &StandinsArgs) -> Outcome {
    let stop = app::serve::StopSignals::hear();
    let running = standins::start(args.listen, StandinClock::default()).await?;
    say(&running.addresses().to_string())?;
    stop.wait().await;
    Ok(())
}
