//! The whole house, on both engines, with its jobs run to the end.

mod backup;
#[cfg(feature = "cli")]
mod commands;
mod languages;
mod money;
mod money_back;
mod money_renewal;
mod plan_moves;
#[cfg(all(feature = "front", feature = "office", feature = "api"))]
mod routes;
#[cfg(all(feature = "front", feature = "office", feature = "api"))]
mod safety;
mod shop;
mod sql;
mod support;
mod time;
mod walls;
