//! How the house looks from outside: whether its name leads here, and whether its certificate holds.
//!
//! Looks are taken beside the page, at most once at a time, and kept for a while: a name server that is away
//! never keeps anybody waiting.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use kit::{Lookout, Outcome, Span, Text, Timestamp, t};
use tokio::sync::Mutex;
use url::{Host, Url};
use web::Site;

/// How long the first page of all waits for the first look of all.
const PATIENCE: Duration = Duration::from_millis(800);
/// What is well stays well for a while; whoever is mending looks again soon.
const WELL_FOR: Span = Span::minutes(10);
const BAD_FOR: Span = Span::minutes(1);

/// One thing seen: whether it is as it should be, and a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    pub is_well: bool,
    pub sentence: Text,
}

impl Sight {
    fn well(sentence: Text) -> Self {
        let is_well = true;
        Self { is_well, sentence }
    }

    fn not_yet(sentence: Text) -> Self {
        let is_well = false;
        Self { is_well, sentence }
    }
}

/// The name and the certificate of the public address.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub name: Sight,
    pub certificate: Sight,
}

impl View {
    fn both(sight: &Sight) -> Self {
        Self {
            name: sight.clone(),
            certificate: sight.clone(),
        }
    }

    pub fn is_well(&self) -> bool {
        self.name.is_well && self.certificate.is_well
    }
}

/// The last look, shared by all who open the page.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    kept: Arc<std::sync::Mutex<Option<Kept>>>,
    looking: Arc<Mutex<()>>,
}

#[derive(Debug, Clone)]
struct Kept {
    address: String,
    view: View,
    until: Timestamp,
}

impl Outside {
    /// How the address looks, as far as is known by now.
    pub async fn view(&self, site: &Site, address: &str) -> View {
        let (host, port) = match door(address) {
            Ok(door) => door,
            Err(sight) => return View::both(&sight),
        };
        let kept = self.kept(address);
        if let Some(kept) = kept.as_ref().filter(|kept| site.now() < kept.until) {
            return kept.view.clone();
        }
        let look = tokio::spawn(
            self.clone()
                .look(site.clone(), address.to_owned(), host, port),
        );
        if let Some(kept) = kept {
            return kept.view;
        }
        drop(tokio::time::timeout(PATIENCE, look).await);
        let under_way = || {
            View::both(&Sight::not_yet(t!(
                "It is being looked at. Open this page again in a moment."
            )))
        };
        self.kept(address).map_or_else(under_way, |kept| kept.view)
    }

    fn kept(&self, address: &str) -> Option<Kept> {
        let kept = self.kept.lock();
        let kept = kept.unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.clone().filter(|kept| kept.address == address)
    }

    async fn look(self, site: Site, address: String, host: String, port: u16) {
        let Ok(_alone) = self.looking.try_lock() else {
            return;
        };
        let lookout = &*site.tools.lookout;
        let (name, certificate) = tokio::join!(
            see_name(lookout, &host),
            see_certificate(lookout, (&host, port), site.now()),
        );
        let view = View { name, certificate };
        let good_for = if view.is_well() { WELL_FOR } else { BAD_FOR };
        let seen = Kept {
            address,
            view,
            until: site.now() + good_for,
        };
        *self
            .kept
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(seen);
    }
}

/// Host and port that a visitor knocks at. What no visitor can reach is said without a look.
fn door(address: &str) -> Result<(String, u16), Sight> {
    let only_here = || Sight::not_yet(t!("Not yet: reachable only on this machine."));
    let Ok(url) = Url::parse(address) else {
        return Err(Sight::not_yet(t!(
            "Not yet: the house has no public address."
        )));
    };
    let is_here = match url.host() {
        None => true,
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => is_private(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_private(IpAddr::V6(ip)),
    };
    if is_here {
        return Err(only_here());
    }
    if url.scheme() != "https" {
        return Err(Sight::not_yet(t!(
            "Not yet: visitors come by plain HTTP, which anybody on the way can read. Put HTTPS before the house and change its address to https://."
        )));
    }
    let host = url.host_str().unwrap_or_default();
    Ok((host.to_owned(), url.port_or_known_default().unwrap_or(443)))
}

/// Leads to nobody outside.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
        }
    }
}

async fn see_name(lookout: &dyn Lookout, host: &str) -> Sight {
    let found = match lookout.addresses_of(host).await {
        Outcome::Done(found) => found,
        Outcome::Refused(refusal) => return Sight::not_yet(refusal.reason),
        Outcome::Unknown(uncertainty) => return Sight::not_yet(uncertainty.reason),
    };
    let words: Vec<String> = found.iter().map(IpAddr::to_string).collect();
    let addresses = words.join(", ");
    if found.iter().copied().all(is_private) {
        return Sight::not_yet(t!(
            "From here {host} leads to {addresses}, which only your own network can reach. Ask from elsewhere, or point the name to your public address.",
            host = host,
            addresses = addresses
        ));
    }
    Sight::well(t!(
        "{host} leads to {addresses}.",
        host = host,
        addresses = addresses
    ))
}

async fn see_certificate(
    lookout: &dyn Lookout,
    (host, port): (&str, u16),
    now: Timestamp,
) -> Sight {
    match lookout.certificate_of(host, port).await {
        Outcome::Done(until) if until.since(now) < Span::days(7) => Sight::not_yet(t!(
            "The certificate ends on {day} and should have been renewed by now. Look at what renews it.",
            day = until
        )),
        Outcome::Done(until) => Sight::well(t!("It is valid until {day}.", day = until)),
        Outcome::Refused(refusal) => Sight::not_yet(refusal.reason),
        Outcome::Unknown(uncertainty) => Sight::not_yet(uncertainty.reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_visitor_can_reach_is_never_ticked() {
        for address in [
            "",
            "house",
            "http://127.0.0.1:7070",
            "https://localhost",
            "https://tv.localhost:8443",
            "https://[::1]:7070",
            "https://192.168.1.20",
            "http://house.example",
        ] {
            let sight = door(address).expect_err(address);
            assert!(!sight.is_well, "{address}");
        }
        assert_eq!(
            door("https://tv.example:8443/"),
            Ok(("tv.example".to_owned(), 8443))
        );
    }
}
