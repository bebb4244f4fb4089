//! Moving every member of a server to another one, across platforms, while one call in twenty fails and the
//! process dies twice: who is right afterwards, whether anybody was made twice, and how long it took.

use std::collections::BTreeMap;
use std::time::Instant;

use app::House;
use billing::plan::{self, NewPlan, PlanKind};
use db::values;
use flows::told_at_once::link_users::{self, Terms};
use flows::told_at_once::new_member::Until;
use kit::id::{Id, MemberId, MoveId, PlanId, ServerId};
use kit::{Actor, PageAsked, Secret, Span};
use lists::moves::{Chosen, MoverFilter, movers};
use media::adding::{self, Opening as Door};
use media::credentials::{self, Credentials};
use media::link::{self, Wish};
use media::moving::{self, MoveState, NewMove, Stand};
use media::owners;
use media::remote_user::{self, Whose};
use media::share;
use media::{Entitlements, Level, Server, group, server};
use serde_json::{Map, Value, json};
use standins::{Running, StandinClock};
use testkit::TestWorld;

use crate::figures::rounded;
use crate::house;
use crate::machine::Folder;
use crate::wire::Wire;
use crate::{Fallible, Size, tell};

/// Of how many calls one fails.
const ONE_IN: u32 = 20;
/// Minutes of the house's own time after which a move that goes on must be stuck.
const PATIENCE: usize = 3000;
const PASSWORD: &str = "a quiet evening";

pub async fn measure(size: Size) -> Fallible<Map<String, Value>> {
    let members = size.pick(40, 500);
    let mut figure = Map::new();
    let (mut right, mut twice, mut seconds) = (members, 0, 0.0_f64);
    for (name, from, to) in [
        ("jellyfin_to_emby", "jellyfin", "emby"),
        ("plex_to_jellyfin", "plex", "jellyfin"),
    ] {
        let came = Course::open(from, to, members).await?.run().await?;
        tell(&format!("  {name}: {came:?}"));
        right = right.min(came.right);
        twice += came.twice;
        seconds = seconds.max(came.seconds);
        figure.insert(
            name.to_owned(),
            json!({ "right": came.right, "twice": came.twice, "s": came.seconds, "report_exact": came.report_exact,
                    "faults": came.faults }),
        );
    }
    figure.insert("right".to_owned(), json!(right));
    figure.insert("twice".to_owned(), json!(twice));
    figure.insert("s".to_owned(), json!(seconds));
    Ok(Map::from_iter([(
        "migrate".to_owned(),
        Value::Object(figure),
    )]))
}

/// What came of one move.
#[derive(Debug)]
struct Came {
    right: usize,
    twice: usize,
    seconds: f64,
    report_exact: bool,
    /// How many calls were made to fail.
    faults: u64,
}

/// A house with its members on one server, and another server that waits for them.
struct Course {
    world: TestWorld,
    folder: Folder,
    house: House,
    outside: Running,
    source: ServerId,
    target: ServerId,
    to: &'static str,
    from: &'static str,
    members: usize,
}

impl Course {
    async fn open(from: &'static str, to: &'static str, members: usize) -> Fallible<Self> {
        let world = testkit::testworld();
        let clock = StandinClock::default();
        clock.pin_ms(world.now().ms());
        let outside = standins::start("127.0.0.1:0".parse()?, clock).await?;
        let folder = Folder::new(&world.world())?;
        let house = house::open(folder.database(), &folder, world.world()).await?;
        let mut course = Self {
            // Nobody's, until both are added.
            source: ServerId::fresh(&world.world()),
            target: ServerId::fresh(&world.world()),
            world,
            folder,
            house,
            outside,
            to,
            from,
            members,
        };
        course.people().await?;
        course.source = course.add(from).await?;
        let plan = course.plan().await?;
        course.settle_in(&plan).await?;
        course.target = course.add(to).await?;
        Ok(course)
    }

    async fn control(&self, kind: &str, path: &str, body: &Value) -> Fallible<()> {
        let mut wire = Wire::open(self.address(kind)).await?;
        let answer = wire.post(path, body).await?;
        if answer.status < 300 {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&answer.body).into_owned().into())
    }

    async fn state(&self, kind: &str, path: &str) -> Fallible<Value> {
        let mut wire = Wire::open(self.address(kind)).await?;
        Ok(serde_json::from_slice(&wire.get(path, "").await?.body)?)
    }

    fn address(&self, kind: &str) -> &str {
        match kind {
            "plex" => &self.outside.plex_tv,
            "emby" => &self.outside.emby,
            _ => &self.outside.jellyfin,
        }
    }

    /// Those who are on the source before the house looks at it.
    async fn people(&self) -> Fallible<()> {
        let libraries = ["Movies", "Series"];
        let seed = if self.from == "plex" {
            json!({
                "accounts": [{ "name": "orla", "tokens": ["orla-key"] }],
                "crowd": { "count": self.members, "prefix": "member", "server": "Polaris",
                           "sections": libraries, "accepts": "at_once" },
                "share_limit": 100_000,
            })
        } else {
            let users: Vec<Value> = (0..self.members)
                .map(|n| json!({ "name": format!("member{n:04}"), "libraries": libraries }))
                .collect();
            json!({ "users": users })
        };
        self.control(self.from, "/_control/seed", &seed).await
    }

    async fn add(&self, kind: &str) -> Fallible<ServerId> {
        let servers = self.house.tools.servers();
        let seen = if kind == "plex" {
            self.examined_through_its_owner().await?
        } else {
            let key = if kind == "emby" {
                standins::emby::API_KEY
            } else {
                standins::jellyfin::API_KEY
            };
            let key = Door::ApiKey(Secret::new(key));
            adding::examine(&servers, kind, self.address(kind), key).await?
        };
        house::take_in(&self.house, &seen).await
    }

    async fn examined_through_its_owner(&self) -> Fallible<adding::Examined> {
        let servers = self.house.tools.servers();
        let orla = house::sign_in_owner(&self.house, &self.outside.plex_tv, "orla-key").await?;
        let offered = owners::servers_of(&servers, &orla).await?;
        let polaris = offered.iter().find(|one| one.server.name == "Polaris");
        let identity = &polaris.ok_or("no server of hers")?.server.identity;
        Ok(owners::examine(&servers, &orla, identity).await?)
    }

    async fn plan(&self) -> Fallible<PlanId> {
        let opened = Entitlements {
            groups: vec![group::standard()],
            video_transcoding: true,
            ..Entitlements::default()
        };
        let new = NewPlan {
            kind: PlanKind::Membership,
            name: "Family".to_owned(),
            description: String::new(),
            position: 1,
            trial: None,
            sections: BTreeMap::from([("media".to_owned(), opened.print())]),
        };
        let mut tx = self.house.db.begin(Actor::console()).await?;
        let plan = plan::create(&mut tx, &new).await?;
        plan::set_active(&mut tx, &plan, true).await?;
        tx.save().await?;
        Ok(plan)
    }

    /// Links everybody on the source to a member with a year of the plan, as somebody would who begins with us.
    async fn settle_in(&self, plan: &PlanId) -> Fallible<()> {
        media::sync::sync(&self.house.tools.servers(), &self.source).await?;
        let terms = Terms {
            plan: plan.clone(),
            until: Until::Day(self.world.now() + Span::days(365)),
        };
        let mut asked = PageAsked::first(500);
        loop {
            let db = &self.house.db;
            let page = remote_user::list(db, &self.source, Whose::NotOurs, &asked).await?;
            let wishes: Vec<Wish> = page
                .rows
                .iter()
                .filter(|user| user.name.starts_with("member"))
                .map(|user| Wish {
                    user: user.id.clone(),
                    member: None,
                })
                .collect();
            for change in link::preview(db, &self.source, &wishes).await? {
                let mut tx = db.begin(Actor::console()).await?;
                link_users::apply(&mut tx, &self.source, &change, &terms).await?;
                tx.save().await?;
            }
            match page.next {
                Some(next) => asked = PageAsked::new(500, Some(next)),
                None => break,
            }
        }
        self.house.runner.run_until_idle().await?;
        Ok(())
    }

    async fn run(mut self) -> Fallible<Came> {
        let id = self.begin().await?;
        for kind in [self.from, self.to] {
            self.control(kind, "/_control/faults", &faults()).await?;
        }
        let began = Instant::now();
        let mut kills = vec![self.members * 3, self.members];
        for _ in 0..PATIENCE {
            if let Some(step) = kills.pop() {
                self.world.stop_at(i64::try_from(step)?);
                drop(self.house.runner.run_until_idle().await);
                self.reopen().await?;
            }
            self.house.runner.run_until_idle().await?;
            self.choose(&id).await?;
            let progress = moving::progress(&self.house.db, &id).await?;
            let found = moving::find(&self.house.db, &id).await?.ok_or("no move")?;
            if found.state == MoveState::Done && progress.waits() == 0 && self.is_still().await? {
                break;
            }
            self.world.advance(Span::minutes(1));
            self.house.runner.turn_schedules().await?;
        }
        let seconds = rounded(began.elapsed().as_secs_f64());
        self.judge(&id, seconds).await
    }

    async fn begin(&self) -> Fallible<MoveId> {
        let db = &self.house.db;
        let source: Server = server::find(db, &self.source).await?.ok_or("no source")?;
        let between = (&source, &self.target);
        let makers = &self.house.tools.makers;
        let preview = lists::moves::preview(db, makers, between, false, &Chosen::Everybody)
            .await?
            .ok_or("no target")?;
        if preview.going() != self.members {
            return Err(format!("{} would be moved: {:?}", preview.going(), preview.checks).into());
        }
        let new = NewMove {
            source: self.source.clone(),
            target: self.target.clone(),
            source_gone: false,
            reason: "Measured".to_owned(),
        };
        let mut tx = db.begin(Actor::console()).await?;
        let begun = moving::begin(&mut tx, &new, &preview.prospects).await?;
        tx.save().await?;
        Ok(begun.id)
    }

    /// The same database, a new process.
    async fn reopen(&mut self) -> Fallible<()> {
        self.world.revive();
        self.house.db.close().await;
        self.house = house::open(self.folder.database(), &self.folder, self.world.world()).await?;
        // What the dead process had begun is begun again when its lease has run out.
        self.world.advance(Span::minutes(11));
        self.house.runner.turn_schedules().await?;
        Ok(())
    }

    /// Those who were asked for a name and a password choose them.
    async fn choose(&self, id: &MoveId) -> Fallible<()> {
        let open = self.of(id, MoverFilter::Open).await?;
        for (member, name, _) in open.iter().filter(|(.., stand)| *stand == Stand::Asked) {
            let chosen = Credentials::parse(name, PASSWORD).map_err(|_| "a name is refused")?;
            let mut tx = self.house.db.begin(Actor::console()).await?;
            let vault = &self.house.tools.vault;
            credentials::choose_everywhere(&mut tx, vault, member, &chosen).await?;
            tx.save().await?;
        }
        Ok(())
    }

    async fn of(
        &self,
        id: &MoveId,
        filter: MoverFilter,
    ) -> Fallible<Vec<(MemberId, String, Stand)>> {
        let mut all = Vec::new();
        let mut asked = PageAsked::first(500);
        loop {
            let page = movers(&self.house.db, id, filter, &asked).await?;
            let rows = page.rows.iter();
            all.extend(
                rows.map(|row| (row.member_id.clone(), row.member_name.clone(), row.stand())),
            );
            match page.next {
                Some(next) => asked = PageAsked::new(500, Some(next)),
                None => return Ok(all),
            }
        }
    }

    /// Whether every share is as it should be, so that nobody is about to be let in or out.
    async fn is_still(&self) -> Fallible<bool> {
        const UNSETTLED: &str = "select count(*) as n from targets where state <> 'in_place'";
        let row: (i64,) = self.house.db.one(UNSETTLED, values![]).await?;
        Ok(row.0 == 0)
    }

    async fn judge(&self, id: &MoveId, seconds: f64) -> Fallible<Came> {
        let all = self.of(id, MoverFilter::All).await?;
        let there = self.names_on(self.to).await?;
        let mut right = 0;
        for (member, name, stand) in &all {
            let shares = share::list_of_member(&self.house.db, member).await?;
            let on = |server: &ServerId| shares.iter().find(|share| share.server_id == *server);
            let is_in = on(&self.target).is_some_and(share::Share::is_open);
            let is_out = on(&self.source).is_some_and(|share| {
                share.level == Level::Ended && share.seen_level == Some(Level::Ended)
            });
            let made = there.get(name).copied() == Some(1);
            right += usize::from(*stand == Stand::Moved && is_in && is_out && made);
        }
        let twice = there.values().map(|n| n - 1).sum();
        Ok(Came {
            right,
            twice,
            seconds,
            report_exact: self.report_is_exact(id).await?,
            faults: self.faults().await?,
        })
    }

    /// How often each member's name is on a server.
    async fn names_on(&self, kind: &str) -> Fallible<BTreeMap<String, usize>> {
        let state = self.state(kind, "/_control/state").await?;
        let mut names = BTreeMap::new();
        for user in state["users"].as_array().into_iter().flatten() {
            let name = user["name"].as_str().unwrap_or_default();
            if name.starts_with("member") && user["libraries"] == json!(["Movies", "Series"]) {
                *names.entry(name.to_owned()).or_insert(0) += 1;
            }
        }
        Ok(names)
    }

    /// The last report says what is so.
    async fn report_is_exact(&self, id: &MoveId) -> Fallible<bool> {
        const REPORT: &str = "
            select payload from events where name = 'media.move_ended' order by id desc limit 1";
        let (payload,): (String,) = self.house.db.one(REPORT, values![]).await?;
        let told: Value = serde_json::from_str(&payload)?;
        let progress = moving::progress(&self.house.db, id).await?;
        Ok(told["moved"] == json!(progress.of(Stand::Moved))
            && told["failed"] == json!(progress.of(Stand::Failed))
            && told["waits"] == json!(0))
    }

    async fn faults(&self) -> Fallible<u64> {
        let mut hit = 0;
        for kind in [self.from, self.to] {
            let faults = self.state(kind, "/_control/faults").await?;
            for fault in faults.as_array().into_iter().flatten() {
                hit += fault["hit"].as_u64().unwrap_or(0);
            }
        }
        Ok(hit)
    }
}

/// One call in twenty fails: it is refused before anything is done, or done and not answered.
fn faults() -> Value {
    json!([
        { "kind": "status", "status": 503, "one_in": ONE_IN * 2, "seed": 7 },
        { "kind": "drop_answer", "one_in": ONE_IN * 2, "seed": 11 },
    ])
}
