//! How many visitors one core serves: the real binary on the first core, the load on the second.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tokio::process::Command;

use crate::figures::{median, rounded};
use crate::generator;
use crate::house::Shop;
use crate::machine::{Folder, Served};
use crate::wire::Wire;
use crate::{Fallible, Size, tell};

const PAGES: [(&str, &str); 2] = [("home", "/"), ("sign_in", "/sign-in")];
const CONNECTIONS: usize = 32;

pub async fn measure(size: Size) -> Fallible<Map<String, Value>> {
    let folder = Folder::new(&app::world::real())?;
    let shop = Shop::open(folder.database(), &folder, "http://127.0.0.1").await?;
    generator::fill_members(&shop, 1_000).await?;
    shop.house.db.close().await;
    let served = Served::start(&folder, Some(0)).await?;
    let mut figure = Map::new();
    for (name, path) in PAGES {
        let mut each = Vec::new();
        for _ in 0..size.runs {
            each.push(load_beside(&format!("{}{path}", served.address), size.pick(2, 10)).await?);
        }
        tell(&format!("  {name} {each:?}"));
        figure.insert(name.to_owned(), json!(median(&each)));
    }
    served.stop().await?;
    Ok(Map::from_iter([(
        "public_rps".to_owned(),
        Value::Object(figure),
    )]))
}

/// Runs [`load`] in a process of its own on the second core.
async fn load_beside(address: &str, seconds: u32) -> Fallible<f64> {
    let output = Command::new("taskset")
        .args(["-c", "1"])
        .arg(std::env::current_exe()?)
        .args(["load", address, &seconds.to_string()])
        .output()
        .await?;
    let said = String::from_utf8(output.stdout)?;
    Ok(said
        .trim()
        .parse()
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?)
}

/// Reads one page over some connections for so long; answers how many times a second.
pub fn load(address: &str, seconds: u32) -> Fallible<Value> {
    let (host, path) = address.split_once('/').ok_or("no path")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let began = Instant::now();
        let until = began + Duration::from_secs(seconds.into());
        let readers: Vec<_> = (0..CONNECTIONS)
            .map(|_| read_on(host, path, until))
            .collect();
        let counts: Vec<Fallible<u32>> = futures::future::join_all(readers).await;
        let total: u32 = counts.into_iter().sum::<Fallible<u32>>()?;
        Ok(json!(rounded(
            f64::from(total) / began.elapsed().as_secs_f64()
        )))
    })
}

async fn read_on(host: &str, path: &str, until: Instant) -> Fallible<u32> {
    let mut wire = Wire::open(host).await?;
    let mut count = 0;
    while Instant::now() < until {
        let answer = wire.get(&format!("/{path}"), "").await?;
        if answer.status != 200 || answer.body.is_empty() {
            return Err(format!("/{path} answers {}", answer.status).into());
        }
        count += 1;
    }
    Ok(count)
}
