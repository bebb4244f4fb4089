//! My account: how the membership stands, and what to do next.

pub mod access;
pub mod frame;
mod guide;
pub mod membership;
pub mod overview;
