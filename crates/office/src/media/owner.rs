//! One owner account: whether its key still opens it, its servers, and taking it out of the house.

use axum::extract::{Path, State};
use kit::id::{Id, OwnerAccountId};
use kit::{Text, t};
use maud::{Markup, html};
use media::owner::{self, OwnerAccount, OwnerState};
use media::owners::{self, Checked, Offered};
use media::{Server, adding, server};
use people::role::Permission;
use ui::{Crumb, Tone};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Site, Staff};

use super::owners::{again_button, pass, sentence, state};
use crate::media::server_add;
use crate::{desk, menu};

/// The account of an address.
pub async fn found(site: &Site, id: &str) -> Result<OwnerAccount, PageError> {
    let id = OwnerAccountId::parse(id).ok_or(PageError::NotFound)?;
    owner::find(&site.db, &id).await?.ok_or(PageError::NotFound)
}

/// `GET /office/owners/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let account = found(&site, &id).await?;
    let reader = &staff.reader;
    let offered = match owners::servers_of(&site.tools.servers(), &account.id).await {
        Ok(offered) => Ok(offered),
        Err(error) => Err(error.text().ok_or_else(|| PageError::from(error))?),
    };
    let body = html! {
        (standing(&staff, &account))
        @match &offered {
            Ok(offered) => (servers(&staff, &account, offered)),
            // A dead key is said above already.
            Err(reason) if account.state == OwnerState::Ok => {
                (ui::notice(Tone::Warn, t!("Its servers cannot be asked for")).sentence(reason.clone()).render(reader))
            }
            Err(_) => {}
        }
    };
    let title = Text::verbatim(&account.name);
    let mut parts = desk::below(title, t!("Owner accounts"), menu::OWNERS);
    if staff.may(Permission::ServersChange) {
        let here = format!("/office/owners/{}", account.id);
        parts.actions = Some(html! {
            (ui::post_button(format!("{here}/test"), &staff.csrf, t!("Test the key")).icon("refresh").render(reader))
            (ui::link_button(format!("{here}/remove"), t!("Remove…")).quiet().render(reader))
        });
    }
    desk::page(&site, &staff, parts, body).await
}

fn standing(staff: &Staff, account: &OwnerAccount) -> Markup {
    let reader = &staff.reader;
    let (tone, word) = state(account);
    html! {
        @if let Some(reason) = &account.reason {
            (ui::notice(tone, word.clone())
                .sentence(reason.clone())
                .action(again_button(staff, account))
                .render(reader))
        }
        (ui::card(t!("Account")).badge(ui::badge(reader, tone, &word)).render(reader, &html! {
            p { (reader.say(&pass(account))) }
            p.hint { (reader.say(&t!("The key is tested every hour. Last time:"))) " " (ui::ago(reader, account.checked_at)) }
        }))
    }
}

fn servers(staff: &Staff, account: &OwnerAccount, offered: &[Offered]) -> Markup {
    let reader = &staff.reader;
    if offered.is_empty() {
        return ui::empty("servers", t!("This account owns no server"))
            .sentence(t!(
                "Claim the server with this account first, then look again."
            ))
            .render(reader);
    }
    let rows = offered
        .iter()
        .fold(ui::rows(), |rows, one| rows.row(row(staff, account, one)));
    ui::card(t!("Servers of this account"))
        .flush()
        .render(reader, &rows.render(reader))
}

fn row(staff: &Staff, account: &OwnerAccount, one: &Offered) -> ui::Row {
    let reader = &staff.reader;
    let found = &one.server;
    let row = ui::row(
        reader,
        Tone::Neutral,
        "servers",
        &Text::verbatim(&found.name),
    );
    let button = |words| {
        ui::post_button(
            format!("/office/owners/{}/add", account.id),
            &staff.csrf,
            words,
        )
        .value("identity", &found.identity)
        .render(reader)
    };
    let Some(known) = &one.known else {
        return row
            .title(html! { (found.name) })
            .say(reader, &ways(one))
            .action(button(t!("Add")));
    };
    let href = format!("/office/servers/{}", known.id);
    let row = row.title(ui::link(&href, &known.name));
    if known.owner_account_id.as_ref() == Some(&account.id) {
        return row.say(reader, &t!("It is here already."));
    }
    row.say(
        reader,
        &t!("It is here already, and was managed through another account."),
    )
    .action(button(t!("Manage it through this one")))
}

fn ways(one: &Offered) -> Text {
    if one.server.is_relayed() {
        return t!(
            "Reached through Plex's relay only, which is slow and ends long requests. Switch remote access on in the server's settings, then look again."
        );
    }
    Text::counted(
        i64::try_from(one.server.addresses.len()).unwrap_or(i64::MAX),
        "One address to try.",
        "{n} addresses to try, the nearest first.",
    )
}

/// `POST /office/owners/{id}/test`
pub async fn test(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let account = found(&site, &id).await?;
    let checked = owners::check(&site.tools.servers(), staff.actor(), &account)
        .await
        .map_err(sentence)?;
    let text = match checked {
        Checked::Good { .. } => t!("The key opens the account {name}.", name = account.name),
        Checked::SignedOut(_) => t!(
            "The key does not open the account {name} any more.",
            name = account.name
        ),
        Checked::Unanswered(reason) => t!(
            "The key could not be tested, which says nothing about it. {reason}",
            reason = reason
        ),
    };
    let here = format!("/office/owners/{}", account.id);
    Ok(Done::at(&site, &here, text))
}

/// `POST /office/owners/{id}/add`
pub async fn add(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let account = found(&site, &id).await?;
    let (servers, identity) = (site.tools.servers(), form.text("identity"));
    let known = server::find_by_identity(&site.db, &account.platform, identity).await?;
    if let Some(known) = known.filter(|known| known.owner_account_id.as_ref() != Some(&account.id))
    {
        owners::connect_through(&servers, staff.actor(), &account.id, &known)
            .await
            .map_err(sentence)?;
        let text = t!(
            "{server} is managed through {name} from now on.",
            server = known.name,
            name = account.name
        );
        return Ok(Done::at(
            &site,
            &format!("/office/servers/{}", known.id),
            text,
        ));
    }
    let examined = owners::examine(&servers, &account.id, identity)
        .await
        .map_err(sentence)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    let server = adding::add(&mut tx, &site.tools.vault, &examined).await?;
    tx.save().await?;
    Ok(server_add::arrived(&site, &server))
}

/// `GET /office/owners/{id}/remove`
pub async fn preview(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let account = found(&site, &id).await?;
    let reader = &staff.reader;
    let here = format!("/office/owners/{}", account.id);
    let servers = server::list_of_owner(&site.db, &account.id).await?;
    let rows = servers
        .iter()
        .fold(ui::rows(), |rows, server| rows.row(left(&staff, server)))
        .row(kept(&staff));
    let body = html! {
        (ui::card(t!("What will happen")).flush().render(reader, &rows.render(reader)))
        (ui::form(format!("{here}/remove"), &staff.csrf)
            .submit_danger(t!("Remove {name}", name = account.name.as_str()))
            .cancel(&here)
            .render(reader))
    };
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Owner accounts"), menu::OWNERS),
            Crumb::new(Text::verbatim(account.name.clone()), here.clone()),
        ],
        ..desk::parts(
            t!("Remove {name}?", name = account.name.as_str()),
            menu::OWNERS,
        )
    };
    desk::page(&site, &staff, parts, body).await
}

/// What becomes of one of its servers.
fn left(staff: &Staff, server: &Server) -> ui::Row {
    let words = Text::counted(
        server.members,
        "It is switched off here. Its one member keeps watching; nobody can be let in or taken out until it is managed through another account.",
        "It is switched off here. Its {n} members keep watching; nobody can be let in or taken out until it is managed through another account.",
    );
    ui::row(
        &staff.reader,
        Tone::Warn,
        "servers",
        &Text::verbatim(&server.name),
    )
    .say(&staff.reader, &words)
}

fn kept(staff: &Staff) -> ui::Row {
    let kept = t!("Members, their history and their payments stay");
    ui::row(&staff.reader, Tone::Neutral, "members", &kept).say(
        &staff.reader,
        &t!("Only the key of the account is forgotten. At the platform nothing changes."),
    )
}

/// `POST /office/owners/{id}/remove`
pub async fn remove(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let account = found(&site, &id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    owner::remove(&mut tx, &account.id).await?;
    tx.save().await?;
    let text = t!("{name} is gone from this house.", name = account.name);
    Ok(Done::at(&site, menu::OWNERS, text))
}
