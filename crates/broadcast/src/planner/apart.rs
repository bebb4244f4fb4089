//! What was played when, and which rules a song would break now.

use std::collections::HashMap;

use kit::Timestamp;

use super::{Apart, Past, Separation, Song};

/// What keeps songs apart, the softest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    Album,
    Artist,
    Track,
}

/// When something was played last: the moment, and the how-manieth song it was.
type Last = (Timestamp, u64);

/// What was played, as rules ask for it.
pub struct Memory<'a> {
    library: &'a [Song],
    separation: Separation,
    tracks: HashMap<usize, Last>,
    artists: HashMap<u32, Last>,
    albums: HashMap<u32, Last>,
    played: u64,
}

impl<'a> Memory<'a> {
    pub fn of(library: &'a [Song], separation: Separation, past: &[Past]) -> Self {
        let mut memory = Self {
            library,
            separation,
            tracks: HashMap::new(),
            artists: HashMap::new(),
            albums: HashMap::new(),
            played: 0,
        };
        let mut past = past.to_vec();
        past.sort_by_key(|one| one.began_at);
        for one in past.iter().filter(|one| one.song < library.len()) {
            memory.note(one.song, one.began_at);
        }
        memory
    }

    pub fn note(&mut self, song: usize, at: Timestamp) {
        self.played += 1;
        let last = (at, self.played);
        let facts = &self.library[song];
        self.tracks.insert(song, last);
        self.artists.insert(facts.artist, last);
        self.albums.insert(facts.album, last);
    }

    /// The how-manieth song it was when it played last; 0: it never did.
    pub fn age(&self, song: usize) -> u64 {
        self.tracks.get(&song).map_or(0, |last| last.1)
    }

    fn keeps(&self, last: Option<&Last>, apart: Apart, at: Timestamp) -> bool {
        last.is_none_or(|(when, nth)| {
            at.since(*when) >= apart.time && self.played - nth >= apart.songs
        })
    }

    /// Whether a song keeps a rule if it begins at this moment.
    pub fn allows(&self, rule: Rule, song: usize, at: Timestamp) -> bool {
        let (facts, rules) = (&self.library[song], &self.separation);
        match rule {
            Rule::Track => self.keeps(self.tracks.get(&song), rules.track, at),
            Rule::Artist if facts.artist == 0 => true,
            Rule::Artist => self.keeps(self.artists.get(&facts.artist), rules.artist, at),
            Rule::Album if facts.album == 0 => true,
            Rule::Album => self.keeps(self.albums.get(&facts.album), rules.album, at),
        }
    }

    pub fn allows_all(&self, rules: &[Rule], song: usize, at: Timestamp) -> bool {
        rules.iter().all(|rule| self.allows(*rule, song, at))
    }
}
