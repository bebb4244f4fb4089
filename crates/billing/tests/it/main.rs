//! What billing promises, on both engines.

mod fold;
mod ground;
mod plans;
mod reminders;
mod status;
mod sweeps;
mod time;
mod trials;
