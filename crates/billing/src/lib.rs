//! Billing: what people can buy, what they owe, and what they have paid.

pub mod fact;
pub mod gateway;
pub mod gateways;

pub use gateway::PaymentGateway;
