//! Coming in by invitation: what it opens, and a sign-in for it, made here or one that is there.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use flows::FlowError;
use flows::told_at_once::invite;
use kit::{FormErrors, Secret, t};
use lists::my_account;
use maud::{Markup, html};
use people::account::{self, Account, NewAccount};
use people::invitation::{self, Invitation};
use people::rate::{self, Rate};
use people::session::{self, Proof, Started, Stay};
use people::{password, password_rule};
use ui::field;
use web::{CheckedForm, Done, Guest, PageError, PageResult, Posted, Site, plain_below};

use crate::forms::{self, Wrong};
use crate::people::sign_in::go_in;

/// `GET /invited/{token}`
pub async fn show(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
) -> PageResult {
    let Some(found) = find(&site, &secret).await? else {
        return stale(&site, &guest).await;
    };
    let mut tx = site.db.begin(guest.actor()).await?;
    invitation::note_opened(&mut tx, &found.id).await?;
    tx.save().await?;
    draw(
        &site,
        &guest,
        (&found, &secret),
        &Posted::default(),
        &Wrong::default(),
    )
    .await
}

async fn find(site: &Site, secret: &str) -> Result<Option<Invitation>, PageError> {
    let known = Secret::new(secret);
    Ok(invitation::find_by_link(&site.db, &known, site.now()).await?)
}

/// `POST /invited/{token}`
pub async fn accept(
    guest: Guest,
    State(site): State<Site>,
    Path(secret): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let bucket = (Rate::TokenByAddress, guest.browser.address.as_str());
    rate::pass(&site.db, &[bucket]).await?;
    let Some(found) = find(&site, &secret).await? else {
        return stale(&site, &guest).await;
    };
    let came = match &guest.visit {
        Some(visit) => join(&site, &guest, &visit.account, &secret).await,
        None => begin(&site, &guest, &found, &secret, &form).await,
    };
    match came {
        Ok(away) => Ok(away),
        Err(error) => {
            let wrong = forms::of_flow(error)?;
            draw(&site, &guest, (&found, &secret), &form, &wrong).await
        }
    }
}

/// Whoever is signed in comes as who they are.
async fn join(
    site: &Site,
    guest: &Guest,
    account: &Account,
    secret: &str,
) -> Result<Response, FlowError> {
    let mut tx = site.db.begin(guest.actor()).await?;
    invite::accept(&mut tx, &Secret::new(secret), account).await?;
    tx.save().await?;
    let words = t!("Welcome. What you were invited to is yours.");
    Ok(Done::at(site, "/account", words))
}

/// Somebody new: the letter's link proves the address, so nothing is left to confirm.
async fn begin(
    site: &Site,
    guest: &Guest,
    found: &Invitation,
    secret: &str,
    form: &Posted,
) -> Result<Response, FlowError> {
    let with_platform = form.text("way") == "platform";
    let new = newcomer(guest, found, form.text("name"))?;
    let hash = if with_platform {
        None
    } else {
        let typed = Secret::new(form.text("password"));
        let house = site.settings().await.map_err(FlowError::Db)?.name.clone();
        let known = [house.as_str(), new.email.as_str(), new.name.as_str()];
        password_rule::check(&typed, &known)
            .map_err(|error| FlowError::Form(FormErrors::one("password", error.text())))?;
        Some(password::hash(&site.tools.passwords, site.world(), &typed).await)
    };
    let mut tx = site.db.begin(guest.actor()).await?;
    let made = account::create(&mut tx, &new, hash.as_ref()).await?;
    invite::accept(&mut tx, &Secret::new(secret), &made).await?;
    let started = session::start(&mut tx, &made, Proof::Link, Stay::No, &guest.browser).await?;
    tx.save().await?;
    Ok(go_in(
        site,
        &started,
        &next(site, &started, with_platform).await?,
    ))
}

fn newcomer(guest: &Guest, found: &Invitation, name: &str) -> Result<NewAccount, FlowError> {
    let name = match name.trim() {
        "" => found.name.clone(),
        typed => kit::field::required(typed, 120)
            .map_err(|error| FlowError::Form(FormErrors::one("name", error.text())))?,
    };
    Ok(NewAccount {
        locale: Some(guest.reader.language().to_owned()),
        confirmed: true,
        ..NewAccount::customer(found.email.clone(), name)
    })
}

/// To the platform's page, if they want to come with their account there and it is asked for.
async fn next(site: &Site, started: &Started, with_platform: bool) -> Result<String, FlowError> {
    if with_platform {
        let mine = my_account::find(&site.db, &started.account.id, site.now()).await?;
        let due = mine
            .shares
            .iter()
            .find(|mine| mine.server.is_by_invitation() && mine.share.needs_credentials());
        if let Some(due) = due {
            return Ok(format!("/account/watching/{}/platform", due.share.id));
        }
    }
    Ok("/account".to_owned())
}

async fn draw(
    site: &Site,
    guest: &Guest,
    (found, secret): (&Invitation, &str),
    typed: &Posted,
    wrong: &Wrong,
) -> PageResult {
    let action = format!("/invited/{secret}");
    let reader = &guest.reader;
    let known = account::find_by_email(&site.db, &found.email).await?;
    let body = html! {
        (wrong.notice(reader))
        @if let Some(visit) = &guest.visit {
            (ui::post_button(&action, &guest.csrf, t!("Accept as {name}", name = visit.account.name.as_str()))
                .primary().large().render(reader))
        } @else if known.is_some() {
            p { (reader.say(&t!("You have a sign-in with this address already. Sign in with it, and the invitation is yours."))) }
            (ui::link_button(forms::with_next("/sign-in", &action), t!("Sign in")).primary().render(reader))
        } @else {
            (fields(guest, found, &action, typed, wrong))
            @if comes_with_platform(site, found).await? { (by_platform(guest, &action)) }
        }
    };
    let title = t!("You are invited");
    let intro = t!(
        "{plan} at {site} is ready for you, {name}. One step, and it is yours.",
        plan = found.plan.as_str(),
        site = site.settings().await?.name.clone(),
        name = found.name.as_str()
    );
    plain_below(
        site,
        guest,
        wrong.status,
        (title, Some(intro)),
        body,
        html! {},
    )
    .await
}

fn fields(
    guest: &Guest,
    found: &Invitation,
    action: &str,
    typed: &Posted,
    wrong: &Wrong,
) -> Markup {
    let name = match typed.text("name") {
        "" => found.name.as_str(),
        typed => typed,
    };
    ui::form(action, &guest.csrf)
        .errors(&wrong.errors)
        .field(
            field::text("name", t!("Your name"))
                .value(name)
                .required()
                .longest(120)
                .autocomplete("name"),
        )
        .field(
            field::email("email", t!("E-mail"))
                .value(found.email.as_str())
                .fixed(),
        )
        .field(
            field::password("password", t!("Password"))
                .hint(t!(
                    "At least 8 characters. A short sentence is easy to remember."
                ))
                .autocomplete("new-password")
                .required(),
        )
        .submit(t!("Come in"))
        .render(&guest.reader)
}

fn by_platform(guest: &Guest, action: &str) -> Markup {
    let reader = &guest.reader;
    html! {
        p { (reader.say(&t!("Or come with your Plex account, without a password of ours:"))) }
        (ui::post_button(action, &guest.csrf, t!("Continue with Plex")).value("way", "platform").render(reader))
    }
}

/// Whether one of the servers is of a platform where people have accounts of their own.
async fn comes_with_platform(site: &Site, found: &Invitation) -> Result<bool, PageError> {
    let shares = media::share::list_of_member(&site.db, &found.member_id).await?;
    let servers = media::server::list(&site.db).await?;
    Ok(shares.iter().any(|share| {
        let server = servers.iter().find(|server| server.id == share.server_id);
        server.is_some_and(|server| server.owner_account_id.is_some())
    }))
}

async fn stale(site: &Site, guest: &Guest) -> PageResult {
    let reader = &guest.reader;
    let body = html! {
        div.buttons {
            (ui::link_button("/sign-in", t!("Sign in")).primary().render(reader))
            (ui::link_button("/", t!("To the first page")).render(reader))
        }
    };
    let intro = t!(
        "It was used before, taken back, or is older than two weeks. If you have come in by it already, sign in; else ask whoever invited you to send it anew."
    );
    let words = (t!("This invitation is over"), Some(intro));
    plain_below(site, guest, StatusCode::GONE, words, body, html! {}).await
}
