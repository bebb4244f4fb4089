//! A house with members on one server, and another server to move them to.

use billing::term::CauseKind;
use flows::told_at_once::new_member::{self, Gift, Until};
use kit::id::{MemberId, MoveId, ServerId};
use kit::{Actor, Secret, Span};
use lists::moves::{Chosen, Preview};
use media::adding::{self, Opening as Door};
use media::credentials::{self, Credentials};
use media::moving::{self, Move, NewMove, Progress};
use media::share::{self, Share};
use media::{Level, Server, server};
use people::member;
use serde_json::{Value, json};
use standins::{Running, StandinClock};
use testkit::TestDb;

use crate::support::{Browser, Shop, TestSite};

pub const PASSWORD: &str = "a quiet evening";

/// A house with members on one server, and another server.
pub struct Scene {
    pub site: TestSite,
    pub shop: Shop,
    pub source: ServerId,
    pub target: ServerId,
    /// A second Jellyfin, called Borealis.
    pub borealis: Running,
}

impl Scene {
    /// Members on Jellyfin's Aurora; the target is another Jellyfin, or Emby's Zenith.
    pub async fn open(engine: &TestDb, target: &str, names: &[&str]) -> Self {
        let site = TestSite::on(engine).await;
        let shop = site.set_up().await;
        for name in names {
            newcomer(&site, &shop, name).await;
        }
        let borealis = another_jellyfin(&site).await;
        let target = match target {
            "emby" => add(&site, "emby", &site.outside.running.emby).await,
            _ => add(&site, "jellyfin", &borealis.jellyfin).await,
        };
        Self {
            source: shop.server.clone(),
            target,
            site,
            shop,
            borealis,
        }
    }

    pub async fn server(&self, id: &ServerId) -> Server {
        server::find(&self.site.house.db, id)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn foreseen(&self, gone: bool, chosen: &Chosen) -> Preview {
        let source = self.server(&self.source).await;
        let house = &self.site.house;
        let between = (&source, &self.target);
        let preview = lists::moves::preview(&house.db, &house.tools.makers, between, gone, chosen);
        preview.await.unwrap().expect("the target is here")
    }

    pub fn wish(&self, gone: bool) -> NewMove {
        NewMove {
            source: self.source.clone(),
            target: self.target.clone(),
            source_gone: gone,
            reason: "The old machine goes".to_owned(),
        }
    }

    pub async fn begin_of(&self, gone: bool, chosen: &Chosen) -> MoveId {
        let preview = self.foreseen(gone, chosen).await;
        assert!(preview.obstacle().is_none(), "{:?}", preview.checks);
        let new = self.wish(gone);
        let mut tx = self.site.house.db.begin(Actor::console()).await.unwrap();
        let begun = moving::begin(&mut tx, &new, &preview.prospects)
            .await
            .unwrap();
        tx.save().await.unwrap();
        self.site.run_jobs().await;
        begun.id
    }

    /// Lets both clocks go on, so that whatever waits for another try has it.
    pub async fn later(&self) {
        self.site.stride(Span::minutes(11)).await;
        self.site.stride(Span::minutes(11)).await;
    }

    pub async fn fault(&self, fault: Value) {
        let url = format!("{}/_control/faults", self.borealis.jellyfin);
        let (status, answer) = self.site.outside.call("POST", &url, Some(fault)).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub async fn act<T>(&self, work: impl AsyncFnOnce(&mut db::Tx<'_>) -> T) -> T {
        self.site.change(work).await
    }

    /// As a program with a key asks.
    pub async fn program(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let url = format!("{}{path}", self.site.address());
        let headers = [("authorization", format!("Bearer {key}"))];
        self.site
            .outside
            .call_as(method, &url, &headers, body)
            .await
    }

    pub async fn begin(&self) -> MoveId {
        self.begin_of(false, &Chosen::Everybody).await
    }

    pub async fn found(&self, id: &MoveId) -> Move {
        moving::find(&self.site.house.db, id)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn progress(&self, id: &MoveId) -> Progress {
        moving::progress(&self.site.house.db, id).await.unwrap()
    }

    pub async fn share(&self, who: &str, on: &ServerId) -> Option<Share> {
        let member = self.site.member(who).await;
        share::find_on(&self.site.house.db, &member, on)
            .await
            .unwrap()
    }

    pub async fn level(&self, who: &str, on: &ServerId) -> Option<Level> {
        self.share(who, on).await.map(|share| share.level)
    }

    pub async fn is_open(&self, who: &str, on: &ServerId) -> bool {
        self.share(who, on)
            .await
            .is_some_and(|share| share.is_open())
    }

    /// The member chooses what they sign in with on every server that waits for it.
    pub async fn chooses(&self, who: &str) {
        choose(&self.site, &self.site.member(who).await, who).await;
    }

    pub async fn chief(&self) -> Browser {
        let account = self.site.administrator("Robin").await;
        Browser::of(&self.site, &account).await
    }

    /// Users of the second Jellyfin by name.
    pub async fn on_borealis(&self, name: &str) -> Option<Value> {
        let url = format!("{}/_control/state", self.borealis.jellyfin);
        let state = self.site.outside.call("GET", &url, None).await.1;
        let users = state["users"].as_array().cloned().unwrap_or_default();
        users.into_iter().find(|user| user["name"] == name)
    }
}

async fn choose(site: &TestSite, member: &MemberId, who: &str) {
    let credentials = Credentials::parse(&who.to_lowercase(), PASSWORD).unwrap();
    let mut tx = site.house.db.begin(Actor::console()).await.unwrap();
    credentials::choose_everywhere(&mut tx, &site.house.tools.vault, member, &credentials)
        .await
        .unwrap();
    tx.save().await.unwrap();
    site.run_jobs().await;
}

/// Somebody with a sign-in and two months of the plan, who is let in.
pub async fn newcomer(site: &TestSite, shop: &Shop, name: &str) -> MemberId {
    let account = site.account(name).await;
    let mut tx = site.house.db.begin(Actor::console()).await.unwrap();
    let found = member::of_account(&mut tx, &account).await.unwrap();
    let gift = Gift {
        plan: shop.plan.clone(),
        until: Until::Day(site.world.now() + Span::days(60)),
        cause: CauseKind::Staff,
    };
    new_member::give(&mut tx, &found, &gift).await.unwrap();
    tx.save().await.unwrap();
    site.run_jobs().await;
    choose(site, &found.id, name).await;
    found.id
}

pub async fn another_jellyfin(site: &TestSite) -> Running {
    let clock = StandinClock::default();
    clock.pin_ms(site.world.now().ms());
    let running = standins::start("127.0.0.1:0".parse().unwrap(), clock)
        .await
        .unwrap();
    let seed = json!({ "name": "Borealis", "id": "b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0" });
    let url = format!("{}/_control/seed", running.jellyfin);
    let (status, answer) = site.outside.call("POST", &url, Some(seed)).await;
    assert_eq!(status, 200, "{answer}");
    running
}

async fn add(site: &TestSite, kind: &str, address: &str) -> ServerId {
    let key = match kind {
        "emby" => standins::emby::API_KEY,
        _ => standins::jellyfin::API_KEY,
    };
    let servers = site.house.tools.servers();
    let door = Door::ApiKey(Secret::new(key));
    let seen = adding::examine(&servers, kind, address, door)
        .await
        .unwrap();
    let mut tx = site.house.db.begin(Actor::console()).await.unwrap();
    let server = adding::add(&mut tx, &site.house.tools.vault, &seen)
        .await
        .unwrap();
    tx.save().await.unwrap();
    site.enable(&server).await;
    site.run_jobs().await;
    server.id
}
