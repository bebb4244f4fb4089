//! Giving another account of a platform: what a member who was asked to must do before anything else.

use axum::extract::State;
use kit::{Reader, t};
use maud::{Markup, html};
use media::account_change::{self, AccountChange};
use media::owner::{self, OwnerAccount};
use people::member;
use ui::{Tone, field};
use web::{CheckedForm, Done, PageError, PageResult, SignedIn, Site};

use crate::account::frame;
use crate::forms::Wrong;
use crate::media::platform;

const HERE: &str = "/account/other-account";

/// What stands above everything in My account until it is done.
pub fn banner(reader: &Reader, change: &AccountChange) -> Markup {
    ui::notice(Tone::Warn, t!("Please give another Plex account"))
        .sentence(change.words())
        .action(ui::link_button(HERE, t!("Use another account")).render(reader))
        .render(reader)
}

/// `GET /account/other-account`
pub async fn show(visitor: SignedIn, State(site): State<Site>) -> PageResult {
    match due(&site, &visitor).await? {
        Some(change) => draw(&site, &visitor, &change, &Wrong::default()).await,
        None => Ok(nothing_due(&site)),
    }
}

/// `POST /account/other-account`
pub async fn begin(visitor: SignedIn, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let Some(change) = due(&site, &visitor).await? else {
        return Ok(nothing_due(&site));
    };
    let owner = owner_of(&site, &change.platform).await?;
    let page = (owner.platform.as_str(), owner.base.as_str());
    match platform::open_page(&site, &visitor, page, form.ticked("accepts")).await? {
        Ok(away) => Ok(away),
        Err(wrong) => draw(&site, &visitor, &change, &wrong).await,
    }
}

fn nothing_due(site: &Site) -> axum::response::Response {
    Done::at(
        site,
        "/account",
        t!("You need not give another account; all is well."),
    )
}

async fn due(site: &Site, visitor: &SignedIn) -> Result<Option<AccountChange>, PageError> {
    let account = &visitor.visit.account.id;
    let Some(member) = member::find_by_account(&site.db, account).await? else {
        return Ok(None);
    };
    Ok(account_change::due_of(&site.db, &member.id).await?)
}

/// Any owner account of the platform says where its pages are.
async fn owner_of(site: &Site, platform: &str) -> Result<OwnerAccount, PageError> {
    let all = owner::list(&site.db).await?;
    all.into_iter()
        .find(|owner| owner.platform == platform)
        .ok_or_else(|| {
            PageError::Unprocessable(t!(
                "No server of this platform is here at the moment. Please come back later."
            ))
        })
}

async fn draw(
    site: &Site,
    visitor: &SignedIn,
    change: &AccountChange,
    wrong: &Wrong,
) -> PageResult {
    let reader = &visitor.reader;
    let form = ui::form(HERE, &visitor.csrf)
        .errors(&wrong.errors)
        .field(
            field::tick("accepts", t!("Accept the invitation for me"), true).hint(t!(
                "Then you need do nothing more. Otherwise you accept it yourself, in your Plex account."
            )),
        )
        .submit(t!("Sign in with Plex"))
        .cancel("/account");
    let body = html! {
        (wrong.notice(reader))
        @if let Some(name) = &change.name {
            (ui::facts().line(t!("Until now"), html! { (name) }).render(reader))
        }
        (form.render(reader))
    };
    let intro = t!(
        "Sign in on Plex's own page with an account that is not the one you used until now. It then takes its place everywhere, and is invited at once."
    );
    let head = (t!("Another Plex account"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}
