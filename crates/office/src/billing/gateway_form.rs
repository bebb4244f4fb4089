//! The form of a gateway, drawn from its driver's card.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use billing::gateways::{self, FieldKind, Gateway, GatewayCard, GatewayForm};
use flows::told_later::OfferPrices;
use kit::{FormErrors, Secret, Text, t};
use maud::html;
use ui::field::{self, Field};
use ui::{Crumb, Form, Tone};
use web::{CheckedForm, ConsoleParts, Done, PageError, PageResult, Posted, Site, Staff};

use super::gateway::found;
use crate::{desk, menu};

fn card(site: &Site, key: &str) -> Result<&'static GatewayCard, PageError> {
    site.tools.gateways.card(key).ok_or(PageError::NotFound)
}

/// `GET /office/gateways/new/{driver}`
pub async fn new(staff: Staff, State(site): State<Site>, Path(driver): Path<String>) -> PageResult {
    let card = card(&site, &driver)?;
    let mut typed = Posted::default();
    typed.set("title", card.title);
    typed.set("enabled", "on");
    typed.set("one_off", "on");
    typed.set("recurring", "on");
    draw(&site, &staff, card, None, &typed, &FormErrors::default()).await
}

/// `GET /office/gateways/{id}/edit`
pub async fn edit(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let gateway = found(&site, &id).await?;
    let card = card(&site, &gateway.driver)?;
    let mut typed = Posted::default();
    typed.set("title", gateway.title.clone());
    for (name, is_on) in [
        ("enabled", gateway.enabled),
        ("one_off", gateway.one_off),
        ("recurring", gateway.recurring),
    ] {
        if is_on {
            typed.set(name, "on");
        }
    }
    for (name, value) in &gateway.config.0 {
        typed.set(name, value.clone());
    }
    typed.set("version", gateway.version.to_string());
    draw(
        &site,
        &staff,
        card,
        Some(&gateway),
        &typed,
        &FormErrors::default(),
    )
    .await
}

async fn draw(
    site: &Site,
    staff: &Staff,
    card: &'static GatewayCard,
    gateway: Option<&Gateway>,
    typed: &Posted,
    errors: &FormErrors,
) -> PageResult {
    let action = gateway.map_or_else(
        || format!("/office/gateways/new/{}", card.key),
        |gateway| format!("/office/gateways/{}/edit", gateway.id),
    );
    let form = ui::form(action, &staff.csrf)
        .errors(errors)
        .field(
            field::text("title", t!("Title"))
                .value(typed.text("title"))
                .hint(t!("As customers read it when they choose how to pay."))
                .longest(60)
                .required(),
        )
        .fields(
            card.fields
                .iter()
                .map(|asked| drawn(asked, typed, gateway.is_some())),
        );
    let form = switches(form, card, typed)
        .hidden("version", typed.text("version"))
        .submit(if gateway.is_some() {
            t!("Save")
        } else {
            t!("Connect")
        })
        .cancel(gateway.map_or_else(
            || menu::GATEWAYS.to_owned(),
            |gateway| format!("/office/gateways/{}", gateway.id),
        ));
    let body = html! {
        (ui::notice(Tone::Info, card.about.clone()).render(&staff.reader))
        (form.render(&staff.reader))
    };
    let mut path = vec![Crumb::new(t!("Gateways"), menu::GATEWAYS)];
    if let Some(gateway) = gateway {
        let title = Text::verbatim(gateway.title.clone());
        path.push(Crumb::new(
            title,
            format!("/office/gateways/{}", gateway.id),
        ));
    }
    let parts = ConsoleParts {
        path,
        status: (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..desk::parts(t!("Connect {name}", name = card.title), menu::GATEWAYS)
    };
    desk::page(site, staff, parts, body).await
}

fn drawn(asked: &gateways::Field, typed: &Posted, is_set: bool) -> Field {
    let (name, label) = (asked.name, asked.label.clone());
    let field = match asked.kind {
        FieldKind::Url => field::url(name, label).value(typed.text(name)),
        FieldKind::Text => field::text(name, label).value(typed.text(name)),
        FieldKind::TextArea => field::area(name, label).value(typed.text(name)).rows(6),
        FieldKind::Secret => field::secret(name, label, is_set),
    };
    let field = match &asked.hint {
        Some(hint) => field.hint(hint.clone()),
        None => field,
    };
    let keeps_old = is_set && matches!(asked.kind, FieldKind::Secret);
    if asked.required && !keeps_old {
        field.required()
    } else {
        field
    }
}

fn switches(form: Form, card: &GatewayCard, typed: &Posted) -> Form {
    let mut form = form.field(
        field::tick(
            "enabled",
            t!("Offered to customers"),
            typed.ticked("enabled"),
        )
        .hint(t!("Off: nobody new can choose it; what runs goes on.")),
    );
    if card.capabilities.one_off {
        form = form.field(field::tick(
            "one_off",
            t!("For single payments"),
            typed.ticked("one_off"),
        ));
    }
    if card.capabilities.recurring {
        form = form.field(field::tick(
            "recurring",
            t!("For renewals by itself"),
            typed.ticked("recurring"),
        ));
    }
    form
}

fn parse(card: &GatewayCard, form: &Posted, is_new: bool) -> Result<GatewayForm, FormErrors> {
    let mut errors = FormErrors::default();
    let title = errors
        .keep("title", form.required("title", 60))
        .unwrap_or_default();
    let mut values = BTreeMap::new();
    let mut secrets = BTreeMap::new();
    for asked in card.fields {
        let is_secret = matches!(asked.kind, FieldKind::Secret);
        let most = if matches!(asked.kind, FieldKind::TextArea) {
            4_000
        } else {
            500
        };
        let typed = errors
            .keep(asked.name, form.optional(asked.name, most))
            .flatten();
        if typed.is_none()
            && asked.required
            && (is_new || !is_secret)
            && errors.of(asked.name).is_none()
        {
            errors.add(asked.name, kit::FieldError::Required.text());
        }
        match typed {
            Some(typed) if is_secret => {
                drop(secrets.insert(asked.name.to_owned(), Secret::new(typed)));
            }
            Some(typed) => drop(values.insert(asked.name.to_owned(), typed)),
            None => {}
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(GatewayForm {
        title,
        enabled: form.ticked("enabled"),
        one_off: form.ticked("one_off"),
        recurring: form.ticked("recurring"),
        values,
        secrets,
    })
}

/// `POST /office/gateways/new/{driver}`
pub async fn create(
    staff: Staff,
    State(site): State<Site>,
    Path(driver): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let card = card(&site, &driver)?;
    let wanted = match parse(card, &form, true) {
        Ok(wanted) => wanted,
        Err(errors) => return draw(&site, &staff, card, None, &form, &errors).await,
    };
    let mut tx = site.db.begin(staff.actor()).await?;
    let id = gateways::add(&mut tx, &site.tools.vault, card, &wanted).await?;
    OfferPrices::ask(&mut tx).await?;
    tx.save().await?;
    let words = t!(
        "{name} is connected. Test it now: the test says what is still missing.",
        name = wanted.title
    );
    Ok(Done::at(&site, &format!("/office/gateways/{id}"), words))
}

/// `POST /office/gateways/{id}/edit`
pub async fn save(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let mut gateway = found(&site, &id).await?;
    let card = card(&site, &gateway.driver)?;
    let wanted = match parse(card, &form, false) {
        Ok(wanted) => wanted,
        Err(errors) => return draw(&site, &staff, card, Some(&gateway), &form, &errors).await,
    };
    gateway.version = form.text("version").parse().unwrap_or(0);
    let mut tx = site.db.begin(staff.actor()).await?;
    gateways::change(&mut tx, &site.tools.vault, &gateway, card, &wanted)
        .await
        .map_err(|error| PageError::from(billing::BillingError::from(error)))?;
    OfferPrices::ask(&mut tx).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        &format!("/office/gateways/{}", gateway.id),
        t!("Saved."),
    ))
}
