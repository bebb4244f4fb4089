//! The assembled house: everything opened, joined and running in one process.
//!
//! [`House::open`] takes the world (time, chance, steps) as an argument, so that tests open the same house
//! with a clock of their own.

pub mod acme;
pub mod backup;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod house;
pub mod key_file;
pub mod listening;
pub mod lock;
pub mod migrate;
pub mod record;
pub mod serve;
pub mod timekeeper;
pub mod tls;
pub mod world;

pub use config::Config;
pub use house::{House, Opening};
