//! A new password for watching. Nothing here knows the old one.

use axum::extract::{Path, State};
use kit::{FormErrors, t};
use lists::my_account::MyShare;
use maud::html;
use media::credentials;
use ui::field;
use web::{CheckedForm, Done, PageResult, SignedIn, Site};

use crate::account::frame;
use crate::forms::{self, Wrong};
use crate::media::own;

/// `GET /account/watching/{share}/password`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    draw(&site, &visitor, &mine, &Wrong::default()).await
}

/// `POST /account/watching/{share}/password`
pub async fn set(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    let password = match credentials::parse_password(form.text("password")) {
        Ok(password) => password,
        Err(error) => {
            let wrong = Wrong::fields(FormErrors::one("password", error.text()));
            return draw(&site, &visitor, &mine, &wrong).await;
        }
    };
    let servers = site.tools.servers();
    match credentials::set_password(&servers, visitor.actor(), &mine.share.id, &password).await {
        Ok(()) => Ok(Done::at(
            &site,
            "/account",
            t!(
                "Your new password for {server} is set. Your devices there ask for it once.",
                server = mine.server.name
            ),
        )),
        Err(error) => draw(&site, &visitor, &mine, &forms::of_media(error)?).await,
    }
}

async fn draw(site: &Site, visitor: &SignedIn, mine: &MyShare, wrong: &Wrong) -> PageResult {
    let reader = &visitor.reader;
    let name = mine.share.user_name.clone().unwrap_or_default();
    let form = ui::form(
        format!("/account/watching/{}/password", mine.share.id),
        &visitor.csrf,
    )
    .errors(&wrong.errors)
    .field(field::text("name", t!("User name")).value(name).fixed())
    .field(
        field::password("password", t!("New password for watching"))
            .hint(t!(
                "At least 8 characters. It need not be the password of this site."
            ))
            .autocomplete("new-password")
            .required()
            .focus(),
    )
    .submit(t!("Set password"))
    .cancel("/account");
    let body = html! { (wrong.notice(reader)) (form.render(reader)) };
    let intro = t!(
        "For {server}. Devices that are signed in there have to sign in again.",
        server = mine.server.name.clone()
    );
    let head = (t!("A new password for watching"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}
