//! My account: how the membership stands, and what to do next.

pub mod access;
pub mod frame;
pub mod membership;
pub mod overview;
