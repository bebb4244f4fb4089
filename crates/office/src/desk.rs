//! The frame of every page here: the menu as the viewer may see it, what needs them, title and body.

use kit::{PageAsked, Text};
use maud::Markup;
use people::role::Permission;
use ui::Crumb;
use web::{ConsoleParts, Guest, PageResult, SignedIn, Site, Staff};

use crate::menu;

/// Rows of a list on a page.
pub const ROWS: u32 = 50;

/// A page that belongs to a line of the menu.
pub fn parts(title: Text, current: &'static str) -> ConsoleParts {
    ConsoleParts {
        title: Some(title),
        current,
        ..ConsoleParts::default()
    }
}

/// Like [`parts`], one step below the page of the menu's line.
pub fn below(title: Text, above: Text, current: &'static str) -> ConsoleParts {
    ConsoleParts {
        path: vec![Crumb::new(above, current)],
        ..parts(title, current)
    }
}

/// Draws the page.
pub async fn page(site: &Site, staff: &Staff, parts: ConsoleParts, body: Markup) -> PageResult {
    let waiting = menu::waiting(site, staff).await?;
    let groups = menu::of(staff, &waiting);
    web::console(site, staff, &groups, waiting.wants, parts, body).await
}

/// The page of rows that an address asks for.
pub fn asked(after: &str) -> PageAsked {
    PageAsked::new(ROWS, Some(after.to_owned()))
}

/// Whoever listens to a live page, if they work here and have the permission that its route takes.
pub fn staff_of(guest: Guest, permission: Option<Permission>) -> Option<Staff> {
    let visit = guest
        .visit
        .filter(|visit| !visit.permissions.is_empty())
        .filter(|visit| permission.is_none_or(|permission| visit.may(permission)))?;
    Some(Staff(SignedIn {
        reader: guest.reader,
        visit,
        csrf: guest.csrf,
        flash: None,
        browser: guest.browser,
    }))
}
