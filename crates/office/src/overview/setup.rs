//! The list that leads a new operator: what is there, what is missing, and whether it was seen from outside.

use kit::{Reader, t};
use lists::set_up::SetUp;
use maud::{Markup, html};
use people::role::Permission;
use ui::{Checklist, Span};
use web::{PageError, Site, Staff};

use super::outside::{Outside, View};

/// The list, and whether the house cannot sell yet: then it comes before all else. Afterwards only what is
/// still to be seen from outside is left of it, and in the end nothing.
pub async fn card(
    site: &Site,
    staff: &Staff,
    outside: &Outside,
) -> Result<(Markup, bool), PageError> {
    let nothing = (html! {}, false);
    if !staff.may(Permission::SettingsChange) {
        return Ok(nothing);
    }
    let state = lists::set_up::read(&site.db).await?;
    let settings = site.settings().await?;
    let view = outside.view(site, &settings.public_url).await;
    let is_new = !state.is_done();
    if !is_new && view.is_well() && was_reached(&state) {
        return Ok(nothing);
    }
    let reader = &staff.reader;
    let (title, list) = if is_new {
        (t!("Set up your house"), inside(&state))
    } else {
        (t!("Seen from outside"), ui::checklist())
    };
    let list = from_outside(list, reader, &state, &view);
    let card = ui::card(title).span(Span::Full);
    let markup = ui::grid(&[card.render(reader, &list.render(reader))]);
    Ok((markup, is_new))
}

/// A mail left, and the gateway found the way in.
fn was_reached(state: &SetUp) -> bool {
    (state.mail_skipped || state.mail_accepted_at.is_some())
        && (!state.webhook_expected || state.webhook_heard_at.is_some())
}

fn inside(state: &SetUp) -> Checklist {
    ui::checklist()
        .item(
            state.site,
            t!("Name your house"),
            t!("Its name, address, time zone and currency."),
            "/office/settings/site",
        )
        .item(
            state.mail || state.mail_skipped,
            t!("Connect a mail server"),
            t!("Members learn by mail how to watch; without it nothing can be sold."),
            "/office/settings/mail",
        )
        .item(
            state.server,
            t!("Add a media server and switch it on"),
            t!("It arrives switched off, with its libraries and users; nothing there is changed."),
            "/office/servers",
        )
        .item(
            state.library_group,
            t!("Put libraries into a group"),
            t!("New libraries are private. Groups are what plans open."),
            "/office/libraries",
        )
        .item(
            state.plan,
            t!("Make a plan with a price"),
            t!("What members may watch, for how much and how long."),
            "/office/plans/new",
        )
        .item(
            state.gateway,
            t!("Connect a way to pay"),
            t!("Stripe, or transfers that you confirm by hand."),
            "/office/gateways",
        )
}

/// What can only be seen from outside.
fn from_outside(list: Checklist, reader: &Reader, state: &SetUp, view: &View) -> Checklist {
    let list = list
        .item(
            view.name.is_well,
            t!("The name leads here"),
            view.name.sentence.clone(),
            "/office/settings/site",
        )
        .item(
            view.certificate.is_well,
            t!("The certificate is valid"),
            view.certificate.sentence.clone(),
            "/office/settings/site",
        );
    let list = match (state.mail_skipped, state.mail_accepted_at) {
        (true, None) => list,
        (_, accepted) => list.item(
            accepted.is_some(),
            t!("A mail was accepted"),
            match accepted {
                Some(at) => t!("Last on {at}.", at = reader.moment(at)),
                None => t!("Send a test letter to yourself."),
            },
            "/office/settings/mail",
        ),
    };
    if !state.webhook_expected {
        return list;
    }
    list.item(
        state.webhook_heard_at.is_some(),
        t!("A message of the gateway reached us"),
        match state.webhook_heard_at {
            Some(at) => t!("Last on {at}.", at = reader.moment(at)),
            None => t!("Without messages payments are found by asking, minutes later."),
        },
        "/office/gateways",
    )
}
