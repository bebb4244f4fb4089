//! Emby Connect: one sign-in for all Emby servers. We ask the server; Emby itself writes to the person.

use axum::extract::{Path, State};
use kit::{Reader, t};
use lists::my_account::MyShare;
use maud::{Markup, html};
use media::Help;
use media::account_first;
use media::connect::{self, Link};
use ui::{Tone, field};
use web::{CheckedForm, Done, PageError, PageResult, Posted, SignedIn, Site};

use crate::account::frame;
use crate::forms::{self, Wrong};
use crate::media::own;

const WHAT: &str = "connect";

/// `GET /account/watching/{share}/connect`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let mine = own(&site, &visitor, &id).await?;
    let servers = site.tools.servers();
    let wrong = match connect::look(&servers, visitor.actor(), &mine.share).await {
        Ok(_) => Wrong::default(),
        Err(error) => forms::of_media(error)?,
    };
    draw(&site, &visitor, &mine, &Posted::default(), &wrong).await
}

/// `POST /account/watching/{share}/connect`
pub async fn link(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let mine = own(&site, &visitor, &id).await?;
    if mine.asked.is_some() {
        return give(&site, &visitor, &mine, &form).await;
    }
    let (servers, actor) = (site.tools.servers(), visitor.actor());
    match connect::link(&servers, actor, &mine.share.id, form.text("name")).await {
        Ok(_) => Ok(Done::at(
            &site,
            &own::path(&mine.share.id, WHAT),
            t!("Emby was asked. Look into your mail."),
        )),
        Err(error) => draw(&site, &visitor, &mine, &form, &forms::of_media(error)?).await,
    }
}

/// There is no user to be linked yet: it is made when the account is known.
async fn give(site: &Site, visitor: &SignedIn, mine: &MyShare, form: &Posted) -> PageResult {
    let mut tx = site.db.begin(visitor.actor()).await?;
    match account_first::give(&mut tx, &mine.share.id, form.text("name")).await {
        Ok(()) => {
            tx.save().await?;
            let words = t!("Thank you. Emby is asked now, and writes to you.");
            Ok(Done::at(site, "/account", words))
        }
        Err(error) => {
            drop(tx);
            draw(site, visitor, mine, form, &forms::of_media(error)?).await
        }
    }
}

/// `POST /account/watching/{share}/connect/remove`
pub async fn unlink(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let mine = own(&site, &visitor, &id).await?;
    let (servers, actor) = (site.tools.servers(), visitor.actor());
    match connect::unlink(&servers, actor, &mine.share.id).await {
        Ok(()) => Ok(Done::at(
            &site,
            &own::path(&mine.share.id, WHAT),
            t!("The link with Emby Connect is taken back."),
        )),
        Err(error) => draw(&site, &visitor, &mine, &form, &forms::of_media(error)?).await,
    }
}

/// The visitor's own share, on a server that knows such accounts.
async fn own(site: &Site, visitor: &SignedIn, id: &str) -> Result<MyShare, PageError> {
    let mine = own::share(site, visitor, id).await?;
    let is_offered = site.tools.makers.offers(&mine.server.kind, Help::Connect);
    if is_offered && (mine.share.remote_id.is_some() || mine.asked.is_some()) {
        Ok(mine)
    } else {
        Err(PageError::NotFound)
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
    let here = own::path(&mine.share.id, WHAT);
    let link = connect::find(&site.db, &mine.share.id).await?;
    let form = ui::form(&here, &visitor.csrf)
        .errors(&wrong.errors)
        .field(
            field::text(
                "name",
                t!("Name or e-mail address of your Emby Connect account"),
            )
            .value(typed.text("name"))
            .longest(254)
            .required(),
        )
        .submit(t!("Link"))
        .cancel("/account");
    let refused = mine.asked.as_ref().and_then(|asked| asked.refused.clone());
    let body = html! {
        (wrong.notice(reader))
        @if let Some(reason) = refused { (ui::notice(Tone::Warn, reason).render(reader)) }
        @match &link {
            Some(link) => (stands(reader, &visitor.csrf, &here, mine, link)),
            None => (form.render(reader)),
        }
    };
    let intro = t!(
        "With Emby Connect you sign in everywhere with your one Emby account, and {server} is in your list by itself.",
        server = mine.server.name.clone()
    );
    let head = (t!("Emby Connect"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}

/// How the link stands, and which mail comes from whom.
fn stands(reader: &Reader, csrf: &str, here: &str, mine: &MyShare, link: &Link) -> Markup {
    let (name, server) = (&link.name, &mine.server.name);
    let notice = match (link.is_pending, link.is_invitation) {
        (false, _) => ui::notice(
            Tone::Good,
            t!("{server} is linked with «{name}».", server = server, name = name),
        ),
        (true, true) => ui::notice(
            Tone::Warn,
            t!("«{name}» is invited to Emby Connect", name = name),
        )
        .sentence(t!(
            "Emby knows no account of this address yet and writes to it: the mail comes from Emby, not from us, and asks you to make one. Until then you sign in with your name and password for watching."
        )),
        (true, false) => ui::notice(
            Tone::Warn,
            t!("The link with «{name}» waits for your yes", name = name),
        )
        .sentence(t!(
            "Emby writes to the address of that account: the mail comes from Emby, not from us, and asks whether {server} may be linked. Say yes there. Until then you sign in with your name and password for watching.",
            server = server
        )),
    };
    let button = ui::post_button(format!("{here}/remove"), csrf, t!("Take the link back"));
    html! {
        (notice.render(reader))
        div.buttons { (button.render(reader)) }
    }
}
