//! The driver, call by call.

use std::collections::BTreeSet;
use std::time::Duration;

use drivers::http::Http;
use drivers::media::makers;
use kit::{Outcome, Secret};
use media::remote::{Access, Door, Libraries, LibraryKind, NewUser, StreamLimit, Words};
use media::{Connection, MediaServer};
use serde_json::{Value, json};

use super::bench::{Bench, KEY, code, library, user};

fn open(libraries: impl IntoIterator<Item = String>) -> Access {
    Access {
        door: Door::Open,
        libraries: Libraries::Only(libraries.into_iter().collect()),
        video_transcoding: false,
        downloads: false,
        streams: StreamLimit::AtMost(2),
    }
}

#[tokio::test]
async fn the_connection_test_says_what_is_wrong() {
    let bench = Bench::new().await;
    let probe = bench.open(KEY).probe().await.done().unwrap();
    assert_eq!((&*probe.name, &*probe.version), ("Zenith", "4.8.11.0"));
    assert_eq!(probe.identity.len(), 32);
    let below = format!("{}/emby/", bench.running.emby);
    assert!(bench.open_at(&below, KEY).probe().await.done().is_some());

    assert_eq!(code(bench.open("no-key").probe().await), "wrong_key");
    assert_eq!(code(bench.open("no\nkey").probe().await), "wrong_key");
    assert_eq!(
        code(bench.open("anton-token").probe().await),
        "no_administrator"
    );
    for (address, meant) in [
        (bench.running.stripe.clone(), "not_emby"),
        (bench.running.jellyfin.clone(), "not_emby"),
        ("http://127.0.0.1:9".to_owned(), "unreachable"),
    ] {
        assert_eq!(code(bench.open_at(&address, KEY).probe().await), meant);
    }
    let real = makers(&Http::new(bench.world.world(), false));
    let connection = Connection::new(&bench.running.emby, Secret::new(KEY));
    let refused = real.find("emby").unwrap().open(&connection).unwrap();
    assert_eq!(code(refused.probe().await), "stand_in");
    bench
        .control("seed", json!({ "version": "4.7.14.0" }))
        .await;
    assert_eq!(code(bench.open(KEY).probe().await), "too_old");
}

#[tokio::test]
async fn a_key_is_made_by_signing_in_once_as_an_administrator() {
    let bench = Bench::new().await;
    let all = makers(&bench.http);
    let maker = all.find("emby").unwrap();
    let make = async |name: &str, password: &str| {
        let password = Secret::new(password);
        maker.make_key(&bench.running.emby, name, &password).await
    };
    assert_eq!(code(make("admin", "wrong").await), "wrong_password");
    assert_eq!(
        code(make("anton", "anton-password").await),
        "no_administrator"
    );
    let key = make("admin", "admin-password").await.done().unwrap();
    assert!(bench.open(key.reveal()).probe().await.done().is_some());
    assert_eq!(
        bench.user("admin").await.unwrap()["tokens"],
        0,
        "signed out again"
    );
}

#[tokio::test]
async fn libraries_are_known_by_the_guid_that_opens_them() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let libraries = server.libraries().await.done().unwrap();
    let series = libraries.iter().find(|one| one.name == "Series").unwrap();
    assert_eq!((series.kind, series.id.len()), (LibraryKind::Shows, 32));
    let movies = library(server.as_ref(), "Movies").await;
    let music = library(server.as_ref(), "Music").await;
    let hedda = user(server.as_ref(), "Hedda Lund").await;
    let seen = Libraries::Only(BTreeSet::from([movies, music]));
    assert_eq!(hedda.access.libraries, seen);
    assert_eq!(hedda.access.streams, StreamLimit::Unlimited);
    assert!(user(server.as_ref(), "admin").await.is_administrator);
    let found = server.find_user(&hedda.id).await.done().unwrap();
    assert_eq!(found, Some(hedda));
}

#[tokio::test]
async fn a_new_user_is_made_after_the_template_with_a_password_and_a_limit() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let template = user(server.as_ref(), "template").await;
    let access = open([library(server.as_ref(), "Music").await]);
    let new = NewUser {
        name: "Mara O'Neil".to_owned(),
        password: Secret::new("a-good-password"),
    };
    let made = server.create_user(&new).await.done().unwrap();
    server
        .set_up(&made, Some(&template.id), &access)
        .await
        .done()
        .unwrap();
    let now = bench.user("Mara O'Neil").await.unwrap();
    assert_eq!(now["password"], "a-good-password");
    assert_eq!(now["libraries"], json!(["Music"]));
    assert_eq!(now["policy"]["SimultaneousStreamLimit"], 2);
    assert_eq!(now["policy"]["AllowCameraUpload"], false, "the template's");
    assert_eq!(
        now["configuration"]["SubtitleMode"], "Always",
        "the template's"
    );
    assert_eq!(now["policy"]["EnableVideoPlaybackTranscoding"], false);
    let found = server.find_user(&made.id).await.done().unwrap().unwrap();
    assert_eq!(found.access, access);
    let name = "mara o'neil".to_owned();
    let again = server.create_user(&NewUser { name, ..new }).await;
    assert_eq!(code(again), "name_taken");
}

#[tokio::test]
async fn withdrawing_keeps_a_device_signed_in_and_closing_does_not() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let before = user(server.as_ref(), "Hedda Lund").await;
    let withdrawn = Access::withdrawn();
    server.set_access(&before, &withdrawn).await.done().unwrap();
    assert!(bench.is_signed_in("hedda-token").await);
    let held = bench.user("Hedda Lund").await.unwrap();
    assert_eq!(held["libraries"], json!([]));
    assert_eq!(held["policy"]["EnableMediaPlayback"], false);

    let now = user(server.as_ref(), "Hedda Lund").await;
    server
        .set_access(&now, &before.access)
        .await
        .done()
        .unwrap();
    let back = user(server.as_ref(), "Hedda Lund").await;
    assert_eq!(back.original, before.original, "everything else as it was");
    server
        .set_access(&back, &Access::closed())
        .await
        .done()
        .unwrap();
    assert!(!bench.is_signed_in("hedda-token").await);
}

#[tokio::test]
async fn an_administrator_is_never_changed() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let admin = user(server.as_ref(), "admin").await;
    let closed = Access::closed();
    assert_eq!(
        code(server.set_access(&admin, &closed).await),
        "administrator"
    );
    assert_eq!(
        code(server.set_up(&admin, None, &closed).await),
        "administrator"
    );
    let password = Secret::new("another-password");
    let refused = server.set_password(&admin.id, &password).await;
    assert_eq!(code(refused), "administrator");
    assert_eq!(bench.count("POST /Users/{user}/Policy").await, 0);
    assert_eq!(
        bench.user("admin").await.unwrap()["password"],
        "admin-password"
    );
}

#[tokio::test]
async fn a_stream_is_seen_told_and_stopped_on_either_version() {
    for version in ["4.8.11.0", "4.9.1.2"] {
        let bench = Bench::new().await;
        bench.control("seed", json!({ "version": version })).await;
        bench
            .fault(json!({ "kind": "named", "name": "bodyless_ignored" }))
            .await;
        let server = bench.open(KEY);
        assert!(server.streams().await.done().unwrap().is_empty());
        let play = json!({ "action": "start", "user": "anton" });
        bench.control("play", play).await;
        let streams = server.streams().await.done().unwrap();
        let anton = user(server.as_ref(), "anton").await.id;
        assert!(streams[0].is_of(&anton));
        assert!(streams[0].is_controllable);
        let words = Words {
            title: "Zenith".to_owned(),
            body: "Good night & sleep well".to_owned(),
        };
        server.message(&streams[0], &words).await.done().unwrap();
        server.stop(&streams[0]).await.done().unwrap();
        let said = bench.state().await["messages"][0]["text"].clone();
        assert_eq!(said, words.body.as_str(), "{version}");
        assert!(ends(server.as_ref()).await, "{version}");
        server.stop(&streams[0]).await.done().unwrap();
    }
}

async fn ends(server: &dyn MediaServer) -> bool {
    for _ in 0..100 {
        if server.streams().await.done().unwrap().is_empty() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn a_user_is_deleted_once_and_deleting_again_is_done() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let id = user(server.as_ref(), "kids").await.id;
    server.delete_user(&id).await.done().unwrap();
    assert!(matches!(server.find_user(&id).await, Outcome::Done(None)));
    server.delete_user(&id).await.done().unwrap();
    assert_eq!(code(server.approve_device(&id, "123456").await), "no_codes");
}

#[tokio::test]
async fn the_server_stops_what_is_over_the_plans_streams_by_itself() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let anton = user(server.as_ref(), "anton").await;
    let movies = library(server.as_ref(), "Movies").await;
    let access = Access {
        streams: StreamLimit::AtMost(1),
        ..open([movies])
    };
    server.set_access(&anton, &access).await.done().unwrap();
    let on = |device: &str| json!({ "action": "start", "user": "anton", "device_id": device });
    let first: Value = bench.control("play", on("sofa")).await;
    assert!(first["session_id"].is_string());
    assert_eq!(server.streams().await.done().unwrap().len(), 1);
    assert!(user(server.as_ref(), "anton").await.access == access);
}
