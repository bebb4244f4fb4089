//! What members may do by themselves, and how often.

use axum::extract::State;
use kit::{FormErrors, t};
use media::self_help::SelfHelpSettings;
use ui::{Form, field};
use web::{CheckedForm, Done, PageResult, Posted, Site, Staff};

use super::site::{page, save_section};

const HERE: &str = "/office/settings/self-help";
/// More a day than anybody needs.
const MOST: i64 = 1_000;

/// `GET /office/settings/self-help`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    let (now, version) = settings::load::<SelfHelpSettings>(&site.db).await?;
    let mut typed = Posted::default();
    typed.set("version", version.to_string());
    typed.set("scans_a_day", now.scans_a_day.to_string());
    typed.set("subtitles_a_day", now.subtitles_a_day.to_string());
    let form = form(&staff, &typed);
    page(&site, &staff, HERE, form, &FormErrors::default()).await
}

fn form(staff: &Staff, typed: &Posted) -> Form {
    let number = |name: &'static str, label| {
        field::number(name, label)
            .value(typed.text(name))
            .between(0, MOST)
            .required()
    };
    ui::form(HERE, &staff.csrf)
        .hidden("version", typed.text("version"))
        .field(number("scans_a_day", t!("Scans a day")).hint(t!(
            "How often a member may have a server look for missing media, one at a time. 0: never."
        )))
        .field(number("subtitles_a_day", t!("Subtitles a day")).hint(t!(
            "How many files of subtitles a member may upload, where the server takes them. 0: none."
        )))
}

/// `POST /office/settings/self-help`
pub async fn save(staff: Staff, State(site): State<Site>, posted: CheckedForm) -> PageResult {
    let (mut wanted, _) = settings::load::<SelfHelpSettings>(&site.db).await?;
    let mut errors = FormErrors::default();
    let number = |name: &str, errors: &mut FormErrors| {
        let typed = posted
            .required(name, 10)
            .and_then(|_| posted.number(name, 0, MOST));
        let typed = errors.keep(name, typed).flatten();
        typed
            .and_then(|value| u32::try_from(value).ok())
            .unwrap_or_default()
    };
    wanted.scans_a_day = number("scans_a_day", &mut errors);
    wanted.subtitles_a_day = number("subtitles_a_day", &mut errors);
    if !errors.is_empty() {
        return page(&site, &staff, HERE, form(&staff, &posted), &errors).await;
    }
    save_section(&site, &staff, &wanted, &posted).await?;
    Ok(Done::at(&site, HERE, t!("Saved.")))
}
