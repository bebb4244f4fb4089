//! Shares kept in order on the stand-in, whatever happens on the way.

use kit::Secret;
use media::{Level, ShareState, credentials, remote_user};
use serde_json::{Value, json};
use settings::vault;

use super::bench::{House, fault, houses, member};

async fn names(house: &House) -> Vec<String> {
    let state = house.bench.state().await;
    let users = state["users"].as_array().unwrap();
    users
        .iter()
        .map(|user| user["name"].as_str().unwrap().to_owned())
        .collect()
}

/// J04: with a name and a password the member is let in, with the plan's libraries and no others.
#[tokio::test]
async fn j04_a_member_is_let_in_as_soon_as_a_name_and_a_password_are_chosen() {
    for house in houses().await {
        let mara = member(1);
        let share = house.settle(&mara, Level::Full).await;
        assert!(share.needs_credentials());
        assert!(share.reason.is_some(), "it says what it waits for");
        assert_eq!(names(&house).await.len(), 5, "no user without a password");
        assert_eq!(house.events("media.credentials_needed").await, 1);

        house.choose(&mara, "mara", "a-good-password").await;
        let share = house.tend(&mara).await;
        assert!(share.is_open(), "{:?}", share.reason);
        let user = house.bench.user("mara").await.unwrap();
        assert_eq!(user["libraries"], json!(["Movies", "Series"]));
        assert_eq!(
            user["policy"]["EnablePublicSharing"],
            json!(false),
            "after the template"
        );
        assert_eq!(user["password"], "a-good-password");
        let place = media::Share::password_place(&share.id);
        let kept = vault::find(&house.db, &house.servers.vault, &place)
            .await
            .unwrap();
        assert!(kept.is_none(), "nobody keeps the password");
        assert_eq!(house.events("media.share_in_place").await, 1);
    }
}

/// House rule 5: suspended, told and stopped, every sign-in kept; paying restores it on the same device.
#[tokio::test]
async fn a_token_from_before_the_suspension_works_after_payment() {
    for house in houses().await {
        let (mara, _) = house.member_in(1, "mara").await;
        let play = json!({ "action": "start", "user": "mara", "device_id": "sofa" });
        let playing = house.bench.control("play", play.clone()).await;
        let token = playing["token"].as_str().unwrap().to_owned();

        let share = house.settle(&mara, Level::Withdrawn).await;
        assert_eq!(share.seen_level, Some(Level::Withdrawn));
        let user = house.bench.user("mara").await.unwrap();
        assert_eq!(
            (
                user["libraries"].clone(),
                user["policy"]["IsDisabled"].clone()
            ),
            (json!([]), json!(false))
        );
        let state = house.bench.state().await;
        assert_eq!(state["messages"].as_array().unwrap().len(), 1, "told");
        assert!(
            state["commands"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["command"] == "Stop" || one["name"] == "Stop")
        );
        assert!(
            house.bench.is_signed_in(&token).await,
            "every sign-in is kept"
        );
        assert_eq!(house.events("media.share_withdrawn").await, 1);

        let share = house.settle(&mara, Level::Full).await;
        assert!(share.is_open());
        assert!(house.bench.is_signed_in(&token).await);
        let again = house.bench.control("play", play).await;
        assert_eq!(again["token"], token.as_str(), "plays on the same sign-in");
        assert_eq!(house.events("media.share_restored").await, 1);
    }
}

#[tokio::test]
async fn expiry_disables_and_coming_back_enables() {
    for house in houses().await {
        let (mara, _) = house.member_in(1, "mara").await;
        let share = house.settle(&mara, Level::Ended).await;
        assert_eq!(share.state, ShareState::Left);
        assert_eq!(
            house.bench.user("mara").await.unwrap()["policy"]["IsDisabled"],
            json!(true)
        );
        let share = house.settle(&mara, Level::Full).await;
        assert!(share.is_open());
        assert_eq!(
            house.bench.user("mara").await.unwrap()["policy"]["IsDisabled"],
            json!(false)
        );
        house.settle(&mara, Level::Ended).await;
        let share = house.settle(&mara, Level::Deleted).await;
        assert_eq!(share.state, ShareState::Removed);
        assert!(house.bench.user("mara").await.is_none());
    }
}

#[tokio::test]
async fn a_taken_name_is_said_and_another_one_lets_the_member_in() {
    for house in houses().await {
        let mara = member(1);
        house.settle(&mara, Level::Full).await;
        // Made on the server since it was last read.
        let stranger = json!({ "users": [{ "name": "mara", "password": "a-strangers-password" }] });
        house.bench.control("seed", stranger).await;
        house.choose(&mara, "mara", "a-good-password").await;
        let share = house.tend(&mara).await;
        assert!(
            share
                .reason
                .as_ref()
                .unwrap()
                .in_english()
                .contains("The name mara is taken")
        );
        assert!(share.needs_credentials());
        assert_eq!(house.wants().await, ["paid_not_in"]);
        house.choose(&mara, "mara2", "a-good-password").await;
        assert!(house.tend(&mara).await.is_open());
        assert!(house.wants().await.is_empty());
    }
}

#[tokio::test]
async fn who_was_a_user_already_proves_it_and_is_linked_not_doubled() {
    for house in houses().await {
        let jonas = member(1);
        let share = house.settle(&jonas, Level::Full).await;
        let actor = kit::Actor::console();
        let link = async |password: &str| {
            let password = Secret::new(password);
            credentials::link_own(
                &house.servers,
                actor.clone(),
                &share.id,
                "jonas feld",
                &password,
            )
            .await
        };
        assert!(link("guess").await.is_err());
        link("jonas-password").await.unwrap();
        let share = house.tend(&jonas).await;
        assert!(share.is_open());
        assert_eq!(names(&house).await.len(), 5, "nobody was added");
        assert!(
            house.bench.is_signed_in("jonas-token").await,
            "and stays signed in"
        );
        let user = house.bench.user("Jonas Feld").await.unwrap();
        assert_eq!(user["libraries"], json!(["Movies", "Series"]));
    }
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_user() {
    for house in houses().await {
        for (n, path) in [(1, "/Users/New"), (2, "/Policy"), (3, "/Configuration")] {
            let who = member(n);
            house.settle(&who, Level::Full).await;
            house
                .choose(&who, &format!("member{n}"), "a-good-password")
                .await;
            house.bench.fault(fault("drop_answer", "POST", path)).await;
            let share = house.tend(&who).await;
            assert!(share.is_open(), "{path}: {:?}", share.reason);
            let user = house.bench.user(&format!("member{n}")).await.unwrap();
            assert_eq!(user["libraries"], json!(["Movies", "Series"]));
            assert_eq!(user["policy"]["EnablePublicSharing"], json!(false));
        }
        assert_eq!(names(&house).await.len(), 8);
    }
}

#[tokio::test]
async fn while_the_server_is_in_trouble_the_share_waits_with_the_reason() {
    for house in houses().await {
        let mara = member(1);
        house.settle(&mara, Level::Full).await;
        house.choose(&mara, "mara", "a-good-password").await;
        for status in [401, 404, 500] {
            house
                .bench
                .fault(json!({ "kind": "status", "status": status }))
                .await;
            let share = house.tend(&mara).await;
            assert!(!share.is_open());
            assert!(share.reason.is_some(), "{status}");
            house.bench.mend().await;
            house.bench.world.advance(kit::Span::minutes(6));
        }
        assert!(house.tend(&mara).await.is_open());
        assert_eq!(names(&house).await.len(), 6);
    }
}

#[tokio::test]
async fn a_user_deleted_behind_our_back_is_asked_for_anew() {
    for house in houses().await {
        let (mara, share) = house.member_in(1, "mara").await;
        let id = share.remote_id.unwrap();
        let path = format!("/Users/{}", id.as_str());
        house
            .bench
            .call(http::Method::DELETE, &path, super::bench::KEY, None)
            .await;
        media::sync::sync(&house.servers, &house.server.id)
            .await
            .unwrap();
        let share = house.tend(&mara).await;
        assert!(share.needs_credentials());
        assert!(share.reason.unwrap().in_english().contains("was deleted"));
        house.choose(&mara, "mara", "a-new-password").await;
        assert!(house.tend(&mara).await.is_open());
    }
}

#[tokio::test]
async fn a_member_sets_a_password_and_lets_a_device_in() {
    for house in houses().await {
        let (_, share) = house.member_in(1, "mara").await;
        let actor = kit::Actor::console();
        let fresh = Secret::new("another-password");
        house
            .bench
            .fault(fault("drop_answer", "POST", "/Users/Password"))
            .await;
        credentials::set_password(&house.servers, actor.clone(), &share.id, &fresh)
            .await
            .unwrap();
        assert_eq!(
            house.bench.user("mara").await.unwrap()["password"],
            "another-password"
        );
        let asked = house
            .bench
            .call(http::Method::POST, "/QuickConnect/Initiate", "", None)
            .await;
        let asked: Value = asked.json().unwrap();
        let code = asked["Code"].as_str().unwrap();
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        credentials::approve_device(&house.servers, actor, &share.id, &spaced)
            .await
            .unwrap();
    }
}

/// Stopped dead between any two steps and begun anew: one user, let in, and nothing left behind.
#[tokio::test]
async fn stopped_at_any_step_there_is_one_user_in_the_end() {
    for house in houses().await {
        for step in 0..16_u32 {
            let who = member(step);
            let name = format!("member{step}");
            house.settle(&who, Level::Full).await;
            house.choose(&who, &name, "a-good-password").await;
            let targets = upkeep::of_subject(&house.db, &kit::Subject::of(&who))
                .await
                .unwrap();
            let job = upkeep::TendTarget {
                target: targets[0].id.clone(),
            };
            house.bench.world.stop_at(i64::from(step));
            drop(jobs::Job::run(&job, &house.upkeep).await);
            house.bench.world.revive();
            // The dead process's lease and the breaker's patience run out.
            house.bench.world.advance(kit::Span::minutes(6));
            let share = house.tend(&who).await;
            assert!(share.is_open(), "step {step}: {:?}", share.reason);
            let user = house.bench.user(&name).await.unwrap();
            assert_eq!(
                user["libraries"],
                json!(["Movies", "Series"]),
                "step {step}"
            );
            assert_eq!(
                user["policy"]["EnablePublicSharing"],
                json!(false),
                "step {step}"
            );
        }
        assert_eq!(names(&house).await.len(), 5 + 16);
        assert_eq!(house.events("media.share_in_place").await, 16);
        let foreign = remote_user::count_foreign(&house.db, &house.server.id)
            .await
            .unwrap();
        assert_eq!(foreign, 5, "those of before are still not ours");
    }
}
