//! Opening the house: database, secrets, drivers, jobs, pages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use billing::gateways::Gateways;
use db::{Db, DbError, OpenError, Options};
use drivers::http::Http;
use flows::{Tools, told_later};
use jobs::{Registry, Runner, Schedule};
use kit::{Span, World};
use media::hand::ShareHand;
use upkeep::{Hands, SweepTargets, TendTarget, Upkeep};
use web::{Catalogues, Live, Site, SiteConfig, Topics};

use crate::backup::jobs::{BackUp, Backups, TryBackup};
use crate::backup::{self, BackupError};
use crate::key_file::{self, KeyError};
use crate::migrate;

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
    Backup(#[from] BackupError),
    #[error(transparent)]
    Db(#[from] DbError),
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
    /// Opens database and secrets, brings the schema up to date after a backup, and joins everything.
    pub async fn open(mut opening: Opening, world: World) -> Result<Self, HouseError> {
        let db = Db::open(&opening.database, world.clone()).await?;
        migrate::bring_up_to_date(&db, &opening.data).await?;
        opening.site.is_safe |= is_reached_safely(&db, &opening.site).await?;
        let vault = key_file::open(&db, &world, &opening.data).await?;
        let http = Http::new(world.clone(), opening.site.allow_standins);
        let gateways = Gateways::new(db.clone(), vault.clone(), drivers::payment::makers(&http));
        let tools = Tools::new(
            db.clone(),
            vault,
            gateways,
            drivers::media::makers(&http),
            Arc::new(drivers::courier::Smtp::new(world.clone())),
            drivers::page_origins(),
        )
        .looking_by(Arc::new(drivers::lookout::Lookout::new(world)));
        let live = Live::new(topics());
        let site = Site::new(tools.clone(), opening.site, Catalogues::built_in(), live);
        let runner = runner(&tools, &opening.data);
        Ok(Self {
            db,
            tools,
            site,
            runner,
            data: opening.data,
        })
    }

    /// All pages, the REST interface and the hooks; every answer is counted.
    pub fn router(&self) -> Router {
        let plain = api::router(self.runner.pulse());
        api::counted(web::app(self.site.clone(), pages(), plain))
    }
}

/// Whether visitors come by HTTPS, by the address that was chosen on the settings page.
async fn is_reached_safely(db: &Db, site: &SiteConfig) -> Result<bool, DbError> {
    let (settings, _) = settings::load::<settings::SiteSettings>(db).await?;
    let address = site.public_url.as_deref().unwrap_or(&settings.public_url);
    Ok(address.starts_with("https://"))
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
fn runner(tools: &Tools, data: &Path) -> Runner {
    let backups = Backups {
        db: tools.db.clone(),
        data: data.to_owned(),
    };
    let servers = tools.servers();
    let hands = Hands::new().with(ShareHand {
        servers: servers.clone(),
    });
    let upkeep = Upkeep {
        db: tools.db.clone(),
        hands: Arc::new(hands),
    };
    let registry = Registry::new()
        .with::<TendTarget>(&upkeep)
        .with::<SweepTargets>(&upkeep)
        .with::<BackUp>(&backups)
        .with::<TryBackup>(&backups)
        .with::<people::forgetting::ForgetExpired>(&tools.db)
        .with::<jobs::forgetting::ForgetRuns>(&tools.db)
        .with::<outreach::DeliverLetter>(&tools.outreach())
        .with::<outreach::DeliverWaiting>(&tools.outreach())
        .with::<outreach::ForgetLetters>(&tools.outreach());
    let registry = billing::jobs::register(registry, &tools.db);
    let registry = billing::money_jobs::register(registry, &tools.gateways);
    let registry = media::jobs::register(registry, &servers);
    let registry = told_later::registered(registry, tools);
    let hearing = hearing();
    let db = tools.db.clone();
    Runner::new(tools.db.clone(), registry, schedules()).turning(chronicle::TOLD, move || {
        let (hearing, db) = (hearing.clone(), db.clone());
        async move { hearing.turn(&db).await }
    })
}

/// All events that this version knows, and who hears them.
pub fn hearing() -> flows::Hearing {
    told_later::hearing().knowing(backup::events::NAMES)
}

fn schedules() -> Vec<Schedule> {
    let mut all = vec![
        Schedule::new(Span::minutes(5), SweepTargets),
        Schedule::new(Span::minutes(10), outreach::DeliverWaiting),
        Schedule::new(Span::days(1), outreach::ForgetLetters),
        people::forgetting::schedule(),
        jobs::forgetting::schedule(),
    ];
    all.extend(backup::jobs::schedules());
    all.extend(billing::jobs::schedules());
    all.extend(billing::money_jobs::schedules());
    all.extend(media::jobs::schedules());
    all.extend(told_later::schedules());
    all
}
