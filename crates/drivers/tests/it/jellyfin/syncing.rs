//! Reading a server whole: what drifted is put right, what is not ours is left alone, and silence is told once.

use http::Method;
use kit::{Secret, Span};
use media::adding::{self, Opening};
use media::remote_user::{self, Whose};
use media::server::{self, ServerState};
use media::{Level, MediaError, group, library, sync};
use serde_json::json;

use super::bench::{KEY, houses};

/// G28, M05: whatever was changed on the server, one sync later it is as the plan says.
#[tokio::test]
async fn g28_m05_a_sync_puts_right_what_was_changed_behind_our_back() {
    for house in houses().await {
        let (_, share) = house.member_in(1, "mara").await;
        let foreign = house.bench.user("ottoline").await;
        house
            .bench
            .control(
                "seed",
                json!({ "users": [{ "name": "mara", "libraries": ["4K"] }] }),
            )
            .await;
        let synced = sync::sync(&house.servers, &house.server.id).await.unwrap();
        assert_eq!((synced.compared, synced.corrected), (1, 1));
        let user = house.bench.user("mara").await.unwrap();
        assert_eq!(user["libraries"], json!(["Movies", "Series"]));
        assert_eq!(
            house.bench.user("ottoline").await,
            foreign,
            "not ours, never changed"
        );
        assert_eq!(house.events("media.share_corrected").await, 1);
        assert!(house.share(&share).await.is_open());
        let again = sync::sync(&house.servers, &house.server.id).await.unwrap();
        assert_eq!(again.corrected, 0);
    }
}

/// Checklist: G28
#[tokio::test]
async fn many_members_are_compared_by_few_calls_and_only_the_drifted_are_written() {
    for house in houses().await {
        for n in 0..12 {
            house.member_in(n, &format!("member{n}")).await;
        }
        let calls = async || {
            let state = house.bench.state().await;
            let counts = state["calls"].as_object().unwrap().clone();
            counts
                .values()
                .filter_map(serde_json::Value::as_u64)
                .sum::<u64>()
        };
        let before = calls().await;
        sync::sync(&house.servers, &house.server.id).await.unwrap();
        assert_eq!(calls().await - before, 3, "nothing had changed");
        for n in 0..3 {
            let name = format!("member{n}");
            house
                .bench
                .control(
                    "seed",
                    json!({ "users": [{ "name": name, "libraries": [] }] }),
                )
                .await;
        }
        let before = calls().await;
        let synced = sync::sync(&house.servers, &house.server.id).await.unwrap();
        assert_eq!(synced.corrected, 3);
        assert_eq!(calls().await - before, 6, "three had changed");
    }
}

#[tokio::test]
async fn a_server_out_of_reach_is_told_once_and_its_return_too() {
    for house in houses().await {
        let id = &house.server.id;
        house.bench.fault(json!({ "kind": "refuse" })).await;
        for _ in 0..3 {
            assert!(matches!(
                sync::sync(&house.servers, id).await,
                Err(MediaError::Unknown(_))
            ));
            house.bench.world.advance(Span::minutes(1));
        }
        assert_eq!(house.events("media.server_unreachable").await, 1);
        assert_eq!(house.wants().await, ["server_down"]);
        let down = server::find(&house.db, id).await.unwrap().unwrap();
        assert_eq!(down.state, ServerState::Unreachable);
        house.bench.mend().await;
        sync::sync(&house.servers, id).await.unwrap();
        assert_eq!(house.events("media.server_back").await, 1);
        assert!(house.wants().await.is_empty());
        let back = server::find(&house.db, id).await.unwrap().unwrap();
        assert_eq!((back.state, back.reason), (ServerState::Ok, None));
    }
}

#[tokio::test]
async fn another_installation_at_the_address_is_noticed_and_left_alone() {
    for house in houses().await {
        house.member_in(1, "mara").await;
        house
            .bench
            .control("seed", json!({ "id": "0123456789abcdef0123456789abcdef" }))
            .await;
        let before = house.bench.count("POST /Users/{user}/Policy").await;
        assert!(sync::sync(&house.servers, &house.server.id).await.is_err());
        let now = server::find(&house.db, &house.server.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(now.state, ServerState::Replaced);
        assert!(
            now.reason
                .unwrap()
                .in_english()
                .contains("another installation")
        );
        assert_eq!(house.bench.count("POST /Users/{user}/Policy").await, before);
    }
}

/// Checklist: G24, G26
#[tokio::test]
async fn libraries_come_private_and_those_that_go_are_taken_from_everybody() {
    for house in houses().await {
        house.member_in(1, "mara").await;
        house
            .bench
            .control("seed", json!({ "libraries": [{ "name": "Concerts" }] }))
            .await;
        house
            .bench
            .call(
                Method::DELETE,
                "/Library/VirtualFolders?name=Series",
                KEY,
                None,
            )
            .await;
        let synced = sync::sync(&house.servers, &house.server.id).await.unwrap();
        assert_eq!(synced.library_news.added, ["Concerts"]);
        assert_eq!(synced.library_news.gone, ["Series"]);
        let all = library::list_of_server(&house.db, &house.server.id)
            .await
            .unwrap();
        let concerts = all
            .iter()
            .find(|library| library.name == "Concerts")
            .unwrap();
        assert_eq!(concerts.group_id, group::private());
        assert_eq!(
            house.bench.user("mara").await.unwrap()["libraries"],
            json!(["Movies"])
        );
    }
}

/// Checklist: G25, G28
#[tokio::test]
async fn a_library_put_into_the_plans_group_reaches_its_members() {
    for house in houses().await {
        let (mara, _) = house.member_in(1, "mara").await;
        let all = library::list_of_server(&house.db, &house.server.id)
            .await
            .unwrap();
        let music = all
            .iter()
            .find(|library| library.name == "Music")
            .unwrap()
            .id
            .clone();
        let mut tx = house.tx().await;
        group::put_libraries(&mut tx, &house.server.id, &[music], &group::standard())
            .await
            .unwrap();
        tx.save().await.unwrap();
        let wake = media::jobs::WakeShares {
            server: house.server.id.clone(),
        };
        jobs::Job::run(&wake, &house.db).await.unwrap();
        house.tend(&mara).await;
        assert_eq!(
            house.bench.user("mara").await.unwrap()["libraries"],
            json!(["Movies", "Series", "Music"])
        );
        assert_eq!(house.events("media.share_changed").await, 1);
    }
}

#[tokio::test]
async fn new_users_of_others_are_shown_as_not_ours() {
    for house in houses().await {
        house
            .bench
            .control(
                "seed",
                json!({ "users": [{ "name": "cousin", "password": "x" }] }),
            )
            .await;
        sync::sync(&house.servers, &house.server.id).await.unwrap();
        sync::sync(&house.servers, &house.server.id).await.unwrap();
        assert_eq!(house.events("media.foreign_users_seen").await, 1);
        let page = kit::PageAsked::first(50);
        let foreign = remote_user::list(&house.db, &house.server.id, Whose::NotOurs, &page)
            .await
            .unwrap();
        assert!(foreign.rows.iter().any(|user| user.name == "cousin"));
    }
}

#[tokio::test]
async fn a_member_made_administrator_there_is_left_alone_with_the_reason() {
    for house in houses().await {
        let (mara, _) = house.member_in(1, "mara").await;
        house
            .bench
            .control(
                "seed",
                json!({ "users": [{ "name": "mara", "administrator": true }] }),
            )
            .await;
        let share = house.settle(&mara, Level::Withdrawn).await;
        assert!(
            share
                .reason
                .unwrap()
                .in_english()
                .contains("is an administrator")
        );
        assert_eq!(house.wants().await, ["share_differs"]);
    }
}

#[tokio::test]
async fn adding_the_same_server_again_is_refused_also_by_signing_in() {
    for house in houses().await {
        let opening = Opening::SignIn {
            name: "admin".to_owned(),
            password: Secret::new("admin-password"),
        };
        let address = &house.bench.address;
        let again = adding::examine(&house.servers, "jellyfin", address, opening).await;
        let Err(MediaError::Refused(reason)) = again else {
            panic!("added twice")
        };
        assert!(reason.in_english().contains("was added already"));
    }
}

/// A device that ignored its stop, or a member who began again, is stopped by the next sync.
#[tokio::test]
async fn a_stop_that_was_ignored_is_repeated() {
    for house in houses().await {
        let (mara, _) = house.member_in(1, "mara").await;
        house
            .bench
            .control("play", json!({ "action": "start", "user": "mara" }))
            .await;
        house
            .bench
            .fault(json!({ "kind": "named", "name": "ignored_stop", "times": 1 }))
            .await;
        house.settle(&mara, Level::Withdrawn).await;
        let synced = sync::sync(&house.servers, &house.server.id).await.unwrap();
        assert_eq!(synced.stopped, 1);
    }
}
