//! People whom staff bring in: found on a server, invited, joined with another, made to change their account.

mod imported;
mod other_account;
