//! The binary as an operator types it: what it prints, and how it ends.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot be set up has failed, and may block"
)]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const PLAYHOUSE: &str = env!("CARGO_BIN_EXE_playhouse");

/// A data folder of one test, gone when it ends.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new() -> Self {
        let name = format!("playhouse-commands-{}", app::world::real().token());
        Self(std::env::temp_dir().join(name))
    }

    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(PLAYHOUSE);
        // Neither an installation's configuration nor the shell's variables have a say.
        command
            .args(words.split(' '))
            .arg("--data")
            .arg(&self.0)
            .env_clear();
        command.args(["--config", "/dev/null"]);
        command
    }

    fn run(&self, words: &str) -> (i32, String, String) {
        self.run_with(words, "")
    }

    fn run_with(&self, words: &str, typed: &str) -> (i32, String, String) {
        let mut command = self.command(words);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(typed.as_bytes())
            .unwrap();
        let ended = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            ended.status.code().unwrap(),
            text(ended.stdout),
            text(ended.stderr),
        )
    }

    fn json(&self, words: &str) -> Value {
        let (code, out, err) = self.run(&format!("{words} --json"));
        assert_eq!(code, 0, "{words}: {err}");
        serde_json::from_str(&out).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A running command, killed if a test leaves it.
pub struct Running {
    child: Child,
    /// What it printed first.
    pub first: Value,
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let first = serde_json::from_str(&line).unwrap_or(Value::Null);
        Self { child, first }
    }

    /// Asks it to end, as a service manager does.
    pub fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Checklist: A20
#[test]
fn the_site_starts_says_its_link_stands_alone_and_ends_in_order() {
    let place = Place::new();
    let site = Running::start(place.command("serve --listen 127.0.0.1:0 --json"));
    let link = site.first["first_start"].as_str().unwrap().to_owned();
    assert!(
        link.starts_with(site.first["url"].as_str().unwrap()),
        "{link}"
    );

    let (code, _, said) = place.run("serve --listen 127.0.0.1:0");
    assert_eq!(code, 1);
    assert!(said.contains("Another playhouse runs"), "{said}");
    assert_eq!(site.stop(), Some(0));

    // With an administrator there is no link any more.
    place.json("account create --email mara@example.org --level administrator --name Mara");
    let site = Running::start(place.command("serve --listen 127.0.0.1:0 --json"));
    assert_eq!(site.first["first_start"], Value::Null);
    assert_eq!(site.stop(), Some(0));
}

#[test]
fn sign_ins_and_keys_are_made_at_the_machine() {
    let place = Place::new();
    let made = place.json("account create --email mara@example.org");
    assert!(made["link"].as_str().unwrap().contains("/sign-in/link/"));
    let (code, _, said) = place.run("account create --email mara@example.org");
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    let (code, _, said) = place.run("account reset --email nobody@example.org");
    assert_eq!(code, 1);
    assert!(said.contains("account create"), "{said}");
    let key = place.json("api-key create --account mara@example.org --name script");
    assert!(key["key"].as_str().unwrap().starts_with("ph_"));
    let too_much = "api-key create --account mara@example.org --name x --scope members.see";
    assert_eq!(place.run(too_much).0, 1);
    let (code, ..) = place.run("api-key create --account mara@example.org --name x --scope no");
    assert_eq!(code, 2);
}

#[test]
fn wrong_usage_ends_with_two_and_a_wrong_configuration_with_one() {
    let place = Place::new();
    assert_eq!(place.run("serve --nonsense").0, 2);
    assert_eq!(place.run("juggle").0, 2);
    let (code, _, said) = place.run("migrate --database mysql://x");
    assert_eq!(code, 1);
    assert!(said.contains("postgres://"), "{said}");
}

#[test]
fn a_backup_with_its_key_brings_a_house_to_another_place() {
    let (here, there) = (Place::new(), Place::new());
    here.json("account create --email mara@example.org --level administrator");
    assert_eq!(
        Running::start(here.command("serve --listen 127.0.0.1:0 --json")).stop(),
        Some(0)
    );
    let file = here.0.join("house.gz");
    let words = format!("backup {} --with-key", file.display());
    let (code, _, said) = here.run_with(&words, "short\n");
    assert_eq!(code, 1, "{said}");
    let (code, _, said) = here.run_with(&words, "correct horse battery\n");
    assert_eq!(code, 0, "{said}");

    let restore = format!("restore {}", file.display());
    assert_eq!(
        here.run(&restore).0,
        1,
        "a house in use is never overwritten"
    );
    let (code, _, said) = there.run_with(&restore, "correct horse battery\n");
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        Running::start(there.command("serve --listen 127.0.0.1:0 --json")).stop(),
        Some(0)
    );
    let rotated = there.json("key rotate");
    assert!(rotated["resealed"].as_i64().unwrap() >= 1);
    assert_eq!(
        Running::start(there.command("serve --listen 127.0.0.1:0 --json")).stop(),
        Some(0)
    );
    std::fs::remove_file(there.0.join("playhouse.key")).unwrap();
    let (code, _, said) = there.run("serve --listen 127.0.0.1:0");
    assert_eq!(code, 1);
    assert!(said.contains(rotated["key"].as_str().unwrap()), "{said}");
}

#[test]
fn the_doctor_says_what_is_missing_and_what_to_do() {
    let place = Place::new();
    let (code, out, _) = place.run("check --json");
    assert_eq!(code, 1, "{out}");
    place.json("migrate");
    let (code, out, said) = place.run("check --json");
    assert_eq!(code, 0, "{out}{said}");
    let found: Value = serde_json::from_str(&out).unwrap();
    let verdict = |topic: &str| {
        let findings = found["findings"].as_array().unwrap();
        let finding = findings
            .iter()
            .find(|finding| finding["topic"] == topic)
            .unwrap();
        finding["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (verdict("data"), verdict("database")),
        ("ok".to_owned(), "ok".to_owned())
    );
    assert_eq!(
        (verdict("mail"), verdict("backups")),
        ("warn".to_owned(), "warn".to_owned())
    );
}

#[test]
fn what_leaves_by_export_opens_no_door() {
    let place = Place::new();
    place.json("account create --email mara@example.org");
    let folder = place.0.join("out");
    let done = place.json(&format!("export {}", folder.display()));
    assert_eq!(done["rows"]["accounts"], 1);
    let accounts = std::fs::read_to_string(folder.join("accounts.jsonl")).unwrap();
    assert!(accounts.contains("mara@example.org"));
    for closed in [
        "passwords",
        "tokens",
        "sessions",
        "sealed_values",
        "api_keys",
    ] {
        assert!(!folder.join(format!("{closed}.jsonl")).exists(), "{closed}");
    }
}

#[test]
fn the_stand_ins_say_where_they_are() {
    let mut command = Command::new(PLAYHOUSE);
    command.args(["standins", "--listen", "127.0.0.1:0"]);
    let standins = Running::start(command);
    assert!(
        standins.first["jellyfin"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
    assert_eq!(standins.stop(), Some(0));
}
