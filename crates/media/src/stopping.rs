//! Stopping what a member is watching: the device is told why, then asked to stop.

use kit::{Actor, Outcome, done, t};
use settings::SiteSettings;

use crate::events::StreamsStopped;
use crate::hand::Desired;
use crate::remote::{CANNOT_STOP, MediaServer, RemoteRef, RemoteStream, Words};
use crate::servers::{Servers, outcome};
use crate::share::Share;

/// Tells every device that plays for this user why, and stops it. Safe to repeat: nothing plays, nothing is done.
pub(crate) async fn stop_all(
    servers: &Servers,
    server: &dyn MediaServer,
    desired: &Desired,
    user: &RemoteRef,
) -> Outcome<()> {
    let streams = done!(server.streams().await);
    let theirs = streams
        .into_iter()
        .filter(|stream| stream.is_of(user))
        .collect();
    stop_these(
        servers,
        server,
        &desired.share,
        &desired.server_name,
        theirs,
    )
    .await
}

/// Tells these devices why, and stops them.
pub(crate) async fn stop_these(
    servers: &Servers,
    server: &dyn MediaServer,
    share: &Share,
    server_name: &str,
    streams: Vec<RemoteStream>,
) -> Outcome<()> {
    if streams.is_empty() {
        return Outcome::Done(());
    }
    let words = done!(farewell(servers).await);
    for stream in &streams {
        // Words that do not arrive do not keep the stream running.
        drop(server.message(stream, &words).await);
        match server.stop(stream).await {
            // It goes on; what it may reach is withdrawn all the same.
            Outcome::Refused(refusal) if refusal.code == CANNOT_STOP => {}
            other => done!(other),
        }
    }
    tell(servers, share, server_name, streams).await
}

/// What the screen says, in the site's own language as far as there is one.
pub(crate) async fn farewell(servers: &Servers) -> Outcome<Words> {
    let site = settings::load::<SiteSettings>(&servers.db).await;
    let (site, _) = done!(outcome(site.map_err(Into::into)));
    let body = if site.public_url.is_empty() {
        t!("Your membership has run out. Renew it and everything is back on this device at once.")
    } else {
        t!(
            "Your membership has run out. Renew it at {address} and everything is back on this device at once.",
            address = site.link("/account")
        )
    };
    Outcome::Done(Words {
        title: site.name,
        body: body.in_english(),
    })
}

async fn tell(
    servers: &Servers,
    share: &Share,
    server_name: &str,
    stopped: Vec<RemoteStream>,
) -> Outcome<()> {
    let event = StreamsStopped {
        share: share.id.clone(),
        member: share.member_id.clone(),
        server: share.server_id.clone(),
        server_name: server_name.to_owned(),
        titles: stopped.into_iter().map(|stream| stream.title).collect(),
    };
    let work = async {
        let mut tx = servers
            .db
            .begin(Actor::schedule("media.share_hand"))
            .await?;
        chronicle::tell(&mut tx, &event).await?;
        tx.save().await?;
        Ok(())
    };
    outcome(work.await)
}
