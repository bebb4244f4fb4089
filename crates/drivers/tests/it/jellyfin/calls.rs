//! The driver, call by call.

use std::collections::BTreeSet;

use drivers::http::Http;
use drivers::media::makers;
use http::Method;
use kit::{Outcome, Secret};
use media::remote::{
    Access, Door, Libraries, LibraryKind, NewUser, RemoteUser, StreamLimit, Words,
};
use media::{Connection, MediaServer};
use serde_json::{Value, json};

use super::bench::{Bench, KEY, code};

async fn user(server: &dyn MediaServer, name: &str) -> RemoteUser {
    let users = server.users().await.done().unwrap();
    users.into_iter().find(|user| user.name == name).unwrap()
}

async fn library(server: &dyn MediaServer, name: &str) -> String {
    let all = server.libraries().await.done().unwrap();
    all.into_iter()
        .find(|library| library.name == name)
        .unwrap()
        .id
}

/// G08: the test says who answers, or in a sentence what is wrong.
#[tokio::test]
async fn g08_the_connection_test_says_what_is_wrong() {
    let bench = Bench::new().await;
    let probe = bench.open(KEY).probe().await.done().unwrap();
    assert_eq!(probe.identity.len(), 32);
    assert_eq!(probe.version, "10.11.5");

    assert_eq!(code(bench.open("no-key").probe().await), "wrong_key");
    assert_eq!(
        code(bench.open("ottoline-token").probe().await),
        "no_administrator"
    );
    let elsewhere = |address: &str| Connection::new(address, Secret::new(KEY));
    let stripe = bench.open_at(&elsewhere(&bench.running.stripe));
    assert_eq!(code(stripe.probe().await), "not_jellyfin");
    let nobody = bench.open_at(&elsewhere("http://127.0.0.1:9"));
    assert_eq!(code(nobody.probe().await), "unreachable");
    let real = Http::new(bench.world.world(), false);
    let refused = makers(&real)
        .find("jellyfin")
        .unwrap()
        .open(&bench.connection(KEY))
        .unwrap();
    assert_eq!(code(refused.probe().await), "stand_in");

    bench.control("seed", json!({ "version": "10.8.13" })).await;
    assert_eq!(code(bench.open(KEY).probe().await), "too_old");
    bench.control("seed", json!({ "version": "12.0.0" })).await;
    let probe = bench.open(KEY).probe().await.done().unwrap();
    assert!(
        probe.notes[0]
            .in_english()
            .contains("Authorization header only")
    );
}

#[tokio::test]
async fn a_key_is_made_by_signing_in_once_as_an_administrator() {
    let bench = Bench::new().await;
    let all = makers(&bench.http);
    let maker = all.find("jellyfin").unwrap();
    let address = &bench.address;
    let make = async |name: &str, password: &str| {
        maker.make_key(address, name, &Secret::new(password)).await
    };
    assert_eq!(code(make("admin", "wrong").await), "wrong_password");
    assert_eq!(
        code(make("ottoline", "ottoline-password").await),
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
async fn libraries_and_users_are_read_as_they_are() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let libraries = server.libraries().await.done().unwrap();
    assert!(
        libraries
            .iter()
            .any(|one| one.name == "Series" && one.kind == LibraryKind::Shows)
    );
    let movies = library(server.as_ref(), "Movies").await;
    let music = library(server.as_ref(), "Music").await;
    let jonas = user(server.as_ref(), "Jonas Feld").await;
    assert_eq!(
        jonas.access.libraries,
        Libraries::Only(BTreeSet::from([movies, music]))
    );
    assert_eq!(
        user(server.as_ref(), "ottoline").await.access.libraries,
        Libraries::All
    );
    assert!(user(server.as_ref(), "admin").await.is_administrator);
    let found = server.find_user(&jonas.id).await.done().unwrap().unwrap();
    assert_eq!(found, jonas);
}

/// G36: a new user has the template's rights and habits, but the plan's libraries.
#[tokio::test]
async fn g36_a_new_user_is_made_after_the_template() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let template = user(server.as_ref(), "template").await;
    let access = Access {
        door: Door::Open,
        libraries: Libraries::Only(BTreeSet::from([library(server.as_ref(), "Music").await])),
        video_transcoding: false,
        downloads: false,
        streams: StreamLimit::NotKept,
    };
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
    assert_eq!(now["libraries"], json!(["Music"]));
    assert_eq!(
        now["policy"]["EnablePublicSharing"],
        json!(false),
        "the template's"
    );
    assert_eq!(
        now["policy"]["EnableVideoPlaybackTranscoding"],
        json!(false)
    );
    assert_eq!(now["policy"]["IsAdministrator"], json!(false));
    assert_eq!(
        server
            .find_user(&made.id)
            .await
            .done()
            .unwrap()
            .unwrap()
            .access,
        access
    );
    let again = server
        .create_user(&NewUser {
            name: "mara o'neil".to_owned(),
            ..new
        })
        .await;
    assert_eq!(code(again), "name_taken");
}

#[tokio::test]
async fn withdrawing_keeps_a_device_signed_in_and_closing_does_not() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let before = user(server.as_ref(), "Jonas Feld").await;
    server
        .set_access(&before, &Access::withdrawn())
        .await
        .done()
        .unwrap();
    assert!(bench.is_signed_in("jonas-token").await);
    let held = bench.user("Jonas Feld").await.unwrap();
    assert_eq!(held["libraries"], json!([]));
    assert_eq!(held["policy"]["EnableMediaPlayback"], json!(false));

    let now = user(server.as_ref(), "Jonas Feld").await;
    server
        .set_access(&now, &before.access)
        .await
        .done()
        .unwrap();
    let back = user(server.as_ref(), "Jonas Feld").await;
    assert_eq!(policy(&back), policy(&before), "everything else as it was");
    assert!(bench.is_signed_in("jonas-token").await);

    server
        .set_access(&back, &Access::closed())
        .await
        .done()
        .unwrap();
    assert!(!bench.is_signed_in("jonas-token").await);
}

fn policy(user: &RemoteUser) -> Value {
    serde_json::from_str(&user.original).unwrap()
}

#[tokio::test]
async fn an_administrator_is_never_changed() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let admin = user(server.as_ref(), "admin").await;
    assert_eq!(
        code(server.set_access(&admin, &Access::closed()).await),
        "administrator"
    );
    assert_eq!(
        code(server.set_up(&admin, None, &Access::closed()).await),
        "administrator"
    );
    assert_eq!(bench.count("POST /Users/{user}/Policy").await, 0);
}

#[tokio::test]
async fn a_password_is_proven_and_set_without_leaving_a_sign_in() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let prove = async |password: &str| server.prove("OTTOLINE", &Secret::new(password)).await;
    let found = prove("ottoline-password").await.done().unwrap();
    assert_eq!(found.name, "ottoline");
    assert_eq!(
        bench.user("ottoline").await.unwrap()["tokens"],
        1,
        "her own device alone"
    );
    assert_eq!(code(prove("guess").await), "wrong_password");

    server
        .set_password(&found.id, &Secret::new("another-password"))
        .await
        .done()
        .unwrap();
    assert_eq!(code(prove("ottoline-password").await), "wrong_password");
    assert!(prove("another-password").await.done().is_some());
    server
        .set_access(&found, &Access::closed())
        .await
        .done()
        .unwrap();
    assert_eq!(code(prove("another-password").await), "not_let_in");
}

#[tokio::test]
async fn a_device_is_let_in_by_its_code() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let jonas = user(server.as_ref(), "Jonas Feld").await.id;
    let asked = bench
        .call(Method::POST, "/QuickConnect/Initiate", "", None)
        .await;
    let asked: Value = asked.json().unwrap();
    let approve = async |code: &str| server.approve_device(&jonas, code).await;
    assert_eq!(code(approve("000000").await), "unknown_code");
    approve(asked["Code"].as_str().unwrap())
        .await
        .done()
        .unwrap();
    assert_eq!(
        code(approve(asked["Code"].as_str().unwrap()).await),
        "used_code"
    );
    let body = Some(json!({ "Secret": asked["Secret"] }));
    let signed_in = bench
        .call(
            Method::POST,
            "/Users/AuthenticateWithQuickConnect",
            "",
            body,
        )
        .await;
    let signed_in: Value = signed_in.json().unwrap();
    assert_eq!(signed_in["User"]["Name"], "Jonas Feld");
    bench
        .control("seed", json!({ "quick_connect": false }))
        .await;
    assert_eq!(code(approve("123456").await), "quick_connect_off");
}

#[tokio::test]
async fn a_stream_is_seen_told_and_stopped() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    assert!(server.streams().await.done().unwrap().is_empty());
    bench
        .control("play", json!({ "action": "start", "user": "Jonas Feld" }))
        .await;
    let streams = server.streams().await.done().unwrap();
    let jonas = user(server.as_ref(), "Jonas Feld").await.id;
    assert!(streams[0].is_of(&jonas));
    let words = Words {
        title: "Aurora".to_owned(),
        body: "Good night".to_owned(),
    };
    server.message(&streams[0], &words).await.done().unwrap();
    server.stop(&streams[0]).await.done().unwrap();
    for _ in 0..50 {
        if server.streams().await.done().unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(server.streams().await.done().unwrap().is_empty());
    assert_eq!(bench.state().await["messages"][0]["text"], "Good night");
    server.stop(&streams[0]).await.done().unwrap();
}

#[tokio::test]
async fn a_user_is_deleted_once_and_deleting_again_is_done() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let id = user(server.as_ref(), "grandma").await.id;
    server.delete_user(&id).await.done().unwrap();
    assert!(matches!(server.find_user(&id).await, Outcome::Done(None)));
    server.delete_user(&id).await.done().unwrap();
}
