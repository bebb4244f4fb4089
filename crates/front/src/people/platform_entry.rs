//! Registering and signing in with an account of a platform: on the platform's own page, and back in the same browser.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use db::DbError;
use flows::told_at_once::platform_entry;
use kit::id::{Id as _, PlatformSignInId};
use kit::{Secret, Subject, Text, t};
use maud::{Markup, html};
use media::identity::Proven;
use media::maker::Entry;
use media::owner;
use media::signing_in::{self, Finished, PlatformSignIn, Wish};
use people::digest;
use people::rate::{self, Rate};
use people::sign_in as entry;
use web::{Between, CheckedForm, Guest, PageError, PageResult, Site, plain, see_other};

use crate::forms::{self, Wrong};
use crate::people::sign_in;

/// The platform that people come in by, and its address. `None`: no server of such a platform can be had.
async fn way(site: &Site) -> Result<Option<(String, String)>, DbError> {
    let owners = owner::list(&site.db).await?;
    let owned = owners.into_iter().next();
    Ok(owned.map(|owner| (owner.platform, owner.base)).or_else(|| {
        // Before the first owner account there is only the platform's own address.
        let mut cards = site.tools.makers.cards();
        let card = cards.find(|card| card.entry == Entry::Invitation)?;
        Some((card.key.to_owned(), String::new()))
    }))
}

/// The button, for the pages where one registers or signs in.
pub fn button(guest: &Guest, words: Text) -> Markup {
    ui::post_button("/sign-in/platform", &guest.csrf, words).render(&guest.reader)
}

/// `POST /sign-in/platform`: to the platform's page. The browser keeps what proves that it is the same one later.
pub async fn begin(guest: Guest, State(site): State<Site>, _form: CheckedForm) -> PageResult {
    if guest.visit.is_some() {
        return Ok(see_other("/account"));
    }
    let bucket = (Rate::RegisterByAddress, guest.browser.address.as_str());
    if let Err(error) = rate::pass(&site.db, &[bucket]).await {
        return sorry(&site, &guest, &forms::of_people(error)?).await;
    }
    let (platform, base) = way(&site).await?.ok_or(PageError::NotFound)?;
    let secret = Secret::new(site.db.world().token());
    let settings = site.settings().await?;
    let home = settings.public_url.trim_end_matches('/');
    let back = |id: &PlatformSignInId| format!("{home}/sign-in/platform/{id}");
    let wish = Wish {
        platform: &platform,
        base: Some(base.as_str()).filter(|base| !base.is_empty()),
        begun_by: browser(&secret),
        accepts: false,
    };
    match signing_in::begin(&site.tools.servers(), guest.actor(), &wish, back).await {
        Ok(begun) => Ok(Between::Platform.keep(&site, &secret, see_other(&begun.page))),
        Err(error) => sorry(&site, &guest, &forms::of_media(error)?).await,
    }
}

/// Who begins a sign-in before anybody is signed in: this browser, known by the hash of what only it keeps.
fn browser(secret: &Secret) -> Subject {
    Subject::named(&format!("browser/{}", digest::of(secret)))
}

/// `GET /sign-in/platform/{id}`: where the platform's page leads back to.
pub async fn back(
    guest: Guest,
    State(site): State<Site>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> PageResult {
    let id = PlatformSignInId::parse(&id).ok_or(PageError::NotFound)?;
    let Some(secret) = Between::Platform.read(&site, &headers) else {
        let text = t!(
            "This browser has not begun this sign-in, or too long ago. Please begin again, and come back in the same browser."
        );
        return sorry(&site, &guest, &Wrong::whole(text)).await;
    };
    match signing_in::finish(&site.tools.servers(), &id, &browser(&secret)).await {
        Ok(Finished::Waiting(sign_in)) => waiting(&site, &guest, &sign_in).await,
        Ok(Finished::Done {
            sign_in, account, ..
        }) => {
            let proven = Proven {
                platform: sign_in.platform,
                account,
                key: None,
            };
            come_in(&site, &guest, &id, &proven).await
        }
        Err(error) => sorry(&site, &guest, &forms::of_media(error)?).await,
    }
}

async fn come_in(site: &Site, guest: &Guest, id: &PlatformSignInId, proven: &Proven) -> PageResult {
    let locale = Some(guest.reader.language().to_owned());
    let came = match platform_entry::enter(&site.tools, proven, locale).await {
        Ok(came) => came,
        Err(error) => return sorry(site, guest, &forms::of_flow(error)?).await,
    };
    let mut tx = site.db.begin(guest.actor()).await?;
    signing_in::forget(&mut tx, id).await?;
    tx.save().await?;
    let response: Response = match came {
        Some(account) => {
            let came = entry::with_platform(&site.db, &account, &guest.browser).await?;
            sign_in::after(site, guest, came, "").await?
        }
        None => see_other("/register/sent"),
    };
    Ok(Between::Platform.forget(site, response))
}

async fn waiting(site: &Site, guest: &Guest, sign_in: &PlatformSignIn) -> PageResult {
    let reader = &guest.reader;
    let body = html! {
        div.buttons {
            (ui::link_button(&sign_in.page_address, t!("Open Plex's page")).primary().render(reader))
            (ui::link_button(format!("/sign-in/platform/{}", sign_in.id), t!("I have signed in")).render(reader))
        }
    };
    let intro = t!(
        "Sign in on Plex's page. It leads you back here afterwards; it waits a quarter of an hour."
    );
    plain(site, guest, t!("Your Plex account"), Some(intro), body).await
}

async fn sorry(site: &Site, guest: &Guest, wrong: &Wrong) -> PageResult {
    let reader = &guest.reader;
    let body = html! {
        div.buttons {
            (button(guest, t!("Sign in with Plex")))
            (ui::link_button("/sign-in", t!("To the sign-in")).render(reader))
        }
    };
    let reason = wrong.whole.clone();
    plain(site, guest, t!("You cannot sign in"), reason, body).await
}
