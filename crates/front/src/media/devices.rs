//! The devices that one is signed in on: how many the plan allows, and signing one out by one's own choice.

use axum::extract::{Path, State};
use kit::id::{DeviceId, Id};
use kit::{Reader, Text, t};
use lists::my_account;
use maud::{Markup, html};
use media::device::{self, Count, Device};
use media::{Help, MediaError};
use people::member::{self, Member};
use ui::Tone;
use web::{CheckedForm, Done, PageError, PageResult, SignedIn, Site};

use crate::account::frame;
use crate::forms::{self, Wrong};

const HERE: &str = "/account/devices";

/// `GET /account/devices`
pub async fn show(visitor: SignedIn, State(site): State<Site>) -> PageResult {
    draw(&site, &visitor, &Wrong::default()).await
}

/// `POST /account/devices/{device}/sign-out`
pub async fn sign_out(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = DeviceId::parse(&id).ok_or(PageError::NotFound)?;
    let member = own(&site, &visitor).await?;
    let servers = site.tools.servers();
    match device::sign_out(&servers, visitor.actor(), &member.id, &id).await {
        Ok(device) => Ok(Done::at(
            &site,
            HERE,
            t!(
                "{device} is signed out of {server}.",
                device = device.name,
                server = device.server_name
            ),
        )),
        Err(error) => draw(&site, &visitor, &forms::of_media(error)?).await,
    }
}

async fn own(site: &Site, visitor: &SignedIn) -> Result<Member, PageError> {
    let member = member::find_by_account(&site.db, &visitor.visit.account.id).await?;
    member.ok_or(PageError::NotFound)
}

async fn draw(site: &Site, visitor: &SignedIn, wrong: &Wrong) -> PageResult {
    let reader = &visitor.reader;
    let member = own(site, visitor).await?;
    let old = look(site, visitor).await?;
    let devices = device::list_of_member(&site.db, &member.id).await?;
    let count = device::count(&site.db, &member.id).await?;
    let body = html! {
        (wrong.notice(reader))
        @for (server, reason) in &old {
            (ui::notice(Tone::Warn, t!("{server} cannot be asked now; its devices are as we last saw them.", server = server))
                .sentence(reason.clone()).render(reader))
        }
        (limit(reader, count))
        (list(reader, &visitor.csrf, &devices))
    };
    let intro = t!(
        "Everything that is signed in with your name for watching. What you no longer use, or do not know, you sign out here."
    );
    let head = (t!("Your devices"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}

/// Has the lists read anew where they are old; answers with the servers that cannot be asked, and why.
async fn look(site: &Site, visitor: &SignedIn) -> Result<Vec<(String, Text)>, PageError> {
    let servers = site.tools.servers();
    let mine = my_account::find(&site.db, &visitor.visit.account.id, site.now()).await?;
    let mut old = Vec::new();
    for mine in &mine.shares {
        let has_user = mine.share.remote_id.is_some();
        if !has_user || !servers.makers.offers(&mine.server.kind, Help::Devices) {
            continue;
        }
        match device::read_if_old(&servers, &mine.share.server_id).await {
            Ok(()) => {}
            Err(MediaError::Db(error)) => return Err(error.into()),
            Err(error) => {
                let reason = error.text().unwrap_or(Text::verbatim(""));
                old.push((mine.server.name.clone(), reason));
            }
        }
    }
    Ok(old)
}

/// How many there are of how many, and what is to be done when they are too many.
pub fn limit(reader: &Reader, count: Count) -> Markup {
    let Some(most) = count.limit else {
        return html! {};
    };
    let (used, most) = (number(count.devices), i64::from(most));
    let said = t!(
        "{n} of the {most} devices that your plan allows",
        n = used,
        most = most
    );
    html! {
        @if count.surplus() > 0 {
            (ui::notice(Tone::Warn, said).sentence(Text::counted(
                number(count.surplus()),
                "That is one too many. Choose which one you sign out.",
                "That is {n} too many. Choose which ones you sign out.",
            )).render(reader))
        } @else {
            (ui::usage(reader, &said, used, most))
        }
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn list(reader: &Reader, csrf: &str, devices: &[Device]) -> Markup {
    ui::rows()
        .rows(devices.iter().map(|device| {
            let button = ui::post_button(
                format!("{HERE}/{}/sign-out", device.id),
                csrf,
                t!("Sign out"),
            );
            let seen = device.last_active_at.ms() > 0;
            let detail = html! {
                (device.app) " · " (device.server_name)
                @if seen { " · " (ui::ago(reader, device.last_active_at)) }
            };
            ui::row(
                reader,
                Tone::Neutral,
                "phone",
                &Text::verbatim(&device.name),
            )
            .detail(detail)
            .action(button.small().render(reader))
        }))
        .empty(t!(
            "No device is signed in, or your server does not tell which are."
        ))
        .render(reader)
}
