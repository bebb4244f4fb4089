//! What is decided before the house starts: a file, then the environment, then the command line.
//!
//! A key `public_url` of the section `[server]` is overridden by `PLAYHOUSE_SERVER_PUBLIC_URL`. Unknown keys
//! are errors: a mistyped one must not be silently ignored.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The whole configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub log: LogConfig,
}

/// `[server]`: where the site listens and how it is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Absent: port 7070 for this host alone or, with a domain, port 443 for everybody.
    pub listen: Option<SocketAddr>,
    /// Folder for the embedded database, the key file and backups.
    pub data: PathBuf,
    /// The address that people type, e.g. `https://lights.example`. Absent: as set on the settings page.
    pub public_url: Option<String>,
    /// The only addresses whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// A name for which a certificate is had and renewed by ACME; the site then speaks HTTPS itself.
    pub domain: Option<String>,
    /// The directory of the certificate authority; Let's Encrypt if absent.
    pub acme_directory: Option<String>,
    /// For the certificate authority's own letters.
    pub acme_contact: Option<String>,
    /// File with the certificate of the certificate authority's own server, for a private one.
    pub acme_root: Option<PathBuf>,
    /// Stand-ins may be talked to: for trying out only.
    pub allow_standins: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: None,
            data: PathBuf::from("data"),
            public_url: None,
            trusted_proxies: Vec::new(),
            domain: None,
            acme_directory: None,
            acme_contact: None,
            acme_root: None,
            allow_standins: false,
        }
    }
}

impl ServerConfig {
    /// Where to listen.
    pub fn address(&self) -> SocketAddr {
        let usual = if self.domain.is_some() {
            SocketAddr::from((Ipv6Addr::UNSPECIFIED, 443))
        } else {
            SocketAddr::from((Ipv4Addr::LOCALHOST, 7070))
        };
        self.listen.unwrap_or(usual)
    }
}

/// `[database]`: absent, the embedded database in the data folder is used.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite://PATH` or `postgres://…`; `file:PATH` reads the address from a file.
    pub url: Option<String>,
    pub connections: Option<u32>,
}

/// `[log]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// As for `RUST_LOG`, e.g. `info,web=debug`.
    pub filter: Option<String>,
    /// One JSON object a line.
    pub json: bool,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0} cannot be read: {1}")]
    File(PathBuf, std::io::Error),
    #[error("the configuration is not right: {0}")]
    Wrong(String),
}

const PREFIX: &str = "PLAYHOUSE_";
/// Variables of ours that configure something else.
const OTHERS: &[&str] = &["PLAYHOUSE_TEST_", "PLAYHOUSE_JELLYFIN"];

impl Config {
    /// Reads the file, if one is given, and lays the environment over it.
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = match file {
            None => toml::Table::new(),
            Some(path) => {
                let text = read_text(path)?;
                text.parse()
                    .map_err(|error: toml::de::Error| ConfigError::Wrong(error.to_string()))?
            }
        };
        for (name, value) in environment {
            lay_over(&mut table, &name, &value);
        }
        table
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError::Wrong(error.to_string()))
    }

    /// The database's address.
    pub fn database_url(&self) -> Result<String, ConfigError> {
        match self.database.url.as_deref() {
            None => Ok(format!(
                "sqlite://{}",
                self.server.data.join("playhouse.db").display()
            )),
            Some(url) => match url.strip_prefix("file:") {
                Some(path) => Ok(read_text(Path::new(path))?.trim().to_owned()),
                None => Ok(url.to_owned()),
            },
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "before the house starts nobody waits"
)]
fn read_text(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::File(path.to_owned(), error))
}

/// Values that read as TOML (numbers, booleans, lists) are taken as such, all others as text.
fn lay_over(table: &mut toml::Table, name: &str, value: &str) {
    if OTHERS.iter().any(|other| name.starts_with(other)) {
        return;
    }
    let Some((section, key)) = name
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('_'))
    else {
        return;
    };
    let parsed: Option<BTreeMap<String, toml::Value>> =
        toml::from_str(&format!("value = {value}")).ok();
    let value = parsed
        .and_then(|mut parsed| parsed.remove("value"))
        .unwrap_or_else(|| toml::Value::String(value.to_owned()));
    let entry = table
        .entry(section.to_lowercase())
        .or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(section) = entry {
        section.insert(key.to_lowercase(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let pairs = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::read(None, pairs)
    }

    #[test]
    fn the_environment_overrides_and_reads_its_types() {
        let config = read(&[
            ("PLAYHOUSE_SERVER_LISTEN", "0.0.0.0:80"),
            ("PLAYHOUSE_SERVER_TRUSTED_PROXIES", "[\"10.0.0.1\"]"),
            ("PLAYHOUSE_SERVER_ALLOW_STANDINS", "true"),
            ("PLAYHOUSE_TEST_POSTGRES", "postgres://x"),
            ("HOME", "/root"),
        ]);
        let server = config.expect("a configuration").server;
        assert_eq!(server.address().port(), 80);
        assert_eq!(server.trusted_proxies.len(), 1);
        assert!(server.allow_standins);
    }

    #[test]
    fn a_mistyped_key_is_an_error_that_names_it() {
        let error = read(&[("PLAYHOUSE_SERVER_LISTN", "x")]).expect_err("refused");
        assert!(error.to_string().contains("listn"), "{error}");
    }
}
