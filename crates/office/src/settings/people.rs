//! Who may register.

use axum::extract::State;
use kit::{FormErrors, t};
use people::registration::RegistrationSettings;
use ui::field;
use web::{CheckedForm, Done, PageResult, Site, Staff};

use super::site::{page, save_section};

const HERE: &str = "/office/settings/registration";

/// `GET /office/settings/registration`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    let (now, version) = settings::load::<RegistrationSettings>(&site.db).await?;
    let form = ui::form(HERE, &staff.csrf)
        .hidden("version", version.to_string())
        .field(
            field::tick("open", t!("Visitors can register"), now.open).hint(t!(
                "Off: you make sign-ins yourself; who has one can still buy."
            )),
        )
        .field(
            field::tick(
                "skip_confirmation",
                t!("Skip the confirmation of addresses"),
                now.skip_confirmation,
            )
            .hint(t!(
                "For houses without mail. Whoever mistypes their address hears nothing from you."
            )),
        )
        .field(
            field::tick(
                "platform_only",
                t!("Only people with a Plex account may register"),
                now.platform_only,
            )
            .hint(t!(
                "They sign in on Plex's own page; their address is the one that Plex knows, and the right account is invited later."
            )),
        );
    page(&site, &staff, HERE, form, &FormErrors::default()).await
}

/// `POST /office/settings/registration`
pub async fn save(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let (mut wanted, _) = settings::load::<RegistrationSettings>(&site.db).await?;
    wanted.open = form.ticked("open");
    wanted.skip_confirmation = form.ticked("skip_confirmation");
    wanted.platform_only = form.ticked("platform_only");
    save_section(&site, &staff, &wanted, &form).await?;
    Ok(Done::at(&site, HERE, t!("Saved.")))
}
