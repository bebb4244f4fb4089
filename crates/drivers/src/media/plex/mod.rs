//! Plex: media servers, and plex.tv where their owners and members have accounts.
//!
//! Routes and shapes are those of the published `plex-api-spec`, of the recorded answers in the crate `plex-api`,
//! and of what Tautulli, python-plexapi and Wizarr send; routes that plex.tv has retired are not used.

mod account;
mod call;
mod listen;
mod pace;
mod playing;
mod refused;
mod server;
mod shares;
mod shelf;
mod sign_in;
mod subtitles;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use kit::{Outcome, Refusal, Secret, Text, t};
use media::counting::ToCount;
use media::help::{Help, ItemAt, ItemsAsked, ItemsPage, RemoteItem, Subtitle};
use media::maker::{CardField, CardFieldKind};
use media::platform::Platform;
use media::remote::{
    Access, Guest, NewUser, News, Probe, RemoteLibrary, RemoteStream, RemoteUser, Words,
};
use media::{Card, Connection, Entry, Maker, MediaServer, RemoteRef};
use url::Url;

use crate::http::Http;
use account::{Account, Accounts};
use call::Caller;
use sign_in::{PLEX_TV, PlexTv};

pub use sign_in::PAGE_ORIGIN;

/// What forms show. A server is found through its owner's account, so there is nothing to type.
pub static CARD: Card = Card {
    key: "plex",
    title: "Plex",
    icon: "brand-plex",
    entry: Entry::Invitation,
    fields: &[CardField {
        name: "address",
        label: Text::new("Address"),
        help: Text::new("Found through the owner's account."),
        kind: CardFieldKind::Url,
    }],
    licence: None,
    terms: Text::new(
        "Plex's terms of service allow sharing with family and friends and forbid selling access to a server. Whoever takes money for it may lose the account. You need the right to share what is in your libraries, and the law where you live applies.",
    ),
    watch_at: Some("https://app.plex.tv/desktop"),
    helps: &[Help::Scan, Help::Subtitles],
};

/// Opens Plex servers.
#[derive(Debug)]
pub struct PlexMaker {
    http: Http,
    accounts: Accounts,
}

impl PlexMaker {
    pub fn new(http: Http) -> Self {
        Self {
            http,
            accounts: Accounts::default(),
        }
    }
}

#[async_trait]
impl Maker for PlexMaker {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn open(&self, connection: &Connection) -> Result<Arc<dyn MediaServer>, Text> {
        let address = http_url(&connection.address).ok_or_else(|| {
            t!(
                "«{address}» is not an address at which a Plex server can be reached.",
                address = &connection.address
            )
        })?;
        let platform = base(connection.platform.as_deref()).ok_or_else(|| {
            t!("The address of the account service cannot be one. Sign in with Plex again.")
        })?;
        let token = connection.api_key.clone();
        Ok(Arc::new(Plex {
            account: self.accounts.open(&self.http, platform, token.clone()),
            server: Caller {
                http: self.http.clone(),
                base: address,
                token: Some(token),
            },
            identity: connection.identity.clone(),
        }))
    }

    fn platform(&self, address: Option<&str>) -> Option<Arc<dyn Platform>> {
        Some(Arc::new(PlexTv::new(self.http.clone(), base(address)?)))
    }

    async fn make_key(&self, _address: &str, _name: &str, _password: &Secret) -> Outcome<Secret> {
        Outcome::Refused(Refusal::lasting(
            "no_password",
            t!(
                "Plex servers are added by signing in on Plex's own page. No password is typed here."
            ),
        ))
    }
}

fn base(address: Option<&str>) -> Option<Url> {
    let address = address.filter(|address| !address.is_empty());
    http_url(address.unwrap_or(PLEX_TV))
}

fn http_url(address: &str) -> Option<Url> {
    let url = Url::parse(address.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// One Plex server and its owner's account.
#[derive(Debug)]
struct Plex {
    account: Account,
    server: Caller,
    identity: Option<String>,
}

#[async_trait]
impl MediaServer for Plex {
    async fn probe(&self) -> Outcome<Probe> {
        self.probe_server().await
    }

    async fn libraries(&self) -> Outcome<Vec<RemoteLibrary>> {
        self.all_libraries().await
    }

    async fn users(&self) -> Outcome<Vec<RemoteUser>> {
        self.guests().await
    }

    async fn find_user(&self, user: &RemoteRef) -> Outcome<Option<RemoteUser>> {
        self.find_guest(user).await
    }

    async fn create_user(&self, _new: &NewUser) -> Outcome<RemoteUser> {
        Outcome::Refused(no_passwords())
    }

    async fn invite(&self, guest: &Guest, access: &Access) -> Outcome<RemoteUser> {
        self.invite_guest(guest, access).await
    }

    async fn accept(&self, user: &RemoteUser, key: &Secret) -> Outcome<()> {
        self.accept_for(user, key).await
    }

    async fn set_up(
        &self,
        user: &RemoteUser,
        _template: Option<&RemoteRef>,
        access: &Access,
    ) -> Outcome<()> {
        self.change_guest(user, access).await
    }

    async fn set_access(&self, user: &RemoteUser, access: &Access) -> Outcome<()> {
        self.change_guest(user, access).await
    }

    async fn set_password(&self, _user: &RemoteRef, _password: &Secret) -> Outcome<()> {
        Outcome::Refused(no_passwords())
    }

    async fn prove(&self, _name: &str, _password: &Secret) -> Outcome<RemoteUser> {
        Outcome::Refused(no_passwords())
    }

    async fn delete_user(&self, user: &RemoteRef) -> Outcome<()> {
        self.remove_guest(user).await
    }

    async fn streams(&self) -> Outcome<Vec<RemoteStream>> {
        self.playing().await
    }

    async fn message(&self, stream: &RemoteStream, words: &Words) -> Outcome<()> {
        self.keep_words(stream, words);
        Outcome::Done(())
    }

    async fn stop(&self, stream: &RemoteStream) -> Outcome<()> {
        self.terminate(stream).await
    }

    async fn listen(&self, told: &(dyn Fn(News) + Send + Sync)) -> Outcome<()> {
        self.hear(told).await
    }

    async fn approve_device(&self, _user: &RemoteRef, _code: &str) -> Outcome<()> {
        Outcome::Refused(Refusal::lasting(
            "no_device_codes",
            t!("Televisions are linked with Plex at plex.tv/link, with your own Plex account."),
        ))
    }

    async fn items(&self, asked: &ItemsAsked<'_>) -> Outcome<ItemsPage> {
        self.shelf(asked).await
    }

    async fn count(&self, asked: &[ToCount]) -> Outcome<Vec<i64>> {
        self.count_shelves(asked).await
    }

    async fn find_item(&self, at: &ItemAt<'_>) -> Outcome<Option<RemoteItem>> {
        self.find_on_shelf(at).await
    }

    async fn scan_item(&self, library: &str, item: &str) -> Outcome<()> {
        self.scan_around(library, item).await
    }

    async fn scan_folder(&self, library: &str, path: &str) -> Outcome<()> {
        self.scan_directory(library, path).await
    }

    async fn upload_subtitle(&self, file: &Subtitle<'_>) -> Outcome<()> {
        self.put_subtitle(file).await
    }

    async fn count_subtitles(&self, file: &Subtitle<'_>) -> Outcome<usize> {
        self.subtitles_of(file).await
    }

    async fn is_scanning(&self, library: &str) -> Outcome<bool> {
        self.is_refreshing(library).await
    }
}

fn no_passwords() -> Refusal {
    Refusal::lasting(
        "no_password",
        t!("Plex members sign in with their own Plex account: there is no password to set here."),
    )
}
