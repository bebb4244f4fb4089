//! The machine: the data folder, who may read it, and the room that is left.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kit::{Text, t};

use super::Finding;

const TOPIC: &str = "data";
/// The bits of a mode that let the group or everybody in.
const OTHERS: u32 = 0o077;
/// Below this a backup, or a day of logs, fills the disk.
const LITTLE_MB: u64 = 1024;
const NOTHING_MB: u64 = 100;

pub async fn examine(data: &Path) -> Vec<Finding> {
    let found = match tokio::fs::metadata(data).await {
        Err(error) => return vec![missing(data, &error)],
        Ok(found) if !found.is_dir() => {
            return vec![Finding::bad(
                TOPIC,
                t!(
                    "{path} is not a folder. Name another one with --data.",
                    path = shown(data)
                ),
            )];
        }
        Ok(found) => found,
    };
    vec![
        writable(data).await,
        privacy(data, found.permissions().mode()),
        room(data),
    ]
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn missing(data: &Path, error: &std::io::Error) -> Finding {
    let says = t!(
        "The data folder {path} cannot be opened: {words}. Name the right one with --data; `playhouse serve` makes it.",
        path = shown(data),
        words = error.to_string()
    );
    Finding::bad(TOPIC, says)
}

async fn writable(data: &Path) -> Finding {
    let trial = data.join(".playhouse-check");
    let tried = tokio::fs::write(&trial, b"").await;
    // Nothing depends on its going, and it is empty.
    drop(tokio::fs::remove_file(&trial).await);
    match tried {
        Ok(()) => Finding::ok(
            TOPIC,
            t!("The data folder {path} can be written.", path = shown(data)),
        ),
        Err(error) => Finding::bad(
            TOPIC,
            t!(
                "The data folder {path} cannot be written: {words}. Run this as the user that the site runs as.",
                path = shown(data),
                words = error.to_string()
            ),
        ),
    }
}

fn privacy(data: &Path, mode: u32) -> Finding {
    if mode & OTHERS == 0 {
        return Finding::ok(
            "privacy",
            t!("Nobody else on this machine can look into the data folder."),
        );
    }
    let says = t!(
        "Others on this machine can look into the data folder. Close it: chmod 700 {path}",
        path = shown(data)
    );
    Finding::warn("privacy", says)
}

fn room(data: &Path) -> Finding {
    match rustix::fs::statvfs(data) {
        Err(error) => Finding::warn(
            "disk",
            t!(
                "The room on the disk cannot be told: {words}",
                words = error.to_string()
            ),
        ),
        Ok(disk) => room_of(disk.f_bavail.saturating_mul(disk.f_frsize) / 1024 / 1024),
    }
}

fn room_of(free_mb: u64) -> Finding {
    let free = i64::try_from(free_mb).unwrap_or(i64::MAX);
    let low: Text = t!(
        "Only {n} MB are free on the disk of the data folder. Make room.",
        n = free
    );
    match free_mb {
        0..NOTHING_MB => Finding::bad("disk", low),
        NOTHING_MB..LITTLE_MB => Finding::warn("disk", low),
        _ => Finding::ok(
            "disk",
            t!("{n} MB are free on the disk of the data folder.", n = free),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn little_room_is_said_before_there_is_none() {
        assert_eq!(room_of(50_000).verdict, Verdict::Ok);
        assert_eq!(room_of(500).verdict, Verdict::Warn);
        assert_eq!(room_of(99).verdict, Verdict::Bad);
    }

    #[test]
    fn a_folder_that_others_read_is_said() {
        let data = Path::new("/srv/playhouse");
        assert_eq!(privacy(data, 0o40700).verdict, Verdict::Ok);
        assert_eq!(privacy(data, 0o40755).verdict, Verdict::Warn);
    }
}
