//! Emby, by its HTTP API (4.8 and later).
//!
//! Shapes are those of the published OpenAPI document of 4.8.11. It has parted from Jellyfin where it hurts: a
//! new user has no password, a password may have to be reset before another is taken, libraries are opened by
//! their `Guid` and not by their id, and the server itself limits streams.

mod connect;
mod downloads;
mod key;
mod password;
mod sessions;
mod sign_in;
mod system;
mod users;

use std::sync::Arc;

use async_trait::async_trait;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use kit::{Outcome, Refusal, Secret, Text, done, t};
use media::counting::ToCount;
use media::help::{AccountLink, Help, ItemAt, ItemsAsked, ItemsPage, RemoteDevice, RemoteItem};
use media::maker::{CardField, CardFieldKind, Licence};
use media::remote::{Access, NewUser, News, Probe, RemoteLibrary, RemoteStream, RemoteUser, Words};
use media::viewing::download::RemoteDownload;
use media::{Card, Connection, Entry, Maker, MediaServer, RemoteRef};
use url::Url;

use super::mediabrowser::call::{Caller, Dialect, described};
use super::mediabrowser::{address, devices, items, scans};
use crate::http::Http;
use crate::media::mediabrowser::listen;

/// What forms show.
pub static CARD: Card = Card {
    key: "emby",
    title: "Emby",
    icon: "brand-emby",
    entry: Entry::Password,
    fields: &[
        CardField {
            name: "address",
            label: Text::new("Address"),
            help: Text::new(
                "As Playhouse reaches it, with port: https://media.example.org or http://192.168.1.5:8096.",
            ),
            kind: CardFieldKind::Url,
        },
        CardField {
            name: "api_key",
            label: Text::new("API key"),
            help: Text::new("Made in Emby under Settings → Advanced → API Keys."),
            kind: CardFieldKind::Secret,
        },
    ],
    // 25 devices without and 75 with it by the vendor's own page; downloads are among what it unlocks.
    licence: Some(Licence {
        label: Text::new("Emby Premiere"),
        help: Text::new(
            "Tick it if this server has Emby Premiere: downloads can be offered there, and it takes more devices.",
        ),
        devices: (25, 75),
    }),
    terms: Text::new(
        "Emby's terms of service (emby.media/terms) are for personal, non-commercial use. Read them before you let people pay. You need the right to share what is in your libraries, and the law where you live applies.",
    ),
    watch_at: None,
    helps: &[Help::Scan, Help::Devices, Help::Connect, Help::Downloads],
};

static DIALECT: Dialect = Dialect {
    product: "Emby",
    not_it: "not_emby",
    carriers,
    wrong_key,
};

/// The token in a header of its own; who we are in another.
fn carriers(token: Option<&Secret>) -> HeaderMap {
    const TOKEN: HeaderName = HeaderName::from_static("x-emby-token");
    const CLIENT: HeaderName = HeaderName::from_static("x-emby-authorization");
    let mut headers = HeaderMap::from_iter([(CLIENT, described("Emby", None))]);
    // A key with signs that no header can hold is no key of any server: it is refused as a wrong one.
    let token = token.and_then(|token| HeaderValue::from_str(token.reveal()).ok());
    if let Some(mut token) = token {
        token.set_sensitive(true);
        headers.insert(TOKEN, token);
    }
    headers
}

/// A revoked key and a proxy that eats the header look the same: 401.
fn wrong_key(host: String) -> Refusal {
    Refusal::passing(
        "wrong_key",
        t!(
            "{host} refuses the key. It was revoked or mistyped, or a proxy in front takes the header X-Emby-Token away. Make a new key in Emby under Settings → Advanced → API Keys.",
            host = host
        ),
    )
}

/// Opens Emby servers.
#[derive(Debug)]
pub struct EmbyMaker {
    http: Http,
}

impl EmbyMaker {
    pub fn new(http: Http) -> Self {
        Self { http }
    }
}

/// The API lives below `/emby`, whether or not that was typed.
fn base(typed: &str) -> Result<Url, Text> {
    let mut url = address::parse(typed)?;
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/emby").unwrap_or(path);
    let path = format!("{path}/emby/");
    url.set_path(&path);
    Ok(url)
}

#[async_trait]
impl Maker for EmbyMaker {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn open(&self, connection: &Connection) -> Result<Arc<dyn MediaServer>, Text> {
        let base = base(&connection.address)?;
        let caller = Caller::new(
            &DIALECT,
            self.http.clone(),
            base,
            connection.api_key.clone(),
        );
        Ok(Arc::new(Emby { caller }))
    }

    async fn make_key(&self, address: &str, name: &str, password: &Secret) -> Outcome<Secret> {
        key::make(&self.http, address, name, password).await
    }
}

/// One Emby server.
#[derive(Debug)]
struct Emby {
    caller: Caller,
}

#[async_trait]
impl MediaServer for Emby {
    async fn probe(&self) -> Outcome<Probe> {
        system::probe(&self.caller).await
    }

    async fn libraries(&self) -> Outcome<Vec<RemoteLibrary>> {
        system::libraries(&self.caller).await
    }

    async fn users(&self) -> Outcome<Vec<RemoteUser>> {
        users::list(&self.caller).await
    }

    async fn find_user(&self, user: &RemoteRef) -> Outcome<Option<RemoteUser>> {
        users::find(&self.caller, user).await
    }

    async fn create_user(&self, new: &NewUser) -> Outcome<RemoteUser> {
        users::create(&self.caller, new).await
    }

    async fn set_up(
        &self,
        user: &RemoteUser,
        template: Option<&RemoteRef>,
        access: &Access,
    ) -> Outcome<()> {
        users::set_up(&self.caller, user, template, access).await
    }

    async fn set_access(&self, user: &RemoteUser, access: &Access) -> Outcome<()> {
        users::set_access(&self.caller, user, access).await
    }

    async fn set_password(&self, user: &RemoteRef, password: &Secret) -> Outcome<()> {
        password::replace(&self.caller, user, password).await
    }

    async fn prove(&self, name: &str, password: &Secret) -> Outcome<RemoteUser> {
        sign_in::prove(&self.caller, name, password).await
    }

    async fn delete_user(&self, user: &RemoteRef) -> Outcome<()> {
        users::delete(&self.caller, user).await
    }

    async fn streams(&self) -> Outcome<Vec<RemoteStream>> {
        sessions::list(&self.caller).await
    }

    async fn message(&self, stream: &RemoteStream, words: &Words) -> Outcome<()> {
        sessions::message(&self.caller, stream, words).await
    }

    async fn stop(&self, stream: &RemoteStream) -> Outcome<()> {
        sessions::stop(&self.caller, stream).await
    }

    async fn downloads(&self) -> Outcome<Vec<RemoteDownload>> {
        downloads::list(&self.caller).await
    }

    /// Beside `/emby`, not below it: below, some proxies take the handshake and nothing is ever said.
    async fn listen(&self, told: &(dyn Fn(News) + Send + Sync)) -> Outcome<()> {
        let mut url = self.caller.url(&[], &[]);
        let root = url
            .path()
            .trim_end_matches('/')
            .trim_end_matches("emby")
            .to_owned();
        url.set_path(&format!("{root}embywebsocket"));
        listen::listen(&self.caller, url, listen::pulse::SESSIONS, told).await
    }

    async fn approve_device(&self, _user: &RemoteRef, _code: &str) -> Outcome<()> {
        Outcome::Refused(Refusal::lasting(
            "no_codes",
            t!(
                "Emby lets no device in by a code. Sign in on the device with your name and password for watching."
            ),
        ))
    }

    async fn items(&self, asked: &ItemsAsked<'_>) -> Outcome<ItemsPage> {
        let library = done!(system::number_of(&self.caller, asked.library).await);
        items::list(&self.caller, &library, asked).await
    }

    async fn count(&self, asked: &[ToCount]) -> Outcome<Vec<i64>> {
        let numbers = done!(system::numbers(&self.caller).await);
        items::count(&self.caller, asked, |library| numbers.get(library).cloned()).await
    }

    async fn find_item(&self, at: &ItemAt<'_>) -> Outcome<Option<RemoteItem>> {
        let Some(viewer) = at.viewer else {
            return items::find_any(&self.caller, at.item).await;
        };
        let url = self
            .caller
            .url(&["Users", viewer.as_str(), "Items", at.item], &[]);
        items::find(&self.caller, url).await
    }

    async fn scan_item(&self, _library: &str, item: &str) -> Outcome<()> {
        scans::item(&self.caller, item).await
    }

    async fn scan_folder(&self, _library: &str, path: &str) -> Outcome<()> {
        scans::folder(&self.caller, path).await
    }

    async fn devices(&self) -> Outcome<Vec<RemoteDevice>> {
        devices::list(&self.caller).await
    }

    async fn remove_device(&self, id: &str) -> Outcome<()> {
        devices::remove(&self.caller, "Id", id).await
    }

    async fn link_account(&self, user: &RemoteRef, name: &str) -> Outcome<AccountLink> {
        connect::link(&self.caller, user, name).await
    }

    async fn find_link(&self, user: &RemoteRef) -> Outcome<Option<AccountLink>> {
        connect::find(&self.caller, user).await
    }

    async fn unlink_account(&self, user: &RemoteRef) -> Outcome<()> {
        connect::unlink(&self.caller, user).await
    }

    async fn is_scanning(&self, library: &str) -> Outcome<bool> {
        system::is_scanning(&self.caller, library).await
    }
}

#[cfg(test)]
mod tests {
    use super::base;

    #[test]
    fn the_api_is_below_emby_however_the_address_was_typed() {
        for (typed, meant) in [
            ("https://a.example", "https://a.example/emby/"),
            ("https://a.example/emby", "https://a.example/emby/"),
            (
                "a.example:8096/web/index.html",
                "http://a.example:8096/emby/",
            ),
            ("https://a.example/tv/", "https://a.example/tv/emby/"),
        ] {
            assert_eq!(base(typed).unwrap().as_str(), meant);
        }
    }
}
