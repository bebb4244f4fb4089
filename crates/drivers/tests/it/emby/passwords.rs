//! No user is ever open to everybody: passwords given, replaced, proven, and lost on the way.

use kit::{Outcome, Secret};
use media::remote::{Access, Door, NewUser};
use serde_json::{Value, json};

use super::bench::{Bench, KEY, code, fault, user};

fn mara() -> NewUser {
    NewUser {
        name: "mara".to_owned(),
        password: Secret::new("a-good-password"),
    }
}

fn ignored() -> Value {
    json!({ "kind": "named", "name": "password_ignored", "times": 1 })
}

/// Whether nobody gets in as this user with an empty password.
async fn is_shut(bench: &Bench, name: &str) -> bool {
    let Some(user) = bench.user(name).await else {
        return true;
    };
    user["password"].is_string() || user["policy"]["IsDisabled"] == true
}

#[tokio::test]
async fn a_password_is_proven_and_leaves_no_sign_in() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let prove = async |name: &str, password: &str| server.prove(name, &Secret::new(password)).await;
    let found = prove("ANTON", "anton-password").await.done().unwrap();
    assert_eq!(found.name, "anton");
    assert_eq!(
        bench.user("anton").await.unwrap()["tokens"],
        1,
        "his own device alone"
    );
    assert_eq!(code(prove("anton", "guess").await), "wrong_password");
    assert_eq!(code(prove("kids", "guess").await), "wrong_password");
    server
        .set_access(&found, &Access::closed())
        .await
        .done()
        .unwrap();
    assert_eq!(code(prove("anton", "anton-password").await), "not_let_in");
}

#[tokio::test]
async fn a_password_is_replaced_whether_or_not_it_must_be_reset_first() {
    for needs_reset in [true, false] {
        let bench = Bench::new().await;
        let seed = json!({ "password_needs_reset": needs_reset });
        bench.control("seed", seed).await;
        let server = bench.open(KEY);
        let before = user(server.as_ref(), "Hedda Lund").await;
        let password = Secret::new("another-password");
        server
            .set_password(&before.id, &password)
            .await
            .done()
            .unwrap();
        let now = bench.user("Hedda Lund").await.unwrap();
        assert_eq!(now["password"], "another-password");
        assert_eq!(now["tokens"], 0, "signed out everywhere");
        let after = user(server.as_ref(), "Hedda Lund").await;
        assert_eq!(after.original, before.original, "all rights as before");
    }
}

#[tokio::test]
async fn whatever_breaks_while_a_password_is_replaced_nobody_gets_in_without_one() {
    let faults = [
        None,
        Some(fault("drop_answer", "POST", "/Policy")),
        Some(fault("refuse", "POST", "/Policy")),
        Some(fault("drop_answer", "POST", "/Password")),
    ];
    for nth in 0..14 {
        for order in &faults {
            let bench = Bench::new().await;
            let server = bench.open(KEY);
            let before = user(server.as_ref(), "Hedda Lund").await;
            let password = Secret::new("another-password");
            if let Some(order) = order {
                bench.fault(order.clone()).await;
            }
            // The process dies before or after each call in turn.
            bench.world.stop_at(nth);
            drop(server.set_password(&before.id, &password).await);
            bench.world.revive();
            let what = format!("stopped at {nth}, {order:?}");
            assert!(is_shut(&bench, "Hedda Lund").await, "{what}");
            // It is asked for again, and the rights are put in order.
            for _ in 0..2 {
                drop(server.set_password(&before.id, &password).await);
            }
            let now = user(server.as_ref(), "Hedda Lund").await;
            server
                .set_access(&now, &before.access)
                .await
                .done()
                .unwrap();
            let proven = server.prove("Hedda Lund", &password).await;
            assert!(proven.done().is_some(), "{what}");
        }
    }
}

#[tokio::test]
async fn a_user_who_could_not_be_given_a_password_is_deleted_again() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    bench.fault(ignored()).await;
    assert_eq!(
        code(server.create_user(&mara()).await),
        "password_not_taken"
    );
    assert!(bench.user("mara").await.is_none());
    let status = json!({ "kind": "status", "status": 403, "path": "/Password", "times": 1 });
    bench.fault(status).await;
    assert_eq!(code(server.create_user(&mara()).await), "no_administrator");
    assert!(bench.user("mara").await.is_none());
}

#[tokio::test]
async fn a_user_left_without_a_password_is_found_and_finished() {
    for path in ["/Users/New", "/Password"] {
        for kind in ["drop_answer", "refuse"] {
            let bench = Bench::new().await;
            let server = bench.open(KEY);
            bench.fault(fault(kind, "POST", path)).await;
            let lost = server.create_user(&mara()).await;
            assert!(matches!(lost, Outcome::Unknown(_)), "{kind} {path}");
            // Whoever asked looks first: signs in, and if that is refused, asks again.
            if server
                .prove("mara", &mara().password)
                .await
                .done()
                .is_none()
            {
                server.create_user(&mara()).await.done().unwrap();
            }
            let made = bench.user("mara").await.unwrap();
            assert_eq!(made["password"], "a-good-password", "{kind} {path}");
            assert_eq!(bench.state().await["user_count"], 6, "one user");
        }
    }
}

#[tokio::test]
async fn somebody_elses_user_without_a_password_is_not_taken_over_once_used() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let name = "kids".to_owned();
    let taken = server.create_user(&NewUser { name, ..mara() }).await;
    assert_eq!(code(taken), "name_taken");
    assert_eq!(bench.user("kids").await.unwrap()["password"], Value::Null);
}

#[tokio::test]
async fn the_door_is_not_opened_to_a_user_without_a_password() {
    let bench = Bench::new().await;
    let server = bench.open(KEY);
    let kids = user(server.as_ref(), "kids").await;
    let open = Access {
        door: Door::Open,
        ..Access::withdrawn()
    };
    assert_eq!(code(server.set_access(&kids, &open).await), "no_password");
    server
        .set_access(&kids, &Access::withdrawn())
        .await
        .done()
        .unwrap();
    let password = Secret::new("a-good-password");
    server
        .set_password(&kids.id, &password)
        .await
        .done()
        .unwrap();
    let kids = user(server.as_ref(), "kids").await;
    server.set_access(&kids, &open).await.done().unwrap();
}
