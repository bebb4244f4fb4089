//! A certificate of the house's own: had from an authority by ACME, kept in the data folder, renewed when two
//! thirds of its time are over. The proof is given on the HTTPS port itself (TLS-ALPN-01, RFC 8737).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::StreamExt;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_acme::caches::DirCache;
use rustls_acme::{AcmeConfig, AcmeState, EventOk};

use crate::config::ServerConfig as Configured;

/// What the authority is asked for, and where its answers are kept.
#[derive(Debug, Clone)]
pub struct Acme {
    pub domain: String,
    /// The authority's directory; Let's Encrypt's if absent.
    pub directory: Option<String>,
    pub contact: Option<String>,
    /// The certificate of the authority's own server, for a private one.
    pub root: Option<PathBuf>,
    pub folder: PathBuf,
}

/// Why no certificate can be asked for.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    #[error("the authority's root certificate {0} cannot be read: {1}")]
    Root(PathBuf, String),
    #[error("the folder {0} cannot be made: {1}")]
    Folder(PathBuf, std::io::Error),
}

type State = AcmeState<std::io::Error, std::io::Error>;

/// How connections are answered: visitors', and the authority's when it proves the name.
#[derive(Debug, Clone)]
pub struct Answers {
    pub visitors: Arc<ServerConfig>,
    pub authority: Arc<ServerConfig>,
}

impl Acme {
    /// `None`: the house has no name of its own to speak for.
    pub fn configured(server: &Configured) -> Option<Self> {
        Some(Self {
            domain: server.domain.clone()?,
            directory: server.acme_directory.clone(),
            contact: server.acme_contact.clone(),
            root: server.acme_root.clone(),
            folder: folder(&server.data),
        })
    }

    /// Starts having and renewing the certificate. It goes on as long as the task lives.
    pub async fn start(self) -> Result<(Answers, tokio::task::JoinHandle<()>), AcmeError> {
        let mut builder = tokio::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        let made = builder.create(&self.folder).await;
        made.map_err(|error| AcmeError::Folder(self.folder.clone(), error))?;
        let state = self.asked()?.state();
        let mut visitors = ServerConfig::clone(&state.default_rustls_config());
        visitors.alpn_protocols = vec![b"http/1.1".to_vec()];
        let authority = state.challenge_rustls_config();
        let answers = Answers {
            visitors: Arc::new(visitors),
            authority,
        };
        Ok((answers, tokio::spawn(renew(self.domain, state))))
    }

    fn asked(&self) -> Result<AcmeConfig<std::io::Error, std::io::Error>, AcmeError> {
        let config = match &self.root {
            None => AcmeConfig::new([&self.domain]),
            Some(root) => AcmeConfig::new_with_client_config([&self.domain], trusting(root)?),
        };
        let config = match &self.directory {
            None => config.directory_lets_encrypt(true),
            Some(directory) => config.directory(directory),
        };
        let contact = self
            .contact
            .iter()
            .map(|address| format!("mailto:{address}"));
        Ok(config
            .contact(contact)
            .cache(DirCache::new(self.folder.clone())))
    }
}

/// Where the account with the authority and the certificates are kept.
pub fn folder(data: &Path) -> PathBuf {
    data.join("acme")
}

fn trusting(root: &Path) -> Result<Arc<ClientConfig>, AcmeError> {
    let wrong = |words: String| AcmeError::Root(root.to_owned(), words);
    let certificate =
        CertificateDer::from_pem_file(root).map_err(|error| wrong(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    roots
        .add(certificate)
        .map_err(|error| wrong(error.to_string()))?;
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring knows the usual versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
    Ok(Arc::new(config))
}

/// The state asks, waits, asks again with growing pauses, and renews: it only wants to be driven.
async fn renew(domain: String, mut state: State) {
    while let Some(event) = state.next().await {
        match event {
            Ok(EventOk::DeployedNewCert) => {
                tracing::info!(domain, "The certificate for {domain} was had and is in use");
            }
            Ok(EventOk::DeployedCachedCert) => {
                tracing::info!(
                    domain,
                    "The certificate for {domain} that was kept is in use"
                );
            }
            Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
            Err(error) => {
                tracing::error!(
                    domain,
                    "No certificate for {domain}: {error}. It is tried again; see that the name leads here and port 443 is open"
                );
            }
        }
    }
}
