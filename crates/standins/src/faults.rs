//! Faults on command: what goes wrong on the next calls, as asked for at `/_control/faults`.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

/// One fault. It applies to calls whose method and path match, `times` times (absent: until reset).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "FaultOrder")]
pub struct Fault {
    /// `GET`, `POST`, …; absent means any.
    pub method: Option<String>,
    /// A part of the path, e.g. `/Policy`; absent means any path.
    pub path: Option<String>,
    /// How many matching calls are hit; absent means all.
    pub times: Option<u32>,
    /// Hits only some of the matching calls, by lot.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub lots: Option<Lots>,
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// Draws for each call whether it is hit: the same seed draws the same lots in the same order.
#[derive(Debug, Clone, Serialize)]
pub struct Lots {
    pub one_in: u32,
    /// How many calls were hit so far.
    pub hit: u64,
    #[serde(skip)]
    seed: u64,
}

impl Lots {
    /// SplitMix64.
    fn draw(&mut self) -> bool {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut lot = self.seed;
        lot = (lot ^ (lot >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        lot = (lot ^ (lot >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        lot ^= lot >> 31;
        let is_hit = lot.is_multiple_of(u64::from(self.one_in.max(1)));
        self.hit += u64::from(is_hit);
        is_hit
    }
}

/// What happens to a call that is hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers late by so many milliseconds, then as usual.
    Delay { ms: u64 },
    /// Answers with this status and does nothing; with `Retry-After` and a body if they are given.
    Status {
        status: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after_s: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Does the work, then closes the connection without an answer: the caller cannot know.
    DropAnswer,
    /// Closes the connection without doing anything.
    Refuse,
    /// Takes the call and never answers.
    Silent,
    /// Does the work and never answers: the caller's patience ends first.
    SilentAfter,
    /// A stand-in's own: `ignored_stop`, `mute_socket`, `webhooks_lost`, `webhooks_doubled`, …
    Named { name: String },
}

/// A fault as it is written in JSON: flat. serde cannot refuse unknown words beside a flattened enum, and a
/// mistyped `path` must not become a fault on every path.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultOrder {
    kind: String,
    method: Option<String>,
    path: Option<String>,
    times: Option<u32>,
    ms: Option<u64>,
    status: Option<u16>,
    retry_after_s: Option<u32>,
    text: Option<String>,
    name: Option<String>,
    one_in: Option<u32>,
    seed: Option<u64>,
}

impl TryFrom<FaultOrder> for Fault {
    type Error = &'static str;

    fn try_from(order: FaultOrder) -> Result<Self, Self::Error> {
        let is_plain = order.retry_after_s.is_none() && order.text.is_none();
        if order.kind != "status" && !is_plain {
            return Err("only a status has a text or retry_after_s");
        }
        let kind = match (order.kind.as_str(), order.ms, order.status, order.name) {
            ("delay", Some(ms), None, None) => FaultKind::Delay { ms },
            ("status", None, Some(status), None) => FaultKind::Status {
                status,
                retry_after_s: order.retry_after_s,
                text: order.text,
            },
            ("drop_answer", None, None, None) => FaultKind::DropAnswer,
            ("refuse", None, None, None) => FaultKind::Refuse,
            ("silent", None, None, None) => FaultKind::Silent,
            ("silent_after", None, None, None) => FaultKind::SilentAfter,
            ("named", None, None, Some(name)) => FaultKind::Named { name },
            _ => {
                return Err(
                    "a fault is delay (ms), status (status), drop_answer, refuse, silent, silent_after or named (name)",
                );
            }
        };
        Ok(Self {
            method: order.method,
            path: order.path,
            times: order.times,
            lots: order.one_in.map(|one_in| Lots {
                one_in,
                hit: 0,
                seed: order.seed.unwrap_or(0),
            }),
            kind,
        })
    }
}

/// The faults in force. Cheap to clone; all clones share one list.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    pub fn add(&self, fault: Fault) {
        self.list().push(fault);
    }

    pub fn clear(&self) {
        self.list().clear();
    }

    pub fn all(&self) -> Vec<Fault> {
        self.list().clone()
    }

    /// Takes the first fault that hits this call, counting it down.
    pub fn take(&self, method: &str, path: &str) -> Option<FaultKind> {
        let mut list = self.list();
        let at = list.iter_mut().position(|fault| {
            !matches!(fault.kind, FaultKind::Named { .. })
                && fault
                    .method
                    .as_deref()
                    .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && fault.path.as_deref().is_none_or(|part| path.contains(part))
                && fault.lots.as_mut().is_none_or(Lots::draw)
        })?;
        Some(count_down(&mut list, at))
    }

    /// Whether the fault of this name is in force; counts it down.
    pub fn take_named(&self, wanted: &str) -> bool {
        let mut list = self.list();
        let at = list
            .iter()
            .position(|fault| matches!(&fault.kind, FaultKind::Named { name } if name == wanted));
        at.map(|at| count_down(&mut list, at)).is_some()
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn count_down(list: &mut Vec<Fault>, at: usize) -> FaultKind {
    let kind = list[at].kind.clone();
    match list[at].times {
        Some(0 | 1) => {
            list.remove(at);
        }
        Some(times) => list[at].times = Some(times - 1),
        None => {}
    }
    kind
}
