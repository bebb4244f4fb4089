//! Every component with plausible content, to look at in both colour schemes, wide and narrow.
//!
//! `cargo run -p ui --example gallery -- FOLDER` writes these pages with their style sheet and scripts.

mod backstage;
mod front;
mod lists;
mod pieces;

use kit::{Currency, Money, Text, Timestamp, t};
use maud::Markup;

use crate::shell::Assets;
use crate::{MenuGroup, MenuItem};

/// The pages of the gallery by name.
pub fn gallery(assets: &Assets) -> Vec<(&'static str, Markup)> {
    vec![
        ("overview", backstage::overview(assets)),
        ("members", lists::members(assets)),
        ("form", lists::new_plan(assets)),
        ("pieces", pieces::pieces(assets)),
        ("home", front::home(assets)),
        ("account", front::account(assets)),
        ("sign-in", front::sign_in(assets)),
    ]
}

/// 22 November 2026, 13:52 UTC.
const NOW: Timestamp = Timestamp::from_s(1_795_355_520);

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn said(words: &'static str) -> Text {
    Text::new(words)
}

fn menu_of_the_office() -> Vec<MenuGroup> {
    let group = |title: Option<Text>, items: Vec<MenuItem>| MenuGroup { title, items };
    vec![
        group(
            None,
            vec![
                MenuItem::new(t!("Overview"), "overview.html", "overview")
                    .count(3)
                    .urgent(),
            ],
        ),
        group(
            Some(t!("People")),
            vec![
                MenuItem::new(t!("Members"), "members.html", "members").count(1284),
                MenuItem::new(t!("Customers"), "#", "customers").count(37),
                MenuItem::new(t!("Sign-ins"), "#", "sign-ins"),
                MenuItem::new(t!("Invitations"), "#", "invitation").count(6),
            ],
        ),
        group(
            Some(t!("Payments & plans")),
            vec![
                MenuItem::new(t!("Payments"), "#", "payments"),
                MenuItem::new(t!("Unmatched"), "#", "unmatched").count(2),
                MenuItem::new(t!("Plans"), "form.html", "plans"),
                MenuItem::new(t!("Discounts"), "#", "discount"),
            ],
        ),
        group(
            Some(t!("Servers & libraries")),
            vec![
                MenuItem::new(t!("Servers"), "#", "servers").count(4),
                MenuItem::new(t!("Libraries"), "#", "libraries"),
                MenuItem::new(t!("Shares"), "#", "share"),
            ],
        ),
        group(
            Some(t!("Activity")),
            vec![
                MenuItem::new(t!("Now playing"), "#", "now-playing").count(41),
                MenuItem::new(t!("History"), "#", "history"),
                MenuItem::new(t!("Rules"), "#", "rules"),
            ],
        ),
        group(
            Some(t!("House")),
            vec![
                MenuItem::new(t!("Messages"), "#", "messages"),
                MenuItem::new(t!("Tools"), "#", "tools"),
                MenuItem::new(t!("Settings"), "pieces.html", "settings"),
                MenuItem::new(t!("Events"), "#", "events"),
            ],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The content security policy refuses inline styles and scripts; so does this test.
    #[test]
    fn no_page_has_inline_styles_scripts_or_handlers() {
        for (name, page) in gallery(&Assets::default()) {
            let page = page.into_string();
            for refused in [" style=", "<style", "javascript:", " onclick=", " onload="] {
                assert!(!page.contains(refused), "{name} has {refused}");
            }
            for script in page.split("<script").skip(1) {
                assert!(
                    script.contains("src=") && script.contains("></script>"),
                    "{name}: {script}"
                );
            }
        }
    }

    /// Browsers drop the inner form, and its button would send the outer one.
    #[test]
    fn no_form_stands_in_another() {
        for (name, page) in gallery(&Assets::default()) {
            let page = page.into_string();
            let mut open = 0;
            for tag in page.split('<').skip(1) {
                open += i32::from(tag.starts_with("form ")) - i32::from(tag.starts_with("/form>"));
                assert!(
                    (0..=1).contains(&open),
                    "{name}: a form within a form at <{tag}"
                );
            }
        }
    }

    #[test]
    fn every_id_is_there_once() {
        for (name, page) in gallery(&Assets::default()) {
            let page = page.into_string();
            let mut ids: Vec<&str> = page
                .split(" id=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .collect();
            ids.sort_unstable();
            let twice = ids.windows(2).find(|pair| pair[0] == pair[1]);
            assert!(twice.is_none(), "{name} has {twice:?} twice");
        }
    }
}
