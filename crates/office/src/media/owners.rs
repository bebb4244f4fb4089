//! Owner accounts: which are signed in, and signing in, once or again, on the platform's own page.

use axum::extract::{Path, State};
use kit::id::{Id, PlatformSignInId};
use kit::{Subject, Text, t};
use maud::{Markup, html};
use media::MediaError;
use media::maker::Entry;
use media::owner::{self, OwnerAccount, OwnerState};
use media::signing_in::{self, Begun, Finished, PlatformSignIn, Wish};
use people::role::Permission;
use ui::{Tone, field};
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use crate::{desk, menu};

/// `GET /office/owners`
pub async fn list(staff: Staff, State(site): State<Site>) -> PageResult {
    let accounts = owner::list(&site.db).await?;
    let reader = &staff.reader;
    let body = html! {
        @if accounts.is_empty() {
            (ui::empty("key", t!("No owner account is signed in"))
                .sentence(t!("Servers of such platforms are found through the account that owns them. You sign in on the platform's own page; no password is typed here."))
                .render(reader))
        }
        @for account in &accounts { (one(&site, &staff, account)) }
        @if staff.may(Permission::ServersChange) { (begin_form(&site, &staff)) }
    };
    let mut parts = desk::below(t!("Owner accounts"), t!("Servers"), menu::SERVERS);
    parts.intro = Some(t!("The accounts whose servers are managed from here."));
    desk::page(&site, &staff, parts, body).await
}

fn one(site: &Site, staff: &Staff, account: &OwnerAccount) -> Markup {
    let reader = &staff.reader;
    let (tone, word) = state(account);
    let title = format!(
        "{} · {}",
        super::servers::kind(site, &account.platform),
        account.name
    );
    let body = html! {
        div.stack {
            @if let Some(reason) = &account.reason { p { (reader.say(reason)) } }
            p { (reader.say(&pass(account))) }
            div.buttons {
                @if account.state == OwnerState::SignedOut { (again_button(staff, account)) }
                (ui::link_button(format!("/office/owners/{}", account.id), t!("Its servers")).render(reader))
            }
        }
    };
    ui::card(Text::verbatim(&title))
        .badge(ui::badge(reader, tone, &word))
        .render(reader, &body)
}

pub fn state(account: &OwnerAccount) -> (Tone, Text) {
    match account.state {
        OwnerState::Ok => (Tone::Good, t!("Signed in")),
        OwnerState::SignedOut => (Tone::Bad, t!("Signed out")),
    }
}

/// What the account's own standing with the platform means here.
pub fn pass(account: &OwnerAccount) -> Text {
    if account.has_pass {
        t!("Has a Plex Pass: streams can be stopped and members restricted.")
    } else {
        t!(
            "Has no Plex Pass: Plex stops no streams for this account. Suspended members lose their libraries only."
        )
    }
}

/// One press: the platform's page opens, and leads back.
pub fn again_button(staff: &Staff, account: &OwnerAccount) -> Markup {
    let action = format!("/office/owners/{}/again", account.id);
    html! {
        @if staff.may(Permission::ServersChange) {
            (ui::post_button(action, &staff.csrf, t!("Sign in again")).primary().render(&staff.reader))
        }
    }
}

fn begin_form(site: &Site, staff: &Staff) -> Markup {
    let reader = &staff.reader;
    html! {
        @for card in site.tools.makers.cards().filter(|card| card.entry == Entry::Invitation) {
            @let form = ui::form(format!("/office/owners/new/{}", card.key), &staff.csrf)
                .submit(t!("Sign in with {platform}", platform = card.title));
            @let form = if site.config.allow_standins {
                form.field(field::url("base", t!("Address of the service")).hint(t!("Empty: the real one. For trying out, that of a stand-in.")))
            } else { form };
            (ui::card(t!("Sign in with {platform}", platform = card.title)).render(reader, &html! {
                p { (reader.say(&card.terms)) }
                (form.render(reader))
            }))
        }
    }
}

/// `POST /office/owners/new/{kind}`
pub async fn begin(
    staff: Staff,
    State(site): State<Site>,
    Path(kind): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let base = form.text("base").trim();
    let base = Some(base).filter(|base| !base.is_empty() && site.config.allow_standins);
    let begun = sign_in(&site, &staff, &kind, base).await?;
    Ok(web::see_other(&format!(
        "/office/owners/sign-in/{}",
        begun.id
    )))
}

/// `POST /office/owners/{id}/again`: straight to the platform's page.
pub async fn again(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let account = super::owner::found(&site, &id).await?;
    let begun = sign_in(&site, &staff, &account.platform, Some(&account.base)).await?;
    Ok(web::see_other(&begun.page))
}

async fn sign_in(
    site: &Site,
    staff: &Staff,
    platform: &str,
    base: Option<&str>,
) -> Result<Begun, PageError> {
    let wish = Wish {
        platform,
        base: base.filter(|base| !base.is_empty()),
        begun_by: begun_by(staff),
        accepts: false,
    };
    let settings = site.settings().await?;
    let home = settings.public_url.trim_end_matches('/');
    let back = |id: &PlatformSignInId| format!("{home}/office/owners/sign-in/{id}");
    signing_in::begin(&site.tools.servers(), staff.actor(), &wish, back)
        .await
        .map_err(sentence)
}

fn begun_by(staff: &Staff) -> Subject {
    Subject::of(&staff.visit.account.id)
}

/// Whatever has a sentence is shown with it.
pub fn sentence(error: MediaError) -> PageError {
    match error.text() {
        Some(text) => PageError::Unprocessable(text),
        None => error.into(),
    }
}

/// `GET /office/owners/sign-in/{id}`: where the platform's page leads back to, and where one looks again.
pub async fn back(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let id = PlatformSignInId::parse(&id).ok_or(PageError::NotFound)?;
    let servers = site.tools.servers();
    match signing_in::finish(&servers, &id, &begun_by(&staff))
        .await
        .map_err(sentence)?
    {
        Finished::Waiting(sign_in) => waiting(&site, &staff, &sign_in).await,
        Finished::Done {
            sign_in,
            account,
            key,
        } => {
            let mut tx = site.db.begin(staff.actor()).await?;
            let (vault, kind) = (&site.tools.vault, &sign_in.platform);
            let kept = owner::sign_in(&mut tx, vault, kind, &sign_in.base, &account, &key).await?;
            signing_in::forget(&mut tx, &id).await?;
            tx.save().await?;
            let href = format!("/office/owners/{}", kept.id);
            Ok(Done::at(
                &site,
                &href,
                t!(
                    "{name} is signed in. These are its servers.",
                    name = kept.name
                ),
            ))
        }
    }
}

async fn waiting(site: &Site, staff: &Staff, sign_in: &PlatformSignIn) -> PageResult {
    let reader = &staff.reader;
    let platform = super::servers::kind(site, &sign_in.platform);
    let body = ui::card(t!("Say yes on the page of {platform}", platform = platform)).render(
        reader,
        &html! {
            p { (reader.say(&t!("Open the page, sign in there with the account that owns the servers, and come back. The sign-in waits a quarter of an hour."))) }
            div.buttons {
                (ui::link_button(&sign_in.page_address, t!("Open the page of {platform}", platform = platform)).primary().render(reader))
                (ui::link_button(format!("/office/owners/sign-in/{}", sign_in.id), t!("Look again")).render(reader))
            }
        },
    );
    let title = t!("Sign in with {platform}", platform = platform);
    desk::page(
        site,
        staff,
        desk::below(title, t!("Owner accounts"), menu::OWNERS),
        body,
    )
    .await
}
