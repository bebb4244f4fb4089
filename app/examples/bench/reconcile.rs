//! Reading a server of 10,000 members whole and putting right what differs: calls and seconds.

use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::figures::{median, rounded};
use crate::generator;
use crate::house::Shop;
use crate::machine::Folder;
use crate::wire::Wire;
use crate::{Fallible, Size, tell};

const DRIFTED: i64 = 100;

pub async fn measure(size: Size) -> Fallible<Map<String, Value>> {
    let folder = Folder::new(&app::world::real())?;
    let shop = Shop::open(folder.database(), &folder, "http://127.0.0.1").await?;
    let members = size.pick(500, 10_000);
    let mut wire = Wire::open(&shop.outside.jellyfin).await?;
    let users = generator::users(members);
    seed(&mut wire, &users).await?;
    generator::fill_members(&shop, members).await?;
    sync(&shop, &mut wire, 0).await?;
    let (mut nothing, mut drifted) = (Vec::new(), Vec::new());
    for _ in 0..size.runs {
        nothing.push(sync(&shop, &mut wire, 0).await?);
        drift(&mut wire, &users).await?;
        drifted.push(sync(&shop, &mut wire, DRIFTED as usize).await?);
    }
    let figure = json!({ "nothing": summed_up(&nothing), "drifted_100": summed_up(&drifted) });
    tell(&format!("  {figure}"));
    Ok(Map::from_iter([("reconcile".to_owned(), figure)]))
}

fn summed_up(rounds: &[Round]) -> Value {
    let calls: Vec<f64> = rounds.iter().map(|round| round.calls as f64).collect();
    let seconds: Vec<f64> = rounds.iter().map(|round| round.seconds).collect();
    json!({ "calls": median(&calls) as u64, "seconds": median(&seconds) })
}

struct Round {
    calls: u64,
    seconds: f64,
}

/// Syncs once, and makes sure that as many were corrected as had drifted.
async fn sync(shop: &Shop, wire: &mut Wire, drifted: usize) -> Fallible<Round> {
    let before = calls(wire).await?;
    let began = Instant::now();
    let synced = media::sync::sync(&shop.house.tools.servers(), &shop.server).await?;
    let seconds = rounded(began.elapsed().as_secs_f64());
    if synced.corrected != drifted || synced.handed_over > 0 {
        return Err(format!("{drifted} had drifted: {synced:?}").into());
    }
    Ok(Round {
        calls: calls(wire).await? - before,
        seconds,
    })
}

async fn calls(wire: &mut Wire) -> Fallible<u64> {
    let answer = wire.get("/_control/calls", "").await?;
    let news: Value = serde_json::from_slice(&answer.body)?;
    Ok(news["count"].as_u64().ok_or("no count")?)
}

async fn seed(wire: &mut Wire, users: &[Value]) -> Fallible<()> {
    let answer = wire
        .post("/_control/seed", &json!({ "users": users }))
        .await?;
    if answer.status == 200 {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&answer.body).into_owned().into())
    }
}

/// Somebody closes a library for every hundredth member.
async fn drift(wire: &mut Wire, users: &[Value]) -> Fallible<()> {
    let gap = users.len() / usize::try_from(DRIFTED)?;
    let mut changed: Vec<Value> = users.iter().step_by(gap).cloned().collect();
    for user in &mut changed {
        user["libraries"] = json!(["Movies"]);
    }
    seed(wire, &changed).await
}
