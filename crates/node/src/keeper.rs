//! Keeping a program running: started again when it ends, with patience that grows while it keeps failing.

use std::collections::VecDeque;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// The last lines that a program said, kept so that its end can be explained.
const LINES: usize = 20;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Whoever ran so long was well: the next end is a new story.
const WELL_AFTER: Duration = Duration::from_secs(20);

/// How a program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    Running,
    /// It ended and is started again.
    Restarting {
        /// How often in a row.
        times: u32,
        /// Its own last words.
        words: String,
    },
}

/// How one engine of the host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub engine: &'static str,
    pub condition: Condition,
    /// The process, as long as it runs.
    pub process: Option<u32>,
}

type Shared = Arc<Mutex<(Health, VecDeque<String>)>>;

/// A program that is kept running until this is dropped.
pub struct Kept {
    shared: Shared,
    task: tokio::task::JoinHandle<()>,
}

impl Kept {
    /// Starts it. `make` says how, each time anew; `started` hears of each start.
    pub fn start(
        engine: &'static str,
        make: impl Fn() -> Command + Send + Sync + 'static,
        started: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let health = Health {
            engine,
            condition: Condition::Running,
            process: None,
        };
        let shared = Arc::new(Mutex::new((health, VecDeque::new())));
        let task = tokio::spawn(keep(make, started, Arc::clone(&shared)));
        Self { shared, task }
    }

    pub fn health(&self) -> Health {
        self.shared.lock().expect("nobody panics with it").0.clone()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // The child is killed when the task that holds it goes.
        self.task.abort();
    }
}

async fn keep(make: impl Fn() -> Command, started: impl Fn(), shared: Shared) {
    let mut pause = FIRST_PAUSE;
    let mut times = 0;
    loop {
        let begun = Instant::now();
        let ended = run_once(&make, &started, &shared).await;
        if begun.elapsed() >= WELL_AFTER {
            (pause, times) = (FIRST_PAUSE, 0);
        }
        times += 1;
        note_end(&shared, &ended, times);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn run_once(
    make: &impl Fn() -> Command,
    started: &impl Fn(),
    shared: &Shared,
) -> std::io::Result<ExitStatus> {
    let mut child = make()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let listeners = overhear(&mut child, shared);
    {
        let mut shared = shared.lock().expect("nobody panics with it");
        shared.0.condition = Condition::Running;
        shared.0.process = child.id();
    }
    started();
    let ended = child.wait().await;
    for listener in listeners {
        listener.abort();
    }
    ended
}

fn note_end(shared: &Shared, ended: &std::io::Result<ExitStatus>, times: u32) {
    let mut shared = shared.lock().expect("nobody panics with it");
    let last: Vec<&str> = shared.1.iter().map(String::as_str).collect();
    let words = match ended {
        Ok(status) => format!("{status}: {}", last.join(" · ")),
        Err(error) => error.to_string(),
    };
    let engine = shared.0.engine;
    tracing::warn!(engine.name = engine, engine.times = times, engine.words = %words, "{engine} ended and is started again");
    shared.0.condition = Condition::Restarting { times, words };
    shared.0.process = None;
    shared.1.clear();
}

fn overhear(child: &mut Child, shared: &Shared) -> Vec<tokio::task::JoinHandle<()>> {
    let mut listeners = Vec::new();
    if let Some(out) = child.stdout.take() {
        listeners.push(tokio::spawn(remember(out, Arc::clone(shared))));
    }
    if let Some(err) = child.stderr.take() {
        listeners.push(tokio::spawn(remember(err, Arc::clone(shared))));
    }
    listeners
}

async fn remember(from: impl AsyncRead + Unpin, shared: Shared) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut shared = shared.lock().expect("nobody panics with it");
        if shared.1.len() == LINES {
            shared.1.pop_front();
        }
        shared.1.push_back(line);
    }
}
