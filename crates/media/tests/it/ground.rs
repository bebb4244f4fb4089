//! A house with servers and libraries, without anybody to call.

use std::sync::Arc;

use async_trait::async_trait;
use db::{Db, Tx};
use kit::id::{GroupId, Id, MemberId, ServerId};
use kit::{Actor, Outcome, Secret, Text};
use media::adding::{self, Examined};
use media::maker::{Card, Connection, Entry, Maker, Makers};
use media::placement::Asked;
use media::remote::{LibraryKind, Probe, RemoteLibrary, RemoteRef, RemoteUser, Standing};
use media::server::{self, Choices, Server};
use media::{Access, Entitlements, MediaServer, Servers, group, library};
use settings::Vault;
use testkit::{TestDb, TestWorld, engines, migrated, testworld};

pub struct House {
    pub db: Db,
    pub world: TestWorld,
    pub vault: Arc<Vault>,
    _on: TestDb,
}

/// One house on each engine.
pub async fn houses() -> Vec<House> {
    let mut houses = Vec::new();
    for on in engines().await {
        let world = testworld();
        let db = migrated(&on, world.world()).await;
        let vault = Arc::new(Vault::fresh(&world.world()));
        houses.push(House {
            db,
            world,
            vault,
            _on: on,
        });
    }
    houses
}

impl House {
    pub async fn tx(&self) -> Tx<'_> {
        self.db.begin(Actor::console()).await.unwrap()
    }

    /// A server that takes members, with one library in each of the groups.
    pub async fn server(&self, name: &str, groups: &[GroupId]) -> Server {
        let mut tx = self.tx().await;
        let server = adding::add(&mut tx, &self.vault, &examined(name, groups.len()))
            .await
            .unwrap();
        let libraries = library::list_of_server(&mut tx, &server.id).await.unwrap();
        for (library, group) in libraries.iter().zip(groups) {
            group::put_libraries(
                &mut tx,
                &server.id,
                std::slice::from_ref(&library.id),
                group,
            )
            .await
            .unwrap();
        }
        let choices = Choices {
            enabled: true,
            ..Choices::of(&server)
        };
        let server = server::change(&mut tx, &server.id, choices).await.unwrap();
        tx.save().await.unwrap();
        server
    }

    pub async fn set(&self, server: &ServerId, change: impl FnOnce(&mut Choices)) {
        let mut tx = self.tx().await;
        let mut choices = Choices::of(&server::find(&mut tx, server).await.unwrap().unwrap());
        change(&mut choices);
        server::change(&mut tx, server, choices).await.unwrap();
        tx.save().await.unwrap();
    }

    pub fn servers(&self) -> Servers {
        Servers {
            db: self.db.clone(),
            vault: self.vault.clone(),
            makers: Makers::new(vec![Arc::new(NobodyHome)]),
        }
    }
}

/// What a look at a server would have found.
pub fn examined(name: &str, libraries: usize) -> Examined {
    Examined {
        kind: "jellyfin".to_owned(),
        owner: None,
        wants_licence: false,
        connection: Connection::new(format!("http://{name}.example"), Secret::new("key")),
        probe: Probe {
            identity: format!("identity-of-{name}"),
            name: name.to_owned(),
            version: "10.11.5".to_owned(),
            notes: vec![],
            libraries: None,
        },
        libraries: (0..libraries)
            .map(|n| RemoteLibrary {
                id: format!("remote{n}"),
                name: format!("Library {n}"),
                kind: LibraryKind::Movies,
                locations: Vec::new(),
            })
            .collect(),
        users: vec![user("old-hand", false), user("boss", true)],
    }
}

pub fn user(name: &str, is_administrator: bool) -> RemoteUser {
    RemoteUser {
        id: RemoteRef::new(format!("id-of-{name}")),
        name: name.to_owned(),
        email: None,
        is_administrator,
        standing: Standing::In,
        access: Access::withdrawn(),
        last_signed_in_at: None,
        last_active_at: None,
        original: "{}".to_owned(),
    }
}

pub fn member(n: u32) -> MemberId {
    MemberId::parse(&format!("mem_{n:05}")).unwrap()
}

pub fn plan(groups: &[GroupId]) -> Entitlements {
    Entitlements {
        groups: groups.to_vec(),
        ..Entitlements::default()
    }
}

pub fn asked<'a>(member: &'a MemberId, entitlements: &'a Entitlements) -> Asked<'a> {
    Asked::new(member, entitlements)
}

/// For tests of what is stored: a kind of server that these tests never call.
struct NobodyHome;

static CARD: Card = Card {
    key: "jellyfin",
    title: "Jellyfin",
    icon: "",
    entry: Entry::Password,
    fields: &[],
    licence: None,
    terms: Text::new("None."),
    watch_at: None,
    helps: &[],
};

#[async_trait]
impl Maker for NobodyHome {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn open(&self, _: &Connection) -> Result<Arc<dyn MediaServer>, Text> {
        Err(Text::new("Nobody is at home."))
    }

    async fn make_key(&self, _: &str, _: &str, _: &Secret) -> Outcome<Secret> {
        unreachable!("these tests add servers without calling them")
    }
}
