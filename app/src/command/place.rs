//! The installation that a command works on: its configuration, its folder, its database.

use std::path::{Path, PathBuf};

use app::Config;
use db::{Address, Db, Options};
use settings::SiteSettings;

use super::{Failure, Shared};

/// Where Debian's package puts the configuration.
const INSTALLED: &str = "/etc/playhouse/playhouse.toml";

/// The configuration: a file, then the environment, then what was typed.
pub fn config(shared: &Shared) -> Result<Config, Failure> {
    let file = shared
        .config
        .clone()
        .or_else(|| installed(Path::new(INSTALLED)));
    let mut config = Config::read(file.as_deref(), std::env::vars_os().filter_map(readable))?;
    if let Some(data) = &shared.data {
        config.server.data.clone_from(data);
    }
    if let Some(url) = &shared.database {
        config.database.url = Some(url.clone());
    }
    Ok(config)
}

fn installed(path: &Path) -> Option<PathBuf> {
    path.exists().then(|| path.to_owned())
}

/// Variables that are not text are none of ours.
fn readable((name, value): (std::ffi::OsString, std::ffi::OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

/// How the configured database is opened.
pub fn options(config: &Config) -> Result<Options, Failure> {
    let url = config.database_url()?;
    let address = Address::parse(&url).ok_or_else(|| {
        Failure::new(format!(
            "the database address {url:?} is neither sqlite://PATH nor postgres://…; correct --database or [database] url"
        ))
    })?;
    let mut options = Options::new(address);
    if let Some(connections) = config.database.connections {
        options.connections = connections;
    }
    Ok(options)
}

/// Makes the data folder, for its owner's eyes only, if it is not there.
pub async fn make_folder(data: &Path) -> Result<(), Failure> {
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(data).await.map_err(|error| {
        Failure::new(format!(
            "the data folder {} cannot be made: {error}",
            data.display()
        ))
    })
}

/// Opens the database for a command. A fresh one gets its schema; one that waits for migrations is refused,
/// since only `migrate` and `serve` make a backup first.
pub async fn open(config: &Config) -> Result<Db, Failure> {
    make_folder(&config.server.data).await?;
    let db = Db::open(&options(config)?, app::world::real()).await?;
    let pending = db.pending_migrations().await?;
    if db.applied_migrations().await?.is_empty() {
        db.migrate().await?;
    } else if !pending.is_empty() {
        return Err(Failure::new(
            "the database is of an older Playhouse; run `playhouse migrate` first",
        ));
    }
    Ok(db)
}

/// The address that people type, without a closing slash. `None`: nobody chose one yet.
pub async fn chosen_base(config: &Config, db: &Db) -> Result<Option<String>, Failure> {
    let (site, _) = settings::load::<SiteSettings>(db).await?;
    let own_name = config
        .server
        .domain
        .as_ref()
        .map(|name| format!("https://{name}"));
    let typed = Some(site.public_url).filter(|url| !url.is_empty());
    let base = config.server.public_url.clone().or(own_name).or(typed);
    Ok(base.map(|base| base.trim_end_matches('/').to_owned()))
}

/// An address that a person can open, of a path of ours.
pub async fn link(config: &Config, db: &Db, path: &str) -> Result<String, Failure> {
    let base = chosen_base(config, db).await?;
    let base = base.unwrap_or_else(|| format!("http://{}", config.server.address()));
    Ok(format!("{base}{path}"))
}
