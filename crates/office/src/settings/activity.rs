//! How long the history of what was played is kept.

use axum::extract::State;
use kit::{FormErrors, t};
use media::viewing::ActivitySettings;
use media::viewing::settings::LONGEST_DAYS;
use ui::{Form, field};
use web::{CheckedForm, Done, PageResult, Posted, Site, Staff};

use super::site::{page, save_section};

const HERE: &str = "/office/settings/activity";

/// `GET /office/settings/activity`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    let (now, version) = settings::load::<ActivitySettings>(&site.db).await?;
    let mut typed = Posted::default();
    typed.set("version", version.to_string());
    typed.set("keep_days", now.keep_days.to_string());
    let form = form(&staff, &typed);
    page(&site, &staff, HERE, form, &FormErrors::default()).await
}

fn form(staff: &Staff, typed: &Posted) -> Form {
    ui::form(HERE, &staff.csrf)
        .hidden("version", typed.text("version"))
        .field(
            field::number("keep_days", t!("Days"))
                .value(typed.text("keep_days"))
                .between(1, LONGEST_DAYS)
                .hint(t!("What was played longer ago is forgotten once a day, for good. What is stored at all is chosen in the settings of each server."))
                .required(),
        )
}

/// `POST /office/settings/activity`
pub async fn save(staff: Staff, State(site): State<Site>, posted: CheckedForm) -> PageResult {
    let mut errors = FormErrors::default();
    let typed = posted
        .required("keep_days", 10)
        .and_then(|_| posted.number("keep_days", 1, LONGEST_DAYS));
    let days = errors.keep("keep_days", typed).flatten();
    let Some(keep_days) = days else {
        return page(&site, &staff, HERE, form(&staff, &posted), &errors).await;
    };
    save_section(&site, &staff, &ActivitySettings { keep_days }, &posted).await?;
    Ok(Done::at(&site, HERE, t!("Saved.")))
}
