//! People: members, sign-ins, roles.

pub mod account;
pub mod accounts;
pub mod invitations;
pub mod invite;
pub mod invite_many;
pub mod member;
pub mod member_access;
pub mod member_acts;
pub mod member_join;
pub mod member_new;
pub mod member_pieces;
pub mod member_plan;
mod member_plays;
pub mod members;
pub mod other_account;
pub mod roles;
