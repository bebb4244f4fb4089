//! What the real binary holds in memory with 1,000 members, after an hour's worth of jobs run fast.

use std::time::Duration;

use db::{Db, Options, values};
use kit::Actor;
use serde_json::{Map, Value, json};

use crate::figures::{median, rounded};
use crate::generator;
use crate::house::Shop;
use crate::machine::{Folder, Served};
use crate::wire::Wire;
use crate::{Fallible, Size, tell};

const MEMBERS: i64 = 1_000;
/// Turns of the schedule in an hour, one each minute.
const TURNS: i64 = 60;
const MINUTE_MS: i64 = 60_000;

pub async fn measure(size: Size) -> Fallible<Map<String, Value>> {
    let mut each = Vec::new();
    for _ in 0..size.runs {
        each.push(run(size).await?);
        tell(&format!("  {each:?} MB"));
    }
    Ok(Map::from_iter([(
        "rss_mb".to_owned(),
        json!(median(&each)),
    )]))
}

async fn run(size: Size) -> Fallible<f64> {
    let folder = Folder::new(&app::world::real())?;
    let shop = Shop::open(folder.database(), &folder, "http://127.0.0.1").await?;
    let users = json!({ "users": generator::users(MEMBERS) });
    let mut wire = Wire::open(&shop.outside.jellyfin).await?;
    wire.post("/_control/seed", &users).await?;
    generator::fill(&shop, MEMBERS).await?;
    shop.house.db.close().await;
    let served = Served::start(&folder, None).await?;
    live_an_hour(&folder, size.pick(6, TURNS)).await?;
    let held = served.resident_mb()?;
    served.stop().await?;
    Ok(rounded(held))
}

/// Makes each schedule due as often as an hour would; the clock itself is the machine's and stays as it is.
const DUE: &str = "
    update schedules set next_at = 0 where $1 % ((next_at - last_at) / 60000) = 0 and next_at - last_at >= 60000";

const BUSY: &str =
    "select cast(count(*) as bigint) as n from jobs where run_at <= $1 and failed_at > $1";
const OVERDUE: &str = "select cast(count(*) as bigint) as n from schedules where next_at = 0";

async fn live_an_hour(folder: &Folder, turns: i64) -> Fallible<()> {
    let db = Db::open(&Options::new(folder.database()), app::world::real()).await?;
    until_idle(&db).await?;
    for minute in 1 + TURNS - turns..=TURNS {
        let mut tx = db.begin(Actor::console()).await?;
        tx.run(DUE, values![minute]).await?;
        tx.save().await?;
        until_idle(&db).await?;
    }
    db.close().await;
    Ok(())
}

/// Waits until no schedule and no job is due.
pub async fn until_idle(db: &Db) -> Fallible<()> {
    for _ in 0..1_200 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = db.world().now().ms();
        let due = db.one::<(i64,)>(OVERDUE, values![]).await?.0;
        if due == 0
            && db
                .one::<(i64,)>(BUSY, values![now + MINUTE_MS / 60])
                .await?
                .0
                == 0
        {
            return Ok(());
        }
    }
    Err("the jobs of a minute took longer than two".into())
}
