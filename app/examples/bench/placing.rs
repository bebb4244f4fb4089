//! Choosing servers: how many placements a second over 200 servers and 50 plans, each refusal with its reasons.

use std::collections::BTreeSet;
use std::time::Instant;

use kit::Timestamp;
use kit::id::{GroupId, Id, MemberId, ServerId};
use media::choosing::{Asked, Candidate, Crowd, Tie, pick};
use media::entitlements::{Entitlements, Spread, Targets};
use media::server::{Server, ServerState};
use serde_json::{Map, Value, json};

use crate::figures::median;
use crate::{Fallible, Size, tell};

const SERVERS: usize = 200;
const PLANS: usize = 50;
const GROUPS: usize = 6;

pub fn measure(size: Size) -> Fallible<Map<String, Value>> {
    let mut chance = Dice(200);
    let candidates: Vec<Candidate> = (0..SERVERS).map(|n| candidate(n, &mut chance)).collect();
    let plans: Vec<Entitlements> = (0..PLANS).map(|n| plan(n, &mut chance)).collect();
    let asks = size.pick(10_000, 500_000);
    let mut rates = Vec::new();
    let mut refused = 0;
    for _ in 0..size.runs {
        let began = Instant::now();
        refused = place_all(&candidates, &plans, asks)?;
        rates.push(asks as f64 / began.elapsed().as_secs_f64());
    }
    let per_second = median(&rates) as u64;
    tell(&format!(
        "  {per_second} a second, {refused} of {asks} refused"
    ));
    let about = json!({ "asked": asks, "refused": refused });
    Ok(Map::from_iter([
        ("place_per_s".to_owned(), json!(per_second)),
        ("place".to_owned(), about),
    ]))
}

/// Answers how many were refused; a refusal that leaves a server without a reason ends the run.
fn place_all(candidates: &[Candidate], plans: &[Entitlements], asks: usize) -> Fallible<usize> {
    let somebody = MemberId::parse("mem_somebody").ok_or("an id")?;
    let mut refused = 0;
    for n in 0..asks {
        let asked = Asked {
            trial: n.is_multiple_of(7),
            location: n.is_multiple_of(3).then_some("north"),
            ..Asked::new(&somebody, &plans[n % plans.len()])
        };
        if let Err(why) = pick(candidates, &asked) {
            if why.obstacles.len() != candidates.len() || why.obstacles.iter().any(Option::is_none)
            {
                return Err("a refusal without its reasons".into());
            }
            refused += 1;
        }
    }
    Ok(refused)
}

/// The same throws each time: Knuth's linear congruential generator, of which the upper bits are good enough here.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u32) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::from((self.0 >> 33) as u32 % most)
    }
}

fn group(n: usize) -> GroupId {
    GroupId::parse(&format!("grp_01hxyzgroup{n:012}")).expect("the text is an id")
}

fn server_id(n: usize) -> ServerId {
    ServerId::parse(&format!("srv_01hxyzserver{n:011}")).expect("the text is an id")
}

fn candidate(n: usize, chance: &mut Dice) -> Candidate {
    let groups: BTreeSet<GroupId> = (0..GROUPS)
        .filter(|_| chance.below(4) < 3)
        .map(group)
        .collect();
    Candidate {
        groups,
        taken: chance.below(100),
        crowd: n.is_multiple_of(3).then(|| Crowd {
            known: chance.below(100),
            most: 99,
        }),
        downloads: !n.is_multiple_of(5),
        tie: if chance.below(100) == 0 {
            Tie::Former
        } else {
            Tie::None
        },
        server: server(n, chance),
    }
}

fn server(n: usize, chance: &mut Dice) -> Server {
    Server {
        id: server_id(n),
        name: format!("Server {n}"),
        kind: ["jellyfin", "plex", "emby"][n % 3].to_owned(),
        address: String::new(),
        public_address: String::new(),
        identity: n.to_string(),
        version: String::new(),
        location: Some(["north", "south"][n % 2].to_owned()),
        enabled: chance.below(10) < 9,
        takes_members: chance.below(5) < 4,
        takes_trials: chance.below(2) == 0,
        four_k_transcoding: true,
        ceiling: Some(20 + chance.below(100)),
        members: 0,
        template_user: None,
        state: ServerState::Ok,
        reason: None,
        trouble: None,
        added_at: Timestamp::EPOCH,
        checked_at: Timestamp::EPOCH,
        synced_at: Timestamp::EPOCH,
        down_since: Timestamp::NEVER,
        owner_account_id: None,
        renew_library: None,
        licensed: true,
        left_alone: false,
        records_streams: false,
        records_downloads: false,
        remote_name: None,
        edition: 1,
    }
}

/// Of ten plans, seven take any server, two prefer some, and one insists on a few that are hard to have.
fn plan(n: usize, chance: &mut Dice) -> Entitlements {
    let mut servers = || {
        (0..4)
            .map(|_| server_id(chance.below(SERVERS as u32) as usize))
            .collect()
    };
    Entitlements {
        groups: (0..=n % 3).map(group).collect(),
        servers: if n % 10 < 7 { Vec::new() } else { servers() },
        targets: if n % 10 == 9 {
            Targets::Only
        } else {
            Targets::First
        },
        spread: if n % 20 == 19 {
            Spread::All
        } else {
            Spread::One
        },
        downloads: n.is_multiple_of(4),
        ..Entitlements::default()
    }
}
