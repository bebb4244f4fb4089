//! The assembled house.
