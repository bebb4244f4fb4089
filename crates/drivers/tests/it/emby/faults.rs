//! The driver when the server does not do as it should.

use kit::Outcome;
use media::RemoteRef;
use media::remote::{Decision, Frame, RemoteStream, Words};
use serde_json::json;

use super::bench::{Bench, KEY, code, fault, user};

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
        let fault = json!({ "kind": "status", "status": status, "path": "/Users", "times": 1 });
        bench.fault(fault).await;
        let Outcome::Refused(refusal) = server.users().await else {
            panic!("{status}")
        };
        assert_eq!(refusal.code, meant);
        assert!(refusal.may_pass, "it is tried again");
    }
}

#[tokio::test]
async fn a_404_alone_does_not_make_a_user_deleted() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let anton = user(server.as_ref(), "anton").await;
    let once = json!({ "kind": "status", "status": 404, "path": "/Users/", "times": 1 });
    bench.fault(once).await;
    let found = server.find_user(&anton.id).await.done().unwrap();
    assert_eq!(found, Some(anton.clone()));
    bench
        .fault(json!({ "kind": "status", "status": 404, "path": "/Users" }))
        .await;
    assert_eq!(code(server.find_user(&anton.id).await), "not_found");
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_unknown_and_silence_too() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    bench.fault(fault("refuse", "GET", "/Users")).await;
    assert!(matches!(server.users().await, Outcome::Unknown(_)));
    assert!(server.users().await.done().is_some(), "and over at once");
    let silent = json!({ "kind": "silent", "path": "/Sessions", "times": 1 });
    bench.fault(silent).await;
    // The connection is open already; from here on time runs as fast as nothing happens.
    tokio::time::pause();
    assert!(matches!(server.streams().await, Outcome::Unknown(_)));
}

#[tokio::test]
async fn a_stream_that_ended_meanwhile_is_told_and_stopped_already() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let gone = RemoteStream {
        id: "0123456789abcdef0123456789abcdef".to_owned(),
        user: Some(RemoteRef::new("x")),
        user_name: String::new(),
        title: String::new(),
        item: String::new(),
        library: String::new(),
        device: String::new(),
        app: String::new(),
        address: String::new(),
        is_controllable: true,
        decision: Decision::Direct,
        source: Frame::default(),
        target: None,
        position_ms: 0,
        length_ms: 0,
        is_paused: false,
    };
    let words = Words {
        title: "Zenith".to_owned(),
        body: "Good night".to_owned(),
    };
    server.message(&gone, &words).await.done().unwrap();
    server.stop(&gone).await.done().unwrap();
}

#[tokio::test]
async fn a_policy_that_is_not_taken_is_said_in_the_servers_words() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let anton = user(server.as_ref(), "anton").await;
    let status = json!({ "kind": "status", "status": 400, "path": "/Policy", "times": 1 });
    bench.fault(status).await;
    let closed = media::remote::Access::closed();
    assert_eq!(
        code(server.set_access(&anton, &closed).await),
        "policy_refused"
    );
    assert!(bench.is_signed_in("anton-token").await);
}
