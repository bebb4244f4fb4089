//! What a station plays from a moment on, and why: a pure function of its library, its programme, its history and a
//! seed. The same in gives the same out, so that what a page shows before is what plays.
//!
//! Rules keep songs apart as long as anything else fits; what had to give way is said with the song. What was due and
//! could not be played is said too: nothing scheduled goes without a word.

mod apart;
mod choose;
mod draw;
mod walk;

use kit::id::{PlaylistId, SlotId, TrackId};
use kit::{Span, Timestamp, Zone};

pub use apart::Rule;
pub use walk::plan;

/// A track, as far as planning looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Song {
    pub track: TrackId,
    /// A number for each artist of the library. 0: unknown, kept apart from nobody.
    pub artist: u32,
    /// A number for each album of the library. 0: unknown.
    pub album: u32,
    pub length: Span,
}

/// What a station is to play. Songs are numbers of its library.
#[derive(Debug, Clone)]
pub struct Programme {
    pub zone: Zone,
    pub rotations: Vec<Rotation>,
    pub jingles: Vec<Jingle>,
    /// In the order of time, none over another.
    pub blocks: Vec<Block>,
    pub separation: Separation,
}

/// A playlist that takes its turn by weight.
#[derive(Debug, Clone)]
pub struct Rotation {
    pub id: PlaylistId,
    pub songs: Vec<usize>,
    /// 0: never by itself.
    pub weight: u32,
    pub hours: Hours,
    pub order: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What was not played for longest comes first, by lot among equals.
    Shuffled,
    /// As it stands, from this one on.
    InOrder { next: usize },
}

/// The hours of a week in which something may play, by the station's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours([u32; 7]);

impl Hours {
    pub const ALWAYS: Self = Self([0x00ff_ffff; 7]);

    /// The same hours every day: `[from, until)`, over midnight if `until` is the smaller.
    pub fn daily(from: u32, until: u32) -> Self {
        let is_in = |hour: u32| {
            if from <= until {
                (from..until).contains(&hour)
            } else {
                hour >= from || hour < until
            }
        };
        let day = (0..24)
            .filter(|hour| is_in(*hour))
            .fold(0, |day, hour| day | 1 << hour);
        Self([day; 7])
    }

    fn allow(self, zone: &Zone, at: Timestamp) -> bool {
        let shown = zone.civil(at);
        let day = usize::from(shown.weekday().to_monday_zero_offset().unsigned_abs());
        self.0[day] >> shown.hour().unsigned_abs() & 1 == 1
    }
}

/// A playlist that comes between songs.
#[derive(Debug, Clone)]
pub struct Jingle {
    pub id: PlaylistId,
    /// Played one after another.
    pub songs: Vec<usize>,
    pub turn: Turn,
}

/// When a jingle is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    EverySongs(u32),
    EveryMinutes(u32),
    /// At this minute of each hour: at once, or when the song is over.
    AtMinute {
        minute: u32,
        interrupts: bool,
    },
}

/// One stretch of the calendar.
#[derive(Debug, Clone)]
pub struct Block {
    pub id: SlotId,
    pub from: Timestamp,
    pub until: Timestamp,
    pub begins: Begins,
    pub plays: BlockPlays,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// What plays before is cut.
    Exactly,
    AfterTheSong,
}

#[derive(Debug, Clone)]
pub enum BlockPlays {
    Playlist(Rotation),
    /// A DJ; the planner leaves the time to them.
    Live,
}

/// How far apart the same has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Separation {
    pub track: Apart,
    pub artist: Apart,
    pub album: Apart,
}

/// At least so long between two beginnings, and at least so many other songs between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Apart {
    pub time: Span,
    pub songs: u64,
}

impl Default for Apart {
    fn default() -> Self {
        Self {
            time: Span::ms(0),
            songs: 0,
        }
    }
}

/// A song that was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    pub song: usize,
    pub began_at: Timestamp,
}

/// One line of the plan; each begins where the one before ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub from: Timestamp,
    pub until: Timestamp,
    pub what: What,
    pub because: Because,
    /// Rules that nothing in the playlist could keep. Empty: all are kept.
    pub relaxed: Vec<Rule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Song(usize),
    Live,
    /// No playlist has anything for this time.
    Nothing,
}

/// Why something plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    Rotation(PlaylistId),
    Jingle(PlaylistId),
    Block(SlotId),
    NothingThere,
}

/// Something that was due and is not played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    pub at: Timestamp,
    pub what: Because,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Somebody is live.
    Live,
    /// The playlist is empty.
    Empty,
    /// The song before lasted until its time was over.
    TooLate,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    pub entries: Vec<Entry>,
    pub missed: Vec<Missed>,
}
