//! Looks at the house as a visitor would: asks for its name, and shakes hands at its door. Nothing is sent.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use kit::{Looking, Outcome, Refusal, Text, Timestamp, Uncertainty, World, t};
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::http::tls;

/// A name server or a door that takes longer is not there for visitors either.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks by the machine's own name server and network.
#[derive(Debug, Clone)]
pub struct Lookout {
    world: World,
}

impl Lookout {
    pub fn new(world: World) -> Self {
        Self { world }
    }

    /// Each look is a step, before and after.
    async fn step<T>(&self, what: &str, look: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        let stopped = || Uncertainty::new(t!("This process was stopped during the call."));
        let pass = |side: &str| self.world.steps.pass(&format!("look: {what}: {side}"));
        if pass("before").is_err() {
            return Outcome::Unknown(stopped());
        }
        let seen = look.await;
        if pass("after").is_err() {
            return Outcome::Unknown(stopped());
        }
        seen
    }
}

impl kit::Lookout for Lookout {
    fn addresses_of<'a>(&'a self, host: &'a str) -> Looking<'a, Vec<IpAddr>> {
        Box::pin(self.step("name", resolve(host)))
    }

    fn certificate_of<'a>(&'a self, host: &'a str, port: u16) -> Looking<'a, Timestamp> {
        Box::pin(self.step("certificate", shake_hands(host, port)))
    }
}

async fn resolve(host: &str) -> Outcome<Vec<IpAddr>> {
    let found = match timeout(PATIENCE, tokio::net::lookup_host((host, 443))).await {
        Err(_) => {
            return Outcome::Unknown(Uncertainty::new(t!(
                "The name server did not answer in time. Try again in a minute."
            )));
        }
        Ok(found) => found.into_iter().flatten(),
    };
    let mut addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    if addresses.is_empty() {
        return refused(
            "no_name",
            t!(
                "{host} leads nowhere: no name server knows it. Add an A or AAAA record with the address of this machine where you bought the name.",
                host = host
            ),
        );
    }
    Outcome::Done(addresses)
}

async fn shake_hands(host: &str, port: u16) -> Outcome<Timestamp> {
    let Ok(name) = ServerName::try_from(host.to_owned()) else {
        return refused("no_name", t!("{host} is not a name.", host = host));
    };
    let Ok(Ok(socket)) = timeout(PATIENCE, TcpStream::connect((host, port))).await else {
        return refused(
            "unreachable",
            t!(
                "Nobody answers at {host}, port {port}. Open the port in your router and firewall, and check that it leads to this machine.",
                host = host,
                port = i64::from(port)
            ),
        );
    };
    let connector = TlsConnector::from(Arc::new(tls::config()));
    match timeout(PATIENCE, connector.connect(name, socket)).await {
        Err(_) => Outcome::Unknown(Uncertainty::new(t!(
            "{host} did not answer in time.",
            host = host
        ))),
        Ok(Err(error)) => refused("certificate", why_not(host, &error)),
        Ok(Ok(stream)) => {
            let shown = stream.get_ref().1.peer_certificates();
            let ends = shown.and_then(<[_]>::first).and_then(end_of);
            ends.map_or_else(|| refused("certificate", unreadable(host)), Outcome::Done)
        }
    }
}

fn refused<T>(code: &str, reason: Text) -> Outcome<T> {
    Outcome::Refused(Refusal::passing(code, reason))
}

/// What a browser would warn of, and what to do.
fn why_not(host: &str, error: &std::io::Error) -> Text {
    use rustls::{CertificateError, Error};
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        )) => t!(
            "The certificate of {host} has expired. Renew it, and see why it was not renewed by itself.",
            host = host
        ),
        Some(Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => t!(
            "The certificate at {host} was made for another name. Ask for one that names {host}.",
            host = host
        ),
        Some(Error::InvalidCertificate(_)) => t!(
            "The certificate of {host} is signed by nobody that browsers know. Use one of a public authority, like Let’s Encrypt.",
            host = host
        ),
        _ => t!(
            "{host} does not speak HTTPS on this port. Check what is in front of the house.",
            host = host
        ),
    }
}

fn unreadable(host: &str) -> Text {
    t!(
        "The certificate of {host} cannot be read. Ask for a new one.",
        host = host
    )
}

fn end_of(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(Timestamp::from_s(
        certificate.validity().not_after.timestamp(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_nobody_knows_leads_nowhere() {
        let seen = resolve("house.invalid").await;
        assert!(
            matches!(&seen, Outcome::Refused(refusal) if refusal.code == "no_name"),
            "{seen:?}"
        );
    }

    #[tokio::test]
    async fn a_door_without_https_is_no_certificate() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let door = tokio::spawn(async move {
            use tokio::io::AsyncWriteExt as _;
            let (mut visitor, _) = listener.accept().await.expect("a visitor");
            drop(visitor.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await);
        });
        let seen = shake_hands("localhost", port).await;
        assert!(
            matches!(&seen, Outcome::Refused(refusal) if refusal.code == "certificate"),
            "{seen:?}"
        );
        door.await.expect("the door closed by itself");
        let seen = shake_hands("localhost", port).await;
        assert!(
            matches!(&seen, Outcome::Refused(refusal) if refusal.code == "unreachable"),
            "{seen:?}"
        );
    }
}
