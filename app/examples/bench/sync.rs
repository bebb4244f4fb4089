//! Reading ten servers of a kind whole, a thousand members on each and nothing changed: what the real binary asks of
//! them and of their platform, how long it takes, and what it holds in memory.
//!
//! All Plex servers are one owner's, who has ten thousand friends: more than Plex allows, and the hardest that one
//! bucket of calls can get.

use std::time::Duration;

use db::{Db, Options, values};
use kit::id::ServerId;
use kit::{Actor, Secret, Timestamp};
use media::adding::{self, Opening as Door};
use media::reads::{self, ReadState};
use media::{owners, sync};
use serde_json::{Map, Value, json};
use standins::{Running, StandinClock};

use crate::figures::rounded;
use crate::generator::{self, GUID, There};
use crate::house;
use crate::machine::{Folder, Served};
use crate::memory::until_idle;
use crate::wire::Wire;
use crate::{Fallible, Size, tell};

const SERVERS: i64 = 10;
const ORLA: &str = "orla-key";
/// Before the number of a member: their account at Plex.
const ACCOUNT: &str = "5";

/// Plex's lists are believed for a while after they were read; the next hourly reading comes long after that.
const LISTS_HELD: Duration = Duration::from_secs(50);

pub async fn measure(size: Size) -> Fallible<Map<String, Value>> {
    let members = size.pick(50, 1_000);
    let mut figures = Map::new();
    for kind in ["jellyfin", "emby", "plex"] {
        let figure = Fleet::open(kind, members).await?.measure().await?;
        tell(&format!("  {kind}: {figure}"));
        figures.insert(kind.to_owned(), figure);
    }
    Ok(Map::from_iter([(
        "sync".to_owned(),
        Value::Object(figures),
    )]))
}

/// Ten servers of a kind, and the folder of the house that knows them.
struct Fleet {
    folder: Folder,
    servers: Vec<ServerId>,
    /// One for each server; Plex has all of its servers in one.
    outside: Vec<Running>,
    kind: &'static str,
}

/// How often servers and their platform were asked.
#[derive(Debug)]
struct Asked {
    servers: u64,
    platform: u64,
}

impl Fleet {
    async fn open(kind: &'static str, members: i64) -> Fallible<Self> {
        let mut outside = Vec::new();
        for _ in 0..if kind == "plex" { 1 } else { SERVERS } {
            outside.push(standins::start("127.0.0.1:0".parse()?, StandinClock::default()).await?);
        }
        let folder = Folder::new(&app::world::real())?;
        let mut fleet = Self {
            folder,
            servers: Vec::new(),
            outside,
            kind,
        };
        fleet.servers = fleet.settle(members).await?;
        Ok(fleet)
    }

    /// Adds the servers with everybody in place, and makes sure that nothing differs.
    async fn settle(&self, members: i64) -> Fallible<Vec<ServerId>> {
        let house = house::open(self.folder.database(), &self.folder, app::world::real()).await?;
        generator::fill_people(&house.db, SERVERS * members).await?;
        let servers = if self.kind == "plex" {
            self.add_of_orla(&house, members).await?
        } else {
            self.add_each(&house, members).await?
        };
        let before_number = if self.kind == "plex" { ACCOUNT } else { GUID };
        for (first, server) in (0..).step_by(usize::try_from(members)?).zip(&servers) {
            let there = There {
                server,
                first,
                members,
                before_number,
            };
            generator::fill_server(&house.db, &there).await?;
            let report = sync::sync(&house.tools.servers(), server).await?;
            if !report.is_quiet() || report.compared != usize::try_from(members)? {
                return Err(format!("nothing was to be done: {report:?}").into());
            }
        }
        house.db.close().await;
        Ok(servers)
    }

    async fn add_each(&self, house: &app::House, members: i64) -> Fallible<Vec<ServerId>> {
        let mut servers = Vec::new();
        for (first, outside) in (0..).step_by(usize::try_from(members)?).zip(&self.outside) {
            let (address, key) = if self.kind == "emby" {
                (&outside.emby, standins::emby::API_KEY)
            } else {
                (&outside.jellyfin, standins::jellyfin::API_KEY)
            };
            let users = generator::users_from(first, members);
            let id = format!("a{first:031}");
            seed(address, &json!({ "id": id, "users": users })).await?;
            let key = Door::ApiKey(Secret::new(key));
            let seen = adding::examine(&house.tools.servers(), self.kind, address, key).await?;
            servers.push(house::take_in(house, &seen).await?);
        }
        Ok(servers)
    }

    async fn add_of_orla(&self, house: &app::House, members: i64) -> Fallible<Vec<ServerId>> {
        let plex_tv = &self.outside[0].plex_tv;
        let owner = json!([{ "name": "orla", "tokens": [ORLA] }]);
        seed(plex_tv, &json!({ "accounts": owner })).await?;
        for (nth, first) in (0..SERVERS).map(|nth| (nth, nth * members)) {
            seed(plex_tv, &server_of_orla(nth, first, members)).await?;
        }
        let orla = house::sign_in_owner(house, plex_tv, ORLA).await?;
        let tools = house.tools.servers();
        let mut offered = owners::servers_of(&tools, &orla).await?;
        offered.retain(|one| one.server.name.starts_with("Server "));
        offered.sort_by(|one, other| one.server.name.cmp(&other.server.name));
        let mut servers = Vec::new();
        for one in offered {
            let seen = owners::examine(&tools, &orla, &one.server.identity).await?;
            servers.push(house::take_in(house, &seen).await?);
        }
        Ok(servers)
    }

    /// Starts the real binary on the house, and has it read all servers once more.
    async fn measure(&self) -> Fallible<Value> {
        let served = Served::start(&self.folder, None).await?;
        let db = Db::open(&Options::new(self.folder.database()), app::world::real()).await?;
        // What it does when it starts, a first reading among it.
        until_idle(&db).await?;
        if self.kind == "plex" {
            tokio::time::sleep(LISTS_HELD).await;
        }
        let (before, held) = (self.count().await?, served.resident_mb()?);
        let began = db.world().now();
        let mut tx = db.begin(Actor::console()).await?;
        tx.run(DUE, values![]).await?;
        tx.save().await?;
        until_idle(&db).await?;
        let asked = self.asked_since(before).await?;
        let seconds = took(&db, &self.servers, began).await?;
        let mut figure = json!({
            "calls_per_server": per_server(asked.servers),
            "seconds": rounded(seconds),
            "rss_mb": rounded(served.resident_mb()?),
            "rss_mb_before": rounded(held),
            "rss_mb_most": rounded(served.most_resident_mb()?),
        });
        if self.kind == "plex" {
            figure["plex_tv_calls_per_server"] = json!(per_server(asked.platform));
            figure["plex_tv_calls_per_s"] = json!(rounded(asked.platform as f64 / seconds));
        }
        db.close().await;
        served.stop().await?;
        Ok(figure)
    }

    fn address<'a>(&self, outside: &'a Running) -> &'a str {
        match self.kind {
            "plex" => &outside.plex_tv,
            "emby" => &outside.emby,
            _ => &outside.jellyfin,
        }
    }

    /// How many calls there were at all.
    async fn count(&self) -> Fallible<u64> {
        let mut count = 0;
        for outside in &self.outside {
            let calls = calls(self.address(outside), 0).await?;
            count += calls["count"].as_u64().ok_or("no count")?;
        }
        Ok(count)
    }

    async fn asked_since(&self, before: u64) -> Fallible<Asked> {
        let all = self.count().await? - before;
        let mut platform = 0;
        if self.kind == "plex" {
            let news = calls(self.address(&self.outside[0]), before).await?;
            let kept = news["calls"].as_array().ok_or("no calls")?;
            let theirs = kept.iter().filter(|call| call["side"] == "plex_tv");
            platform = theirs.count() as u64;
        }
        Ok(Asked {
            servers: all - platform,
            platform,
        })
    }
}

/// Makes the hourly reading of all servers due.
const DUE: &str = "update schedules set next_at = 0 where name = 'media.sync_servers'";

/// How many seconds the readings since `began` took together, from the first to the last.
async fn took(db: &Db, servers: &[ServerId], began: Timestamp) -> Fallible<f64> {
    let mut ended = began;
    for server in servers {
        let newest = reads::newest(db, server, 1).await?;
        let read = newest.first().filter(|read| read.begun_at >= began);
        let read = read.ok_or("a server was not read")?;
        if read.state != ReadState::Done || !read.report.0.is_quiet() {
            return Err(format!("nothing had changed: {read:?}").into());
        }
        ended = ended.max(read.ended_at);
    }
    Ok(ended.since(began).as_ms() as f64 / 1000.0)
}

fn per_server(calls: u64) -> f64 {
    rounded(calls as f64 / SERVERS as f64)
}

/// A server of Orla's with its sections, and the accounts with which it is shared.
fn server_of_orla(nth: i64, first: i64, members: i64) -> Value {
    let server = format!("Server {nth:02}");
    let id = |number: i64| format!("{ACCOUNT}{number:09}");
    let numbers = || first..first + members;
    let accounts: Vec<Value> = numbers()
        .map(|number| json!({ "id": id(number).parse::<u64>().ok(), "name": generator::name(number) }))
        .collect();
    let shares: Vec<Value> = numbers()
        .map(|number| {
            json!({ "server": server, "with": id(number), "sections": ["Movies", "Series"], "accepted": true,
                    "settings": { "allowSync": true } })
        })
        .collect();
    let sections = json!([{ "title": "Movies" }, { "title": "Series", "kind": "show" }]);
    json!({
        "accounts": accounts,
        "servers": [{ "name": server, "owner": "orla", "sections": sections }],
        "shares": shares,
    })
}

async fn seed(address: &str, seed: &Value) -> Fallible<()> {
    let answer = Wire::open(address)
        .await?
        .post("/_control/seed", seed)
        .await?;
    if answer.status < 300 {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&answer.body).into_owned().into())
}

/// The count of all calls, and those after the given count as far as they are kept.
async fn calls(address: &str, after: u64) -> Fallible<Value> {
    let path = format!("/_control/calls?after={after}");
    let answer = Wire::open(address).await?.get(&path, "").await?;
    Ok(serde_json::from_slice(&answer.body)?)
}
