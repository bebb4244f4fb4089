//! How access stands on each server, in a word and a sentence: being set up, in place, withheld, failed.

use kit::{Text, t};
use lists::my_account::{MyAccount, MyShare};
use maud::{Markup, html};
use media::share::UserStage;
use media::{Help, Level, ShareState};
use ui::Tone;
use upkeep::TargetState;

use crate::account::membership::Reading;

/// How one share stands.
#[derive(Debug)]
pub struct Stands {
    pub tone: Tone,
    pub word: Text,
    pub sentence: Text,
}

/// What the member is told about a share.
pub fn stands(mine: &MyShare) -> Stands {
    let (share, server) = (&mine.share, &mine.server);
    let name = server.name.clone();
    let say = |tone, word, sentence| Stands {
        tone,
        word,
        sentence,
    };
    if let Some(stands) = their_turn(mine) {
        return stands;
    }
    match (share.state, share.level) {
        (ShareState::Left | ShareState::Removed, _) => say(
            Tone::Neutral,
            t!("Ended"),
            t!(
                "You no longer watch on {server}. Paying brings it back.",
                server = name
            ),
        ),
        (ShareState::None, _) => say(
            Tone::Neutral,
            t!("Kept for you"),
            t!(
                "Your place on {server} is kept until the payment is there.",
                server = name
            ),
        ),
        (_, Level::Withdrawn) => say(
            Tone::Warn,
            t!("Withheld"),
            t!(
                "Nothing can be played on {server} at the moment. Your devices stay signed in.",
                server = name
            ),
        ),
        (_, Level::Held | Level::Ended | Level::Deleted) => say(
            Tone::Warn,
            t!("Closed"),
            t!(
                "Your user on {server} is closed at the moment.",
                server = name
            ),
        ),
        (_, Level::Full) if share.is_open() => say(
            Tone::Good,
            t!("In place"),
            t!("You can watch on {server}.", server = name),
        ),
        (_, Level::Full) => being_set_up(mine),
    }
}

/// What is left for the member to do. `None`: nothing, or it is all over.
fn their_turn(mine: &MyShare) -> Option<Stands> {
    let (share, server) = (&mine.share, &mine.server.name);
    if matches!(share.state, ShareState::Left | ShareState::Removed) {
        return None;
    }
    let (word, sentence) = if share.stage == UserStage::Gone {
        let sentence = t!(
            "You left {server}, or were taken out there.",
            server = server
        );
        (t!("You left"), sentence)
    } else if share.needs_credentials() {
        (t!("Your turn"), way_in(mine))
    } else if let Some(asked) = &mine.asked {
        let sentence = asked.refused.clone().unwrap_or_else(|| {
            t!(
                "Give your Emby Connect account, and {server} opens as soon as Emby knows it.",
                server = server
            )
        });
        (t!("Your turn"), sentence)
    } else if share.state == ShareState::Invited {
        let sentence = t!(
            "You were invited to {server}. Please accept the invitation: it waits in your account with the platform, and in a letter from it.",
            server = server
        );
        (t!("Your turn"), sentence)
    } else {
        return None;
    };
    Some(Stands {
        tone: Tone::Warn,
        word,
        sentence,
    })
}

fn way_in(mine: &MyShare) -> Text {
    let server = &mine.server.name;
    if mine.server.is_by_invitation() {
        return t!(
            "Sign in with Plex, and you are invited to {server} at once.",
            server = server
        );
    }
    t!(
        "Choose a name and a password, and {server} opens at once.",
        server = server
    )
}

/// The operator's page says why, with addresses and errors; here it is enough to know who sees to it.
fn being_set_up(mine: &MyShare) -> Stands {
    let server = mine.server.name.clone();
    let has_reason = mine.server.reason.is_some() || mine.share.reason.is_some();
    match (mine.server.work, has_reason) {
        (Some(TargetState::Failed), true) => Stands {
            tone: Tone::Bad,
            word: t!("Failed"),
            sentence: t!(
                "{server} could not be opened for you yet. The operator has been told, and you need do nothing.",
                server = server
            ),
        },
        (Some(TargetState::Differs | TargetState::Waiting), true) => Stands {
            tone: Tone::Warn,
            word: t!("Being set up"),
            sentence: t!(
                "{server} is not ready yet. We try again by ourselves, and this page says when it is open.",
                server = server
            ),
        },
        _ => Stands {
            tone: Tone::Info,
            word: t!("Being set up"),
            sentence: t!(
                "{server} is being opened. This takes a few seconds.",
                server = server
            ),
        },
    }
}

/// A mere reservation is the payment's matter, not a place to watch.
pub fn is_shown(mine: &MyShare) -> bool {
    mine.share.state != ShareState::None || mine.share.remote_id.is_some()
}

/// All places to watch. Right after the payment there may be none yet for a moment.
pub fn cards(reading: Reading<'_>, mine: &MyAccount) -> Markup {
    let reader = reading.reader;
    let shares = &mine.shares;
    html! {
        @if !shares.iter().any(is_shown) {
            (ui::progress(reader, &t!("Your access is being set up. This takes a few seconds."), 0, None))
        }
        @for share in shares.iter().filter(|share| is_shown(share)) {
            (card(reading, share, mine.may_invite_oneself))
        }
    }
}

/// One server: how it stands, its address to copy, and the name to sign in with.
fn card(reading: Reading<'_>, mine: &MyShare, may_invite_oneself: bool) -> Markup {
    let reader = reading.reader;
    let stands = stands(mine);
    let share = &mine.share;
    let is_over = matches!(share.state, ShareState::Left | ShareState::Removed);
    let body = html! {
        p { (reader.say(&stands.sentence)) }
        @if !is_over { (facts(reading, mine)) }
        (actions(reading, mine, may_invite_oneself))
    };
    ui::card(Text::verbatim(&mine.server.name))
        .badge(ui::badge(reader, stands.tone, &stands.word))
        .render(reader, &html! { div.stack { (body) } })
}

fn facts(reading: Reading<'_>, mine: &MyShare) -> Markup {
    let reader = reading.reader;
    let has_own_address = reading.makers.watch_at(&mine.server.kind).is_none();
    let address = has_own_address.then(|| mine.server.address());
    let name = mine.share.user_name.as_deref();
    ui::facts()
        .maybe(
            t!("Server address"),
            address.map(|address| ui::copyable(reader, &t!("Server address"), address)),
        )
        .maybe(
            t!("User name"),
            name.map(|name| ui::copyable(reader, &t!("User name"), name)),
        )
        .render(reader)
}

fn actions(reading: Reading<'_>, mine: &MyShare, may_invite_oneself: bool) -> Markup {
    let (reader, csrf) = (reading.reader, reading.csrf);
    html! {
        @if mine.share.stage == UserStage::Gone {
            @if may_invite_oneself {
                div.buttons { (ui::post_button(format!("/account/watching/{}/again", mine.share.id), csrf, t!("Invite me again")).primary().render(reader)) }
            }
        } @else if mine.share.needs_credentials() && mine.server.is_by_invitation() {
            div.buttons {
                (ui::link_button(format!("/account/watching/{}/platform", mine.share.id), t!("Sign in with Plex")).primary().render(reader))
            }
        } @else if mine.share.needs_credentials() {
            div.buttons {
                (ui::link_button("/account/choose", t!("Choose name and password")).primary().render(reader))
            }
        } @else if mine.asked.is_some() {
            div.buttons {
                (ui::link_button(format!("/account/watching/{}/connect", mine.share.id), t!("Give your Emby Connect account")).primary().render(reader))
            }
        } @else if mine.share.is_open() {
            div.buttons { (when_open(reading, mine)) }
        }
    }
}

fn when_open(reading: Reading<'_>, mine: &MyShare) -> Markup {
    let reader = reading.reader;
    let id = &mine.share.id;
    let own = mine.server.address();
    let address = reading.makers.watch_at(&mine.server.kind).unwrap_or(own);
    html! {
        @if is_web(address) {
            (ui::link_button(address, t!("Watch now")).primary().icon("play").render(reader))
        }
        @if takes_codes(mine) {
            (ui::link_button(format!("/account/watching/{id}/device"), t!("Let a TV in by its code")).render(reader))
        }
        @if !mine.server.is_by_invitation() {
            (ui::link_button(format!("/account/watching/{id}/password"), t!("New password")).render(reader))
        }
        (ui::link_button(format!("/account/watching/{id}/missing"), t!("Something is missing")).render(reader))
        (ui::link_button(format!("/account/watching/{id}/subtitles"), t!("Add subtitles")).render(reader))
        @if reading.makers.offers(&mine.server.kind, Help::Connect) {
            (ui::link_button(format!("/account/watching/{id}/connect"), t!("Emby Connect")).render(reader))
        }
        (ui::link_button(format!("/account/watching/{id}/elsewhere"), t!("Watch on another platform")).quiet().render(reader))
    }
}

/// Whether a device can be let in by the code that it shows.
pub fn takes_codes(mine: &MyShare) -> bool {
    mine.server.kind == "jellyfin"
}

/// Whether a browser may be sent there.
fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}
