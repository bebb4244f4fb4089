//! What visitors see first: home, and what is for sale.

mod counts;
pub mod first_page;
pub mod offer;
pub mod plans;
