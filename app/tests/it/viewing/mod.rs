//! What plays on servers of all kinds: seen, recorded where the operator wants it, and stopped where it is forbidden.

mod house;

use kit::Span;
use media::remote::Decision;
use serde_json::json;
use testkit::engines;

use crate::support::Browser;
use house::{House, KINDS};

db::row! {
    struct Played { user_name: String, title: String, device: String, watched_ms: i64 }
}

async fn plays(house: &House) -> Vec<Played> {
    let sql = "select user_name, title, device, watched_ms from plays order by ended_at";
    house
        .site
        .house
        .db
        .all(sql, db::values![])
        .await
        .expect("read")
}

/// Checklist: G21, H08
#[tokio::test]
async fn a_server_that_forbids_it_stops_a_4k_transcode_with_the_reason_on_every_platform() {
    for kind in KINDS {
        for engine in engines().await {
            let mut house = House::open(&engine, kind).await;
            house.play(true).await;
            house.wait(60).await;
            assert!(house.stops().await.is_empty(), "{kind:?}: allowed at first");

            house.set(&[]).await;
            house.wait(10).await;
            assert!(house.stops().await.is_empty(), "{kind:?}: seen only once");
            house.wait(60).await;
            let stops = house.stops().await;
            assert_eq!(stops.len(), 1, "{kind:?}: {stops:?}");
            assert!(stops[0].contains("does not convert 4K"), "{stops:?}");
            let events = house.events().await;
            assert!(events.contains("converts no 4K"), "{kind:?}: {events}");
            assert!(house.streams().await.is_empty(), "nothing is recorded");
            assert!(plays(&house).await.is_empty(), "and no history kept");

            house.play(false).await;
            house.wait(90).await;
            assert_eq!(house.stops().await.len(), 1, "{kind:?}: as it is, it plays");
            house.site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn what_was_stopped_and_is_listed_still_is_not_stopped_twice() {
    for engine in engines().await {
        let mut house = House::open(&engine, KINDS[2]).await;
        house.set(&[]).await;
        house.fault("ghost_sessions").await;
        house.play(true).await;
        house.wait(240).await;
        assert_eq!(house.stops().await.len(), 1);
    }
}

#[tokio::test]
async fn a_stream_of_nobody_is_never_acted_on() {
    for engine in engines().await {
        let mut house = House::open(&engine, KINDS[2]).await;
        house.set(&["records_streams"]).await;
        house
            .order(json!({
                "action": "start", "user": "noor", "item": "Basalt", "decision": "transcode", "without": ["user"],
            }))
            .await;
        house.wait(120).await;
        assert!(house.stops().await.is_empty());
        let streams = house.streams().await;
        assert_eq!(streams.len(), 1, "it is seen");
        assert_eq!(streams[0].member_id, None, "and nobody's");
    }
}

/// Checklist: G22
#[tokio::test]
async fn what_is_played_is_stored_where_the_operator_wants_it_and_nowhere_else() {
    for kind in KINDS {
        for engine in engines().await {
            let mut house = House::open(&engine, kind).await;
            let session = house.play(true).await;
            house.wait(90).await;
            assert!(house.streams().await.is_empty(), "{kind:?}: not wanted yet");

            house.set(&["four_k_transcoding", "records_streams"]).await;
            house.wait(120).await;
            let streams = house.streams().await;
            assert_eq!(streams.len(), 1, "{kind:?}");
            let seen = &streams[0];
            assert_eq!(
                (seen.title.as_str(), seen.device.as_str()),
                (kind.1, "Bedroom")
            );
            assert_eq!((seen.height, seen.target_height), (2160, 1080), "{kind:?}");
            assert_eq!(seen.decision, Decision::Transcode);
            assert!(seen.member_id.is_some() && seen.position_ms > 0, "{seen:?}");
            assert!(plays(&house).await.is_empty(), "it plays still");

            house
                .order(json!({ "action": "stop", "session_id": session }))
                .await;
            house.wait(60).await;
            assert!(house.streams().await.is_empty(), "{kind:?}: over");
            let history = plays(&house).await;
            assert_eq!(history.len(), 1, "{kind:?}");
            let play = &history[0];
            assert_eq!(
                (play.title.as_str(), play.device.as_str()),
                (kind.1, "Bedroom")
            );
            assert!(["mara", "noor"].contains(&play.user_name.as_str()));
            assert!(
                (80_000..=180_000).contains(&play.watched_ms),
                "{}",
                play.watched_ms
            );

            house.set(&["four_k_transcoding"]).await;
            house.play(true).await;
            house.wait(90).await;
            assert!(
                house.streams().await.is_empty(),
                "{kind:?}: not wanted any more"
            );
            house.sleep(Span::days(400)).await;
            assert!(plays(&house).await.is_empty(), "kept for a year only");
        }
    }
}

/// Checklist: H01, H02
#[tokio::test]
async fn staff_see_what_plays_stop_it_with_a_reason_and_read_the_history() {
    for kind in KINDS {
        for engine in engines().await {
            let mut house = House::open(&engine, kind).await;
            let empty = house.office.get("/office/activity").await.body;
            assert!(empty.contains("No server stores what is played"), "{empty}");
            house.set(&["four_k_transcoding", "records_streams"]).await;
            house.play(true).await;
            house.wait(120).await;
            let page = house.office.get("/office/activity").await.body;
            for words in [kind.1, "Bedroom", "4K converted to 1080p", "Mara"] {
                assert!(page.contains(words), "{kind:?}: {words}: {page}");
            }

            let id = house.streams().await[0].id.clone();
            let path = format!("/office/streams/{id}/stop");
            let silent = house.office.post(&path, &[("reason", "")]).await;
            assert_eq!(silent.status, 422, "nobody is stopped without a reason");
            let reason = [("reason", "The projector room is on fire.")];
            let stopped = house.office.post(&path, &reason).await;
            assert_eq!(stopped.status, 303, "{}", stopped.body);
            let stops = house.stops().await;
            assert!(stops[0].contains("on fire"), "{stops:?}");
            house.site.hear().await;
            house.wait(60).await;
            assert!(house.streams().await.is_empty(), "{kind:?}");

            let history = house.office.get("/office/activity").await.body;
            assert!(history.contains(kind.1) && history.contains("Nothing is playing"));
            let share = media::share::list_of_server(&house.site.house.db, &house.server, "", 5);
            let member = share.await.expect("read")[0].member_id.clone();
            let theirs = house
                .office
                .get(&format!("/office/members/{member}"))
                .await
                .body;
            assert!(
                theirs.contains("Watched last") && theirs.contains(kind.1),
                "{theirs}"
            );
            let account = house.site.account("Mara").await;
            let mut mara = Browser::of(&house.site, &account).await;
            let own = mara.get("/account/export").await.body;
            assert!(
                own.contains(kind.1),
                "what is kept of them is theirs: {own}"
            );
            let other = "/office/activity?member=mem_01jnm3v8q0e5x8y8z8w8v8t8s8";
            let nothing = house.office.get(other).await.body;
            assert!(!nothing.contains(kind.1), "only one member's: {nothing}");
        }
    }
}

/// Checklist: G22, H11
#[tokio::test]
async fn downloads_are_stored_where_wanted_and_the_form_says_who_shows_none() {
    for engine in engines().await {
        let mut house = House::open(&engine, KINDS[1]).await;
        let job = |id: &str, status: &str| {
            json!({
                "Id": id, "TargetId": "tablet-1", "TargetName": "Tablet", "Name": "Copper Weather", "Status": status,
                "UserName": "mara", "ItemCount": 1, "DateCreated": "2026-11-20T18:00:00.0000000Z",
            })
        };
        house
            .seed(json!({ "downloads": [job("1", "Transferring")] }))
            .await;
        house.wait(330).await;
        let page = house.office.get("/office/downloads").await.body;
        assert!(page.contains("No server stores downloads"), "{page}");

        house
            .set(&["four_k_transcoding", "records_downloads"])
            .await;
        house.wait(330).await;
        let page = house.office.get("/office/downloads").await.body;
        for words in ["Copper Weather", "Tablet", "Mara", "Under way"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(house.streams().await.is_empty());
        house.sleep(Span::days(400)).await;
        let later = house.office.get("/office/downloads").await.body;
        assert!(!later.contains("Copper Weather"), "kept for a year only");
    }
    for engine in engines().await {
        let mut house = House::open(&engine, KINDS[0]).await;
        let form = format!("/office/servers/{}/edit", house.server);
        let form = house.office.get(&form).await.body;
        assert!(
            form.contains("Plex and Jellyfin keep it to themselves"),
            "{form}"
        );
    }
}
