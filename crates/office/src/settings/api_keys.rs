//! API keys: programs that may work here, each for somebody and never for more than they may.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kit::id::{ApiKeyId, Id};
use kit::{FormErrors, t};
use maud::{Markup, Render, html};
use people::PeopleError;
use people::api_key::{self, ApiKey};
use people::role::{Permission, Permissions};
use ui::{Tone, field};
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use crate::ask::{Ask, ask};
use crate::{desk, menu};

/// `GET /office/api-keys`
pub async fn list(staff: Staff, State(site): State<Site>) -> PageResult {
    let keys = api_key::list(&site.db).await?;
    let body = table(&staff, &keys);
    let mut parts = desk::parts(t!("API keys"), menu::API_KEYS);
    parts.intro = Some(t!(
        "Programs that may work here. What they change stands in the audit log under the key’s name."
    ));
    if staff.may(Permission::ApiKeysChange) {
        let new = ui::link_button("/office/api-keys/new", t!("New key"))
            .primary()
            .icon("plus");
        parts.actions = Some(new.render(&staff.reader));
    }
    desk::page(&site, &staff, parts, body).await
}

fn table(staff: &Staff, keys: &[ApiKey]) -> Markup {
    let reader = &staff.reader;
    let may_change = staff.may(Permission::ApiKeysChange);
    ui::table("api-keys")
        .caption(t!("API keys"))
        .column(t!("Key"), |row: &ApiKey| html! { (row.name) })
        .column(t!("State"), |row| {
            if row.revoked_at.is_never() {
                ui::badge(reader, Tone::Good, &t!("Good"))
            } else {
                ui::badge(reader, Tone::Neutral, &t!("Revoked"))
            }
        })
        .column(t!("May"), |row| {
            html! {
                small { (row.scopes.0.iter().map(Permission::word).collect::<Vec<_>>().join(", ")) }
            }
        })
        .column(t!("Whose"), |row| {
            ui::link(
                &format!("/office/accounts/{}", row.account_id),
                &reader.say(&t!("Open")),
            )
        })
        .minor()
        .column(t!("Last used"), |row| {
            row.used_at
                .map_or_else(|| ui::nothing(reader), |at| ui::ago(reader, at))
        })
        .column(t!("Made"), |row| ui::date(reader, row.created_at))
        .row_state(|row| {
            if row.revoked_at.is_never() {
                "living"
            } else {
                "ended"
            }
        })
        .row_menu(|row| {
            if may_change && row.revoked_at.is_never() {
                revoke_button(staff, row).render()
            } else {
                html! {}
            }
        })
        .empty(t!(
            "No keys yet. A key lets a program do what you allow it, through the REST interface."
        ))
        .render_rows(reader, keys)
}

fn revoke_button<'a>(staff: &'a Staff, key: &ApiKey) -> Ask<'a> {
    ask(
        staff,
        &format!("revoke-{}", key.id),
        t!("Revoke…"),
        format!("/office/api-keys/{}/revoke", key.id),
    )
    .question(t!("Revoke the key {name}?", name = key.name.as_str()))
    .sentence(t!("The program that uses it stops working at once."))
    .gravely(t!("Revoke it"))
}

async fn draw(site: &Site, staff: &Staff, typed: &Posted, errors: &FormErrors) -> PageResult {
    let own = &staff.visit.permissions;
    let ticks = own.iter().fold(
        field::ticks("scopes", t!("May"), typed.all("scopes").to_vec()),
        |field, permission| field.option(permission.word(), permission.text()),
    );
    let form = ui::form("/office/api-keys/new", &staff.csrf)
        .errors(errors)
        .field(
            field::text("name", t!("Name"))
                .value(typed.text("name"))
                .hint(t!(
                    "What uses it; it stands beside everything that the key does."
                ))
                .longest(60)
                .required(),
        )
        .field(ticks)
        .submit(t!("Make the key"))
        .cancel(menu::API_KEYS);
    let mut parts = desk::below(t!("New API key"), t!("API keys"), menu::API_KEYS);
    parts.intro = Some(t!(
        "It works for you, and never for more than you may yourself, now or later."
    ));
    parts.status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    desk::page(site, staff, parts, form.render(&staff.reader)).await
}

/// `GET /office/api-keys/new`
pub async fn new(staff: Staff, State(site): State<Site>) -> PageResult {
    draw(&site, &staff, &Posted::default(), &FormErrors::default()).await
}

/// `POST /office/api-keys/new`
pub async fn create(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    staff.fresh(&site)?;
    let scopes: Permissions = form
        .all("scopes")
        .iter()
        .filter_map(|word| Permission::parse(word))
        .collect();
    let visit = &staff.visit;
    let mut tx = site.db.begin(staff.actor()).await?;
    let made = api_key::create(
        &mut tx,
        &visit.account,
        &visit.permissions,
        form.text("name"),
        &scopes,
    )
    .await;
    let key = match made {
        Ok((_, key)) => key,
        Err(PeopleError::Form(errors)) => {
            drop(tx);
            return draw(&site, &staff, &form, &errors).await;
        }
        Err(error) => return Err(error.into()),
    };
    tx.save().await?;
    let reader = &staff.reader;
    let body = html! {
        (ui::secret_once(reader, &t!("API key"), key.reveal()))
        @if !visit.account.api_access {
            (ui::notice(Tone::Warn, t!("Your sign-in may not use API keys yet"))
                .sentence(t!("Allow it on the page of your sign-in; until then the key is refused."))
                .action(ui::link_button(format!("/office/accounts/{}", visit.account.id), t!("Open it")).render(reader))
                .render(reader))
        }
        p { (ui::link_button(menu::API_KEYS, t!("I have copied it")).primary().render(reader)) }
    };
    desk::page(
        &site,
        &staff,
        desk::below(t!("Your new key"), t!("API keys"), menu::API_KEYS),
        body,
    )
    .await
}

/// `POST /office/api-keys/{id}/revoke`
pub async fn revoke(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = ApiKeyId::parse(&id).ok_or(PageError::NotFound)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    api_key::revoke(&mut tx, &id).await?;
    tx.save().await?;
    Ok(Done::at(&site, menu::API_KEYS, t!("The key is revoked.")))
}
