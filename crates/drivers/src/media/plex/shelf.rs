//! What the server holds, and having it look again.
//!
//! A library has two numbers: the global one, which sharing takes and which we keep, and the server's own, which all
//! of its routes take. plex.tv tells which is which.

use http::{Method, StatusCode};
use kit::{Outcome, Refusal, done, t};
use media::counting::{Things, ToCount};
use media::help::{ItemAt, ItemKind, ItemsAsked, ItemsPage, RemoteItem};
use serde::Deserialize;

use super::Plex;
use super::wire::{LocalSection, LocalSections, Wrapped, text};

/// Files below a folder that are looked at to find its directory.
const FILES_READ: &str = "500";

/// A `Metadata` of lists and of single things.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    rating_key: String,
    #[serde(default)]
    title: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    parent_title: Option<String>,
    #[serde(default)]
    grandparent_title: Option<String>,
    #[serde(default)]
    year: Option<i32>,
    #[serde(default, rename = "librarySectionID", deserialize_with = "text")]
    section: String,
    #[serde(default, rename = "Media")]
    media: Vec<Media>,
}

#[derive(Debug, Deserialize)]
struct Media {
    #[serde(default, rename = "Part")]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(default)]
    file: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default, rename = "Metadata")]
    rows: Vec<Metadata>,
    #[serde(default)]
    total_size: Option<u32>,
}

impl Metadata {
    fn files(&self) -> impl Iterator<Item = &str> {
        let parts = self.media.iter().flat_map(|media| &media.parts);
        parts.filter_map(|part| part.file.as_deref())
    }

    fn into_item(self) -> RemoteItem {
        let part_of = match (self.grandparent_title, self.parent_title) {
            // An episode belongs to its show, a song to its album.
            (Some(show), _) if self.kind == "episode" => Some(show),
            (_, Some(parent)) => Some(parent),
            (above, None) => above,
        };
        RemoteItem {
            id: self.rating_key,
            title: self.title,
            part_of,
            year: self.year,
            kind: match self.kind.as_str() {
                "movie" | "episode" | "clip" => ItemKind::Video,
                "track" => ItemKind::Audio,
                "show" | "season" | "artist" | "album" | "collection" => ItemKind::Folder,
                _ => ItemKind::Other,
            },
        }
    }
}

impl Plex {
    /// The server's own number of a library.
    async fn key_of(&self, library: &str) -> Outcome<String> {
        let sections = done!(self.sections().await);
        let found = sections
            .iter()
            .find(|section| section.id.to_string() == library);
        match found {
            Some(section) => Outcome::Done(section.local_key()),
            None => Outcome::Refused(Refusal::lasting(
                "not_found",
                t!(
                    "{host} does not have this library any more.",
                    host = self.server.host()
                ),
            )),
        }
    }

    pub(super) async fn shelf(&self, asked: &ItemsAsked<'_>) -> Outcome<ItemsPage> {
        let (from, most) = (asked.from.to_string(), asked.most.to_string());
        let mut query = vec![
            ("X-Plex-Container-Start", from.as_str()),
            ("X-Plex-Container-Size", most.as_str()),
        ];
        let url = if let (Some(folder), None) = (asked.folder, asked.search) {
            let path = ["library", "metadata", folder, "children"];
            self.server.url(&path, &query)
        } else {
            let key = done!(self.key_of(asked.library).await);
            if let Some(words) = asked.search {
                query.push(("title", words));
            }
            query.push(("sort", "titleSort"));
            let path = ["library", "sections", &key, "all"];
            self.server.url(&path, &query)
        };
        let found: Wrapped<Listed> = done!(self.server.get(url).await);
        let total = found.container.total_size;
        let items: Vec<RemoteItem> = found
            .container
            .rows
            .into_iter()
            .map(Metadata::into_item)
            .collect();
        let here = u32::try_from(items.len()).unwrap_or(u32::MAX);
        Outcome::Done(ItemsPage {
            total: total.unwrap_or_else(|| asked.from.saturating_add(here)),
            items,
        })
    }

    /// One page of nothing for each question: its head says how many there are.
    pub(super) async fn count_shelves(&self, asked: &[ToCount]) -> Outcome<Vec<i64>> {
        let sections = done!(self.sections().await);
        let mut amounts = Vec::with_capacity(asked.len());
        for one in asked {
            let section = sections
                .iter()
                .find(|section| section.id.to_string() == one.library);
            let Some(section) = section else {
                // Gone since its libraries were last read.
                amounts.push(0);
                continue;
            };
            let query = [
                ("type", type_number(one.things)),
                ("X-Plex-Container-Start", "0"),
                ("X-Plex-Container-Size", "0"),
            ];
            let path = ["library", "sections", &section.local_key(), "all"];
            let url = self.server.url(&path, &query);
            let found: Wrapped<Listed> = done!(self.server.get(url).await);
            amounts.push(found.container.total_size.unwrap_or_default().into());
        }
        Outcome::Done(amounts)
    }

    /// The owner's key sees everything, so what is in another library is as good as not there.
    pub(super) async fn find_on_shelf(&self, at: &ItemAt<'_>) -> Outcome<Option<RemoteItem>> {
        let found = done!(self.metadata(at.library, at.item).await);
        Outcome::Done(found.map(Metadata::into_item))
    }

    async fn metadata(&self, library: &str, item: &str) -> Outcome<Option<Metadata>> {
        if item.is_empty() || !item.bytes().all(|sign| sign.is_ascii_digit()) {
            return Outcome::Done(None);
        }
        let key = done!(self.key_of(library).await);
        let url = self.server.url(&["library", "metadata", item], &[]);
        let answer = done!(self.server.send(Method::GET, url, None).await);
        if answer.status == StatusCode::NOT_FOUND {
            return Outcome::Done(None);
        }
        let found: Wrapped<Listed> = done!(self.server.read(&answer));
        let mut rows = found.container.rows.into_iter();
        Outcome::Done(rows.next().filter(|row| row.section == key))
    }

    /// Plex scans directories: the one that holds the item's files, or all files of a folder.
    pub(super) async fn scan_around(&self, library: &str, item: &str) -> Outcome<()> {
        let Some(found) = done!(self.metadata(library, item).await) else {
            return Outcome::Refused(Refusal::lasting(
                "not_found",
                t!("It is not on the server any more. Look for it again in the library's list."),
            ));
        };
        let mut files: Vec<String> = found.files().map(str::to_owned).collect();
        if files.is_empty() {
            let query = [
                ("X-Plex-Container-Start", "0"),
                ("X-Plex-Container-Size", FILES_READ),
            ];
            let path = ["library", "metadata", item, "allLeaves"];
            let url = self.server.url(&path, &query);
            let below: Wrapped<Listed> = done!(self.server.get(url).await);
            let rows = below.container.rows.iter();
            files = rows.flat_map(Metadata::files).map(str::to_owned).collect();
        }
        let Some(directory) = directory_of(&files) else {
            return Outcome::Refused(Refusal::lasting(
                "no_files",
                t!(
                    "The server knows no file of it, so there is no folder to look into. Its operator can scan the whole library."
                ),
            ));
        };
        self.scan_directory(library, &directory).await
    }

    /// By GET, which every known program uses; a path must lie in a folder of the section.
    pub(super) async fn scan_directory(&self, library: &str, path: &str) -> Outcome<()> {
        let key = done!(self.key_of(library).await);
        let route = ["library", "sections", &key, "refresh"];
        let url = self.server.url(&route, &[("path", path)]);
        let answer = done!(self.server.send(Method::GET, url, None).await);
        match answer.status {
            status if status.is_success() => Outcome::Done(()),
            StatusCode::BAD_REQUEST => Outcome::Refused(Refusal::lasting(
                "not_below",
                t!("Plex says that this folder lies in none of the library's folders."),
            )),
            _ => self.server.refused(&answer),
        }
    }

    pub(super) async fn is_refreshing(&self, library: &str) -> Outcome<bool> {
        let key = done!(self.key_of(library).await);
        let url = self.server.url(&["library", "sections"], &[]);
        let local: Wrapped<LocalSections> = done!(self.server.get(url).await);
        let is_it = |section: &LocalSection| section.key == key && section.refreshing;
        Outcome::Done(local.container.sections.iter().any(is_it))
    }
}

/// What `?type=` calls them. Plex knows no books.
const fn type_number(things: Things) -> &'static str {
    match things {
        Things::Movies => "1",
        Things::Series => "2",
        Things::Episodes => "4",
        Things::Albums => "9",
        Things::Songs => "10",
        Things::MusicVideos | Things::Videos | Things::Books => "12",
        Things::Photos => "13",
    }
}

/// The directory that holds all of these files: of one its own, of many the deepest that they share. Servers on
/// Windows write their paths the other way.
fn directory_of(files: &[String]) -> Option<String> {
    let is_sign = |sign: char| matches!(sign, '/' | '\\');
    let mut shared: Option<&str> = None;
    for file in files {
        let own = &file[..file.rfind(is_sign)?];
        shared = Some(match shared {
            None => own,
            Some(before) => common(before, own),
        });
    }
    shared.filter(|path| !path.is_empty()).map(str::to_owned)
}

/// The longest beginning of both that ends where a directory ends.
fn common<'a>(one: &'a str, other: &str) -> &'a str {
    let is_sign = |sign: char| matches!(sign, '/' | '\\');
    let mut end = 0;
    for (at, _) in one.match_indices(is_sign).chain([(one.len(), "")]) {
        let reaches = other.get(..at) == Some(&one[..at]);
        if reaches && other[at..].chars().next().is_none_or(is_sign) {
            end = at;
        }
    }
    &one[..end]
}

#[cfg(test)]
mod tests {
    use super::directory_of;

    fn of(files: &[&str]) -> Option<String> {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        directory_of(&files)
    }

    #[test]
    fn the_directory_of_many_files_is_the_deepest_that_holds_all() {
        let found = |files: &[&str]| of(files).unwrap_or_default();
        assert_eq!(found(&["/m/Film (2019)/film.mkv"]), "/m/Film (2019)");
        assert_eq!(found(&["/tv/A/S1/1.mkv", "/tv/A/S2/1.mkv"]), "/tv/A");
        assert_eq!(found(&["/tv/A/1.mkv", "/tv/AB/1.mkv"]), "/tv");
        assert_eq!(found(&["/tv/A/S1/1.mkv", "/tv/A/2.mkv"]), "/tv/A");
        assert_eq!(
            found(&[r"D:\tv\A\S1\1.mkv", r"D:\tv\A\S2\2.mkv"]),
            r"D:\tv\A"
        );
        assert_eq!(of(&["/a/1.mkv", "/b/1.mkv"]), None);
        assert_eq!(of(&["film.mkv"]), None);
        assert_eq!(of(&[]), None);
    }
}
