//! Walking along the time, one entry after another.

use kit::{Span, Timestamp};

use super::apart::Memory;
use super::choose::{Choice, Chosen};
use super::draw::Lots;
use super::{
    Because, Begins, Block, BlockPlays, Entry, Jingle, Missed, Order, Past, Plan, Programme,
    Rotation, Song, Turn, What, Why,
};

const MINUTE: Span = Span::minutes(1);
const HOUR: Span = Span::hours(1);
/// A rest as short as this before something exact is left to the fading of the song before.
const REST: Span = Span::seconds(2);

/// Plans `[from, until)`; the last entry may reach over the end. Safe to repeat: the same in gives the same out.
pub fn plan(
    library: &[Song],
    programme: &Programme,
    past: &[Past],
    (from, until): (Timestamp, Timestamp),
    seed: u64,
) -> Plan {
    let mut walk = Walk::new(library, programme, past, from, seed);
    while walk.at < until {
        walk.step(until);
    }
    walk.plan
}

/// How a jingle stands.
struct JingleTurn {
    songs_since: u32,
    last_at: Timestamp,
    /// For those of a minute: the next one.
    next_at: Timestamp,
    next_song: usize,
}

struct Walk<'a> {
    library: &'a [Song],
    programme: &'a Programme,
    memory: Memory<'a>,
    lots: Lots,
    at: Timestamp,
    jingles: Vec<JingleTurn>,
    /// Where each ordered playlist is: rotations first, then blocks.
    cursors: Vec<usize>,
    plan: Plan,
}

impl<'a> Walk<'a> {
    fn new(
        library: &'a [Song],
        programme: &'a Programme,
        past: &[Past],
        from: Timestamp,
        seed: u64,
    ) -> Self {
        let jingles = programme.jingles.iter().map(|jingle| JingleTurn {
            songs_since: 0,
            last_at: from,
            next_at: next_minute(programme, jingle, from),
            next_song: 0,
        });
        let of_blocks = programme
            .blocks
            .iter()
            .filter_map(|block| match &block.plays {
                BlockPlays::Playlist(playlist) => Some(playlist),
                BlockPlays::Live => None,
            });
        let cursor = |rotation: &Rotation| match rotation.order {
            Order::InOrder { next } => next,
            Order::Shuffled => 0,
        };
        Self {
            library,
            programme,
            memory: Memory::of(library, programme.separation, past),
            lots: Lots::new(seed),
            at: from,
            jingles: jingles.collect(),
            cursors: programme
                .rotations
                .iter()
                .chain(of_blocks)
                .map(cursor)
                .collect(),
            plan: Plan::default(),
        }
    }

    fn step(&mut self, end: Timestamp) {
        let block = self.block_now();
        if let Some(block) = block
            && matches!(block.plays, BlockPlays::Live)
        {
            return self.live(block);
        }
        if self.jingle() {
            return;
        }
        let hard = self.next_hard();
        match block {
            Some(block) => self.of_block(block, hard),
            None => self.of_rotations(hard, end),
        }
    }

    fn block_now(&self) -> Option<&'a Block> {
        let blocks = &self.programme.blocks;
        blocks
            .iter()
            .find(|block| block.from <= self.at && self.at < block.until)
    }

    fn live(&mut self, block: &Block) {
        for (jingle, turn) in self.programme.jingles.iter().zip(&mut self.jingles) {
            if !matches!(jingle.turn, Turn::AtMinute { .. }) {
                continue;
            }
            while turn.next_at < block.until {
                self.plan.missed.push(Missed {
                    at: turn.next_at,
                    what: Because::Jingle(jingle.id.clone()),
                    why: Why::Live,
                });
                turn.next_at = turn.next_at + HOUR;
            }
        }
        self.push(
            block.until,
            What::Live,
            Because::Block(block.id.clone()),
            Vec::new(),
        );
    }

    /// Plays a jingle that is due. `false`: none is.
    fn jingle(&mut self) -> bool {
        for (nth, jingle) in self.programme.jingles.iter().enumerate() {
            let turn = &mut self.jingles[nth];
            let is_due = match jingle.turn {
                Turn::EverySongs(songs) => songs > 0 && turn.songs_since >= songs,
                Turn::EveryMinutes(minutes) => {
                    minutes > 0 && self.at.since(turn.last_at) >= Span::minutes(i64::from(minutes))
                }
                Turn::AtMinute { .. } => turn.next_at <= self.at,
            };
            if !is_due {
                continue;
            }
            turn.songs_since = 0;
            turn.last_at = self.at;
            if matches!(jingle.turn, Turn::AtMinute { .. }) {
                turn.next_at = next_minute(self.programme, jingle, self.at + MINUTE);
            }
            let because = Because::Jingle(jingle.id.clone());
            let Some(song) = jingle.songs.get(turn.next_song % jingle.songs.len().max(1)) else {
                self.plan.missed.push(Missed {
                    at: self.at,
                    what: because,
                    why: Why::Empty,
                });
                continue;
            };
            turn.next_song += 1;
            let until = self.at + self.length(*song);
            self.push(until, What::Song(*song), because, Vec::new());
            return true;
        }
        false
    }

    /// The next moment at which what plays is cut. `None`: nothing does.
    fn next_hard(&self) -> Option<Timestamp> {
        let blocks = self
            .programme
            .blocks
            .iter()
            .filter(|block| block.begins == Begins::Exactly);
        let blocks = blocks.map(|block| block.from);
        let jingles = self.programme.jingles.iter().zip(&self.jingles);
        let jingles = jingles.filter_map(|(jingle, turn)| match jingle.turn {
            Turn::AtMinute {
                interrupts: true, ..
            } => Some(turn.next_at),
            _ => None,
        });
        blocks.chain(jingles).filter(|at| *at > self.at).min()
    }

    fn of_block(&mut self, block: &'a Block, hard: Option<Timestamp>) {
        let BlockPlays::Playlist(playlist) = &block.plays else {
            return;
        };
        let because = Because::Block(block.id.clone());
        let blocks = self.programme.blocks.iter();
        let before = blocks
            .take_while(|other| other.id != block.id || other.from != block.from)
            .filter(|other| matches!(other.plays, BlockPlays::Playlist(_)))
            .count();
        let cursor = self.programme.rotations.len() + before;
        if !self.song(playlist, cursor, because.clone(), hard) {
            self.miss(because, Why::Empty);
            let next = hard.map_or(block.until, |hard| hard.min(block.until));
            self.push(next, What::Nothing, Because::NothingThere, Vec::new());
        }
    }

    fn of_rotations(&mut self, hard: Option<Timestamp>, end: Timestamp) {
        match self.drawn_rotation() {
            Some(nth) => {
                let rotation = &self.programme.rotations[nth];
                let because = Because::Rotation(rotation.id.clone());
                self.song(rotation, nth, because, hard);
            }
            None => self.nothing(hard, end),
        }
    }

    /// Until something may change: the next full hour, the next block, the end.
    fn nothing(&mut self, hard: Option<Timestamp>, end: Timestamp) {
        let blocks = self.programme.blocks.iter().map(|block| block.from);
        let later = |at: &Timestamp| *at > self.at;
        let block = blocks.filter(later).min();
        let shown = self.programme.zone.civil(self.at);
        let into = i64::from(shown.minute()) * 60 + i64::from(shown.second());
        let hour = self.at + Span::seconds(3600 - into);
        let next = [Some(hour), hard, block, Some(end)]
            .into_iter()
            .flatten()
            .filter(later)
            .min();
        let next = next.unwrap_or(hour);
        self.push(next, What::Nothing, Because::NothingThere, Vec::new());
    }

    fn drawn_rotation(&mut self) -> Option<usize> {
        let (zone, at) = (&self.programme.zone, self.at);
        let may =
            |rotation: &Rotation| !rotation.songs.is_empty() && rotation.hours.allow(zone, at);
        let weights: Vec<usize> = self
            .programme
            .rotations
            .iter()
            .map(|rotation| {
                if may(rotation) {
                    rotation.weight as usize
                } else {
                    0
                }
            })
            .collect();
        let sum: usize = weights.iter().sum();
        if sum == 0 {
            return None;
        }
        let mut lot = self.lots.below(sum);
        weights.iter().position(|weight| {
            let is_it = lot < *weight;
            lot = lot.saturating_sub(*weight);
            is_it
        })
    }

    /// One song of a playlist. `false`: it has none.
    fn song(
        &mut self,
        playlist: &Rotation,
        cursor: usize,
        because: Because,
        hard: Option<Timestamp>,
    ) -> bool {
        let room = hard.map(|hard| hard.since(self.at));
        let Some(mut chosen) = self.choose(playlist, cursor, None) else {
            return false;
        };
        if room.is_some_and(|room| self.length(chosen.song) > room)
            && let Some(shorter) = self.choose(playlist, cursor, room)
        {
            chosen = shorter;
        }
        if playlist.order != Order::Shuffled {
            self.cursors[cursor] += 1;
        }
        let ends = self.at + self.length(chosen.song);
        let until = match hard {
            // It is cut there, or what would be left is too short for anything.
            Some(hard) if ends > hard || hard.since(ends) <= REST => hard,
            _ => ends,
        };
        self.memory.note(chosen.song, self.at);
        for turn in &mut self.jingles {
            turn.songs_since += 1;
        }
        self.push(until, What::Song(chosen.song), because, chosen.relaxed);
        true
    }

    fn choose(&mut self, playlist: &Rotation, cursor: usize, room: Option<Span>) -> Option<Chosen> {
        let library = self.library;
        let choice = Choice {
            memory: &self.memory,
            songs: &playlist.songs,
            at: self.at,
            room,
            length: &|song| library[song].length,
        };
        match playlist.order {
            Order::Shuffled => choice.shuffled(&mut self.lots),
            Order::InOrder { .. } => choice.in_order(self.cursors[cursor]),
        }
    }

    fn length(&self, song: usize) -> Span {
        // Whatever the library says, time goes on.
        self.library[song].length.max(Span::ms(1))
    }

    fn miss(&mut self, what: Because, why: Why) {
        let at = self.at;
        self.plan.missed.push(Missed { at, what, why });
    }

    fn push(&mut self, until: Timestamp, what: What, because: Because, relaxed: Vec<super::Rule>) {
        self.plan.entries.push(Entry {
            from: self.at,
            until,
            what,
            because,
            relaxed,
        });
        self.at = until;
        self.note_slept_through();
    }

    /// Blocks that were over before what played was.
    fn note_slept_through(&mut self) {
        let Some(last) = self.plan.entries.last() else {
            return;
        };
        let (from, until) = (last.from, last.until);
        let gone = self.programme.blocks.iter();
        let gone = gone.filter(|block| block.from > from && block.until <= until);
        let missed = gone.map(|block| Missed {
            at: block.from,
            what: Because::Block(block.id.clone()),
            why: Why::TooLate,
        });
        self.plan.missed.extend(missed);
    }
}

/// The next time that the station's clock shows a jingle's minute, from this moment on.
fn next_minute(programme: &Programme, jingle: &Jingle, from: Timestamp) -> Timestamp {
    let Turn::AtMinute { minute, .. } = jingle.turn else {
        return Timestamp::NEVER;
    };
    let shown = programme.zone.civil(from);
    let into = i64::from(shown.second()) * 1_000 + i64::from(shown.subsec_nanosecond()) / 1_000_000;
    let full = if into == 0 {
        from
    } else {
        from + Span::ms(60_000 - into)
    };
    let now = i64::from(programme.zone.civil(full).minute());
    let wait = (i64::from(minute % 60) - now).rem_euclid(60);
    full + Span::minutes(wait)
}
