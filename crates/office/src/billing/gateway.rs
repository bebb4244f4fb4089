//! A gateway: how it stands, what a test found, and whether its messages reach us.

use axum::extract::{Path, State};
use billing::checkout;
use billing::gateway::Realm;
use billing::gateways::{self, Gateway};
use kit::id::{GatewayId, Id};
use kit::{Outcome, Text, Timestamp, t};
use maud::{Markup, html};
use people::role::Permission;
use ui::{Span, Tone};
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use super::gateways::{offered, state};
use crate::{desk, menu, words};

/// The gateway of an address.
pub async fn found(site: &Site, id: &str) -> Result<Gateway, PageError> {
    let id = GatewayId::parse(id).ok_or(PageError::NotFound)?;
    gateways::find(&site.db, &id)
        .await?
        .ok_or(PageError::NotFound)
}

/// `GET /office/gateways/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let gateway = found(&site, &id).await?;
    let reader = &staff.reader;
    let here = format!("/office/gateways/{}", gateway.id);
    let is_hosted = site
        .tools
        .gateways
        .card(&gateway.driver)
        .is_some_and(|card| card.capabilities.hosted);
    let body = html! {
        @for finding in &gateway.findings.0 {
            (ui::notice(Tone::Warn, t!("The test found something")).sentence(finding.clone()).render(reader))
        }
        (ui::grid(&[
            ui::card(t!("State")).span(Span::Five).render(reader, &facts(&staff, &gateway)),
            ui::card(t!("Messages")).span(Span::Seven).render(reader, &messages(&site, &staff, &gateway, is_hosted).await?),
        ]))
    };
    let mut parts = desk::below(
        Text::verbatim(gateway.title.clone()),
        t!("Gateways"),
        menu::GATEWAYS,
    );
    if staff.may(Permission::SettingsChange) {
        parts.actions = Some(html! {
            (ui::post_button(format!("{here}/test"), &staff.csrf, t!("Test")).primary().render(reader))
            @if is_hosted {
                (ui::post_button(format!("{here}/set-up"), &staff.csrf, t!("Set up the messages")).render(reader))
            }
            (ui::link_button(format!("{here}/edit"), t!("Change")).icon("edit").render(reader))
        });
    }
    desk::page(&site, &staff, parts, body).await
}

fn facts(staff: &Staff, gateway: &Gateway) -> Markup {
    let reader = &staff.reader;
    let (tone, word) = state(gateway);
    let realm = match gateway.realm {
        Realm::Live => t!("Real money"),
        Realm::Test => t!("Test money"),
    };
    let checked = if gateway.checked_at > Timestamp::EPOCH {
        ui::ago(reader, gateway.checked_at)
    } else {
        html! { (reader.say(&t!("Not yet: test it once."))) }
    };
    ui::facts()
        .line(t!("State"), ui::badge(reader, tone, &word))
        .line(t!("Offered for"), html! { (reader.say(&offered(gateway))) })
        .line(t!("Money"), html! { (reader.say(&realm)) })
        .line(
            t!("Account"),
            words::or_nothing(reader, Some(&gateway.provider_account)),
        )
        .line(t!("Tested"), checked)
        .render(reader)
}

async fn messages(
    site: &Site,
    staff: &Staff,
    gateway: &Gateway,
    is_hosted: bool,
) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    if !is_hosted {
        return Ok(
            html! { p { (reader.say(&t!("It sends none: you say yourself what arrived."))) } },
        );
    }
    let settings = site.settings().await?;
    let address = settings.link(&gateway.hook_path());
    let heard = if gateway.heard_at > Timestamp::EPOCH {
        ui::ago(reader, gateway.heard_at)
    } else {
        html! { (reader.say(&t!("Never yet. Payments are found by asking, minutes later."))) }
    };
    Ok(html! {
        p { (reader.say(&t!("The gateway tells us here what happened. What it says is looked up before it counts."))) }
        (ui::copyable(reader, &t!("Address for messages"), &address))
        (ui::facts().line(t!("Last heard"), heard).render(reader))
    })
}

/// `POST /office/gateways/{id}/test`
pub async fn test(
    _staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    check(&site, &id, None).await
}

/// `POST /office/gateways/{id}/set-up`
pub async fn set_up(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let settings = site.settings().await?;
    if settings.public_url.is_empty() {
        return Ok(Done::not_at(
            &site,
            "/office/settings/site",
            t!(
                "The gateway needs an address to reach you at. Enter the house’s public address first."
            ),
        ));
    }
    check(&site, &id, Some(&settings.public_url)).await
}

async fn check(site: &Site, id: &str, base: Option<&str>) -> PageResult {
    let gateway = found(site, id).await?;
    let here = format!("/office/gateways/{}", gateway.id);
    let checked = checkout::test_gateway(&site.tools.gateways, &gateway.id, base).await?;
    Ok(match checked {
        Outcome::Done(found) if found.findings.is_empty() => Done::at(
            site,
            &here,
            t!("All is well: the keys are right and nothing is missing."),
        ),
        Outcome::Done(_) => Done::not_at(
            site,
            &here,
            t!("It answers, and something is missing. See below."),
        ),
        Outcome::Refused(refusal) => Done::not_at(site, &here, refusal.reason),
        Outcome::Unknown(doubt) => Done::not_at(site, &here, doubt.reason),
    })
}
