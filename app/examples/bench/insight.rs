//! Where the time of purchases went: for whoever looks for it, not for the figures.

use db::values;
use kit::Timestamp;

use crate::house::Shop;
use crate::{Fallible, tell};

/// What was spent before the first purchase.
#[derive(Debug)]
pub struct Before {
    saves: u64,
    cpu_ms: f64,
    at: Timestamp,
}

impl Before {
    pub fn now(shop: &Shop) -> Fallible<Self> {
        Ok(Self {
            saves: shop.house.db.generation(),
            cpu_ms: cpu_ms()?,
            at: shop.house.db.world().now(),
        })
    }
}

db::row! {
    struct JobsOfName {
        name: String,
        n: i64,
        queued: i64,
        took: i64,
        repeated: i64,
    }
}

const JOBS: &str = "
    select name, cast(count(*) as bigint) as n, cast(avg(queued_ms) as bigint) as queued,
           cast(avg(took_ms) as bigint) as took, cast(sum(attempts - 1) as bigint) as repeated
      from job_runs where at >= $1 group by name order by n desc, name limit 16";

/// Tells saves and processor time a purchase, and how long its jobs waited and took.
pub async fn tell_since(before: &Before, shop: &Shop, purchases: usize) -> Fallible<()> {
    let (db, each) = (&shop.house.db, purchases as f64);
    let saves = (db.generation() - before.saves) as f64 / each;
    let cpu = (cpu_ms()? - before.cpu_ms) / each;
    tell(&format!(
        "    {saves:.1} saves and {cpu:.1} ms of processor time a purchase, stand-ins included"
    ));
    let jobs: Vec<JobsOfName> = db.all(JOBS, values![before.at]).await?;
    for job in jobs {
        tell(&format!(
            "    {:>6} {}: waited {} ms, took {} ms, {} repeated",
            job.n, job.name, job.queued, job.took, job.repeated
        ));
    }
    Ok(())
}

/// Of this process. A tick of the kernel's is 10 ms on every machine that we know.
fn cpu_ms() -> Fallible<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().ok_or("no name")?;
    let ticks: Vec<u64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<u64>() as f64 * 10.0)
}
