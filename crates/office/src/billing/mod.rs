//! Payments, plans and gateways.
pub mod plan;
pub mod plan_form;
pub mod plans;
pub mod prices;
