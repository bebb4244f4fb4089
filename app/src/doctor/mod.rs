//! The doctor: what is found, what is missing, what to do. It looks and changes nothing.

mod house;
mod machine;
mod outside;
mod servers;

use db::{Db, Options};
use drivers::http::Http;
use kit::stored::stored_words;
use kit::{Text, World};
use serde::Serialize;

use crate::config::Config;

stored_words! {
    /// How a thing stands.
    pub enum Verdict {
        Ok = "ok",
        /// The house runs, but somebody should look at it.
        Warn = "warn",
        /// The house does not run, or does not do its job.
        Bad = "bad",
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The stable word of programs: `data`, `database`, `backups`, …
    pub topic: &'static str,
    pub verdict: Verdict,
    /// What was found and, if it is not well, what to do.
    pub says: Text,
}

impl Finding {
    fn ok(topic: &'static str, says: Text) -> Self {
        Self {
            topic,
            verdict: Verdict::Ok,
            says,
        }
    }

    fn warn(topic: &'static str, says: Text) -> Self {
        Self {
            topic,
            verdict: Verdict::Warn,
            says,
        }
    }

    fn bad(topic: &'static str, says: Text) -> Self {
        Self {
            topic,
            verdict: Verdict::Bad,
            says,
        }
    }

    /// For programs.
    pub fn json(&self) -> impl Serialize + use<> {
        serde_json::json!({
            "topic": self.topic,
            "verdict": self.verdict.word(),
            "says": self.says.in_english(),
        })
    }
}

/// Looks at everything; what cannot be looked at because something else is missing is left out.
pub async fn examine(config: &Config, options: &Options, world: &World) -> Vec<Finding> {
    let mut findings = machine::examine(&config.server.data).await;
    findings.extend(outside::certificate(&config.server, world.now()).await);
    match Db::open(options, world.clone()).await {
        Err(error) => findings.push(house::unreachable(&error)),
        Ok(db) => {
            findings.extend(in_database(config, &db, world).await);
            db.close().await;
        }
    }
    findings
}

async fn in_database(config: &Config, db: &Db, world: &World) -> Vec<Finding> {
    let (mut findings, is_readable) = house::schema(db).await;
    findings.extend(house::clock(db).await);
    if !is_readable {
        return findings;
    }
    let looked = async {
        findings.push(house::key(db, &config.server.data).await?);
        findings.push(house::backups(db).await?);
        findings.push(house::mail(db).await?);
        let http = Http::new(world.clone(), config.server.allow_standins);
        findings.extend(servers::examine(db, &config.server.data, &http).await?);
        findings.push(outside::address(config, db, &http).await?);
        Ok::<(), db::DbError>(())
    };
    if let Err(error) = looked.await {
        findings.push(house::unreadable(&error));
    }
    findings
}
