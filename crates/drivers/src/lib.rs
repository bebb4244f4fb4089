//! One file or folder per outside system, each fulfilling a trait that a capability defined.
//!
//! To add one, write its file and add its card to the list of its kind; forms are drawn from the card.

pub mod courier;
pub mod http;
pub mod lookout;
pub mod media;
pub mod payment;
pub mod tape;

mod socket;

/// Where the gateways' own pay pages and the platforms' own sign-in pages are, for the pages' content security policy.
pub fn page_origins() -> Vec<String> {
    [payment::stripe::PAGE_ORIGIN, media::plex::PAGE_ORIGIN]
        .map(str::to_owned)
        .into()
}
