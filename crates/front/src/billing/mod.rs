//! Buying, paying, and what was paid.

pub mod by_hand;
pub mod checkout;
pub mod left;
pub mod trial;
pub mod way_back;

mod choosing;
