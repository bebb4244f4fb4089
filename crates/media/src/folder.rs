//! Directories that staff have scanned: below the folders in which a library lies, on several servers at once.

use db::{DbError, Read, Tx, values};
use kit::id::{LibraryId, ScanId, ServerId};
use kit::{Text, Timestamp, t};

use crate::error::MediaError;
use crate::library::Library;
use crate::scan::{self, NewScan, ScanState};
use crate::server;

/// The longest path that is taken.
const LONGEST: usize = 400;

/// The directory that is meant by what was typed below a folder of a library. Empty: the folder itself. A path that
/// begins with the folder is taken as it is. Pure.
pub fn below(folder: &str, typed: &str) -> Result<String, Text> {
    let separator = if folder.contains('\\') { '\\' } else { '/' };
    let folder = folder.trim_end_matches(['/', '\\']);
    let typed = typed.trim();
    let rest = typed.strip_prefix(folder).map_or(typed, |rest| {
        // `/media/movies2` does not lie in `/media/movies`.
        if rest.is_empty() || rest.starts_with(['/', '\\']) {
            rest
        } else {
            typed
        }
    });
    let is_elsewhere = rest == typed && typed.starts_with(['/', '\\']);
    let parts: Vec<&str> = rest
        .split(['/', separator])
        .filter(|part| !part.is_empty())
        .collect();
    let is_odd = |part: &&str| matches!(*part, "." | "..") || part.contains(char::is_control);
    if is_elsewhere || parts.iter().any(is_odd) || rest.len() > LONGEST {
        return Err(t!(
            "«{path}» does not lie in {folder}. Type only what comes below it, such as Season 2, without dots.",
            path = typed,
            folder = folder
        ));
    }
    let mut whole = folder.to_owned();
    for part in parts {
        whole.push(separator);
        whole.push_str(part);
    }
    Ok(whole)
}

/// A folder of a library that was chosen, and the directory below it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub library: Library,
    pub path: String,
}

/// Has a directory scanned. `None`: the same is under way already.
pub async fn ask(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Option<ScanId>, MediaError> {
    let server = server::required_server(&mut *tx, &wanted.library.server_id).await?;
    let new = NewScan {
        server: &server.id,
        server_name: &server.name,
        member: None,
        library: &wanted.library.id,
        item: None,
        path: Some(&wanted.path),
        title: &wanted.path,
    };
    Ok(scan::add(tx, &new).await?)
}

db::row! {
    /// A scan that staff asked for, as the page shows it.
    #[derive(Debug, Clone)]
    pub struct Asked {
        pub id: ScanId,
        pub server_id: ServerId,
        pub server_name: String,
        pub library_id: LibraryId,
        pub title: String,
        pub state: ScanState,
        pub reason: Option<Text>,
        pub asked_at: Timestamp,
        pub ended_at: Timestamp,
    }
}

const LATEST: &str = "
    select s.id, s.server_id, v.name as server_name, s.library_id, s.title, s.state, s.reason, s.asked_at, s.ended_at
      from scans s join servers v on v.id = s.server_id
     where s.member_id is null order by s.asked_at desc, s.id desc limit 30";

/// The latest that staff asked for, newest first.
pub async fn latest(mut read: impl Read) -> Result<Vec<Asked>, DbError> {
    read.all(LATEST, values![]).await
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_directory_lies_below_its_folder() {
        for (folder, typed, meant) in [
            ("/media/tv", "", "/media/tv"),
            (
                "/media/tv/",
                " Low Water/Season 2/ ",
                "/media/tv/Low Water/Season 2",
            ),
            ("/media/tv", "/media/tv/Low Water", "/media/tv/Low Water"),
            (r"D:\tv", r"Low Water\Season 2", r"D:\tv\Low Water\Season 2"),
            (r"D:\tv", "Low Water/Season 2", r"D:\tv\Low Water\Season 2"),
            ("/media/tv", "a..b", "/media/tv/a..b"),
        ] {
            assert_eq!(below(folder, typed).unwrap(), meant);
        }
        for typed in [
            "../films",
            "a/../../b",
            "/etc",
            "/media/tv2",
            "./a",
            "a\nb",
            r"\\host\share",
        ] {
            assert!(below("/media/tv", typed).is_err(), "{typed}");
        }
    }
}
