//! What the pages of My account share: the way between them.

use axum::http::StatusCode;
use kit::{Text, t};
use maud::{Markup, html};
use ui::Tab;
use web::{PageResult, SignedIn, Site, front_with};

/// One of the places in My account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Membership,
    Payments,
    Profile,
    Security,
}

impl Place {
    const ALL: [Self; 4] = [
        Self::Membership,
        Self::Payments,
        Self::Profile,
        Self::Security,
    ];

    fn words(self) -> Text {
        match self {
            Self::Membership => t!("Membership"),
            Self::Payments => t!("Payments"),
            Self::Profile => t!("About you"),
            Self::Security => t!("Safety"),
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Membership => "/account",
            Self::Payments => "/account/payments",
            Self::Profile => "/account/profile",
            Self::Security => "/account/security",
        }
    }
}

/// A page of My account.
pub async fn page(
    site: &Site,
    visitor: &SignedIn,
    place: Place,
    (title, status): (Text, StatusCode),
    body: Markup,
) -> PageResult {
    let reader = &visitor.reader;
    let tabs = Place::ALL.map(|other| Tab::new(other.words(), other.path(), other == place));
    let whole = html! {
        h1 { (reader.say(&t!("My account"))) }
        (ui::tabs(reader, &t!("My account"), &tabs))
        div.stack { (body) }
    };
    front_with(site, &visitor.as_guest(), status, title, "/account", whole).await
}

/// One thing to do, with a heading of its own and a way back.
pub async fn task(
    site: &Site,
    visitor: &SignedIn,
    (title, intro, status): (Text, Option<Text>, StatusCode),
    body: Markup,
) -> PageResult {
    let below = html! {
        p { a.link href="/account" { (visitor.reader.say(&t!("Back to My account"))) } }
    };
    let guest = visitor.as_guest();
    web::plain_below(site, &guest, status, (title, intro), body, below).await
}
