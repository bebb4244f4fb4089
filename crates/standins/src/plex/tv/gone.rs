//! The routes that plex.tv took away: 410 since 2024 to 2026, whoever asks.
//!
//! `/api/invites/requested` and `/requests` (python-plexapi#1435, #1536: the answer is recorded there),
//! `DELETE /api/friends/{id}` (python-plexapi#1412), `/api/v2/friends` (August 2026), `/pms/friends`.

use super::super::answer::Refused;

const WORDS: &str = "This endpoint was deprecated and removed";

pub async fn v1() -> Refused {
    Refused::v1(410, WORDS)
}

pub async fn v2() -> Refused {
    Refused::v2(410, 410, WORDS)
}
