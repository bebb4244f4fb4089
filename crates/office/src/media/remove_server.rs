//! Taking a server out of the house, after a look at what hangs on it.

use axum::extract::{Path, State};
use billing::plan::Plan;
use kit::{PageAsked, Text, t};
use lists::members::{MemberFilter, page};
use maud::{Markup, html};
use media::entitlements::SECTION;
use media::{Entitlements, Server};
use ui::{Crumb, Tone};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Site, Staff};

use super::server::found;
use crate::{desk, menu};

/// `GET /office/servers/{id}/remove`
pub async fn preview(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let server = found(&site, &id).await?;
    let reader = &staff.reader;
    let filter = MemberFilter {
        server: Some(server.id.clone()),
        ..MemberFilter::default()
    };
    let members = page(&site.db, &filter, &PageAsked::first(1)).await?;
    let is_empty = members.rows.is_empty();
    let list = consequences(&site, &staff, &server).await?;
    let body = html! {
        @if is_empty {
            (ui::card(t!("What will happen")).flush().render(reader, &list))
            (ui::form(format!("/office/servers/{}/remove", server.id), &staff.csrf)
                .submit_danger(t!("Remove {server}", server = server.name.as_str()))
                .cancel(format!("/office/servers/{}", server.id))
                .render(reader))
        } @else {
            (ui::notice(Tone::Warn, t!("Members are still on this server"))
                .sentence(t!("Move or end their memberships first. To let nobody new in meanwhile, switch it off."))
                .action(ui::link_button(format!("/office/members?server={}", server.id), t!("See them")).render(reader))
                .render(reader))
        }
    };
    let here = format!("/office/servers/{}", server.id);
    let parts = ConsoleParts {
        path: vec![
            Crumb::new(t!("Servers"), menu::SERVERS),
            Crumb::new(Text::verbatim(server.name.clone()), here),
        ],
        ..desk::parts(
            t!("Remove {server}?", server = server.name.as_str()),
            menu::SERVERS,
        )
    };
    desk::page(&site, &staff, parts, body).await
}

/// What removing it would mean, line by line.
async fn consequences(site: &Site, staff: &Staff, server: &Server) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let plans = billing::plan::list(&site.db).await?;
    let naming = plans.iter().filter(|plan| {
        Entitlements::parse(plan.version.section(SECTION))
            .is_ok_and(|opened| opened.servers.contains(&server.id))
    });
    let untouched = t!("The server itself is not touched");
    let groups = t!("Its libraries leave all groups");
    let rows = ui::rows()
        .row(ui::row(reader, Tone::Neutral, "servers", &untouched).say(
            reader,
            &t!("Its users, libraries and settings stay exactly as they are."),
        ))
        .row(ui::row(reader, Tone::Neutral, "libraries", &groups).say(
            reader,
            &t!("Adding it again later begins anew, with all of them private."),
        ))
        .rows(naming.map(|plan| named_by(staff, plan)));
    Ok(rows.render(reader))
}

fn named_by(staff: &Staff, plan: &Plan) -> ui::Row {
    let reader = &staff.reader;
    let words = t!(
        "The plan {plan} names this server",
        plan = plan.version.name.as_str()
    );
    let open = ui::link_button(format!("/office/plans/{}", plan.id), t!("Open the plan"));
    ui::row(reader, Tone::Warn, "plans", &words)
        .say(
            reader,
            &t!("Choose another server there, or it may not be sold any more."),
        )
        .action(open.small().render(reader))
}

/// `POST /office/servers/{id}/remove`
pub async fn remove(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let server = found(&site, &id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    media::server::remove(&mut tx, &server.id).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        menu::SERVERS,
        t!("{server} is gone from this house.", server = server.name),
    ))
}
