//! Seen from outside: the site's address, and how long its certificate lasts.

use std::path::Path;
use std::time::Duration;

use db::{Db, DbError};
use drivers::http::{Call, Http};
use kit::{Outcome, Span, Timestamp, t};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use settings::SiteSettings;

use super::Finding;
use crate::acme;
use crate::config::{Config, ServerConfig};

const TOPIC: &str = "address";

pub async fn address(config: &Config, db: &Db, http: &Http) -> Result<Finding, DbError> {
    let (site, _) = settings::load::<SiteSettings>(db).await?;
    let own_name = config
        .server
        .domain
        .as_ref()
        .map(|name| format!("https://{name}"));
    let address = config
        .server
        .public_url
        .clone()
        .or(own_name)
        .unwrap_or(site.public_url);
    let whole = format!("{}/healthz", address.trim_end_matches('/'));
    let Ok(url) = whole.parse() else {
        return Ok(Finding::warn(
            TOPIC,
            t!(
                "The site's public address is not chosen yet. Enter it under Settings, Site, or as public_url."
            ),
        ));
    };
    let mut call = Call::new("GET".parse().expect("a method"), url);
    call.time_limit = Duration::from_secs(10);
    Ok(match http.send(call).await {
        Outcome::Done(answer) if answer.status.is_success() => Finding::ok(
            TOPIC,
            t!(
                "{address} leads here, and the site answers.",
                address = address
            ),
        ),
        Outcome::Done(answer) => Finding::bad(
            TOPIC,
            t!(
                "{address} answers with {status} instead of the site. Check what is in front of it.",
                address = address,
                status = answer.status.as_str().to_owned()
            ),
        ),
        Outcome::Refused(refusal) => Finding::bad(TOPIC, refusal.reason),
        Outcome::Unknown(uncertainty) => Finding::bad(TOPIC, uncertainty.reason),
    })
}

/// Only if the house has its certificate itself.
pub async fn certificate(server: &ServerConfig, now: Timestamp) -> Option<Finding> {
    let domain = server.domain.clone()?;
    let Some(until) = kept_until(&acme::folder(&server.data)).await else {
        return Some(Finding::warn(
            "certificate",
            t!(
                "No certificate for {domain} was had yet. It is asked for as soon as the site runs; the log says why if it is not given.",
                domain = domain
            ),
        ));
    };
    Some(judge(domain, until, now))
}

fn judge(domain: String, until: Timestamp, now: Timestamp) -> Finding {
    if until <= now {
        let says = t!(
            "The certificate for {domain} has expired. The site's log says why it was not renewed.",
            domain = domain
        );
        Finding::bad("certificate", says)
    } else if until.since(now) < Span::days(7) {
        let says = t!(
            "The certificate for {domain} ends {at} and should have been renewed by now. See the site's log.",
            domain = domain,
            at = until.rfc3339()
        );
        Finding::warn("certificate", says)
    } else {
        let says = t!(
            "The certificate for {domain} is good until {at}.",
            domain = domain,
            at = until.rfc3339()
        );
        Finding::ok("certificate", says)
    }
}

/// The latest end of the certificates that are kept. `None`: there is none.
async fn kept_until(folder: &Path) -> Option<Timestamp> {
    let mut entries = tokio::fs::read_dir(folder).await.ok()?;
    let mut latest = None;
    while let Some(entry) = entries.next_entry().await.ok()? {
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with("cached_cert_")
        {
            let pem = tokio::fs::read(entry.path()).await.ok()?;
            latest = latest.max(end_of(&pem));
        }
    }
    latest
}

/// When the first certificate of a chain ends.
fn end_of(pem: &[u8]) -> Option<Timestamp> {
    let first = CertificateDer::pem_slice_iter(pem).next()?.ok()?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&first).ok()?;
    Some(Timestamp::from_s(
        certificate.validity().not_after.timestamp(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_certificate_that_ends_soon_is_said_before_it_has_ended() {
        let now = Timestamp::from_s(1_760_000_000);
        let verdict = |days| judge("a.example".to_owned(), now + Span::days(days), now).verdict;
        assert_eq!(
            (verdict(60), verdict(3), verdict(0)),
            (Verdict::Ok, Verdict::Warn, Verdict::Bad)
        );
    }
}
