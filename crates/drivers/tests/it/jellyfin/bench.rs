//! A stand-in, its controls, and a house that talks to it.

use std::net::SocketAddr;
use std::sync::Arc;

use db::{Db, Tx};
use drivers::http::{Answer, Call, Http};
use drivers::media::makers;
use http::{HeaderMap, HeaderValue, Method};
use jobs::Job;
use kit::id::{Id, MemberId};
use kit::{Actor, Outcome, Secret, Subject};
use media::adding::{self, Opening};
use media::credentials::{self, Credentials};
use media::placement::{self, Asked};
use media::server::{self, Choices, Server};
use media::{
    Connection, Entitlements, Level, MediaServer, Servers, Share, ShareHand, group, library, share,
};
use serde_json::{Value, json};
use settings::Vault;
use standins::{Running, StandinClock};
use testkit::{TestDb, TestWorld, engines, migrated, testworld};
use upkeep::{Hands, TendTarget, Upkeep};

pub const KEY: &str = "standin-jellyfin-key";

/// A stand-in that was just put up.
pub struct Bench {
    pub world: TestWorld,
    pub http: Http,
    pub running: Running,
    /// What the driver calls: the stand-in, or the judge before it (`tests/peers/with-jellyfin-judge`).
    pub address: String,
    /// The stand-in itself.
    control: String,
}

impl Bench {
    pub async fn new() -> Self {
        let anywhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let running = standins::start(anywhere, StandinClock::default())
            .await
            .unwrap();
        let world = testworld();
        let judged = std::env::var("PLAYHOUSE_JELLYFIN").ok();
        let control = std::env::var("PLAYHOUSE_JELLYFIN_CONTROL").ok();
        let bench = Self {
            http: Http::new(world.world(), true),
            world,
            address: judged.clone().unwrap_or_else(|| running.jellyfin.clone()),
            control: control.unwrap_or_else(|| running.jellyfin.clone()),
            running,
        };
        if judged.is_some() {
            // One stand-in for all tests, which then run one after the other.
            bench.control("reset", Value::Null).await;
        }
        bench
    }

    pub fn connection(&self, key: &str) -> Connection {
        Connection::new(&self.address, Secret::new(key))
    }

    pub fn open(&self, key: &str) -> Arc<dyn MediaServer> {
        self.open_at(&self.connection(key))
    }

    pub fn open_at(&self, connection: &Connection) -> Arc<dyn MediaServer> {
        makers(&self.http)
            .find("jellyfin")
            .unwrap()
            .open(connection)
            .unwrap()
    }

    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Answer {
        // Another client than the one under test: its calls pass no steps.
        let http = Http::new(testworld().world(), true);
        let url = format!("{}{path}", self.control).parse().unwrap();
        let mut call = Call::new(method, url);
        call.headers = HeaderMap::new();
        let line = format!(
            "MediaBrowser Client=\"Sofa\", Device=\"TV\", DeviceId=\"tv-1\", Version=\"1\", Token=\"{token}\""
        );
        call.headers
            .insert("authorization", HeaderValue::try_from(line).unwrap());
        if let Some(body) = body {
            call.headers
                .insert("content-type", HeaderValue::from_static("application/json"));
            call.body = Some(body.to_string().into_bytes());
        }
        match http.send(call).await {
            Outcome::Done(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    pub async fn control(&self, what: &str, order: Value) -> Value {
        let answer = self
            .call(Method::POST, &format!("/_control/{what}"), "", Some(order))
            .await;
        assert!(answer.status.is_success(), "{}", answer.excerpt());
        answer.json().unwrap_or(Value::Null)
    }

    pub async fn state(&self) -> Value {
        self.call(Method::GET, "/_control/state", "", None)
            .await
            .json()
            .unwrap()
    }

    /// What the server holds of a user. `None`: there is no such user.
    pub async fn user(&self, name: &str) -> Option<Value> {
        let state = self.state().await;
        let users = state["users"].as_array().unwrap();
        users.iter().find(|user| user["name"] == name).cloned()
    }

    pub async fn fault(&self, order: Value) {
        self.control("faults", order).await;
    }

    pub async fn mend(&self) {
        self.call(Method::DELETE, "/_control/faults", "", None)
            .await;
    }

    /// Whether a device with this token is still signed in.
    pub async fn is_signed_in(&self, token: &str) -> bool {
        self.call(Method::GET, "/Users/Me", token, None)
            .await
            .status
            .is_success()
    }

    /// How often a route was called.
    pub async fn count(&self, route: &str) -> u64 {
        self.state().await["calls"][route].as_u64().unwrap_or(0)
    }
}

/// A house with the stand-in added as its server: Movies and Series are Standard, the rest is Private.
pub struct House {
    pub bench: Bench,
    pub db: Db,
    pub servers: Servers,
    pub upkeep: Upkeep,
    pub server: Server,
    _on: TestDb,
}

/// One house on each engine, each with a stand-in of its own.
pub async fn houses() -> Vec<House> {
    let mut houses = Vec::new();
    for on in engines().await {
        houses.push(House::new(on).await);
    }
    houses
}

impl House {
    async fn new(on: TestDb) -> Self {
        let bench = Bench::new().await;
        let db = migrated(&on, bench.world.world()).await;
        let servers = Servers {
            db: db.clone(),
            vault: Arc::new(Vault::fresh(&bench.world.world())),
            makers: makers(&bench.http),
        };
        let hands = Hands::new().with(ShareHand {
            servers: servers.clone(),
        });
        let upkeep = Upkeep {
            db: db.clone(),
            hands: Arc::new(hands),
        };
        let server = add_server(&bench, &servers).await;
        Self {
            bench,
            db,
            servers,
            upkeep,
            server,
            _on: on,
        }
    }

    pub async fn tx(&self) -> Tx<'_> {
        self.db.begin(Actor::console()).await.unwrap()
    }

    /// What a flow does when a member's status changes. Then the targets are tended once.
    pub async fn settle(&self, member: &MemberId, level: Level) -> Share {
        let plan = plan();
        let asked = Asked {
            member,
            entitlements: &plan,
            trial: false,
            permanent: false,
            location: None,
            platform: None,
        };
        let mut tx = self.tx().await;
        placement::settle(&mut tx, &asked, level).await.unwrap();
        tx.save().await.unwrap();
        self.tend(member).await
    }

    pub async fn choose(&self, member: &MemberId, name: &str, password: &str) {
        let chosen = Credentials::parse(name, password).unwrap();
        let mut tx = self.tx().await;
        let vault = &self.servers.vault;
        credentials::choose_everywhere(&mut tx, vault, member, &chosen)
            .await
            .unwrap();
        tx.save().await.unwrap();
    }

    /// One round for each of the member's targets, as a job would.
    pub async fn tend(&self, member: &MemberId) -> Share {
        let subject = Subject::of(member);
        for target in upkeep::of_subject(&self.db, &subject).await.unwrap() {
            // A stopped process answers with an error; the test revives it and looks.
            drop(TendTarget { target: target.id }.run(&self.upkeep).await);
        }
        let shares = share::list_of_member(&self.db, member).await;
        shares
            .ok()
            .and_then(|shares| shares.into_iter().next())
            .unwrap_or_else(|| self.unread())
    }

    fn unread(&self) -> Share {
        panic!(
            "the process of the house on {:?} is stopped",
            self.db.engine()
        )
    }

    /// A member who was let in as `name`.
    pub async fn member_in(&self, n: u32, name: &str) -> (MemberId, Share) {
        let member = member(n);
        self.settle(&member, Level::Full).await;
        self.choose(&member, name, "a-good-password").await;
        let share = self.tend(&member).await;
        assert!(
            share.is_open(),
            "{:?}",
            share.reason.map(|reason| reason.in_english())
        );
        (member, share)
    }

    pub async fn share(&self, share: &Share) -> Share {
        share::find(&self.db, &share.id).await.unwrap().unwrap()
    }

    pub async fn events(&self, name: &str) -> usize {
        let filter = chronicle::EventFilter {
            name: Some(name.to_owned()),
            ..Default::default()
        };
        let page = kit::PageAsked::first(100);
        chronicle::list(&self.db, &filter, &page)
            .await
            .unwrap()
            .rows
            .len()
    }

    pub async fn wants(&self) -> Vec<String> {
        let open = chronicle::want::list_open(&self.db, 100).await.unwrap();
        open.into_iter().map(|want| want.kind).collect()
    }
}

async fn add_server(bench: &Bench, servers: &Servers) -> Server {
    let opening = Opening::ApiKey(Secret::new(KEY));
    let address = &bench.address;
    let examined = adding::examine(servers, "jellyfin", address, opening)
        .await
        .unwrap();
    let template = examined
        .users
        .iter()
        .find(|user| user.name == "template")
        .unwrap()
        .id
        .clone();
    let mut tx = servers.db.begin(Actor::console()).await.unwrap();
    let server = adding::add(&mut tx, &servers.vault, &examined)
        .await
        .unwrap();
    let libraries = library::list_of_server(&mut tx, &server.id).await.unwrap();
    let open = libraries
        .iter()
        .filter(|library| ["Movies", "Series"].contains(&&*library.name));
    let ids: Vec<_> = open.map(|library| library.id.clone()).collect();
    group::put_libraries(&mut tx, &server.id, &ids, &group::standard())
        .await
        .unwrap();
    let choices = Choices {
        enabled: true,
        template_user: Some(template.as_str().to_owned()),
        ..Choices::of(&server)
    };
    let server = server::change(&mut tx, &server.id, choices).await.unwrap();
    tx.save().await.unwrap();
    server
}

pub fn plan() -> Entitlements {
    Entitlements {
        groups: vec![group::standard()],
        video_transcoding: true,
        ..Entitlements::default()
    }
}

pub fn member(n: u32) -> MemberId {
    MemberId::parse(&format!("mem_{n:05}")).unwrap()
}

/// The code of a refusal, or what it was instead.
pub fn code<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    match outcome {
        Outcome::Refused(refusal) => refusal.code,
        other => format!("{other:?}"),
    }
}

pub fn fault(kind: &str, method: &str, path: &str) -> Value {
    json!({ "kind": kind, "method": method, "path": path, "times": 1 })
}
