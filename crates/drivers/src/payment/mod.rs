//! Payment gateways.
//!
//! To add one, write its file with a [`PaymentDriver`] and add it to [`PAYMENT`].

pub mod manual;
pub mod stripe;

use std::sync::Arc;

use billing::PaymentGateway;
use billing::gateways::{GatewayCard, GatewayConfig, GatewayDriver};

use crate::http::Http;

/// What forms show of a gateway, and what connects it.
#[derive(Debug)]
pub struct PaymentDriver {
    pub card: &'static GatewayCard,
    pub connect: fn(GatewayConfig, Http) -> Box<dyn PaymentGateway>,
}

/// Every gateway of this house, in the order that forms show.
pub const PAYMENT: &[&PaymentDriver] = &[&stripe::DRIVER, &manual::DRIVER];

/// The gateways, ready to be opened by `billing::gateways::Gateways`.
pub fn makers(http: &Http) -> Vec<GatewayDriver> {
    let ready = |driver: &&'static PaymentDriver| {
        let (connect, http) = (driver.connect, http.clone());
        let make = Arc::new(move |config| connect(config, http.clone()));
        GatewayDriver {
            card: driver.card,
            make,
        }
    };
    PAYMENT.iter().map(ready).collect()
}
