//! A server's trouble and the one thing that helps against it.

use axum::extract::{Path, State};
use kit::t;
use maud::{Markup, html};
use media::remedy::{self, Remedy};
use media::{Server, owners};
use people::role::Permission;
use ui::{Button, Tone};
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use super::owners::sentence;
use super::server::found;
use crate::words;

/// What is wrong, why, and the button that helps. Empty while all is well.
pub fn notice(staff: &Staff, server: &Server) -> Markup {
    let reader = &staff.reader;
    let (tone, word) = words::server_state(server);
    let reason = server.reason.as_ref().filter(|_| tone == Tone::Bad);
    html! {
        @if let Some(reason) = reason {
            @let notice = ui::notice(Tone::Bad, word).sentence(reason.clone());
            @if staff.may(Permission::ServersChange) {
                (notice.action(helps(staff, server).render(reader)).render(reader))
            } @else { (notice.render(reader)) }
        }
    }
}

fn helps(staff: &Staff, server: &Server) -> Button {
    let remedy = remedy::of(server, server.trouble.as_deref().unwrap_or_default());
    let own = format!("/office/servers/{}", server.id);
    match remedy {
        Remedy::FindAgain => ui::post_button(format!("{own}/find"), &staff.csrf, remedy.label()),
        Remedy::ReadAgain => ui::post_button(format!("{own}/sync"), &staff.csrf, remedy.label()),
        _ => ui::link_button(remedy.href(server), remedy.label()),
    }
}

/// `POST /office/servers/{id}/find`: asks its owner's account where the server is now.
pub async fn find(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let server = found(&site, &id).await?;
    let owner = server
        .owner_account_id
        .as_ref()
        .ok_or(PageError::NotFound)?;
    let servers = site.tools.servers();
    owners::connect_through(&servers, staff.actor(), owner, &server)
        .await
        .map_err(sentence)?;
    let href = format!("/office/servers/{}", server.id);
    let text = t!(
        "{server} answers again. It is being read.",
        server = server.name
    );
    Ok(Done::at(&site, &href, text))
}
