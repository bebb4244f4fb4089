//! Letting a television in by the six digits that it shows.

use axum::extract::{Path, State};
use kit::t;
use lists::my_account::MyShare;
use maud::html;
use media::credentials;
use people::rate::{self, Rate};
use ui::field;
use web::{CheckedForm, Done, PageResult, Posted, SignedIn, Site};

use crate::account::frame;
use crate::forms::{self, Wrong};
use crate::media::own;

/// `GET /account/watching/{share}/device`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    draw(
        &site,
        &visitor,
        &mine,
        &Posted::default(),
        &Wrong::default(),
    )
    .await
}

/// `POST /account/watching/{share}/device`
pub async fn approve(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    let account = visitor.visit.account.id.as_str();
    if let Err(error) = rate::pass(&site.db, &[(Rate::CodeByAccount, account)]).await {
        return draw(&site, &visitor, &mine, &form, &forms::of_people(error)?).await;
    }
    let servers = site.tools.servers();
    let code = form.text("code");
    match credentials::approve_device(&servers, visitor.actor(), &mine.share.id, code).await {
        Ok(()) => Ok(Done::at(
            &site,
            "/account",
            t!("Your device is let in. It opens by itself in a moment."),
        )),
        Err(error) => draw(&site, &visitor, &mine, &form, &forms::of_media(error)?).await,
    }
}

async fn draw(
    site: &Site,
    visitor: &SignedIn,
    mine: &MyShare,
    typed: &Posted,
    wrong: &Wrong,
) -> PageResult {
    let reader = &visitor.reader;
    let form = ui::form(
        format!("/account/watching/{}/device", mine.share.id),
        &visitor.csrf,
    )
    .errors(&wrong.errors)
    .field(
        field::code("code", t!("Code"))
            .value(typed.text("code"))
            .required()
            .longest(12)
            .focus(),
    )
    .submit(t!("Let it in"))
    .cancel("/account");
    let body = html! { (wrong.notice(reader)) (form.render(reader)) };
    let intro = t!(
        "On the device, open {server} and press “Quick Connect”. Then type the six digits here; nothing else has to be typed there.",
        server = mine.server.name.clone()
    );
    let head = (t!("Let a TV in by its code"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}
