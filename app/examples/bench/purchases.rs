//! From the gateway's message to the policy set on the media server, fifty purchases a second.
//!
//! The clock of a purchase starts before the customer's payment reaches the gateway's stand-in and stops when
//! the media server's stand-in got the last policy of that user, both by the stand-ins' own account.

use std::collections::BTreeMap;
use std::time::Duration;

use billing::checkout::{self, Opening};
use billing::gateway::CheckoutUrls;
use db::values;
use flows::told_at_once::checkout::{self as at_once, Choice, MediaChoice};
use kit::{Actor, Email, Timestamp};
use media::credentials::Credentials;
use people::account::{self, NewAccount};
use serde_json::{Map, Value, json};
use testkit::TestDb;

use crate::figures::{median, percentile};
use crate::house::Shop;
use crate::insight;
use crate::machine::{Folder, free_address};
use crate::wire::Wire;
use crate::{Fallible, Size, engine_name, tell};

/// How long after the last purchase everybody must be in.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What one run came to.
struct Run {
    ms: Vec<f64>,
    lost: usize,
    doubled: i64,
}

pub async fn measure(size: Size, engines: Vec<TestDb>) -> Fallible<Map<String, Value>> {
    let mut figures = Map::new();
    for engine in engines {
        let mut runs = Vec::new();
        for _ in 0..size.runs {
            runs.push(run(size, &engine.fresh().await).await?);
        }
        let figure = summed_up(&runs);
        tell(&format!("  {} {figure}", engine_name(&engine)));
        if figures.is_empty() {
            figures.extend(figure.as_object().cloned().unwrap_or_default());
        }
        figures.insert(engine_name(&engine).to_owned(), figure);
    }
    Ok(Map::from_iter([(
        "purchase_to_access_ms".to_owned(),
        Value::Object(figures),
    )]))
}

fn summed_up(runs: &[Run]) -> Value {
    let of = |share: f64| {
        let each: Vec<f64> = runs.iter().map(|run| percentile(&run.ms, share)).collect();
        median(&each)
    };
    json!({
        "p50": of(0.5), "p99": of(0.99), "max": of(1.0),
        "lost": runs.iter().map(|run| run.lost).sum::<usize>(),
        "doubled": runs.iter().map(|run| run.doubled).sum::<i64>(),
        "purchases": runs.iter().map(|run| run.ms.len()).sum::<usize>(),
    })
}

async fn run(size: Size, on: &TestDb) -> Fallible<Run> {
    let (per_second, seconds) = (50, size.pick(5, 60));
    let folder = Folder::new(&app::world::real())?;
    let address = free_address()?;
    let shop = Shop::open(on.address.clone(), &folder, &format!("http://{address}")).await?;
    let serving = app::serve::start(&shop.house, address.parse()?).await?;
    let mut sessions = Vec::new();
    for number in 0..per_second * seconds {
        sessions.push(begin(&shop, &address, number).await?);
    }
    let before = insight::Before::now(&shop)?;
    let paid = pay_all(&shop, &sessions, Duration::from_secs(1) / per_second).await?;
    insight::tell_since(&before, &shop, sessions.len()).await?;
    let run = judge(&shop, &paid).await?;
    serving.stop().await;
    shop.house.db.close().await;
    Ok(run)
}

fn buyer(number: u32) -> String {
    format!("buyer{number:05}")
}

/// A customer registers, chooses, and stands before the gateway's page. Answers the page's session.
async fn begin(shop: &Shop, site: &str, number: u32) -> Fallible<String> {
    let (house, name) = (&shop.house, buyer(number));
    let email = Email::parse(&format!("{name}@lights.example")).map_err(|_| "no address")?;
    let new = NewAccount {
        confirmed: true,
        ..NewAccount::customer(email, name.clone())
    };
    let mut tx = house.db.begin(Actor::visitor()).await?;
    let account = account::create(&mut tx, &new, None).await?;
    tx.save().await?;
    let credentials = Credentials::parse(&name, "a quiet evening").map_err(|_| "no password")?;
    let choice = Choice {
        price: shop.price.clone(),
        gateway: shop.stripe.clone(),
        location: None,
        platform: None,
        media: MediaChoice::New(credentials),
    };
    let begun = at_once::begin(&house.tools, &account, &choice).await?;
    let urls = CheckoutUrls {
        paid: format!("http://{site}/checkout/return/{}", begun.attempt),
        left: format!("http://{site}/checkout/left/{}", begun.attempt),
    };
    match checkout::open(&house.tools.gateways, &begun.attempt, urls).await? {
        Opening::Page(url) => Ok(url.rsplit('/').next().unwrap_or_default().to_owned()),
        other => Err(format!("no page to pay on: {other:?}").into()),
    }
}

/// When each buyer paid, and when each user's policy was last set.
struct Paid {
    at: Vec<Timestamp>,
    policies: BTreeMap<String, Timestamp>,
}

async fn pay_all(shop: &Shop, sessions: &[String], gap: Duration) -> Fallible<Paid> {
    let mut watch = Watch::open(&shop.outside.jellyfin).await?;
    let mut due = tokio::time::interval(gap);
    let mut paying = tokio::task::JoinSet::new();
    let mut at = vec![Timestamp::EPOCH; sessions.len()];
    let mut looks = tokio::time::interval(LOOK_EVERY);
    for (number, session) in sessions.iter().enumerate() {
        loop {
            tokio::select! {
                _ = due.tick() => break,
                _ = looks.tick() => watch.look().await?,
            }
        }
        at[number] = app::world::real().clock.now();
        paying.spawn(pay(shop.outside.stripe.clone(), session.clone()));
    }
    while let Some(paid) = paying.join_next().await {
        paid??;
    }
    let until = tokio::time::Instant::now() + PATIENCE;
    while watch.policies.len() < sessions.len() && tokio::time::Instant::now() < until {
        looks.tick().await;
        watch.look().await?;
    }
    // What follows the last policy is not waited for by anybody, but would count as doubled.
    tokio::time::sleep(Duration::from_secs(2)).await;
    watch.look().await?;
    Ok(Paid {
        at,
        policies: watch.policies,
    })
}

async fn pay(stripe: String, session: String) -> Fallible<()> {
    let mut wire = Wire::open(&stripe).await?;
    let order = json!({ "session": session, "email": "aino@lights.example" });
    match wire.post("/_control/pay", &order).await? {
        answer if answer.status == 200 => Ok(()),
        answer => Err(format!("paying: {}", String::from_utf8_lossy(&answer.body)).into()),
    }
}

/// Reads which calls the media server got, those that are new at each look.
struct Watch {
    wire: Wire,
    seen: u64,
    policies: BTreeMap<String, Timestamp>,
}

impl Watch {
    async fn open(jellyfin: &str) -> Fallible<Self> {
        let wire = Wire::open(jellyfin).await?;
        let mut watch = Self {
            wire,
            seen: 0,
            policies: BTreeMap::new(),
        };
        watch.look().await?;
        watch.policies.clear();
        Ok(watch)
    }

    async fn look(&mut self) -> Fallible<()> {
        let path = format!("/_control/calls?after={}", self.seen);
        let news: Value = serde_json::from_slice(&self.wire.get(&path, "").await?.body)?;
        self.seen = news["count"].as_u64().ok_or("no count")?;
        for call in news["calls"].as_array().into_iter().flatten() {
            let path = call["path"]
                .as_str()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let at = call["at"].as_str().unwrap_or_default();
            if let Some(user) = path
                .strip_prefix("/users/")
                .and_then(|rest| rest.strip_suffix("/policy"))
            {
                let at = Timestamp::parse_rfc3339(at).ok_or("no moment")?;
                self.policies.insert(user.replace('-', ""), at);
            }
        }
        Ok(())
    }
}

const DOUBLED: &str = "
    select cast(count(*) as bigint) as n from (
        select subscription_id from term_grants group by subscription_id having count(*) > 1) as doubled";

async fn judge(shop: &Shop, paid: &Paid) -> Fallible<Run> {
    let mut wire = Wire::open(&shop.outside.jellyfin).await?;
    let state: Value = serde_json::from_slice(&wire.get("/_control/state", "").await?.body)?;
    let mut let_in: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for user in state["users"].as_array().into_iter().flatten() {
        let is_open = user["libraries"]
            .as_array()
            .is_some_and(|all| !all.is_empty());
        if let (Some(name), Some(id), true) = (user["name"].as_str(), user["id"].as_str(), is_open)
        {
            let_in.entry(name).or_default().push(id.replace('-', ""));
        }
    }
    let mut run = Run {
        ms: Vec::new(),
        lost: 0,
        doubled: 0,
    };
    for (number, began) in paid.at.iter().enumerate() {
        let users = let_in
            .remove(buyer(u32::try_from(number)?).as_str())
            .unwrap_or_default();
        let set = users.first().and_then(|id| paid.policies.get(id));
        match set {
            Some(at) => run.ms.push((at.ms() - began.ms()) as f64),
            None => run.lost += 1,
        }
        run.doubled += i64::from(users.len() > 1);
    }
    run.doubled += shop.house.db.one::<(i64,)>(DOUBLED, values![]).await?.0;
    Ok(run)
}
