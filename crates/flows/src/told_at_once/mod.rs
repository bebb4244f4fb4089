//! Decisions over two capabilities: one transaction, called by pages and API alike.

pub mod account_changes;
pub mod change_settings;
pub mod checkout;
pub mod invitation_door;
pub mod invite;
pub mod invite_many;
pub mod join_members;
pub mod letters_again;
pub mod link_users;
pub mod manual_payment;
pub mod move_failed_jobs;
pub mod new_member;
pub mod platform_account;
pub mod platform_entry;
pub mod remove_group;
pub mod trial;

mod house_rules;
