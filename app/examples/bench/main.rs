//! Measures the house at work: purchases, pages, visitors, memory, reconciling. `scripts/bench` runs it.
//!
//! `bench [PART...] [--quick] [--runs N]`: all parts, or those named; quick ones are small, for trying out. What was
//! measured is the last line of the output, one JSON object. The stand-ins run inside this process, so what
//! they cost is part of every figure; only `visitors` and `memory` run the real binary beside it.
//! To add a part, write its file and add it to [`PARTS`].

#![expect(
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a measurement reads the machine, waits for it, and rounds"
)]

mod figures;
mod generator;
mod house;
mod insight;
mod machine;
mod memory;
mod moves;
mod pages;
mod placing;
mod planning;
mod purchases;
mod reconcile;
mod sync;
mod visitors;
mod wire;

use std::io::Write;

use serde_json::{Map, Value};
use testkit::TestDb;

/// What a part answers. Whatever goes wrong ends the run: a figure is measured or not written.
type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const PARTS: [&str; 9] = [
    "purchases",
    "pages",
    "visitors",
    "memory",
    "reconcile",
    "sync",
    "placing",
    "planning",
    "moves",
];

/// Small sizes for trying out, or those of the goals.
#[derive(Debug, Clone, Copy)]
struct Size {
    quick: bool,
    /// How often each thing is measured; the median counts.
    runs: usize,
}

impl Size {
    fn pick<T>(self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }
}

fn main() -> Fallible<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [load, address, seconds] = words.as_slice()
        && load == "load"
    {
        // The other end of `visitors`: a process of its own, so that it can be given a core of its own.
        return say(&visitors::load(address, seconds.parse()?)?);
    }
    let quick = words.iter().any(|word| word == "--quick");
    let size = Size {
        quick,
        runs: runs_asked(&words).unwrap_or(if quick { 1 } else { 3 }),
    };
    let named: Vec<&str> = PARTS
        .into_iter()
        .filter(|part| words.iter().any(|word| word == part))
        .collect();
    let parts = if named.is_empty() {
        PARTS.to_vec()
    } else {
        named
    };
    let mut all = Map::new();
    for part in parts {
        // A runtime of its own for each: nothing of one part goes on in the next.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        all.extend(runtime.block_on(measured(part, size))?);
        runtime.shutdown_background();
    }
    say(&Value::Object(all))
}

/// The number after `--runs`.
fn runs_asked(words: &[String]) -> Option<usize> {
    let place = words.iter().position(|word| word == "--runs")?;
    words.get(place + 1)?.parse().ok()
}

async fn measured(part: &str, size: Size) -> Fallible<Map<String, Value>> {
    tell(&format!("{part}:"));
    match part {
        "purchases" => purchases::measure(size, testkit::engines().await).await,
        "pages" => pages::measure(size, testkit::engines().await).await,
        "visitors" => visitors::measure(size).await,
        "memory" => memory::measure(size).await,
        "moves" => moves::measure(size).await,
        "sync" => sync::measure(size).await,
        "placing" => placing::measure(size),
        "planning" => planning::measure(size),
        _ => reconcile::measure(size).await,
    }
}

fn engine_name(on: &TestDb) -> &'static str {
    match on.engine {
        db::Engine::Sqlite => "sqlite",
        db::Engine::Postgres => "postgres",
    }
}

/// What is going on, for whoever watches.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn say(figures: &Value) -> Fallible<()> {
    Ok(writeln!(std::io::stdout(), "{figures}")?)
}
