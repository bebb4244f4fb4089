//! A host with real engines: what listeners hear while stations come and go and engines die.

mod host;

use std::time::Duration;

use broadcast::{Allowances, Permission, StreamFormat};
use host::{Host, Listener, allowance, tone};
use node::{Condition, Departure};

#[tokio::test]
async fn a_station_is_heard_and_counted_to_the_byte() {
    let host = Host::open().await;
    let mut station = allowance(1, "night-jazz");
    station.cues = vec![tone(&host, 440).await, tone(&host, 880).await];
    host.allow(1, &[station.clone()]).await;
    let mut listener = Listener::join(&host, "night-jazz").await;
    assert_eq!(listener.status, 200, "{}", listener.head);
    assert!(
        listener.head.contains("content-type: audio/mpeg"),
        "{}",
        listener.head
    );
    let sound = listener.hear(Duration::from_secs(5)).await;
    let loudness = host.loudest(&sound, "mp3").await;
    assert!(loudness > -30.0, "{loudness} dB");
    let here = host.node.sessions();
    assert_eq!(here.len(), 1);
    assert_eq!(here[0].player, "Test/1.0");
    assert_eq!(host.playing().await.as_deref(), Some("Tone 440"));

    let heard = listener.bytes;
    drop(listener);
    let departures = host.departures(1).await;
    let Departure { session, bytes, .. } = &departures[0];
    assert_eq!(session.station, station.station);
    assert!(*bytes >= heard, "{bytes} were handed over, {heard} heard");
    assert!(host.node.sessions().is_empty());
}

#[tokio::test]
async fn who_finds_no_place_is_told_so_and_comes_in_when_one_is_free() {
    let host = Host::open().await;
    let mut station = allowance(1, "small-room");
    station.listeners = Some(1);
    station.cues = vec![tone(&host, 440).await];
    host.allow(1, &[station]).await;
    let first = Listener::join(&host, "small-room").await;
    assert_eq!(first.status, 200);
    let second = Listener::join(&host, "small-room").await;
    assert_eq!(second.status, 503);
    assert!(
        second
            .body()
            .await
            .contains("All places of this station are taken")
    );
    drop(first);
    host.departures(1).await;
    let third = Listener::join(&host, "small-room").await;
    assert_eq!(third.status, 200, "{}", third.head);
    let unknown = Listener::join(&host, "nobody").await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_listener_stays_while_each_engine_is_killed() {
    let host = Host::open().await;
    let mut station = allowance(1, "steady");
    station.cues = vec![tone(&host, 440).await];
    host.allow(1, &[station]).await;
    let mut listener = Listener::join(&host, "steady").await;
    listener.hear(Duration::from_secs(2)).await;
    for engine in ["liquidsoap", "icecast"] {
        host.kill(engine).await;
        let waited = listener.until_sound_of(&host, 440.0).await;
        assert!(waited < Duration::from_secs(15), "{engine}: {waited:?}");
        assert_eq!(host.node.sessions().len(), 1, "the same listener");
    }
    let health = host.node.health();
    assert!(
        health.iter().all(|one| one.condition == Condition::Running),
        "{health:?}"
    );
}

#[tokio::test]
async fn a_suspended_station_ends_for_its_listeners_and_no_other_does() {
    let host = Host::open().await;
    let cue = tone(&host, 440).await;
    let make = |nth, slug| {
        let mut station = allowance(nth, slug);
        station.cues = vec![cue.clone()];
        station
    };
    let (mut one, other) = (make(1, "one"), make(2, "other"));
    host.allow(1, &[one.clone(), other.clone()]).await;
    let mut at_one = Listener::join(&host, "one").await;
    let mut at_other = Listener::join(&host, "other").await;
    at_one.hear(Duration::from_secs(1)).await;
    at_other.hear(Duration::from_secs(1)).await;

    one.permission = Permission::Suspended;
    let third = make(3, "third");
    host.allow(2, &[one, other, third]).await;
    assert!(at_one.ends().await, "the suspended one ends");
    let refused = Listener::join(&host, "one").await;
    assert_eq!(refused.status, 403);
    assert!(refused.body().await.contains("suspended"));
    assert!(
        !at_other.hear(Duration::from_secs(2)).await.is_empty(),
        "the other goes on"
    );
    let mut newcomer = Listener::join(&host, "third").await;
    assert!(!newcomer.hear(Duration::from_secs(1)).await.is_empty());
}

#[tokio::test]
async fn what_a_track_is_called_steers_nothing() {
    let host = Host::open().await;
    let hostile = [
        "\"; exit() #{exit()}",
        "a\\\",liq_cue_in=\"99",
        "名前 – Ünï",
        "<source>&amp;",
    ];
    let mut station = allowance(1, "hostile");
    for (nth, title) in (1..).zip(hostile) {
        let mut cue = tone(&host, 300 + nth).await;
        cue.title = title.to_owned();
        cue.until_ms = Some(1_500);
        station.cues.push(cue);
    }
    host.allow(1, &[station]).await;
    let mut listener = Listener::join(&host, "hostile").await;
    let mut seen = Vec::new();
    for _ in 0..20 {
        listener.hear(Duration::from_millis(500)).await;
        seen.extend(host.playing().await);
    }
    for title in hostile {
        assert!(seen.iter().any(|one| one == title), "{title}: {seen:?}");
    }
    let mut watcher = Listener::with_titles(&host, "hostile").await;
    let told = watcher.titles(Duration::from_secs(8)).await;
    for title in hostile {
        let whole = format!("StreamTitle='Nobody - {title}';");
        assert!(told.contains(&whole), "{whole}: {told}");
    }
}

#[tokio::test]
async fn a_host_goes_on_by_itself_with_what_it_was_last_allowed() {
    let host = Host::open().await;
    let mut station = allowance(1, "alone");
    station.cues = vec![tone(&host, 440).await];
    host.allow(7, &[station]).await;
    let again = host.reopened().await;
    let spoken = again.spoken();
    assert_eq!(spoken.status().await.unwrap().version, 7);
    again.allow(6, &[]).await;
    let mut listener = Listener::join(&again, "alone").await;
    assert_eq!(
        listener.status, 200,
        "what is older changes nothing: {}",
        listener.head
    );
    assert!(!listener.hear(Duration::from_secs(1)).await.is_empty());
}

#[tokio::test]
async fn the_house_says_over_a_socket_what_may_play_and_asks_how_it_is() {
    let host = Host::open().await;
    let mut station = allowance(1, "from-afar");
    station.formats = vec![StreamFormat::AacAt64, StreamFormat::OpusAt96];
    station.cues = vec![tone(&host, 440).await];
    let spoken = host.spoken();
    let wish = Allowances {
        version: 3,
        stations: vec![station],
    };
    spoken.allow(&wish).await.unwrap();
    spoken.allow(&wish).await.unwrap();
    for (format, kind) in [("aac-64", "aac"), ("opus-96", "ogg")] {
        let mut listener = Listener::join(&host, &format!("from-afar/{format}")).await;
        assert_eq!(listener.status, 200, "{}", listener.head);
        let sound = listener.hear(Duration::from_secs(4)).await;
        let loudness = host.loudest(&sound, kind).await;
        assert!(loudness > -35.0, "{format}: {loudness} dB");
        let status = spoken.status().await.unwrap();
        assert_eq!((status.version, status.sessions.len()), (3, 1));
        assert_eq!(status.plays[0].title, "Tone 440");
        assert!(status.engines.iter().all(|one| one.trouble.is_none()));
        drop(listener);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let unknown = Listener::join(&host, "from-afar/mp3-128").await;
    assert_eq!(unknown.status, 404, "it does not send that");
}
