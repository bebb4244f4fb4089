//! The site: the only state that pages share.

use std::sync::{Arc, RwLock};

use db::{Db, DbError};
use flows::Tools;
use kit::{Reader, Timestamp, World};
use settings::SiteSettings;
use tokio::time::{Duration, Instant};

use crate::assets::AssetStore;
use crate::language::Catalogues;
use crate::live::Live;

/// What the installation decided before it started.
#[derive(Debug, Clone, Default)]
pub struct SiteConfig {
    /// Visitors reach us by HTTPS (or pretend to, on loopback): cookies are `Secure` and `__Host-`.
    pub is_safe: bool,
    /// Addresses of proxies whose forwarded address is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Stand-ins may be talked to: a demo or a test, said on every page.
    pub allow_standins: bool,
    /// Public address given by configuration; wins over the setting.
    pub public_url: Option<String>,
}

/// The state of the site. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    pub db: Db,
    pub tools: Tools,
    pub config: Arc<SiteConfig>,
    pub assets: AssetStore,
    pub catalogues: Arc<Catalogues>,
    pub live: Live,
    settings: Arc<RwLock<Option<Kept>>>,
}

/// Settings as last read: good until this process saves something, and for a second at most, since another
/// process may have saved.
#[derive(Debug, Clone)]
struct Kept {
    settings: Arc<SiteSettings>,
    generation: u64,
    read_at: Instant,
}

const KEPT_FOR: Duration = Duration::from_secs(1);

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Site")
    }
}

impl Site {
    pub fn new(tools: Tools, config: SiteConfig, catalogues: Catalogues, live: Live) -> Self {
        Self {
            db: tools.db.clone(),
            tools,
            config: Arc::new(config),
            assets: AssetStore::load(),
            catalogues: Arc::new(catalogues),
            live,
            settings: Arc::default(),
        }
    }

    pub fn world(&self) -> &World {
        self.db.world()
    }

    pub fn now(&self) -> Timestamp {
        self.world().now()
    }

    /// Who this house is.
    pub async fn settings(&self) -> Result<Arc<SiteSettings>, DbError> {
        let generation = self.db.generation();
        if let Some(kept) = self.kept()
            && kept.generation == generation
            && kept.read_at.elapsed() < KEPT_FOR
        {
            return Ok(kept.settings);
        }
        let (mut settings, _) = settings::load::<SiteSettings>(&self.db).await?;
        if let Some(url) = &self.config.public_url {
            settings.public_url.clone_from(url);
        }
        let settings = Arc::new(settings);
        let kept = Kept {
            settings: settings.clone(),
            generation,
            read_at: Instant::now(),
        };
        *self
            .settings
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(kept);
        Ok(settings)
    }

    fn kept(&self) -> Option<Kept> {
        self.settings
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// For whom pages are printed that nobody in particular reads.
    pub async fn house_reader(&self) -> Result<Reader, DbError> {
        let settings = self.settings().await?;
        Ok(Reader::new(
            self.catalogues.choose([settings.language.as_str()]),
            settings.zone(),
        ))
    }
}
