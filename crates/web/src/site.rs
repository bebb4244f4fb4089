//! The site: the only state that pages share.

use std::sync::Arc;

use db::{Db, DbError};
use flows::Tools;
use kit::{Reader, Timestamp, World};
use settings::SiteSettings;

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
}

/// The settings as pages see them.
struct AsSeen(Arc<SiteSettings>);

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
        let read = async || {
            let (mut settings, _) = settings::load::<SiteSettings>(&self.db).await?;
            if let Some(url) = &self.config.public_url {
                settings.public_url.clone_from(url);
            }
            Ok::<_, DbError>(AsSeen(Arc::new(settings)))
        };
        Ok(self.db.kept(read).await?.0.clone())
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
