//! A passphrase, typed without being shown, or the first line of what is piped in.

use std::io::{BufRead, IsTerminal, Write};

use kit::Secret;

use super::Failure;

/// Asks for the passphrase. Shorter ones than this are guessed in an afternoon.
const SHORTEST: usize = 12;

/// For a backup that is being made.
pub fn choose() -> Result<Secret, Failure> {
    let chosen = ask("Passphrase for the key in this backup (12 letters or more): ")?;
    if chosen.reveal().chars().count() < SHORTEST {
        return Err(Failure::new(
            "the passphrase is too short; choose 12 letters or more",
        ));
    }
    Ok(chosen)
}

/// For a backup that holds a key.
pub fn recall() -> Result<Secret, Failure> {
    ask("Passphrase of the key in this backup: ")
}

fn ask(words: &str) -> Result<Secret, Failure> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        write!(std::io::stderr(), "{words}")?;
        return Ok(Secret::new(rpassword::read_password()?));
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}
