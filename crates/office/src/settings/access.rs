//! What members may do about their own access.

use axum::extract::State;
use kit::{FormErrors, t};
use media::account_change::AccessSettings;
use ui::field;
use web::{CheckedForm, Done, PageResult, Site, Staff};

use super::site::{page, save_section};

const HERE: &str = "/office/settings/access";

/// `GET /office/settings/access`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    let (now, version) = settings::load::<AccessSettings>(&site.db).await?;
    let form = ui::form(HERE, &staff.csrf)
        .hidden("version", version.to_string())
        .field(
            field::tick(
                "invite_oneself",
                t!("Who left can have themselves invited again"),
                now.invite_oneself,
            )
            .hint(t!(
                "A button in My account, as long as they are paid up. Off: only you invite again."
            )),
        )
        .field(
            field::tick(
                "account_changes",
                t!("Members can be made to give another account"),
                now.account_changes,
            )
            .hint(t!(
                "Off: nobody is asked for one, and those who were asked are not held up any more."
            )),
        );
    page(&site, &staff, HERE, form, &FormErrors::default()).await
}

/// `POST /office/settings/access`
pub async fn save(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let wanted = AccessSettings {
        invite_oneself: form.ticked("invite_oneself"),
        account_changes: form.ticked("account_changes"),
    };
    save_section(&site, &staff, &wanted, &form).await?;
    Ok(Done::at(&site, HERE, t!("Saved.")))
}
