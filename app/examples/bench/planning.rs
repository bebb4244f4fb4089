//! Planning: how long the next 24 hours of a station with 20,000 tracks take.

use std::time::Instant;

use broadcast::planner::{
    Apart, Hours, Jingle, Order, Programme, Rotation, Separation, Song, Turn, plan,
};
use kit::id::{Id, PlaylistId, TrackId};
use kit::{Span, Timestamp, Zone};
use serde_json::{Map, Value, json};

use crate::figures::median;
use crate::{Fallible, Size, tell};

const START: Timestamp = Timestamp::from_s(1_795_392_000);

pub fn measure(size: Size) -> Fallible<Map<String, Value>> {
    let songs = library(size.pick(2_000, 20_000))?;
    let programme = programme(songs.len())?;
    let span = (START, START + Span::hours(24));
    let (mut took, mut entries) = (Vec::new(), 0);
    for seed in 0..size.runs.max(5) {
        let began = Instant::now();
        let planned = plan(&songs, &programme, &[], span, seed as u64);
        took.push(began.elapsed().as_secs_f64() * 1000.0);
        entries = planned.entries.len();
        if planned
            .entries
            .iter()
            .any(|entry| !entry.relaxed.is_empty())
        {
            return Err("a rule gave way although there was enough else".into());
        }
    }
    let ms = median(&took);
    tell(&format!("  {ms} ms for {entries} entries"));
    Ok(Map::from_iter([
        ("plan_ms".to_owned(), json!(ms)),
        (
            "plan".to_owned(),
            json!({ "tracks": songs.len(), "entries": entries }),
        ),
    ]))
}

fn library(count: usize) -> Fallible<Vec<Song>> {
    let song = |n: usize| {
        let small = u32::try_from(n)?;
        Ok(Song {
            track: TrackId::parse(&format!("trk_{n}")).ok_or("an id")?,
            artist: 1 + small % 1_500,
            album: 1 + small / 12,
            length: Span::seconds(150 + i64::from(small * 37 % 180)),
        })
    };
    (0..count).map(song).collect()
}

fn programme(songs: usize) -> Fallible<Programme> {
    let list = |n: usize| PlaylistId::parse(&format!("lst_{n}")).ok_or("an id");
    let mut rotations = Vec::new();
    for n in 0..10 {
        rotations.push(Rotation {
            id: list(n)?,
            songs: (n..songs).step_by(10).collect(),
            weight: 1 + u32::try_from(n)?,
            hours: Hours::ALWAYS,
            order: Order::Shuffled,
        });
    }
    let jingle = Jingle {
        id: list(11)?,
        songs: vec![0, 1, 2],
        turn: Turn::EverySongs(4),
    };
    let apart = |minutes, songs| Apart {
        time: Span::minutes(minutes),
        songs,
    };
    Ok(Programme {
        zone: Zone::utc(),
        rotations,
        jingles: vec![jingle],
        blocks: Vec::new(),
        separation: Separation {
            track: apart(720, 100),
            artist: apart(60, 10),
            album: apart(45, 8),
        },
    })
}
