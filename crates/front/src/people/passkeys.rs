//! Passkeys of one's own: adding, naming, removing.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use kit::id::{Id, PasskeyId};
use kit::{Reader, Text, t};
use maud::{Markup, html};
use people::PeopleError;
use people::passkey::{self, Passkey};
use ui::{Tone, field};
use web::{
    Between, CheckedForm, CheckedJson, Done, PageError, PageResult, SignedIn, Site, see_other,
};

use crate::account::frame;
use crate::forms::{self, Wrong};
use crate::people::ceremony;

const HOME: &str = "/account/security";
const PROVE_FIRST: &str = "/account/prove?next=/account/security";

/// The list on the page of safety.
pub async fn card(site: &Site, visitor: &SignedIn) -> Result<Markup, PageError> {
    let reader = &visitor.reader;
    let held = passkey::list_of(&site.db, &visitor.visit.account.id).await?;
    let can_add = ceremony::webauthn(site).await?.is_some();
    let rows = ui::rows().rows(held.iter().map(|held| row(visitor, held)));
    let body = html! {
        div.stack {
            p { (reader.say(&t!("You sign in with your finger, your face or a key on your key ring. Nothing can be guessed or stolen by a letter."))) }
            @if !held.is_empty() { (rows.render(reader)) }
            (adding(site, visitor, can_add))
        }
    };
    Ok(ui::card(t!("Passkeys")).render(reader, &body))
}

fn adding(site: &Site, visitor: &SignedIn, can_add: bool) -> Markup {
    let reader = &visitor.reader;
    html! {
        @if !can_add {
            p.soft { (reader.say(&t!("They need a house with a public name; this one has none yet."))) }
        } @else if visitor.fresh(site).is_err() {
            div { (ui::link_button(PROVE_FIRST, t!("Add a passkey")).render(reader)) }
        } @else {
            (ui::passkey(reader, &t!("Add a passkey"), "/account/passkeys/options", "/account/passkeys", &visitor.csrf))
        }
    }
}

fn row(visitor: &SignedIn, held: &Passkey) -> ui::Row {
    let reader = &visitor.reader;
    let used = html! {
        @if let Some(at) = held.used_at { (reader.say(&t!("last used"))) " " (ui::ago(reader, at)) }
        @else { (reader.say(&t!("never used"))) }
    };
    let detail =
        html! { (reader.say(&t!("added"))) " " (ui::date(reader, held.created_at)) " · " (used) };
    ui::row(
        reader,
        Tone::Neutral,
        "passkey",
        &Text::verbatim(&held.name),
    )
    .detail(detail)
    .action(actions(reader, visitor, held))
}

fn actions(reader: &Reader, visitor: &SignedIn, held: &Passkey) -> Markup {
    let remove = ui::confirm(
        format!("remove-{}", held.id),
        t!("Remove"),
        format!("/account/passkeys/{}/remove", held.id),
        &visitor.csrf,
    )
    .question(t!("Remove the passkey “{name}”?", name = held.name.clone()))
    .sentence(t!(
        "It can no longer sign in here. Your other devices are signed out."
    ))
    .small();
    html! {
        div.buttons {
            (ui::link_button(format!("/account/passkeys/{}", held.id), t!("Rename")).small().render(reader))
            (remove.render(reader))
        }
    }
}

/// `POST /account/passkeys/options`
pub async fn ask(visitor: SignedIn, State(site): State<Site>, _body: CheckedJson) -> PageResult {
    visitor.fresh(&site)?;
    let webauthn = ceremony::needed(&site).await?;
    let mut tx = site.db.begin(visitor.actor()).await?;
    let ceremony = webauthn
        .begin_adding(&mut tx, &visitor.visit.account)
        .await?;
    tx.save().await?;
    Ok(ceremony::asked(&site, &ceremony))
}

/// `POST /account/passkeys`: the browser made one. Its name can be changed at once.
pub async fn add(
    visitor: SignedIn,
    State(site): State<Site>,
    headers: HeaderMap,
    body: CheckedJson,
) -> PageResult {
    visitor.fresh(&site)?;
    let webauthn = ceremony::needed(&site).await?;
    let Some(secret) = Between::Ceremony.read(&site, &headers) else {
        return ceremony::refused(&visitor.reader, PeopleError::Stale);
    };
    let (account, keep) = (&visitor.visit.account, Some(&visitor.visit.session));
    let name = visitor.reader.say(&t!("Passkey"));
    let mut tx = site.db.begin(visitor.actor()).await?;
    let added = webauthn
        .finish_adding(&mut tx, account, &secret, &body.0, &name, keep)
        .await;
    match added {
        Ok(id) => {
            tx.save().await?;
            Ok(ceremony::done(&site, &format!("/account/passkeys/{id}")))
        }
        Err(error) => ceremony::refused(&visitor.reader, error),
    }
}

/// `GET /account/passkeys/{id}`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let held = own(&site, &visitor, &id).await?;
    draw(&site, &visitor, &held, &held.name, &Wrong::default()).await
}

/// `POST /account/passkeys/{id}`
pub async fn rename(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let held = own(&site, &visitor, &id).await?;
    let name = form.text("name");
    let mut tx = site.db.begin(visitor.actor()).await?;
    match passkey::rename(&mut tx, &visitor.visit.account.id, &held.id, name).await {
        Ok(()) => tx.save().await?,
        Err(error) => {
            drop(tx);
            return draw(&site, &visitor, &held, name, &forms::of_people(error)?).await;
        }
    }
    Ok(Done::at(&site, HOME, t!("Saved.")))
}

/// `POST /account/passkeys/{id}/remove`
pub async fn remove(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let held = own(&site, &visitor, &id).await?;
    if visitor.fresh(&site).is_err() {
        return Ok(see_other(PROVE_FIRST));
    }
    let mut tx = site.db.begin(visitor.actor()).await?;
    let keep = Some(&visitor.visit.session);
    passkey::remove(&mut tx, &visitor.visit.account, &held.id, keep).await?;
    tx.save().await?;
    Ok(Done::at(&site, HOME, t!("The passkey is removed.")))
}

async fn own(site: &Site, visitor: &SignedIn, id: &str) -> Result<Passkey, PageError> {
    let id = PasskeyId::parse(id).ok_or(PageError::NotFound)?;
    let held = passkey::list_of(&site.db, &visitor.visit.account.id).await?;
    held.into_iter()
        .find(|held| held.id == id)
        .ok_or(PageError::NotFound)
}

async fn draw(
    site: &Site,
    visitor: &SignedIn,
    held: &Passkey,
    name: &str,
    wrong: &Wrong,
) -> PageResult {
    let form = ui::form(format!("/account/passkeys/{}", held.id), &visitor.csrf)
        .errors(&wrong.errors)
        .field(
            field::text("name", t!("Name"))
                .value(name)
                .hint(t!(
                    "So that you know it again: “Phone”, “Key on the key ring”."
                ))
                .required()
                .longest(60)
                .focus(),
        )
        .submit(t!("Save"))
        .cancel(HOME);
    let body = html! { (wrong.notice(&visitor.reader)) (form.render(&visitor.reader)) };
    let intro = t!("It is kept. What shall it be called?");
    let head = (t!("Your passkey"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}
