//! `playhouse check`: the doctor. Exit code 1 if something is bad.

use app::doctor::{self, Finding, Verdict};

use super::say::say;
use super::{Failure, Outcome, Shared, place};

pub async fn run(shared: Shared) -> Outcome {
    let config = place::config(&shared)?;
    let options = place::options(&config)?;
    let findings = doctor::examine(&config, &options, &app::world::real()).await;
    if shared.json {
        let all: Vec<_> = findings.iter().map(Finding::json).collect();
        say(&serde_json::json!({ "findings": all }).to_string())?;
    } else {
        for finding in &findings {
            say(&format!(
                "{:<5}{}",
                finding.verdict.word(),
                finding.says.in_english()
            ))?;
        }
    }
    let bad = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Bad)
        .count();
    match bad {
        0 => Ok(()),
        1 => Err(Failure::new("one thing is bad; it says above what to do")),
        n => Err(Failure::new(format!(
            "{n} things are bad; each says above what to do"
        ))),
    }
}
