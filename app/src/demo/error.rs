//! Why the demo house does not stand.

use std::net::SocketAddr;
use std::path::PathBuf;

use billing::BillingError;
use billing::gateways::GatewayError;
use db::DbError;
use flows::FlowError;
use kit::Text;
use media::MediaError;
use people::PeopleError;
use settings::SettingsError;

use crate::house::HouseError;

/// Why the demo house does not stand.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{} is not a demo house's folder and is not empty; give another folder with --data", .0.display())]
    NotADemo(PathBuf),
    #[error("{} cannot be cleared: {}", .0.display(), .1)]
    Folder(PathBuf, std::io::Error),
    #[error("{} cannot be listened on: {}; give another address with --listen", .0, .1)]
    Port(SocketAddr, std::io::Error),
    #[error(transparent)]
    House(#[from] HouseError),
    /// A stand-in or a driver said no.
    #[error("{}", .0.in_english())]
    Outside(Text),
    /// The history contradicts itself: a fault of ours.
    #[error("the demo's history has a fault: {0}")]
    Script(&'static str),
    #[error(transparent)]
    Flow(#[from] FlowError),
    #[error(transparent)]
    Billing(#[from] BillingError),
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
