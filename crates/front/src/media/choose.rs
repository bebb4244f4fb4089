//! Choosing the name and password for watching: from My account, or by the link of the letter.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use db::Db;
use kit::id::MemberId;
use kit::{Actor, FormErrors, Secret, t};
use maud::{Markup, html};
use media::credentials::{self, Credentials};
use media::share;
use people::member;
use people::rate::{self, Rate};
use people::token::{self, Purpose};
use ui::field;
use web::{
    CheckedForm, Done, Guest, PageError, PageResult, Posted, SignedIn, Site, plain, plain_below,
};

use crate::billing::choosing::typed_password;
use crate::forms::{self, Wrong};

/// Who chooses, and where the form goes.
struct Choosing {
    member: MemberId,
    action: String,
    actor: Actor,
}

/// `GET /account/choose`
pub async fn show(visitor: SignedIn, State(site): State<Site>) -> PageResult {
    let own = own(&site, &visitor).await?;
    draw(
        &site,
        &visitor.as_guest(),
        &own,
        &Posted::default(),
        &Wrong::default(),
    )
    .await
}

/// `POST /account/choose`
pub async fn choose(visitor: SignedIn, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let own = own(&site, &visitor).await?;
    match take(&site, &own, &form).await {
        Ok(()) => Ok(Done::at(
            &site,
            "/account",
            t!("That is it. You can watch in a few seconds."),
        )),
        Err(came) => draw(&site, &visitor.as_guest(), &own, &form, &came?).await,
    }
}

async fn own(site: &Site, visitor: &SignedIn) -> Result<Choosing, PageError> {
    let member = member::find_by_account(&site.db, &visitor.visit.account.id).await?;
    Ok(Choosing {
        member: member.ok_or(PageError::NotFound)?.id,
        action: "/account/choose".to_owned(),
        actor: visitor.actor(),
    })
}

/// `GET /account/choose/{token}`
pub async fn show_by_link(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
) -> PageResult {
    match by_link(&site, &guest, &secret).await? {
        Some(own) => draw(&site, &guest, &own, &Posted::default(), &Wrong::default()).await,
        None => stale(&site, &guest).await,
    }
}

/// `POST /account/choose/{token}`
pub async fn choose_by_link(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let bucket = (Rate::TokenByAddress, guest.browser.address.as_str());
    rate::pass(&site.db, &[bucket]).await?;
    let Some(own) = by_link(&site, &guest, &secret).await? else {
        return stale(&site, &guest).await;
    };
    if let Err(came) = take(&site, &own, &form).await {
        return draw(&site, &guest, &own, &form, &came?).await;
    }
    use_up(&site.db, &own, &Secret::new(secret)).await?;
    let body = html! { (ui::link_button("/account", t!("To My account")).primary().render(&guest.reader)) };
    let intro = t!("You can watch in a few seconds. A letter tells you where and how.");
    plain(&site, &guest, t!("That is it"), Some(intro), body).await
}

async fn use_up(db: &Db, own: &Choosing, secret: &Secret) -> Result<(), PageError> {
    let mut tx = db.begin(own.actor.clone()).await?;
    token::consume(&mut tx, Purpose::ChooseMediaPassword, secret).await?;
    Ok(tx.save().await?)
}

async fn by_link(site: &Site, guest: &Guest, secret: &str) -> Result<Option<Choosing>, PageError> {
    let known = Secret::new(secret);
    let found = token::find(&site.db, Purpose::ChooseMediaPassword, &known, site.now()).await?;
    Ok(found
        .and_then(|found| found.subject.as_id())
        .map(|member| Choosing {
            member,
            action: format!("/account/choose/{secret}"),
            actor: guest.actor(),
        }))
}

/// Keeps a new name and password, or links the user that is proven.
async fn take(site: &Site, own: &Choosing, form: &Posted) -> Result<(), Result<Wrong, PageError>> {
    let broken = |error: db::DbError| Err(PageError::from(error));
    let (name, password) = (form.text("media_name"), form.text("media_password"));
    if form.text("media") == "existing" {
        let wrong = |error: kit::FieldError| {
            Ok(Wrong::fields(FormErrors::one(
                "media_password",
                error.text(),
            )))
        };
        let password = typed_password(password).map_err(wrong)?;
        let shares = credentials::with_password(&site.db, &own.member)
            .await
            .map_err(broken)?;
        for share in shares.iter().filter(|share| share.needs_credentials()) {
            let servers = site.tools.servers();
            credentials::link_own(&servers, own.actor.clone(), &share.id, name, &password)
                .await
                .map_err(forms::of_media)?;
        }
        return Ok(());
    }
    let chosen = Credentials::parse(name, password).map_err(|errors| Ok(Wrong::fields(errors)))?;
    let mut tx = site.db.begin(own.actor.clone()).await.map_err(broken)?;
    credentials::choose_everywhere(&mut tx, &site.tools.vault, &own.member, &chosen)
        .await
        .map_err(forms::of_media)?;
    tx.save().await.map_err(broken)
}

async fn draw(
    site: &Site,
    guest: &Guest,
    own: &Choosing,
    typed: &Posted,
    wrong: &Wrong,
) -> PageResult {
    let reader = &guest.reader;
    let due = credentials::with_password(&site.db, &own.member).await?;
    let is_due = due.iter().any(share::Share::needs_credentials);
    let body = html! {
        @if is_due { (wrong.notice(reader)) (fields(guest, own, typed, wrong)) }
        @else { (ui::link_button("/account", t!("To My account")).primary().render(reader)) }
    };
    let intro = if is_due {
        t!("With it you sign in on your television, your phone or in the browser.")
    } else {
        t!("You have chosen already; there is nothing left to do here.")
    };
    let words = (t!("Your name for watching"), Some(intro));
    plain_below(site, guest, wrong.status, words, body, html! {}).await
}

fn fields(guest: &Guest, own: &Choosing, typed: &Posted, wrong: &Wrong) -> Markup {
    let how = match typed.text("media") {
        "existing" => "existing",
        _ => "new",
    };
    ui::form(&own.action, &guest.csrf)
        .errors(&wrong.errors)
        .field(
            field::cards("media", t!("How shall it be?"))
                .value(how)
                .required()
                .option("new", t!("Make me a new one"))
                .option("existing", t!("I have one there already")),
        )
        .field(
            field::text("media_name", t!("User name"))
                .value(typed.text("media_name"))
                .longest(50)
                .autocomplete("off")
                .required(),
        )
        .field(
            field::password("media_password", t!("Password for watching"))
                .hint(t!(
                    "At least 8 characters. It need not be the password of this site."
                ))
                .autocomplete("new-password")
                .required(),
        )
        .submit(t!("Open it"))
        .render(&guest.reader)
}

async fn stale(site: &Site, guest: &Guest) -> PageResult {
    let body = html! { (ui::link_button("/account", t!("To My account")).primary().render(&guest.reader)) };
    let intro =
        t!("It was used before, or it is older than two weeks. Sign in, and choose in My account.");
    let words = (t!("This link is used up"), Some(intro));
    plain_below(site, guest, StatusCode::GONE, words, body, html! {}).await
}
