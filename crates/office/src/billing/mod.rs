//! Payments, plans and gateways.

pub mod gateway;
pub mod gateway_form;
pub mod gateways;
pub mod manual_payment;
pub mod payment;
pub mod payments;
pub mod plan;
pub mod plan_form;
pub mod plan_move;
pub mod plans;
pub mod prices;
pub mod proofs;
pub mod refund;
pub mod subscription;
pub mod unmatched;
