//! The driver when the server does not do as it should.

use kit::{Outcome, Secret};
use media::MediaServer;
use media::remote::NewUser;
use serde_json::json;

use super::bench::{Bench, KEY, code, fault};

fn mara() -> NewUser {
    NewUser {
        name: "mara".to_owned(),
        password: Secret::new("a-good-password"),
    }
}

async fn any_user(server: &dyn MediaServer) -> media::remote::RemoteUser {
    let users = server.users().await.done().unwrap();
    users
        .into_iter()
        .find(|user| user.name == "grandma")
        .unwrap()
}

#[tokio::test]
async fn each_status_has_its_own_word_and_may_pass() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    for (status, meant) in [
        (401, "wrong_key"),
        (403, "no_administrator"),
        (404, "not_found"),
        (500, "broken"),
        (503, "busy"),
    ] {
        bench
            .fault(json!({ "kind": "status", "status": status, "path": "/Users", "times": 1 }))
            .await;
        let Outcome::Refused(refusal) = server.users().await else {
            panic!("{status}")
        };
        assert_eq!(refusal.code, meant);
        assert!(refusal.may_pass, "it is tried again");
    }
}

#[tokio::test]
async fn a_write_that_breaks_leaves_open_what_was_done() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    bench
        .fault(json!({ "kind": "status", "status": 500, "path": "/Users/New", "times": 1 }))
        .await;
    assert!(matches!(
        server.create_user(&mara()).await,
        Outcome::Unknown(_)
    ));
    bench
        .fault(fault("drop_answer", "POST", "/Users/New"))
        .await;
    assert!(matches!(
        server.create_user(&mara()).await,
        Outcome::Unknown(_)
    ));
    // It was made: signing in with its password is how it is found.
    assert!(
        server
            .prove("mara", &mara().password)
            .await
            .done()
            .is_some()
    );
}

#[tokio::test]
async fn a_404_alone_does_not_make_a_user_deleted() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let user = any_user(server.as_ref()).await;
    bench
        .fault(json!({ "kind": "status", "status": 404, "path": "/Users/", "times": 1 }))
        .await;
    assert_eq!(
        server.find_user(&user.id).await.done().unwrap(),
        Some(user.clone())
    );
    bench
        .fault(json!({ "kind": "status", "status": 404, "path": "/Users" }))
        .await;
    assert_eq!(code(server.find_user(&user.id).await), "not_found");
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_unknown() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    bench.fault(fault("refuse", "GET", "/Users")).await;
    assert!(matches!(server.users().await, Outcome::Unknown(_)));
    assert!(server.users().await.done().is_some(), "and over at once");
}

#[tokio::test]
async fn a_late_answer_is_an_answer_and_silence_is_not() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    bench
        .fault(json!({ "kind": "delay", "ms": 300, "path": "/Users", "times": 1 }))
        .await;
    assert!(server.users().await.done().is_some());
    bench
        .fault(json!({ "kind": "silent", "path": "/Sessions", "times": 1 }))
        .await;
    // The connection is open already; from here on time runs as fast as nothing happens.
    tokio::time::pause();
    assert!(matches!(server.streams().await, Outcome::Unknown(_)));
}
