//! Which song of a playlist comes next.

use kit::{Span, Timestamp};

use super::apart::{Memory, Rule};
use super::draw::Lots;

/// So many are looked at before all are.
const SAMPLE: usize = 48;
/// The rules that are kept, as they give way one after another.
const STEPS: [&[Rule]; 4] = [
    &[Rule::Track, Rule::Artist, Rule::Album],
    &[Rule::Track, Rule::Artist],
    &[Rule::Track],
    &[],
];

/// A song, and what had to give way for it.
pub struct Chosen {
    pub song: usize,
    pub relaxed: Vec<Rule>,
}

/// What a choice looks at.
pub struct Choice<'a> {
    pub memory: &'a Memory<'a>,
    pub songs: &'a [usize],
    pub at: Timestamp,
    /// What must not be longer, if anything is as short. `None`: there is time.
    pub room: Option<Span>,
    /// How long a song is.
    pub length: &'a dyn Fn(usize) -> Span,
}

impl Choice<'_> {
    /// What was not played for longest among those that keep the rules, by lot among equals. `None`: there are none.
    pub fn shuffled(&self, lots: &mut Lots) -> Option<Chosen> {
        if self.songs.is_empty() {
            return None;
        }
        let draw = |lots: &mut Lots| self.songs[lots.below(self.songs.len())];
        let some: Vec<usize> = (0..SAMPLE.min(self.songs.len()))
            .map(|_| draw(lots))
            .collect();
        let first = STEPS[0];
        if let Some(song) = self.best(&some, first) {
            return Some(self.chosen(song));
        }
        let offset = lots.below(self.songs.len());
        let all: Vec<usize> = self.songs[offset..]
            .iter()
            .chain(&self.songs[..offset])
            .copied()
            .collect();
        let song = STEPS.iter().find_map(|rules| self.best(&all, rules));
        song.map(|song| self.chosen(song))
    }

    /// The best of some that keep these rules: one that fits the room if any does, else the longest unheard.
    fn best(&self, some: &[usize], rules: &[Rule]) -> Option<usize> {
        let fine = || {
            some.iter()
                .copied()
                .filter(|song| self.memory.allows_all(rules, *song, self.at))
        };
        if let Some(room) = self.room {
            let fits = fine().filter(|song| (self.length)(*song) <= room);
            if let Some(song) = fits.max_by_key(|song| (self.length)(*song)) {
                return Some(song);
            }
        }
        fine().min_by_key(|song| self.memory.age(*song))
    }

    fn chosen(&self, song: usize) -> Chosen {
        let all = [Rule::Album, Rule::Artist, Rule::Track];
        let is_broken = |rule: &Rule| !self.memory.allows(*rule, song, self.at);
        Chosen {
            song,
            relaxed: all.into_iter().filter(is_broken).collect(),
        }
    }

    /// The one whose turn it is, whatever rules say; those that it breaks are said.
    pub fn in_order(&self, next: usize) -> Option<Chosen> {
        let song = self.songs.get(next % self.songs.len().max(1))?;
        Some(self.chosen(*song))
    }
}
