//! Showing which account of a platform is one's own: by signing in on the platform's page, never with a password here.

use axum::extract::{Path, State};
use axum::response::Response;
use flows::FlowError;
use flows::told_at_once::platform_account;
use kit::id::{Id, PlatformSignInId};
use kit::{Subject, t};
use lists::my_account::MyShare;
use maud::html;
use media::account_change::{self, AccessSettings};
use media::identity::Proven;
use media::inviting;
use media::owner;
use media::signing_in::{self, Finished, PlatformSignIn, Wish};
use ui::field;
use web::{CheckedForm, Done, PageError, PageResult, SignedIn, Site};

use crate::account::frame;
use crate::forms::{self, Wrong};
use crate::media::own;

/// `GET /account/watching/{share}/platform`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    draw(&site, &visitor, &mine, &Wrong::default()).await
}

/// `POST /account/watching/{share}/platform`
pub async fn begin(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    let owner = match &mine.server.owner_account_id {
        Some(owner) => owner::find(&site.db, owner).await?,
        None => None,
    };
    let base = owner.map(|owner| owner.base).unwrap_or_default();
    let page = (mine.server.kind.as_str(), base.as_str());
    match open_page(&site, &visitor, page, form.ticked("accepts")).await? {
        Ok(away) => Ok(away),
        Err(wrong) => draw(&site, &visitor, &mine, &wrong).await,
    }
}

/// Begins a sign-in on a platform's page, `(platform, base)`, and leads to where it is waited for.
pub async fn open_page(
    site: &Site,
    visitor: &SignedIn,
    (platform, base): (&str, &str),
    accepts: bool,
) -> Result<Result<Response, Wrong>, PageError> {
    let settings = site.settings().await?;
    let home = settings.public_url.trim_end_matches('/');
    let back = |id: &PlatformSignInId| format!("{home}/account/platform/{id}");
    let wish = Wish {
        platform,
        base: Some(base).filter(|base| !base.is_empty()),
        begun_by: Subject::of(&visitor.visit.account.id),
        accepts,
    };
    match signing_in::begin(&site.tools.servers(), visitor.actor(), &wish, back).await {
        Ok(begun) => Ok(Ok(web::see_other(&format!(
            "/account/platform/{}",
            begun.id
        )))),
        Err(error) => Ok(Err(forms::of_media(error)?)),
    }
}

/// `GET /account/platform/{id}`: where the platform's page leads back to, and where one looks again.
pub async fn back(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let id = PlatformSignInId::parse(&id).ok_or(PageError::NotFound)?;
    let servers = site.tools.servers();
    let by = Subject::of(&visitor.visit.account.id);
    match signing_in::finish(&servers, &id, &by).await {
        Ok(Finished::Waiting(sign_in)) => waiting(&site, &visitor, &sign_in).await,
        Ok(Finished::Done {
            sign_in,
            account,
            key,
        }) => {
            let proven = Proven {
                platform: sign_in.platform,
                account,
                key: sign_in.accepts.then_some(key),
            };
            if let Err(error) = link(&site, &visitor, &id, &proven).await {
                return refused(&site, &visitor, forms::of_flow(error)?).await;
            }
            let text = t!(
                "Thank you, {name}. You are invited in a moment.",
                name = proven.account.name
            );
            Ok(Done::at(&site, "/account", text))
        }
        Err(error) => refused(&site, &visitor, forms::of_media(error)?).await,
    }
}

async fn link(
    site: &Site,
    visitor: &SignedIn,
    id: &PlatformSignInId,
    proven: &Proven,
) -> Result<(), FlowError> {
    let mut tx = site.db.begin(visitor.actor()).await?;
    let mine = &visitor.visit.account;
    platform_account::link_of_account(&mut tx, &site.tools.vault, mine, proven).await?;
    signing_in::forget(&mut tx, id).await?;
    Ok(tx.save().await?)
}

async fn refused(site: &Site, visitor: &SignedIn, wrong: Wrong) -> PageResult {
    let reader = &visitor.reader;
    let body = html! {
        (wrong.notice(reader))
        div.buttons { (ui::link_button("/account", t!("To My account")).primary().render(reader)) }
    };
    let head = (t!("Your Plex account"), None, wrong.status);
    frame::task(site, visitor, head, body).await
}

/// `POST /account/watching/{share}/again`: somebody who left wants to come back.
pub async fn again(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    let mut tx = site.db.begin(visitor.actor()).await?;
    let (access, _) = settings::load::<AccessSettings>(&mut tx).await?;
    if !access.invite_oneself {
        return Err(PageError::Unprocessable(t!(
            "Only the operator invites people again here. Please write to them."
        )));
    }
    account_change::refuse_due(&mut tx, &mine.share.member_id).await?;
    inviting::invite_again(&mut tx, &mine.share.id).await?;
    tx.save().await?;
    let text = t!("You are invited again in a moment.");
    Ok(Done::at(&site, "/account", text))
}

async fn draw(site: &Site, visitor: &SignedIn, mine: &MyShare, wrong: &Wrong) -> PageResult {
    let form = ui::form(
        format!("/account/watching/{}/platform", mine.share.id),
        &visitor.csrf,
    )
    .errors(&wrong.errors)
    .field(
        field::tick("accepts", t!("Accept the invitation for me"), true).hint(t!(
            "Then you need do nothing more. Otherwise you accept it yourself, in your Plex account."
        )),
    )
    .submit(t!("Sign in with Plex"))
    .cancel("/account");
    let body = html! { (wrong.notice(&visitor.reader)) (form.render(&visitor.reader)) };
    let intro = t!(
        "So that the right account is invited to {server}, sign in with it on Plex's own page. No password is typed here.",
        server = mine.server.name.clone()
    );
    let head = (t!("Your Plex account"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}

async fn waiting(site: &Site, visitor: &SignedIn, sign_in: &PlatformSignIn) -> PageResult {
    let reader = &visitor.reader;
    let body = html! {
        div.buttons {
            (ui::link_button(&sign_in.page_address, t!("Open Plex's page")).primary().render(reader))
            (ui::link_button(format!("/account/platform/{}", sign_in.id), t!("I have signed in")).render(reader))
        }
    };
    let intro = t!(
        "Sign in on Plex's page. It leads you back here afterwards; it waits a quarter of an hour."
    );
    let head = (
        t!("Your Plex account"),
        Some(intro),
        axum::http::StatusCode::OK,
    );
    frame::task(site, visitor, head, body).await
}
