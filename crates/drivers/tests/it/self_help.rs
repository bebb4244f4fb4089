//! What servers do for people beyond letting them in, on all three kinds, and what a fault of theirs becomes.

use std::sync::Arc;

use kit::Outcome;
use media::help::{ItemAt, ItemKind, ItemsAsked, ItemsPage, RemoteItem, Subtitle};
use media::language;
use media::{MediaServer, RemoteRef};

use crate::jellyfin::bench::{code, fault};
use crate::{emby, jellyfin, plex};

async fn library(server: &dyn MediaServer, name: &str) -> String {
    let all = server.libraries().await.done().unwrap();
    let found = all.into_iter().find(|library| library.name == name);
    found.unwrap().id
}

async fn items(server: &dyn MediaServer, asked: ItemsAsked<'_>) -> ItemsPage {
    server.items(&asked).await.done().unwrap()
}

fn all_of(library: &str) -> ItemsAsked<'_> {
    ItemsAsked {
        library,
        folder: None,
        search: None,
        viewer: None,
        from: 0,
        most: 50,
    }
}

async fn find(
    server: &dyn MediaServer,
    (library, item): (&str, &str),
    viewer: Option<&RemoteRef>,
) -> Option<RemoteItem> {
    let at = ItemAt {
        library,
        item,
        viewer,
    };
    server.find_item(&at).await.done().unwrap()
}

/// The three kinds, each with the stand-in that must stay up meanwhile.
struct Three {
    jellyfin: jellyfin::bench::Bench,
    emby: emby::bench::Bench,
    plex: plex::bench::Bench,
}

impl Three {
    async fn new() -> Self {
        Self {
            jellyfin: jellyfin::bench::Bench::new().await,
            emby: emby::bench::Bench::new().await,
            plex: plex::bench::Bench::new().await,
        }
    }

    fn servers(&self) -> [(&'static str, Arc<dyn MediaServer>); 3] {
        [
            ("jellyfin", self.jellyfin.open(jellyfin::bench::KEY)),
            ("emby", self.emby.open(emby::bench::KEY)),
            ("plex", self.plex.polaris()),
        ]
    }
}

#[tokio::test]
async fn a_library_is_listed_page_by_page_searched_and_found_again() {
    let three = Three::new().await;
    for (kind, server) in three.servers() {
        let server = server.as_ref();
        let movies = library(server, "Movies").await;
        let all = items(server, all_of(&movies)).await;
        assert!(all.items.len() >= 3, "{kind}: {all:?}");
        assert!(all.items.iter().all(|item| item.kind == ItemKind::Video));
        let second = ItemsAsked {
            from: 1,
            most: 1,
            ..all_of(&movies)
        };
        let page = items(server, second).await;
        assert_eq!((page.items.len(), page.total), (1, all.total), "{kind}");
        let last = all.items.last().unwrap();
        let words = last.title.split(' ').next_back().unwrap();
        let searched = ItemsAsked {
            search: Some(words),
            ..all_of(&movies)
        };
        let found = items(server, searched).await;
        assert!(found.items.contains(last), "{kind}: {words}: {found:?}");
        let again = find(server, (&movies, &last.id), None).await;
        assert_eq!(again.map(|item| item.title), Some(last.title.clone()));
        for other in ["999999", "../users", "", "0123456789abcdef0123456789abcdef"] {
            assert_eq!(find(server, (&movies, other), None).await, None, "{kind}");
        }
    }
}

#[tokio::test]
async fn what_somebody_may_not_see_is_not_there_for_them() {
    let three = Three::new().await;
    let [(_, jellyfin), (_, emby), (_, plex)] = three.servers();
    for (server, user, open, shut) in [
        (&jellyfin, "Jonas Feld", "Movies", "Series"),
        (&emby, "Hedda Lund", "Movies", "Series"),
    ] {
        let server = server.as_ref();
        let users = server.users().await.done().unwrap();
        let user = users.into_iter().find(|one| one.name == user).unwrap().id;
        let (open, shut) = (library(server, open).await, library(server, shut).await);
        let seen = items(server, all_of(&open)).await.items.remove(0);
        let hidden = items(server, all_of(&shut)).await.items.remove(0);
        assert!(find(server, (&open, &seen.id), Some(&user)).await.is_some());
        assert!(
            find(server, (&open, &hidden.id), Some(&user))
                .await
                .is_none()
        );
    }
    let server = plex.as_ref();
    let (movies, series) = (
        library(server, "Movies").await,
        library(server, "Series").await,
    );
    let show = items(server, all_of(&series)).await.items.remove(0);
    assert_eq!(show.kind, ItemKind::Folder);
    assert!(find(server, (&movies, &show.id), None).await.is_none());
    let inside = ItemsAsked {
        folder: Some(&show.id),
        ..all_of(&series)
    };
    assert!(!items(server, inside).await.items.is_empty());
}

#[tokio::test]
async fn scans_reach_the_server_and_say_when_they_cannot() {
    let three = Three::new().await;
    for (kind, server) in three.servers() {
        let server = server.as_ref();
        let movies = library(server, "Movies").await;
        assert_eq!(
            server.is_scanning(&movies).await,
            Outcome::Done(false),
            "{kind}"
        );
        let film = items(server, all_of(&movies)).await.items.remove(0);
        server.scan_item(&movies, &film.id).await.done().unwrap();
        assert_eq!(
            server.is_scanning(&movies).await,
            Outcome::Done(true),
            "{kind}"
        );
        let below = "/media/movies/new one";
        server.scan_folder(&movies, below).await.done().unwrap();
        assert_eq!(code(server.scan_item(&movies, "999999").await), "not_found");
    }
    let [(_, jellyfin), _, (_, plex)] = three.servers();
    let movies = library(plex.as_ref(), "Movies").await;
    assert_eq!(code(plex.scan_folder(&movies, "/etc").await), "not_below");
    let movies = library(jellyfin.as_ref(), "Movies").await;
    let film = items(jellyfin.as_ref(), all_of(&movies))
        .await
        .items
        .remove(0);
    let lost = fault("drop_answer", "POST", "/Refresh");
    three.jellyfin.fault(lost).await;
    let outcome = jellyfin.scan_item(&movies, &film.id).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
}

#[tokio::test]
async fn subtitles_are_counted_by_language_and_emby_takes_none() {
    let three = Three::new().await;
    for (kind, server) in three.servers() {
        let server = server.as_ref();
        let movies = library(server, "Movies").await;
        let film = items(server, all_of(&movies)).await.items.remove(0);
        let file = Subtitle {
            library: &movies,
            item: &film.id,
            language: language::find("de").unwrap(),
            format: "srt",
            is_forced: false,
            text: "1\n00:00:01,000 --> 00:00:02,000\nGrüße\n",
        };
        if kind == "emby" {
            assert_eq!(code(server.upload_subtitle(&file).await), "not_offered");
            continue;
        }
        assert_eq!(
            server.count_subtitles(&file).await,
            Outcome::Done(0),
            "{kind}"
        );
        server.upload_subtitle(&file).await.done().unwrap();
        assert_eq!(
            server.count_subtitles(&file).await,
            Outcome::Done(1),
            "{kind}"
        );
        let other = Subtitle {
            language: language::find("fr").unwrap(),
            ..file
        };
        assert_eq!(
            server.count_subtitles(&other).await,
            Outcome::Done(0),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn devices_name_their_user_and_go_once() {
    let three = Three::new().await;
    for (kind, server) in three.servers() {
        let server = server.as_ref();
        if kind == "plex" {
            assert_eq!(code(server.devices().await), "not_offered");
            continue;
        }
        let all = server.devices().await.done().unwrap();
        let one = all.first().expect("somebody is signed in").clone();
        assert!(
            one.user.is_some() && !one.name.is_empty(),
            "{kind}: {one:?}"
        );
        server.remove_device(&one.id).await.done().unwrap();
        server.remove_device(&one.id).await.done().unwrap();
        let left = server.devices().await.done().unwrap();
        assert!(left.iter().all(|device| device.id != one.id), "{kind}");
    }
    let shut = fault("status", "GET", "/Devices");
    let mut shut = shut.as_object().unwrap().clone();
    shut.insert("status".to_owned(), 403.into());
    three.emby.fault(shut.into()).await;
    let [_, (_, emby), _] = three.servers();
    assert_eq!(code(emby.devices().await), "no_administrator");
}
