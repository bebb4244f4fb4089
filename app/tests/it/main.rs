//! The whole house, on both engines, with its jobs run to the end.

mod money;
mod sql;
mod support;
mod time;
mod walls;
