//! What flows, jobs and pages work with.

use std::convert::Infallible;
use std::sync::Arc;

use billing::gateways::Gateways;
use db::Db;
use kit::lookout::Nobody;
use kit::{Lookout, World};
use media::Makers;
use media::servers::Servers;
use outreach::{Courier, Outreach};
use people::password::Lane;
use settings::Vault;

/// What [`Tools::form_targets`] keeps.
struct FormTargets(String);

/// Database, secrets and the ways to the outside. Cheap to clone.
#[derive(Clone)]
pub struct Tools {
    pub db: Db,
    pub vault: Arc<Vault>,
    /// Hashes two passwords at a time.
    pub passwords: Lane,
    pub gateways: Gateways,
    pub makers: Makers,
    pub courier: Arc<dyn Courier>,
    /// Who looks at the house from outside; nobody unless [`Tools::looking_by`] names one.
    pub lookout: Arc<dyn Lookout>,
    /// Where the drivers' pay and sign-in pages are, e.g. `https://checkout.example`.
    page_origins: Arc<[String]>,
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tools")
    }
}

impl Tools {
    pub fn new(
        db: Db,
        vault: Vault,
        gateways: Gateways,
        makers: Makers,
        courier: Arc<dyn Courier>,
        page_origins: Vec<String>,
    ) -> Self {
        Self {
            db,
            vault: Arc::new(vault),
            passwords: Lane::new(),
            gateways,
            makers,
            courier,
            lookout: Arc::new(Nobody),
            page_origins: page_origins.into(),
        }
    }

    #[must_use]
    pub fn looking_by(self, lookout: Arc<dyn Lookout>) -> Self {
        Self { lookout, ..self }
    }

    pub fn world(&self) -> &World {
        self.db.world()
    }

    /// What jobs of letters work with.
    pub fn outreach(&self) -> Outreach {
        Outreach {
            db: self.db.clone(),
            vault: self.vault.clone(),
            courier: self.courier.clone(),
        }
    }

    /// What reaches media servers.
    pub fn servers(&self) -> Servers {
        Servers {
            db: self.db.clone(),
            vault: self.vault.clone(),
            makers: self.makers.clone(),
        }
    }

    /// Origins of the active gateways' pay pages and of the platforms' sign-in pages, for the pages' content security
    /// policy: a form that begins there is answered by a redirect. Empty if they cannot be read; checkout then says so itself.
    pub async fn form_targets(&self) -> String {
        let read = async || Ok::<_, Infallible>(FormTargets(self.read_targets().await));
        let Ok(targets) = self.db.kept(read).await;
        targets.0.clone()
    }

    /// The drivers' own origins, and those of addresses that the operator gave instead.
    async fn read_targets(&self) -> String {
        let mut origins: Vec<String> = self.page_origins.to_vec();
        for gateway in billing::gateways::list(&self.db).await.unwrap_or_default() {
            let values = gateway.config.0.values().filter(|_| gateway.enabled);
            origins.extend(values.filter_map(|value| origin(value)));
        }
        let owners = media::owner::list(&self.db).await.unwrap_or_default();
        origins.extend(owners.iter().filter_map(|owner| origin(&owner.base)));
        origins.sort();
        origins.dedup();
        origins.join(" ")
    }
}

/// `https://host:port` of an address; `None` if it is not one, or holds what does not belong into a header.
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = host
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    (matches!(scheme, "http" | "https") && plain && !host.is_empty())
        .then(|| format!("{scheme}://{host}"))
}
