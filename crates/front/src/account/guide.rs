//! How to watch, for those who do it the first time.

use kit::{Reader, Text, t};
use lists::my_account::MyShare;
use maud::{Markup, html};
use media::Makers;
use ui::Tone;

use crate::account::access::takes_codes;

struct Step {
    icon: &'static str,
    title: Text,
    sentence: Text,
}

/// Three steps from nothing to the first film.
pub fn guide(reader: &Reader, makers: &Makers, mine: &MyShare) -> Markup {
    let is_found_by_account = makers.watch_at(&mine.server.kind).is_some();
    let (find, sign_in) = (find(mine, is_found_by_account), sign_in(mine));
    let steps = if is_found_by_account {
        [app(mine), sign_in, find]
    } else {
        [app(mine), find, sign_in]
    };
    let mut rows = ui::rows();
    for (nth, step) in steps.into_iter().enumerate() {
        let title = html! { (nth + 1) ". " (reader.say(&step.title)) };
        let row = ui::row(reader, Tone::Neutral, step.icon, &t!("Step"));
        rows = rows.row(row.title(title).say(reader, &step.sentence));
    }
    ui::section(reader, &t!("How to watch"), None, &rows.render(reader))
}

fn app(mine: &MyShare) -> Step {
    let sentence = match mine.server.kind.as_str() {
        "jellyfin" => t!(
            "Look for “Jellyfin” in the app shop of your television, phone or box. In a browser you need nothing."
        ),
        "emby" => t!(
            "Look for “Emby” in the app shop of your television, phone or box. In a browser you need nothing."
        ),
        "plex" => t!(
            "Look for “Plex” in the app shop of your television, phone or box. In a browser you need nothing."
        ),
        _ => {
            t!("Look for your media server's app in the app shop of your television, phone or box.")
        }
    };
    Step {
        icon: "download",
        title: t!("Get the app"),
        sentence,
    }
}

fn find(mine: &MyShare, is_found_by_account: bool) -> Step {
    let (title, sentence) = if is_found_by_account {
        let server = mine.server.name.clone();
        (
            t!("Look for {server}", server = server),
            t!("It is among your libraries by itself. In some apps it stands under “More”."),
        )
    } else {
        let address = mine.server.address().to_owned();
        (
            t!("Give it the address"),
            t!(
                "When it asks for the server, type: {address}",
                address = address
            ),
        )
    };
    Step {
        icon: "servers",
        title,
        sentence,
    }
}

fn sign_in(mine: &MyShare) -> Step {
    let sentence = if takes_codes(mine) {
        t!(
            "With your name and password for watching, or press “Quick Connect” there and type its six digits here."
        )
    } else if mine.server.is_by_invitation() {
        let name = mine.share.user_name.clone().unwrap_or_default();
        t!("With your own Plex account, {name}.", name = name)
    } else {
        t!("With your name and password for watching.")
    };
    Step {
        icon: "key",
        title: t!("Sign in"),
        sentence,
    }
}
