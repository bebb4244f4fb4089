//! What staff can do about a member's access on one server, and letters about it.

use axum::extract::{Path, State};
use axum::response::Response;
use flows::told_at_once::letters_again;
use kit::id::{Id, ShareId};
use kit::{FormErrors, Text, t};
use media::credentials;
use media::share::Share;
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use super::member::Known;
use super::member_pieces::new_password;

fn own_share(known: &Known, id: &str) -> Result<Share, PageError> {
    let id = ShareId::parse(id).ok_or(PageError::NotFound)?;
    known
        .shares
        .iter()
        .find(|share| share.id == id)
        .cloned()
        .ok_or(PageError::NotFound)
}

fn done(site: &Site, known: &Known, text: Text) -> Response {
    let href = format!("/office/members/{}", known.member.id);
    Done::at(site, &href, text)
}

/// `POST /office/members/{id}/shares/{share}/try-now`
pub async fn try_now(
    staff: Staff,
    State(site): State<Site>,
    Path((id, share)): Path<(String, String)>,
    _form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let share = own_share(&known, &share)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    media::ask_look(&mut tx, &share).await?;
    tx.save().await?;
    Ok(done(
        &site,
        &known,
        t!("It is being tried now. This page shows what comes of it."),
    ))
}

/// `POST /office/members/{id}/shares/{share}/password`
pub async fn set_password(
    staff: Staff,
    State(site): State<Site>,
    Path((id, share)): Path<(String, String)>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let share = own_share(&known, &share)?;
    let done = replace_password(&site, &staff, &known, (&share, &form)).await;
    new_password(&staff, &known, &share)
        .answer(&site, &known.here(), &form, done)
        .await
}

async fn replace_password(
    site: &Site,
    staff: &Staff,
    known: &Known,
    (share, form): (&Share, &Posted),
) -> PageResult {
    let password = credentials::parse_password(form.text("password"))
        .map_err(|error| FormErrors::one("password", error.text()))?;
    credentials::set_password(&site.tools.servers(), staff.actor(), &share.id, &password).await?;
    Ok(done(
        site,
        known,
        t!("The new password is set. Devices there have to sign in again."),
    ))
}

/// `POST /office/members/{id}/shares/{share}/password-link`
pub async fn password_link(
    staff: Staff,
    State(site): State<Site>,
    Path((id, share)): Path<(String, String)>,
    _form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let share = own_share(&known, &share)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    letters_again::choose_link(&mut tx, &site.tools, &share.id).await?;
    tx.save().await?;
    Ok(done(&site, &known, t!("The link is on its way to them.")))
}

/// `POST /office/members/{id}/welcome`
pub async fn welcome(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let mut tx = site.db.begin(staff.actor()).await?;
    letters_again::welcome(&mut tx, &site.tools, &known.member.id).await?;
    tx.save().await?;
    Ok(done(
        &site,
        &known,
        t!("The welcome is on its way to them again."),
    ))
}
