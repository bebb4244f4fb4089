//! Decisions over two capabilities: one transaction, called by pages and API alike.

pub mod checkout;
pub mod link_users;
pub mod new_member;
pub mod trial;

mod house_rules;
