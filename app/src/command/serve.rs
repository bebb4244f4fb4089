//! `playhouse serve`: the site, its jobs, and an orderly end.

use std::net::SocketAddr;

use app::acme::Acme;
use app::lock::Lock;
use app::serve::{self, Clocks, Door, StopSignals};
use app::tls::Certified;
use app::{Config, House, Opening};
use clap::Args;
use kit::Actor;
use serde_json::json;
use tokio::net::TcpListener;
use web::SiteConfig;

use super::say::say_either;
use super::{Failure, Outcome, Shared, log, place};

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The site's own name: its certificate is had and renewed here, and the site speaks HTTPS itself
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,
    /// Talk to stand-ins of outside systems, for trying out
    #[arg(long)]
    allow_standins: bool,
}

/// Runs until told to stop.
pub async fn run(shared: Shared, args: ServeArgs) -> Outcome {
    let config = configured(&shared, args)?;
    log::start(&config.log)?;
    let stop = StopSignals::hear();
    place::make_folder(&config.server.data).await?;
    let options = place::options(&config)?;
    let _lock = Lock::take(&options.address)?;
    let door = open_door(&config).await?;
    let opening = Opening {
        database: options,
        data: config.server.data.clone(),
        site: site(&config),
    };
    let house = House::open(opening, app::world::real()).await?;
    let serving = serve::start_on(&house, door, Clocks::Compared).await?;
    warn_of_plain_http(&house, serving.address).await?;
    tell(&shared, &config, &house, serving.address).await?;
    stop.wait().await;
    tracing::info!("Closing: no more visitors are let in");
    serving.stop().await;
    house.db.close().await;
    Ok(())
}

/// What was typed comes last and wins.
fn configured(shared: &Shared, args: ServeArgs) -> Result<Config, Failure> {
    let mut config = place::config(shared)?;
    let server = &mut config.server;
    server.domain = args.domain.or_else(|| server.domain.take());
    server.allow_standins |= args.allow_standins;
    if let Some(listen) = args.listen {
        server.listen = Some(listen);
    }
    Ok(config)
}

fn site(config: &Config) -> SiteConfig {
    let server = &config.server;
    let own_name = server.domain.as_ref().map(|name| format!("https://{name}"));
    SiteConfig {
        is_safe: server.domain.is_some(),
        trusted_proxies: server.trusted_proxies.clone(),
        allow_standins: server.allow_standins,
        public_url: server.public_url.clone().or(own_name),
    }
}

async fn open_door(config: &Config) -> Result<Door, Failure> {
    let listen = config.server.address();
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        Failure::new(format!(
            "{listen} cannot be listened on: {error}; give another address with --listen"
        ))
    })?;
    let Some(acme) = Acme::configured(&config.server) else {
        return Ok(Door::Plain(listener));
    };
    let domain = acme.domain.clone();
    let (answers, renewing) = acme.start().await?;
    Ok(Door::Certified(Box::new(Certified {
        listener,
        domain,
        answers,
        renewing,
    })))
}

/// Passwords and cookies that travel in the open are the operator's to know of.
async fn warn_of_plain_http(house: &House, address: SocketAddr) -> Outcome {
    let settings = house.site.settings().await?;
    let is_alone = settings.public_url.is_empty() && address.ip().is_loopback();
    let is_here = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|here| settings.public_url.starts_with(here));
    if !house.site.config.is_safe && !is_alone && !is_here {
        tracing::warn!(
            "Visitors reach this site without HTTPS: passwords travel in the open. Use --domain, or a proxy with a certificate and an https:// public_url (docs/operating.md)"
        );
    }
    Ok(())
}

/// Where the site is and, as long as there is no administrator, the link that makes the first one.
async fn tell(shared: &Shared, config: &Config, house: &House, address: SocketAddr) -> Outcome {
    let mut tx = house.db.begin(Actor::console()).await?;
    let start = people::first_start::issue(&mut tx).await?;
    tx.save().await?;
    let base = match place::chosen_base(config, &house.db).await? {
        Some(base) => base,
        None => format!("http://{address}"),
    };
    let link = start.map(|secret| format!("{base}/start/{}", secret.reveal()));
    let mut line = format!("Playhouse is open at {base} and listens on {address}.");
    if let Some(link) = &link {
        line.push_str("\nMake the first administrator here (the link works once, for a day):\n");
        line.push_str(link);
    }
    let json = json!({ "url": base, "listen": address, "first_start": link });
    say_either(shared.json, &line, &json)
}
