//! Becoming known here, coming in and going out, and looking after one's own sign-in.

pub mod authenticator;
pub mod confirm;
pub mod export;
pub mod first_start;
pub mod invited;
pub mod link;
pub mod passkeys;
pub mod platform_entry;
pub mod profile;
pub mod prove;
pub mod register;
pub mod reset;
pub mod second_step;
pub mod security;
pub mod sign_in;
pub mod sign_in_passkey;

mod ceremony;
