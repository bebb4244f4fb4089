//! Jellyfin, by its HTTP API (10.9 and later, 12 included).
//!
//! Shapes are those of the published OpenAPI document of 10.11.5; statuses that it leaves open are those of
//! the server's source. Every call carries its token in the one header that Jellyfin 12 still takes.

mod key;
mod sessions;
mod sign_in;
mod subtitles;
mod system;
mod users;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use http::header::{AUTHORIZATION, HeaderMap};
use kit::{Outcome, Refusal, Secret, Text, t};
use media::counting::ToCount;
use media::help::{Help, ItemAt, ItemsAsked, ItemsPage, RemoteDevice, RemoteItem, Subtitle};
use media::maker::{CardField, CardFieldKind};
use media::remote::{Access, NewUser, News, Probe, RemoteLibrary, RemoteStream, RemoteUser, Words};
use media::{Card, Connection, Entry, Maker, MediaServer, RemoteRef};

use crate::http::Http;
use crate::media::mediabrowser::{address, call, devices, items, listen, policy, scans, status};
use call::{Caller, Dialect};

/// What forms show.
pub static CARD: Card = Card {
    key: "jellyfin",
    title: "Jellyfin",
    icon: "brand-jellyfin",
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
            help: Text::new("Made in Jellyfin under Dashboard → API Keys."),
            kind: CardFieldKind::Secret,
        },
    ],
    licence: None,
    terms: Text::new(
        "Jellyfin is free software and sets no terms for those who share with it. You need the right to share what is in your libraries, and the law where you live applies.",
    ),
    watch_at: None,
    helps: &[Help::Scan, Help::Subtitles, Help::Devices],
};

static DIALECT: Dialect = Dialect {
    product: "Jellyfin",
    not_it: "not_jellyfin",
    carriers,
    wrong_key,
};

/// The only carrier that all versions from 10.9 to 12 take.
fn carriers(token: Option<&Secret>) -> HeaderMap {
    HeaderMap::from_iter([(AUTHORIZATION, call::described("MediaBrowser", token))])
}

/// An older carrier refused, a revoked key and a proxy that eats the header look the same: 401.
fn wrong_key(host: String) -> Refusal {
    Refusal::passing(
        "wrong_key",
        t!(
            "{host} refuses the key. It was revoked or mistyped, or a proxy in front takes the Authorization header away (the only way to sign in that Jellyfin 12 still takes). Make a new key in Jellyfin under Dashboard → API Keys.",
            host = host
        ),
    )
}

/// Opens Jellyfin servers.
#[derive(Debug)]
pub struct JellyfinMaker {
    http: Http,
}

impl JellyfinMaker {
    pub fn new(http: Http) -> Self {
        Self { http }
    }
}

#[async_trait]
impl Maker for JellyfinMaker {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn open(&self, connection: &Connection) -> Result<Arc<dyn MediaServer>, Text> {
        let base = address::parse(&connection.address)?;
        let caller = Caller::new(
            &DIALECT,
            self.http.clone(),
            base,
            connection.api_key.clone(),
        );
        Ok(Arc::new(Jellyfin { caller }))
    }

    async fn make_key(&self, address: &str, name: &str, password: &Secret) -> Outcome<Secret> {
        key::make(&self.http, address, name, password).await
    }
}

/// One Jellyfin server.
#[derive(Debug)]
struct Jellyfin {
    caller: Caller,
}

#[async_trait]
impl MediaServer for Jellyfin {
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
        sign_in::set_password(&self.caller, user, password).await
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

    async fn listen(&self, told: &(dyn Fn(News) + Send + Sync)) -> Outcome<()> {
        let url = self.caller.url(&["socket"], &[]);
        listen::listen(&self.caller, url, listen::pulse::KEEP_ALIVE, told).await
    }

    async fn approve_device(&self, user: &RemoteRef, code: &str) -> Outcome<()> {
        sign_in::approve(&self.caller, user, code).await
    }

    async fn items(&self, asked: &ItemsAsked<'_>) -> Outcome<ItemsPage> {
        items::list(&self.caller, asked.library, asked).await
    }

    async fn count(&self, asked: &[ToCount]) -> Outcome<Vec<i64>> {
        items::count(&self.caller, asked, |library| Some(library.to_owned())).await
    }

    async fn find_item(&self, at: &ItemAt<'_>) -> Outcome<Option<RemoteItem>> {
        let Some(viewer) = at.viewer else {
            return items::find_any(&self.caller, at.item).await;
        };
        // 10.9 and later; the path of a user is kept for older programs only.
        let query = [("userId", viewer.as_str())];
        items::find(&self.caller, self.caller.url(&["Items", at.item], &query)).await
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
        devices::remove(&self.caller, "id", id).await
    }

    async fn upload_subtitle(&self, file: &Subtitle<'_>) -> Outcome<()> {
        subtitles::upload(&self.caller, file).await
    }

    async fn count_subtitles(&self, file: &Subtitle<'_>) -> Outcome<usize> {
        subtitles::count(&self.caller, file).await
    }

    async fn is_scanning(&self, library: &str) -> Outcome<bool> {
        system::is_scanning(&self.caller, library).await
    }
}
