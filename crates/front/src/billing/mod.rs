//! Buying, paying, and what was paid.

pub mod by_hand;
pub mod checkout;
pub mod choosing;
pub mod left;
pub mod payments;
pub mod receipt;
pub mod renewal;
pub mod trial;
pub mod way_back;
