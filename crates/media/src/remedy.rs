//! What helps against a server's trouble: one action for each sort, the same on Overview and on the server's page.

use kit::id::OwnerAccountId;
use kit::{Text, t};

use crate::server::{Server, ServerState};

/// The key that opens the server is not here.
pub const NO_KEY: &str = "no_key";
/// The account of its owner was taken out of the house.
pub const NO_OWNER: &str = "no_owner";
/// No answer came, or only half of one.
pub const SILENT: &str = "silent";
/// Another installation answers at the address.
pub const REPLACED: &str = "replaced";
/// The server answers, and the service where its owner has an account does not.
pub const PLATFORM_DOWN: &str = "platform_down";

/// That service lists only some of the server's libraries.
pub const PARTIAL_LIST: &str = "partial_list";

/// What the operator can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// On the platform's own page; whoever owns the server.
    SignInAgain(OwnerAccountId),
    /// The account that owned it is not here any more.
    SignInOwner,
    /// Enter another address or key.
    Connect,
    /// Ask the owner's account where it is now.
    FindAgain,
    /// It is another installation, so it is another server.
    AddAnew,
    /// Nothing but to look again, once somebody has put it right there.
    ReadAgain,
}

/// What helps against this sort of trouble, given how the server is reached. Pure.
pub fn of(server: &Server, trouble: &str) -> Remedy {
    let owner = server.owner_account_id.clone();
    match (trouble, owner) {
        ("wrong_key" | "no_administrator" | NO_KEY, Some(owner)) => Remedy::SignInAgain(owner),
        (NO_OWNER, _) => Remedy::SignInOwner,
        ("unreachable" | "certificate" | "redirected" | "not_plex" | SILENT, Some(_)) => {
            Remedy::FindAgain
        }
        (REPLACED, _) => Remedy::AddAnew,
        ("busy" | "broken" | "too_old" | "retired" | PLATFORM_DOWN | PARTIAL_LIST, _)
        | (_, Some(_)) => Remedy::ReadAgain,
        (_, None) => Remedy::Connect,
    }
}

impl Remedy {
    pub fn label(&self) -> Text {
        match self {
            Self::SignInAgain(_) | Self::SignInOwner => t!("Sign in again"),
            Self::Connect => t!("Check address and key"),
            Self::FindAgain => t!("Find its address again"),
            Self::AddAnew => t!("Add the new server"),
            Self::ReadAgain => t!("Read it again"),
        }
    }

    /// The page where it is done.
    pub fn href(&self, server: &Server) -> String {
        let own = format!("/office/servers/{}", server.id);
        match self {
            Self::SignInAgain(owner) => format!("/office/owners/{owner}"),
            Self::SignInOwner => "/office/owners".to_owned(),
            Self::Connect => format!("{own}/edit"),
            Self::AddAnew => server.owner_account_id.as_ref().map_or_else(
                || "/office/servers/new".to_owned(),
                |owner| format!("/office/owners/{owner}"),
            ),
            Self::FindAgain | Self::ReadAgain => own,
        }
    }
}

/// Whether only the service where the owner has an account is in trouble, and not the server.
pub fn is_of_platform(trouble: &str) -> bool {
    matches!(trouble, PLATFORM_DOWN | PARTIAL_LIST)
}

/// What is wrong, as a heading.
pub(crate) fn headline(server: &Server, state: ServerState, trouble: &str) -> Text {
    let name = &server.name;
    match state {
        _ if is_of_platform(trouble) => t!(
            "The account service of {server} cannot be worked with",
            server = name
        ),
        ServerState::Refused => t!("The server {server} does not let us work", server = name),
        ServerState::Replaced => t!(
            "At the address of {server} answers another server",
            server = name
        ),
        ServerState::Unreachable | ServerState::Ok => {
            t!("The server {server} does not answer us", server = name)
        }
    }
}
