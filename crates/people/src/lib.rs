//! People: who can sign in, what they may do, and who the members are.
//!
//! An [`account::Account`] is one person's sign-in; a [`role::Role`] says what staff may do; a
//! [`member::Member`] is a person with access to media, with or without an account, known outside by
//! [`identity::Identity`]s. Nothing here opens access to anything, and nothing here sends mail: flows hear
//! [`events`], issue the link ([`token::issue`]) and post the letter in one transaction.
//!
//! | what a page does | call |
//! |---|---|
//! | who asks | [`session::find`], then [`session::Visit::may`], [`session::touch`]; for programs [`api_key::find`] |
//! | sign-in | [`sign_in::with_password`], [`sign_in::with_second_step`], [`sign_in::with_passkey`], [`sign_in::with_link`] |
//! | sign-out, devices | [`session::end`], [`session::list_of`], [`session::revoke`], [`session::end_others`] |
//! | step-up | [`session::Visit::is_fresh`], [`step_up::ways_of`], [`step_up::prove`] |
//! | registering | [`registration::register`], [`registration::confirm`], [`registration::ask_again`] |
//! | forgotten password | [`reset::ask`], [`reset::finish`] |
//! | first start | [`first_start::issue`], [`first_start::finish`] |
//! | own account | [`profile::change`], [`email_change::ask`], [`password::change`] |
//! | authenticator | [`second_factor::offer`], [`second_factor::enable`], [`second_factor::disable`] |
//! | passkeys | [`ceremony::Webauthn`], [`passkey::list_of`], [`passkey::rename`], [`passkey::remove`] |
//! | staff | [`account::create`] with [`token::issue`], [`standing::change`], [`role`], [`api_key`], [`session::enter`] |
//! | members | [`member`], [`identity`] |
//! | invitations | [`invitation`] |
//! | a person's rights | [`person::export_of`], [`person::erase`] |
//!
//! Functions that hash or count tries open their own transactions and take a `&Db`; all others that write
//! take a `&mut Tx`. To add a permission, add a line to [`role::Permission`].

pub mod account;
pub mod api_key;
pub mod batch;
pub mod ceremony;
pub mod email_change;
pub mod events;
pub mod first_start;
pub mod forgetting;
pub mod identity;
pub mod invitation;
pub mod joining;
pub mod member;
pub mod passkey;
pub mod password;
pub mod password_rule;
pub mod person;
pub mod profile;
pub mod rate;
pub mod registration;
pub mod reset;
pub mod role;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod standing;
pub mod step_up;
pub mod token;

pub mod digest;
mod error;

pub use error::PeopleError;

/// The tables that only this crate's statements may name.
pub const TABLES: &[&str] = &[
    "roles",
    "account_numbers",
    "accounts",
    "passwords",
    "sessions",
    "tokens",
    "second_factors",
    "recovery_codes",
    "passkeys",
    "ceremonies",
    "rates",
    "members",
    "identities",
    "api_keys",
    "invitations",
    "invitation_batches",
    "invitation_lines",
];

/// For the test that prepares every text.
pub const LISTINGS: &[&db::Listing] = &[member::LISTING, invitation::LISTING];
