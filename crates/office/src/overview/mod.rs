//! Overview: what needs somebody, how the house stands, what is still to be set up.

mod figures;
mod income;
mod needs;
mod outside;
mod page;
mod setup;

pub use income::IncomeDays;
pub use outside::Outside;
pub use page::{show, topic};

pub mod acts {
    //! What can be done from Overview.
    pub use super::needs::close;
}
