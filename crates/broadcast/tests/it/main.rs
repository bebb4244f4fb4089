//! What a plan promises, whatever is in the library.

use broadcast::planner::{
    Apart, Because, Begins, Block, BlockPlays, Hours, Jingle, Order, Past, Plan, Programme,
    Rotation, Rule, Separation, Song, Turn, What, Why, plan,
};
use kit::id::{Id, PlaylistId, SlotId, TrackId};
use kit::{Span, Timestamp, Zone};
use proptest::prelude::*;

/// Monday, 23 November 2026, 00:00 UTC.
const START: Timestamp = Timestamp::from_s(1_795_392_000);

fn list(n: usize) -> PlaylistId {
    PlaylistId::parse(&format!("lst_{n}")).expect("an id")
}

fn slot(n: usize) -> SlotId {
    SlotId::parse(&format!("slt_{n}")).expect("an id")
}

/// Songs of three to five minutes, by so many artists, ten to an album.
fn library(songs: usize, artists: u32) -> Vec<Song> {
    (0..songs)
        .map(|n| {
            let small = u32::try_from(n).expect("small");
            Song {
                track: TrackId::parse(&format!("trk_{n}")).expect("an id"),
                artist: 1 + small % artists,
                album: 1 + small / 10,
                length: Span::seconds(180 + i64::from(small) * 37 % 120),
            }
        })
        .collect()
}

fn rotation(n: usize, songs: std::ops::Range<usize>, weight: u32) -> Rotation {
    Rotation {
        id: list(n),
        songs: songs.collect(),
        weight,
        hours: Hours::ALWAYS,
        order: Order::Shuffled,
    }
}

fn programme(rotations: Vec<Rotation>) -> Programme {
    Programme {
        zone: Zone::utc(),
        rotations,
        jingles: Vec::new(),
        blocks: Vec::new(),
        separation: Separation::default(),
    }
}

fn hours(n: i64) -> (Timestamp, Timestamp) {
    (START, START + Span::hours(n))
}

/// Each entry begins where the one before ended, and the whole time is filled.
fn assert_whole(plan: &Plan, (from, until): (Timestamp, Timestamp)) {
    let mut at = from;
    for entry in &plan.entries {
        assert_eq!(entry.from, at, "{entry:?}");
        assert!(entry.until > entry.from, "{entry:?}");
        at = entry.until;
    }
    assert!(at >= until, "it ends at {at}");
}

fn of(plan: &Plan, because: &Because) -> usize {
    plan.entries
        .iter()
        .filter(|entry| entry.because == *because)
        .count()
}

#[test]
fn ten_thousand_picks_follow_the_weights() {
    let songs = library(3_000, 200);
    let weights = [1, 3, 6];
    let rotations = (0..3).map(|n| rotation(n, n * 1_000..(n + 1) * 1_000, weights[n]));
    let programme = programme(rotations.collect());
    let plan = plan(&songs, &programme, &[], hours(680), 7);
    let all = plan.entries.len();
    assert!(all > 10_000, "{all}");
    for (n, weight) in weights.into_iter().enumerate() {
        let share = of(&plan, &Because::Rotation(list(n))) * 1_000 / all;
        let wanted = usize::try_from(weight).expect("small") * 100;
        assert!(
            share.abs_diff(wanted) < 15,
            "{n}: {share} of {wanted} in a thousand"
        );
    }
}

#[test]
fn jingles_come_after_so_many_songs_and_do_not_count_as_one() {
    let songs = library(60, 20);
    let mut programme = programme(vec![rotation(0, 0..50, 1)]);
    let jingle = Jingle {
        id: list(9),
        songs: vec![50, 51],
        turn: Turn::EverySongs(4),
    };
    programme.jingles.push(jingle);
    let plan = plan(&songs, &programme, &[], hours(6), 1);
    assert_whole(&plan, hours(6));
    let mut songs_since = 0;
    for entry in &plan.entries {
        if entry.because == Because::Jingle(list(9)) {
            assert_eq!(songs_since, 4);
            songs_since = 0;
        } else {
            songs_since += 1;
        }
    }
    assert!(of(&plan, &Because::Jingle(list(9))) > 10);
}

#[test]
fn an_exact_block_begins_exactly_and_what_is_due_while_somebody_is_live_is_said() {
    let songs = library(400, 60);
    let mut programme = programme(vec![rotation(0, 0..300, 1)]);
    let at = |minutes| START + Span::minutes(minutes);
    programme.blocks = vec![
        Block {
            id: slot(1),
            from: at(60),
            until: at(120),
            begins: Begins::Exactly,
            plays: BlockPlays::Playlist(rotation(5, 300..400, 0)),
        },
        Block {
            id: slot(2),
            from: at(180),
            until: at(300),
            begins: Begins::Exactly,
            plays: BlockPlays::Live,
        },
    ];
    let news = Jingle {
        id: list(8),
        songs: vec![399],
        turn: Turn::AtMinute {
            minute: 30,
            interrupts: true,
        },
    };
    programme.jingles.push(news);
    let plan = plan(&songs, &programme, &[], hours(8), 3);
    assert_whole(&plan, hours(8));
    let first = plan
        .entries
        .iter()
        .find(|entry| entry.because == Because::Block(slot(1)));
    assert_eq!(first.expect("it plays").from, at(60));
    let live = plan
        .entries
        .iter()
        .find(|entry| entry.what == What::Live)
        .expect("live");
    assert_eq!((live.from, live.until), (at(180), at(300)));
    let news: Vec<Timestamp> = plan
        .entries
        .iter()
        .filter(|entry| entry.because == Because::Jingle(list(8)))
        .map(|entry| entry.from)
        .collect();
    let wanted = [30, 90, 150, 330, 390, 450].map(at);
    assert_eq!(news, wanted);
    let missed: Vec<(Timestamp, Why)> = plan.missed.iter().map(|one| (one.at, one.why)).collect();
    assert_eq!(missed, [(at(210), Why::Live), (at(270), Why::Live)]);
}

#[test]
fn hours_follow_the_stations_clock_over_a_night_that_has_one_more() {
    // In Amsterdam the 25th of October 2026 shows 02:00 to 03:00 twice.
    let songs = library(200, 50);
    let mut programme = programme(vec![rotation(0, 0..100, 1), rotation(1, 100..200, 1)]);
    programme.zone = Zone::parse("Europe/Amsterdam").expect("a zone");
    programme.rotations[0].hours = Hours::daily(2, 3);
    programme.rotations[1].hours = Hours::daily(3, 2);
    let from = Timestamp::from_s(1_792_879_200); // 24 October, 22:00 UTC, 00:00 there
    let span = (from, from + Span::hours(6));
    let plan = plan(&songs, &programme, &[], span, 5);
    assert_whole(&plan, span);
    for entry in &plan.entries {
        let there = programme.zone.civil(entry.from).hour();
        let wanted = usize::from(there != 2);
        assert_eq!(entry.because, Because::Rotation(list(wanted)), "at {there}");
    }
    let night = plan
        .entries
        .iter()
        .filter(|it| it.because == Because::Rotation(list(0)));
    let length: i64 = night.map(|it| it.until.since(it.from).as_ms()).sum();
    assert!(
        length > Span::minutes(110).as_ms(),
        "two hours of it: {length} ms"
    );
}

#[test]
fn where_nothing_may_play_the_plan_says_so_and_goes_on() {
    let songs = library(50, 10);
    let mut programme = programme(vec![rotation(0, 0..50, 1)]);
    programme.rotations[0].hours = Hours::daily(8, 20);
    let plan = plan(&songs, &programme, &[], hours(24), 2);
    assert_whole(&plan, hours(24));
    assert_eq!(plan.entries[0].what, What::Nothing);
    assert_eq!(plan.entries[0].because, Because::NothingThere);
    let begun = plan
        .entries
        .iter()
        .find(|entry| entry.what != What::Nothing);
    assert_eq!(begun.expect("by day").from, START + Span::hours(8));
}

#[test]
fn an_ordered_playlist_goes_on_where_it_was() {
    let songs = library(30, 10);
    let mut programme = programme(vec![rotation(0, 0..30, 1)]);
    programme.rotations[0].order = Order::InOrder { next: 28 };
    let plan = plan(&songs, &programme, &[], hours(1), 2);
    let played: Vec<What> = plan
        .entries
        .iter()
        .take(4)
        .map(|entry| entry.what)
        .collect();
    assert_eq!(played, [28, 29, 0, 1].map(What::Song));
}

fn separations() -> impl Strategy<Value = Separation> {
    let apart = |minutes: i64, songs: u64| {
        (0..minutes, 0..songs).prop_map(|(minutes, songs)| Apart {
            time: Span::minutes(minutes),
            songs,
        })
    };
    (apart(300, 40), apart(90, 12), apart(60, 8)).prop_map(|(track, artist, album)| Separation {
        track,
        artist,
        album,
    })
}

/// Looked at afresh and without haste: does a song keep a rule after what was played?
fn keeps(
    songs: &[Song],
    apart: &Separation,
    before: &[Past],
    rule: Rule,
    song: usize,
    at: Timestamp,
) -> bool {
    let key = |n: usize| match rule {
        Rule::Track => n as u64 + 1,
        Rule::Artist => u64::from(songs[n].artist),
        Rule::Album => u64::from(songs[n].album),
    };
    let apart = match rule {
        Rule::Track => apart.track,
        Rule::Artist => apart.artist,
        Rule::Album => apart.album,
    };
    let Some(last) = before.iter().rposition(|past| key(past.song) == key(song)) else {
        return true;
    };
    let between = (before.len() - 1 - last) as u64;
    at.since(before[last].began_at) >= apart.time && between >= apart.songs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn songs_keep_apart_unless_nothing_else_fits_and_then_it_is_said(
        count in 5_usize..120,
        artists in 1_u32..40,
        separation in separations(),
        seed in any::<u64>(),
    ) {
        let songs = library(count, artists);
        let mut programme = programme(vec![rotation(0, 0..count, 1)]);
        programme.separation = separation;
        let plan = plan(&songs, &programme, &[], hours(10), seed);
        assert_whole(&plan, hours(10));
        let mut before = Vec::new();
        for entry in &plan.entries {
            let What::Song(song) = entry.what else { panic!("{entry:?}") };
            let fine = |rule: Rule, song| keeps(&songs, &separation, &before, rule, song, entry.from);
            let all = [Rule::Album, Rule::Artist, Rule::Track];
            let broken: Vec<Rule> = all.into_iter().filter(|rule| !fine(*rule, song)).collect();
            prop_assert_eq!(&entry.relaxed, &broken, "what gave way is said");
            if !broken.is_empty() {
                let other = (0..count).find(|other| all.iter().all(|rule| fine(*rule, *other)));
                prop_assert_eq!(other, None, "nothing else would have fitted");
            }
            before.push(Past { song, began_at: entry.from });
        }
    }

    #[test]
    fn the_same_in_gives_the_same_out_and_the_history_counts(
        count in 20_usize..100,
        seed in any::<u64>(),
    ) {
        let songs = library(count, 10);
        let mut programme = programme(vec![rotation(0, 0..count, 1)]);
        programme.separation.track.songs = 10;
        let past: Vec<Past> = (0..10)
            .map(|n| Past { song: n, began_at: START - Span::minutes(40 - i64::try_from(n).expect("small") * 4) })
            .collect();
        let one = plan(&songs, &programme, &past, hours(2), seed);
        prop_assert_eq!(&one, &plan(&songs, &programme, &past, hours(2), seed));
        let What::Song(first) = one.entries[0].what else { panic!("a song") };
        prop_assert!(first >= 10, "{} was just played", first);
    }

    #[test]
    fn exact_blocks_begin_exactly_wherever_they_are(
        starts in proptest::collection::btree_set(1_i64..700, 1..8),
        seed in any::<u64>(),
    ) {
        let songs = library(200, 50);
        let mut programme = programme(vec![rotation(0, 0..150, 1)]);
        let starts: Vec<i64> = starts.into_iter().collect();
        for (n, minute) in starts.iter().enumerate() {
            let next = starts.get(n + 1).copied().unwrap_or(720);
            let length = (next - minute).min(45);
            programme.blocks.push(Block {
                id: slot(n),
                from: START + Span::minutes(*minute),
                until: START + Span::minutes(minute + length),
                begins: Begins::Exactly,
                plays: BlockPlays::Playlist(rotation(3, 150..200, 0)),
            });
        }
        let plan = plan(&songs, &programme, &[], hours(12), seed);
        assert_whole(&plan, hours(12));
        for block in &programme.blocks {
            let because = Because::Block(block.id.clone());
            let first = plan.entries.iter().find(|entry| entry.because == because);
            prop_assert_eq!(first.map(|entry| entry.from), Some(block.from));
        }
    }
}
