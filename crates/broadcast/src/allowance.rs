//! What the engines of a host may do for its stations: all that they ever see of them.

use std::path::PathBuf;

use kit::id::{StationId, TrackId};
use serde::{Deserialize, Serialize};

use crate::format::StreamFormat;
use crate::slug::StationSlug;

/// Everything that a node has to know, whole, so that it can go on by itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Allowances {
    /// Grows with each change; a node keeps the greatest that it has seen.
    pub version: u64,
    pub stations: Vec<Allowance>,
}

/// Whether a station may be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    OnAir,
    /// Its owner stopped it.
    Off,
    Suspended,
}

/// The effective limits of one station, the least of its plan, its owner, its reseller and its node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Allowance {
    pub station: StationId,
    pub slug: StationSlug,
    pub title: String,
    pub permission: Permission,
    /// Never empty; the first is the one that is meant when none is named.
    pub formats: Vec<StreamFormat>,
    /// The most listeners at once, in all formats together. `None`: as many as the host bears.
    pub listeners: Option<u32>,
    /// What plays from now on, in this order. When it is used up it begins anew, so that a station whose planner is
    /// away repeats itself rather than falls silent.
    pub cues: Vec<Cue>,
}

/// One track to be played, as the engine needs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cue {
    pub track: TrackId,
    /// On the node's own disk.
    pub file: PathBuf,
    pub title: String,
    pub artist: String,
    /// Where the sound begins, in milliseconds from the beginning of the file.
    pub from_ms: u32,
    /// Where it ends. `None`: with the file.
    pub until_ms: Option<u32>,
    /// What makes it as loud as the others, in hundredths of a decibel.
    pub gain_cb: i32,
}
