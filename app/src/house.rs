//! Opening the house: database, secrets, drivers, jobs, pages.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use billing::gateways::Gateways;
use db::{Address, Db, MigrateError, OpenError, Options};
use drivers::http::Http;
use flows::{Tools, told_later};
use jobs::{Registry, Runner, Schedule};
use kit::{Span, World};
use media::hand::ShareHand;
use upkeep::{Hands, SweepTargets, TendTarget, Upkeep};
use web::{Catalogues, Live, Site, SiteConfig, Topics};

use crate::key_file::{self, KeyError};

/// How the house is opened.
#[derive(Debug, Clone)]
pub struct Opening {
    pub database: Options,
    /// Folder of the key file and backups.
    pub data: PathBuf,
    pub site: SiteConfig,
}

/// Why the house cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The opened house. Nothing runs yet: see [`House::runner`] and [`House::router`].
#[derive(Clone)]
pub struct House {
    pub db: Db,
    pub tools: Tools,
    pub site: Site,
    pub runner: Runner,
    pub data: PathBuf,
}

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("House")
    }
}

impl House {
    /// Opens database and secrets, brings the schema up to date, and joins everything.
    pub async fn open(opening: Opening, world: World) -> Result<Self, HouseError> {
        let db = Db::open(&opening.database, world.clone()).await?;
        db.migrate().await?;
        let vault = key_file::open(&db, &world, &opening.data).await?;
        let http = Http::new(world.clone(), opening.site.allow_standins);
        let gateways =
            Gateways::new(db.clone(), vault.clone(), drivers::payment::makers(&http));
        let tools = Tools::new(
            db.clone(),
            vault,
            gateways,
            drivers::media::makers(&http),
            Arc::new(drivers::courier::Smtp::new(world)),
            drivers::payment::page_origins(),
        );
        let live = Live::new(topics());
        let site = Site::new(tools.clone(), opening.site, Catalogues::built_in(), live);
        let runner = runner(&tools);
        Ok(Self { db, tools, site, runner, data: opening.data })
    }

    /// All pages, the REST interface and the hooks.
    pub fn router(&self) -> Router {
        web::app(self.site.clone(), pages(), api::router())
    }
}

/// The tables of all pages, for the router and for the test that walks them.
pub fn pages() -> web::Routes {
    front::routes().and(office::routes())
}

fn topics() -> Topics {
    let mut topics = front::topics();
    topics.extend(office::topics());
    Topics::new(topics)
}

/// All jobs of the house and when they come.
fn runner(tools: &Tools) -> Runner {
    let servers = tools.servers();
    let hands = Hands::new().with(ShareHand { servers: servers.clone() });
    let upkeep = Upkeep { db: tools.db.clone(), hands: Arc::new(hands) };
    let registry = Registry::new()
        .with::<TendTarget>(&upkeep)
        .with::<SweepTargets>(&upkeep)
        .with::<people::forgetting::ForgetExpired>(&tools.db)
        .with::<outreach::DeliverLetter>(&tools.outreach())
        .with::<outreach::ForgetLetters>(&tools.outreach());
    let registry = billing::jobs::register(registry, &tools.db);
    let registry = billing::money_jobs::register(registry, &tools.gateways);
    let registry = media::jobs::register(registry, &servers);
    let registry = told_later::registered(registry, tools);
    let hearing = told_later::hearing();
    let db = tools.db.clone();
    Runner::new(tools.db.clone(), registry, schedules(), move || {
        let (hearing, db) = (hearing.clone(), db.clone());
        async move { hearing.turn(&db).await }
    })
}

fn schedules() -> Vec<Schedule> {
    let mut all = vec![
        Schedule::new(Span::minutes(5), SweepTargets),
        Schedule::new(Span::days(1), outreach::ForgetLetters),
        people::forgetting::schedule(),
    ];
    all.extend(billing::jobs::schedules());
    all.extend(billing::money_jobs::schedules());
    all.extend(media::jobs::schedules());
    all
}
