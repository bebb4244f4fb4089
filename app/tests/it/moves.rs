//! Members who are moved from one server to another: of one platform and across platforms, paused, failed, tried
//! again, taken back, and from a server that is gone.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use billing::hold::{self, HoldReason, NewHold};
use billing::subscription::When;
use kit::id::{Id, MoveId};
use kit::{Actor, Timestamp};
use lists::moves::Chosen;
use media::credentials::{self, Credentials};
use media::moving::{self, MoveState, Stand};
use media::server::Choices;
use media::{Level, server};
use people::role::Permission;
use serde_json::json;
use testkit::engines;

mod plex;
mod scene;

use crate::routes::{allow_keys, key};
use crate::support::{Browser, TestSite};
use scene::{PASSWORD, Scene};

/// Through the pages: who, where to, what will happen, why. Answers the page of the move.
async fn everybody_sets_out(scene: &Scene, chief: &mut Browser, path: &str) -> String {
    let who = chief.get(path).await;
    assert!(
        who.body.contains("Mara") && who.body.contains("Ines"),
        "{}",
        who.body
    );
    let target = scene.target.to_string();
    let wish = [("who", "everybody"), ("target", &*target), ("asked", "yes")];
    let foreseen = chief.post(&format!("{path}/preview"), &wish).await;
    assert_eq!(foreseen.status, 200, "{}", foreseen.body);
    for words in [
        "Must choose a name and a password for Borealis",
        "Move 3 members",
    ] {
        assert!(foreseen.body.contains(words), "{words}: {}", foreseen.body);
    }
    let unsaid = chief.post(path, &wish).await;
    assert_eq!(unsaid.status, 422, "a reason is asked for");
    let mut wish = wish.to_vec();
    wish.push(("reason", "The old machine goes"));
    let begun = chief.post(path, &wish).await;
    assert_eq!(begun.status, 303, "{}", begun.body);
    begun.location().to_owned()
}

/// Checklist: G32, G34, G35, M06
#[tokio::test]
async fn everybody_on_a_server_is_moved_to_another_and_keeps_what_they_paid() {
    for engine in engines().await {
        let scene = Scene::open(&engine, "jellyfin", &["Mara", "Jonas", "Ines"]).await;
        let site = &scene.site;
        let ends: Timestamp = site.subscription("Mara").await.ends_at;
        let mut chief = scene.chief().await;
        let path = format!("/office/servers/{}/move", scene.source);
        let page = everybody_sets_out(&scene, &mut chief, &path).await;
        let id = MoveId::parse(page.rsplit('/').next().unwrap()).expect("a move");
        site.run_jobs().await;

        let asked = scene.progress(&id).await;
        assert_eq!(asked.of(Stand::Asked), 3, "{asked:?}");
        assert!(
            scene.is_open("Mara", &scene.source).await,
            "nobody is out before they are in"
        );
        assert_eq!(
            site.letters("choose_media_password").await.len(),
            6,
            "each was asked anew"
        );
        for who in ["Mara", "Jonas", "Ines"] {
            scene.chooses(who).await;
        }
        site.run_jobs().await;

        let done = scene.progress(&id).await;
        assert_eq!((done.of(Stand::Moved), done.all()), (3, 3), "{done:?}");
        assert_eq!(scene.found(&id).await.state, MoveState::Done);
        assert!(scene.is_open("Mara", &scene.target).await);
        assert_eq!(scene.level("Mara", &scene.source).await, Some(Level::Ended));
        assert_eq!(site.policy("mara").await["IsDisabled"], true, "out there");
        assert!(scene.on_borealis("mara").await.is_some(), "in here");
        assert_eq!(
            site.subscription("Mara").await.ends_at,
            ends,
            "the term stays"
        );
        assert_eq!(site.live_grants("Mara").await, 1);
        let shown = chief.get(&page).await;
        assert!(
            shown.body.contains("Done") && shown.body.contains("Jonas"),
            "{}",
            shown.body
        );
        let file = chief.get(&format!("{page}/report.csv")).await;
        assert!(file.body.contains("Ines,ines,Moved"), "{}", file.body);
        let letters = site.letters("move_done").await;
        assert_eq!(
            letters.len(),
            2,
            "told when it was their turn, and when all had come"
        );
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn who_finds_no_room_stays_and_is_named() {
    for engine in engines().await {
        let scene = Scene::open(&engine, "jellyfin", &["Mara", "Jonas"]).await;
        let target = scene.server(&scene.target).await;
        let one = Choices {
            ceiling: Some(1),
            ..Choices::of(&target)
        };
        scene
            .act(async |tx| server::change(tx, &target.id, one).await.unwrap())
            .await;
        let preview = scene.foreseen(false, &Chosen::Everybody).await;
        assert_eq!(preview.going(), 1);
        let id = scene.begin().await;
        scene.chooses("Jonas").await;
        scene.later().await;
        let done = scene.progress(&id).await;
        assert_eq!(
            (done.of(Stand::Moved), done.of(Stand::LeftOut)),
            (1, 1),
            "{done:?}"
        );
        assert!(scene.is_open("Mara", &scene.source).await);
        let mut chief = scene.chief().await;
        let page = chief.get(&format!("/office/moves/{id}")).await;
        assert!(
            page.body
                .contains("Borealis is full: 1 of 1 places are taken."),
            "{}",
            page.body
        );
        scene.site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn whom_the_target_refuses_stays_and_is_tried_again() {
    for engine in engines().await {
        let scene = Scene::open(&engine, "jellyfin", &["Mara"]).await;
        let id = scene.begin().await;
        scene
            .fault(json!({ "kind": "status", "status": 422, "path": "/Users/New", "times": 1 }))
            .await;
        scene.chooses("Mara").await;
        let failed = scene.progress(&id).await;
        assert_eq!(failed.of(Stand::Failed), 1, "{failed:?}");
        assert!(
            scene.is_open("Mara", &scene.source).await,
            "nobody is between two chairs"
        );
        assert_eq!(scene.level("Mara", &scene.target).await, Some(Level::Ended));
        assert!(scene.site.wants("paid_not_in").await.is_empty());
        let letters = scene.site.letters("move_done").await;
        assert!(letters.last().is_some(), "reported");

        let mut chief = scene.chief().await;
        let page = format!("/office/moves/{id}");
        let member = scene.site.member("Mara").await;
        let again = chief
            .post(&format!("{page}/retry"), &[("member", member.as_str())])
            .await;
        assert_eq!(again.status, 303, "{}", again.body);
        scene.site.run_jobs().await;
        scene.chooses("Mara").await;
        scene.later().await;
        assert_eq!(scene.progress(&id).await.of(Stand::Moved), 1);
        assert!(scene.is_open("Mara", &scene.target).await);
        scene.site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn a_move_is_paused_goes_on_and_is_taken_back() {
    for engine in engines().await {
        let scene = Scene::open(&engine, "emby", &["Mara", "Jonas"]).await;
        let mut chief = scene.chief().await;
        let preview = scene.foreseen(false, &Chosen::Everybody).await;
        let new = scene.wish(false);
        let id = scene
            .act(async |tx| {
                let begun = moving::begin(tx, &new, &preview.prospects).await.unwrap();
                moving::pause(tx, &begun.id).await.unwrap();
                begun.id
            })
            .await;
        scene.later().await;
        assert_eq!(
            scene.progress(&id).await.of(Stand::Waiting),
            2,
            "nobody sets out"
        );
        let page = format!("/office/moves/{id}");
        chief.post(&format!("{page}/resume"), &[]).await;
        scene.site.run_jobs().await;
        scene.chooses("Mara").await;
        assert_eq!(scene.progress(&id).await.of(Stand::Moved), 1);
        assert_eq!(scene.progress(&id).await.of(Stand::Asked), 1);

        let asked = chief.get(&format!("{page}/undo")).await;
        assert!(asked.body.contains("Bring them back to"), "{}", asked.body);
        chief.post(&format!("{page}/undo"), &[]).await;
        scene.site.run_jobs().await;
        scene.later().await;
        let back = scene.progress(&id).await;
        assert_eq!(back.of(Stand::Returned), 2, "{back:?}");
        assert_eq!(scene.found(&id).await.state, MoveState::Undone);
        for who in ["Mara", "Jonas"] {
            assert!(scene.is_open(who, &scene.source).await, "{who} is back");
            assert_eq!(scene.level(who, &scene.target).await, Some(Level::Ended));
        }
        assert_eq!(scene.site.letters("move_undone").await.len(), 1);
        scene.site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn whatever_happens_to_a_membership_on_the_way_ends_right() {
    for engine in engines().await {
        let names = ["Mara", "Jonas", "Ines"];
        let scene = Scene::open(&engine, "emby", &names).await;
        let site = &scene.site;
        suspend(site, "Jonas").await;
        let id = scene.begin().await;
        assert_eq!(
            scene.level("Jonas", &scene.target).await,
            Some(Level::Held),
            "as they are"
        );
        assert_eq!(scene.progress(&id).await.of(Stand::Moved), 1);
        // Mara extends while she is asked, and chooses her name with it; Ines leaves.
        site.buy("Mara", &scene.shop, &scene.shop.month)
            .await
            .expect("bought");
        site.news().await;
        site.cancel("Ines", When::Now).await;
        site.run_jobs().await;
        assert_eq!(scene.progress(&id).await.of(Stand::LeftOut), 1);
        scene.later().await;
        assert!(scene.is_open("Mara", &scene.target).await);
        assert_eq!(site.live_grants("Mara").await, 2, "what was paid counts");
        let done = scene.progress(&id).await;
        assert_eq!(done.of(Stand::Moved), 2, "{done:?}");
        for (who, level) in [
            ("Mara", Level::Ended),
            ("Jonas", Level::Ended),
            ("Ines", Level::Ended),
        ] {
            assert_eq!(scene.level(who, &scene.source).await, Some(level), "{who}");
        }
        site.assert_no_failures().await;
    }
}

async fn suspend(site: &TestSite, who: &str) {
    let new = NewHold {
        reason: HoldReason::Staff,
        source: String::new(),
        note: None,
        until: Timestamp::NEVER,
        subscription: site.subscription(who).await.id,
    };
    site.change(async |tx| hold::place(tx, &new).await.unwrap())
        .await;
}

#[tokio::test]
async fn from_a_server_that_is_gone_everybody_is_invited_anew() {
    for engine in engines().await {
        let scene = Scene::open(&engine, "emby", &["Mara", "Jonas"]).await;
        scene
            .site
            .outside
            .jellyfin_fault(json!({ "kind": "refuse" }))
            .await;
        let id = scene.begin_of(true, &Chosen::Everybody).await;
        assert_eq!(scene.progress(&id).await.of(Stand::Asked), 2);
        assert_eq!(scene.level("Mara", &scene.source).await, Some(Level::Ended));
        assert_eq!(
            scene.server(&scene.source).await.members,
            0,
            "its places are free"
        );
        scene.chooses("Mara").await;
        let half = scene.progress(&id).await;
        assert_eq!(
            (half.of(Stand::Moved), half.of(Stand::Asked)),
            (1, 1),
            "{half:?}"
        );
        let mut chief = scene.chief().await;
        let page = chief.get(&format!("/office/moves/{id}/undo")).await;
        assert!(
            page.body.contains("nobody can be brought back"),
            "{}",
            page.body
        );
        scene.site.outside.no_faults().await;
        scene.site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn programs_foresee_begin_pause_and_take_back() {
    for engine in engines().await {
        let scene = Scene::open(&engine, "emby", &["Mara"]).await;
        let chief = scene.site.administrator("Robin").await;
        allow_keys(&scene.site, &chief).await;
        let (see, change) = (Permission::ServersSee, Permission::ServersChange);
        let full = key(&scene.site, &chief, &[see, change].into_iter().collect()).await;
        let small = key(&scene.site, &chief, &[see].into_iter().collect()).await;
        let order = format!("/api/v1/media-servers/{}/move-members", scene.source);
        let wish = |dry_run: bool| json!({ "target_id": scene.target, "dry_run": dry_run, "reason": "The old machine goes" });
        let (status, _) = scene
            .program(&small, "POST", &order, Some(wish(true)))
            .await;
        assert_eq!(status, 404, "seeing is not moving");
        let (status, foreseen) = scene.program(&full, "POST", &order, Some(wish(true))).await;
        assert_eq!(status, 200, "{foreseen}");
        assert_eq!(foreseen["members"][0]["outlook"], "chooses", "{foreseen}");
        assert_eq!(
            (&foreseen["move"], &foreseen["blocked"]),
            (&json!(null), &json!(false))
        );
        let (_, begun) = scene
            .program(&full, "POST", &order, Some(wish(false)))
            .await;
        assert_eq!(begun["move"]["progress"]["waiting"], 1, "{begun}");
        let path = format!(
            "/api/v1/moves/{}",
            begun["move"]["id"].as_str().expect("an id")
        );
        for (act, state) in [
            ("pause", "paused"),
            ("resume", "running"),
            ("undo", "undoing"),
        ] {
            let (status, moved) = scene
                .program(&full, "POST", &format!("{path}/{act}"), None)
                .await;
            assert_eq!((status, &moved["state"]), (200, &json!(state)), "{moved}");
        }
        scene.site.run_jobs().await;
        let (_, over) = scene.program(&small, "GET", &path, None).await;
        assert_eq!(over["state"], "undone", "{over}");
        let (_, members) = scene
            .program(&small, "GET", &format!("{path}/members"), None)
            .await;
        assert_eq!(members["data"][0]["stand"], "returned", "{members}");
    }
}

/// What is done and begun anew at every third step; the process dies at each of them once.
#[tokio::test]
async fn a_move_survives_death_at_any_step() {
    let engine = engines().await.remove(0);
    for stop in (1..48).step_by(3) {
        let mut scene = Scene::open(&engine.fresh().await, "emby", &["Mara"]).await;
        // The name and the password are on file, so that it goes through to the end by itself.
        let id = scene.begin().await;
        let (member, vault) = (
            scene.site.member("Mara").await,
            scene.site.house.tools.vault.clone(),
        );
        let chosen = Credentials::parse("mara", PASSWORD).unwrap();
        let mut tx = scene.site.house.db.begin(Actor::console()).await.unwrap();
        credentials::choose_everywhere(&mut tx, &vault, &member, &chosen)
            .await
            .unwrap();
        tx.save().await.unwrap();
        scene.site.world.stop_at(stop);
        scene.site.try_hear().await;
        scene.site = scene.site.reopened().await;
        scene.later().await;
        assert_eq!(
            scene.progress(&id).await.of(Stand::Moved),
            1,
            "stopped at {stop}"
        );
        assert!(
            scene.is_open("Mara", &scene.target).await,
            "stopped at {stop}"
        );
        assert_eq!(scene.site.policy("mara").await["IsDisabled"], true);
        assert_eq!(scene.found(&id).await.state, MoveState::Done);
    }
}
