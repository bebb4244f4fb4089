//! People whom staff bring in: found on a server, invited, joined with another, made to change their account.

mod imported;
mod invited;
mod joined;
mod many;
mod other_account;
