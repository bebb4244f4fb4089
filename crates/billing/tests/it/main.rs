//! What billing promises, on both engines.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test, and that is what it is for"
)]

mod fold;
mod ground;
mod interleavings;
mod money;
mod money_ground;
mod money_staff;
mod plans;
mod reminders;
mod status;
mod sweeps;
mod time;
mod trials;
