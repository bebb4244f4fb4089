//! Stopping what somebody plays, because staff say so.

use kit::field::required;
use kit::{Actor, FormErrors, Outcome, Span, t};
use settings::SiteSettings;

use super::events::StreamEnded;
use super::look;
use super::stream::Stream;
use crate::error::MediaError;
use crate::remote::{RemoteStream, Words};
use crate::servers::{Servers, result};

/// The most that a screen shows.
const LONGEST_REASON: usize = 200;
const OBEYED_AFTER: Span = Span::seconds(2);

/// Tells the device why and has it stop; the next look shows whether it has. Calls the server; what is not playing
/// there any more is stopped already.
pub async fn stop(
    servers: &Servers,
    actor: Actor,
    stream: &Stream,
    reason: &str,
) -> Result<(), MediaError> {
    let reason = parse(reason)?;
    let (server, remote) = servers.open(&stream.server_id).await?;
    let playing = result(remote.streams().await)?;
    let is_it = |one: &&RemoteStream| one.id == stream.session && one.item == stream.item;
    let Some(found) = playing.iter().find(is_it) else {
        return look::look(servers, &server.id).await;
    };
    if !found.is_controllable {
        return Err(MediaError::Refused(t!(
            "{device} takes no orders from its server, so it cannot be stopped from here.",
            device = &stream.device
        )));
    }
    let (site, _) = settings::load::<SiteSettings>(&servers.db).await?;
    let words = Words {
        title: site.name,
        body: reason.clone(),
    };
    // Words that do not arrive do not keep the stream running.
    drop(remote.message(found, &words).await);
    match remote.stop(found).await {
        // The next look shows whether it was.
        Outcome::Unknown(_) => {}
        other => result(other)?,
    }
    let mut tx = servers.db.begin(actor).await?;
    let event = StreamEnded {
        member: stream.member_id.clone(),
        server: server.id.clone(),
        server_name: server.name.clone(),
        user_name: stream.user_name.clone(),
        title: stream.title.clone(),
        reason,
    };
    chronicle::tell(&mut tx, &event).await?;
    // A device takes a moment to obey, and some do not: a look shows.
    let soon = tx.now() + OBEYED_AFTER;
    look::ask(&mut tx, server.id, soon).await?;
    tx.save().await?;
    Ok(())
}

fn parse(reason: &str) -> Result<String, MediaError> {
    let mut errors = FormErrors::default();
    let typed = errors.keep("reason", required(reason, LONGEST_REASON));
    typed.ok_or(MediaError::Form(errors))
}
