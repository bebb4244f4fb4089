//! The media server itself: who it is, and its libraries.

use std::collections::BTreeSet;

use http::StatusCode;
use kit::{Outcome, Refusal, done, t};
use media::remedy::PARTIAL_LIST;
use media::remote::{LibraryKind, Probe, RemoteLibrary};

use super::Plex;
use super::refused::replaced;
use super::wire::{Identity, LocalSection, LocalSections, Section, Wrapped};

impl Plex {
    /// First without a key, so that "not a Plex" and "wrong key" are told apart; then with it.
    pub(super) async fn probe_server(&self) -> Outcome<Probe> {
        let nobody = self.server.with_token(None);
        let answer = done!(nobody.knock(nobody.url(&["identity"], &[])).await);
        let seen: Option<Wrapped<Identity>> =
            answer.json().filter(|_| answer.status == StatusCode::OK);
        let Some(seen) = seen else {
            return Outcome::Refused(Refusal::lasting(
                "not_plex",
                t!(
                    "At {host} answers something, but not a Plex Media Server. Check address and port.",
                    host = nobody.host()
                ),
            ));
        };
        let root: Wrapped<Identity> = done!(self.server.get(self.server.url(&[], &[])).await);
        let mut notes = Vec::new();
        if root.container.my_plex_subscription == Some(false) {
            notes.push(t!(
                "The owner has no Plex Pass: Plex stops no streams and keeps no restrictions for such accounts. Members who run out lose their libraries, but what plays goes on to its end."
            ));
        }
        Outcome::Done(Probe {
            identity: seen.container.machine_identifier,
            name: root
                .container
                .friendly_name
                .unwrap_or_else(|| self.server.host()),
            version: seen.container.version,
            notes,
            libraries: None,
        })
    }

    pub(super) async fn machine(&self) -> Outcome<String> {
        if let Some(identity) = &self.identity {
            return Outcome::Done(identity.clone());
        }
        let seen: Wrapped<Identity> =
            done!(self.server.get(self.server.url(&["identity"], &[])).await);
        Outcome::Done(seen.container.machine_identifier)
    }

    /// With the global ids that sharing takes. plex.tv's list can be partial or empty for a moment, so it is held
    /// against the server's own before anything is concluded from it.
    pub(super) async fn sections(&self) -> Outcome<Vec<Section>> {
        let machine = done!(self.machine().await);
        let local: Wrapped<LocalSections> = done!(
            self.server
                .get(self.server.url(&["library", "sections"], &[]))
                .await
        );
        let mut cloud = match self.account.cloud(&machine).await {
            // plex.tv forgets a server that was set up anew, and its shares with it.
            Outcome::Refused(refusal) if refusal.code == "not_found" => {
                let actual = done!(self.actual_machine().await);
                return Outcome::Refused(if actual == machine {
                    refusal
                } else {
                    replaced()
                });
            }
            other => done!(other),
        };
        let own = local.container.sections;
        let here: BTreeSet<String> = own.iter().map(|one| one.key.clone()).collect();
        if keys(&cloud.library_sections) != here {
            self.account.forget_cloud(&machine);
            cloud = done!(self.account.cloud(&machine).await);
        }
        if cloud.owned == Some(false) {
            return Outcome::Refused(Refusal::lasting(
                "no_administrator",
                t!(
                    "This server belongs to another Plex account. Sign in with its owner's account."
                ),
            ));
        }
        if !here.is_subset(&keys(&cloud.library_sections)) {
            self.account.forget_cloud(&machine);
            return Outcome::Refused(Refusal::passing(
                PARTIAL_LIST,
                t!(
                    "plex.tv does not list all libraries of this server at the moment. Nothing is concluded from that; it is read again."
                ),
            ));
        }
        let sections = cloud.library_sections.iter();
        let there = sections.filter(|section| here.contains(&section.local_key()));
        Outcome::Done(with_locations(there.cloned().collect(), own))
    }

    /// Who answers at the address now, whatever was known before.
    pub(super) async fn actual_machine(&self) -> Outcome<String> {
        let answer = done!(self.server.knock(self.server.url(&["identity"], &[])).await);
        let seen: Wrapped<Identity> = done!(self.server.read(&answer));
        Outcome::Done(seen.container.machine_identifier)
    }

    pub(super) async fn all_libraries(&self) -> Outcome<Vec<RemoteLibrary>> {
        let sections = done!(self.sections().await);
        let libraries = sections.into_iter().map(|section| RemoteLibrary {
            id: section.id.to_string(),
            kind: kind(&section.kind),
            name: section.title,
            locations: section.locations,
        });
        Outcome::Done(libraries.collect())
    }
}

fn keys(sections: &[Section]) -> BTreeSet<String> {
    sections.iter().map(Section::local_key).collect()
}

/// With the folders in which they lie, which only the server itself knows.
fn with_locations(mut sections: Vec<Section>, local: Vec<LocalSection>) -> Vec<Section> {
    for own in local {
        let same = sections
            .iter_mut()
            .find(|section| section.local_key() == own.key);
        if let Some(section) = same {
            section.locations = own
                .locations
                .into_iter()
                .map(|folder| folder.path)
                .collect();
        }
    }
    sections
}

fn kind(kind: &str) -> LibraryKind {
    match kind {
        "movie" => LibraryKind::Movies,
        "show" => LibraryKind::Shows,
        "artist" => LibraryKind::Music,
        "photo" => LibraryKind::Photos,
        _ => LibraryKind::Mixed,
    }
}
