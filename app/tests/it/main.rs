//! The whole house, on both engines, with its jobs run to the end.

mod backup;
mod commands;
mod going_live;
mod interleavings;
mod languages;
mod letters;
mod money;
mod money_back;
mod money_renewal;
mod plan_moves;
mod provisioning;
mod routes;
mod safety;
mod shop;
mod sql;
mod support;
mod time;
mod time_more;
mod walls;
