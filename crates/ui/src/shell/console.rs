//! Backstage: the menu at the side, the search on top, the page between.

use kit::{Reader, Text, t};
use maud::{Markup, html};

use super::{Assets, document, mark, skip_link, title_of};
use crate::form::CSRF_FIELD;
use crate::icon::icon;
use crate::nav::{Crumb, crumbs};
use crate::notice::Flash;
use crate::value::initials;

/// A heading of the menu and what is below it. The first group usually has none.
#[derive(Debug, Clone)]
pub struct MenuGroup {
    pub title: Option<Text>,
    pub items: Vec<MenuItem>,
}

/// One place of the console.
#[derive(Debug, Clone)]
pub struct MenuItem {
    pub label: Text,
    pub href: String,
    pub icon: &'static str,
    pub count: Option<i64>,
    /// The count asks for attention.
    pub is_urgent: bool,
}

impl MenuItem {
    pub fn new(label: Text, href: impl Into<String>, icon: &'static str) -> Self {
        Self {
            label,
            href: href.into(),
            icon,
            count: None,
            is_urgent: false,
        }
    }

    #[must_use]
    pub fn count(mut self, count: i64) -> Self {
        self.count = Some(count);
        self
    }

    #[must_use]
    pub fn urgent(mut self) -> Self {
        self.is_urgent = true;
        self
    }
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub name: String,
    /// A role or an address.
    pub detail: String,
}

/// Everything that a page of a console shows around its body.
#[derive(Debug)]
pub struct ConsolePage<'a> {
    pub reader: &'a Reader,
    pub assets: &'a Assets,
    pub site_name: &'a str,
    /// Where the brand leads: `/office` or `/studio`.
    pub home: &'a str,
    pub title: Text,
    /// A sentence below the title.
    pub intro: Option<Text>,
    /// The path to this page, without the page itself.
    pub path: &'a [Crumb],
    pub menu: &'a [MenuGroup],
    /// The `href` of the menu item that this page belongs to.
    pub current: &'a str,
    pub viewer: &'a Viewer,
    pub csrf: &'a str,
    /// The address that searches, e.g. `/office/search`. `None`: no search.
    pub search: Option<&'a str>,
    /// How many things want the viewer; leads to `home`.
    pub needs_count: i64,
    /// Beside the title: what one comes here to do.
    pub actions: Markup,
    pub flash: Option<&'a Flash>,
    pub body: Markup,
}

pub fn console_page(page: &ConsolePage<'_>) -> Markup {
    let title = title_of(page.reader, &page.title, page.site_name);
    let body = html! {
        (skip_link(page.reader))
        div.console {
            (side(page))
            div.stage {
                (bar(page))
                main id="main" tabindex="-1" {
                    (crumbs(page.reader, page.path))
                    (head(page))
                    @if let Some(flash) = page.flash { (flash.render(page.reader)) }
                    (page.body)
                }
            }
        }
    };
    document(page.reader, page.assets, "backstage", &title, &body)
}

/// On a phone the menu is a popover behind a button; where there is room the style sheet keeps it in place.
fn side(page: &ConsolePage<'_>) -> Markup {
    let reader = page.reader;
    html! {
        header.side {
            a.brand href=(page.home) { (mark()) span { (page.site_name) } }
            button.icon-button.menu-opener type="button" popovertarget="places"
                aria-label=(reader.say(&t!("Menu"))) { (icon("menu")) }
            nav.places id="places" popover aria-label=(reader.say(&t!("Main"))) {
                (menu_closer(reader))
                @for group in page.menu { (menu_group(page, group)) }
            }
        }
    }
}

/// For fingers; a tap beside the menu and the Escape key close it too.
pub(super) fn menu_closer(reader: &Reader) -> Markup {
    html! {
        button.icon-button.menu-closer type="button" popovertarget="places" popovertargetaction="hide"
            aria-label=(reader.say(&t!("Close"))) { (icon("cross")) }
    }
}

fn menu_group(page: &ConsolePage<'_>, group: &MenuGroup) -> Markup {
    html! {
        @if let Some(title) = &group.title { h2 { (page.reader.say(title)) } }
        ul {
            @for item in &group.items {
                li {
                    a href=(item.href) aria-current=[(item.href == page.current).then_some("page")] {
                        (icon(item.icon))
                        span.words { (page.reader.say(&item.label)) }
                        @if let Some(count) = item.count {
                            span.count data-urgent[item.is_urgent] { (page.reader.number(count)) }
                        }
                    }
                }
            }
        }
    }
}

fn bar(page: &ConsolePage<'_>) -> Markup {
    let reader = page.reader;
    html! {
        div.bar {
            @if let Some(action) = page.search { (search(reader, action)) }
            nav.far aria-label=(reader.say(&t!("You"))) {
                @if page.needs_count > 0 {
                    a.needs href=(page.home) {
                        (icon("bell"))
                        span { (reader.say(&Text::counted(page.needs_count, "{n} needs you", "{n} need you"))) }
                    }
                }
                (theme_choice(reader))
                (viewer_menu(page))
            }
        }
    }
}

fn search(reader: &Reader, action: &str) -> Markup {
    let what = reader.say(&t!("Find a person, payment, server, station or setting"));
    html! {
        form.search role="search" aria-label=(reader.say(&t!("The whole house"))) method="get" action=(action) {
            (icon("search"))
            input type="search" name="q" placeholder=(what) aria-label=(what) autocomplete="off" data-search;
            kbd aria-hidden="true" { "/" }
        }
    }
}

/// Light, dark or as the system says. Only where scripts run; without them the system decides.
pub(super) fn theme_choice(reader: &Reader) -> Markup {
    html! {
        button.icon-button.theme-choice type="button" data-theme-choice hidden
            aria-label=(reader.say(&t!("Light or dark"))) title=(reader.say(&t!("Light or dark"))) { (icon("theme")) }
    }
}

fn viewer_menu(page: &ConsolePage<'_>) -> Markup {
    let reader = page.reader;
    html! {
        details.viewer name="menu" {
            summary {
                span.unseen { (reader.say(&t!("Signed in as {name}", name = page.viewer.name.as_str()))) }
                (initials(&page.viewer.name)) (icon("chevron"))
            }
            div.menu-list {
                p.whose { b { (page.viewer.name) } span { (page.viewer.detail) } }
                a href="/account" { (icon("member")) (reader.say(&t!("My account"))) }
                form method="post" action="/sign-out" {
                    input type="hidden" name=(CSRF_FIELD) value=(page.csrf);
                    button type="submit" { (icon("sign-out")) (reader.say(&t!("Sign out"))) }
                }
            }
        }
    }
}

fn head(page: &ConsolePage<'_>) -> Markup {
    html! {
        div.head {
            div {
                h1 { (page.reader.say(&page.title)) }
                @if let Some(intro) = &page.intro { p { (page.reader.say(intro)) } }
            }
            div.actions { (page.actions) }
        }
    }
}
