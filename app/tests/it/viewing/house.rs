//! A house with one server of any kind, and Mara who may watch everything on it.

use kit::Span;
use kit::id::ServerId;
use media::server::{self, Server};
use media::viewing::stream::{self, Stream};
use media::{group, library};
use serde_json::{Value, json};

use crate::plex::{Scene as PlexScene, plex_state};
use crate::support::{Browser, TestSite};

/// All kinds of servers, and a 4K film on each.
pub const KINDS: [(&str, &str); 3] = [
    ("jellyfin", "The Long Meridian"),
    ("emby", "Salt and Signal"),
    ("plex", "Basalt"),
];

pub struct House {
    pub site: TestSite,
    pub server: ServerId,
    pub office: Browser,
    kind: &'static str,
    film: &'static str,
}

impl House {
    pub async fn open(
        engine: &testkit::TestDb,
        (kind, film): (&'static str, &'static str),
    ) -> Self {
        let house = if kind == "plex" {
            let scene = PlexScene::open(engine).await;
            put_four_k(&scene.site, &scene.shop.server).await;
            let bought = scene.site.buy("Mara", &scene.shop, &scene.shop.month);
            bought.await.expect("bought");
            scene.site.hear().await;
            scene.sign_in("Mara", "noor", true).await;
            Self {
                server: scene.shop.server.clone(),
                office: scene.office,
                site: scene.site,
                kind,
                film,
            }
        } else {
            let site = TestSite::on(engine).await;
            let shop = site.set_up_on(kind).await;
            put_four_k(&site, &shop.server).await;
            site.buy("Mara", &shop, &shop.month).await.expect("bought");
            let chief = site.administrator("Robin").await;
            let office = Browser::of(&site, &chief).await;
            Self {
                server: shop.server,
                site,
                office,
                kind,
                film,
            }
        };
        house.site.hear().await;
        house
    }

    pub async fn found(&self) -> Server {
        let found = server::find(&self.site.house.db, &self.server).await;
        found.expect("read").expect("there")
    }

    /// Saves the server's form with only these switches on, as its operator does.
    pub async fn set(&mut self, switches: &[&str]) {
        let server = self.found().await;
        let mut typed = vec![
            ("name", server.name.as_str()),
            ("public_address", server.public_address.as_str()),
            ("ceiling", "100"),
        ];
        let usual = ["enabled", "takes_members", "takes_trials"];
        typed.extend(usual.iter().chain(switches).map(|name| (*name, "on")));
        let path = format!("/office/servers/{}/edit", self.server);
        let saved = self.office.post(&path, &typed).await;
        assert_eq!(saved.status, 303, "{}", saved.body);
    }

    fn control(&self, path: &str) -> String {
        let outside = &self.site.outside;
        match self.kind {
            "plex" => outside.plex_tv(path),
            "emby" => outside.emby(path),
            _ => outside.jellyfin(path),
        }
    }

    /// Mara begins the 4K film, as it is or converted; answers the session.
    pub async fn play(&self, is_converted: bool) -> String {
        let mut order = json!({ "action": "start", "item": self.film, "device": "Bedroom" });
        if self.kind == "plex" {
            order["user"] = json!("noor");
            order["decision"] = json!(if is_converted {
                "transcode"
            } else {
                "directplay"
            });
        } else {
            order["user"] = json!("mara");
            order["method"] = json!(if is_converted {
                "Transcode"
            } else {
                "DirectPlay"
            });
        }
        let answer = self.order(order).await;
        answer["session_id"].as_str().expect("a session").to_owned()
    }

    pub async fn order(&self, order: Value) -> Value {
        let url = self.control("/_control/play");
        let (status, answer) = self.site.outside.call("POST", &url, Some(order)).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub async fn seed(&self, seed: Value) {
        let url = self.control("/_control/seed");
        let (status, answer) = self.site.outside.call("POST", &url, Some(seed)).await;
        assert!(status < 300, "{status}: {answer}");
    }

    pub async fn fault(&self, name: &str) {
        let url = self.control("/_control/faults");
        let fault = json!({ "kind": "named", "name": name });
        let (status, answer) = self.site.outside.call("POST", &url, Some(fault)).await;
        assert!(status < 300, "{status}: {answer}");
    }

    /// Lets as many seconds pass, in steps in which the house looks.
    pub async fn wait(&self, seconds: i64) {
        for _ in 0..seconds / 10 {
            self.site.advance(Span::seconds(10)).await;
        }
    }

    /// Lets all of this time pass at once.
    pub async fn sleep(&self, time: Span) {
        self.site.world.advance(time);
        self.site.outside.advance(time).await;
        self.site.turn().await;
    }

    pub async fn streams(&self) -> Vec<Stream> {
        let streams = stream::list_of_server(&self.site.house.db, &self.server).await;
        streams.expect("read")
    }

    /// What the server was told to stop, with the words for it.
    pub async fn stops(&self) -> Vec<String> {
        if self.kind == "plex" {
            let state = plex_state(&self.site).await;
            let servers = state["servers"].as_array().expect("servers");
            let polaris = servers.iter().find(|one| one["name"] == "Polaris");
            let orders = polaris.expect("Polaris")["orders"]
                .as_array()
                .expect("orders");
            let stops = orders.iter().filter(|one| one["what"] == "terminate");
            return stops.map(ToString::to_string).collect();
        }
        let url = self.control("/_control/state");
        let state = self.site.outside.call("GET", &url, None).await.1;
        let commands = state["commands"].as_array().expect("commands");
        let told = commands.iter().filter(|one| one["command"] == "Message");
        let told: Vec<String> = told.map(ToString::to_string).collect();
        let stops = commands
            .iter()
            .filter(|one| one["command"] == "Stop")
            .count();
        assert_eq!(told.len(), stops, "each stop is explained");
        told
    }

    pub async fn events(&mut self) -> String {
        self.office.get("/office/events").await.body
    }
}

/// Opens the 4K films to members as well.
async fn put_four_k(site: &TestSite, server: &ServerId) {
    let mut tx = site
        .house
        .db
        .begin(kit::Actor::console())
        .await
        .expect("begun");
    let all = library::list_of_server(&mut tx, server)
        .await
        .expect("read");
    let found = all.iter().find(|library| library.name == "4K").expect("4K");
    let id = std::slice::from_ref(&found.id);
    let into = group::standard();
    group::put_libraries(&mut tx, server, id, &into)
        .await
        .expect("put");
    tx.save().await.expect("saved");
}
