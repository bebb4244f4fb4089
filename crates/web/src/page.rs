//! Whole pages: what a body needs around it, filled from the site and the visitor.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kit::{Text, t};
use maud::{Markup, html};
use ui::{ConsolePage, Crumb, FrontPage, MenuGroup, PlainPage, Viewer};

use crate::PageResult;
use crate::error::PageError;
use crate::guard::{Guest, Staff};
use crate::site::Site;

/// What a console page says of itself, besides its body.
#[derive(Debug, Default)]
pub struct ConsoleParts {
    pub title: Option<Text>,
    pub intro: Option<Text>,
    pub path: Vec<Crumb>,
    /// The `href` of the menu item that the page belongs to.
    pub current: &'static str,
    /// Beside the title: what one comes here to do.
    pub actions: Option<Markup>,
    pub status: Option<StatusCode>,
}

/// A page of the console; `menu` is the page crate's own, `needs_count` what waits for the viewer.
pub async fn console(
    site: &Site,
    staff: &Staff,
    menu: &[MenuGroup],
    needs_count: i64,
    parts: ConsoleParts,
    body: Markup,
) -> PageResult {
    let settings = site.settings().await?;
    let assets = assets_of(site);
    let viewer = Viewer {
        name: staff.visit.account.name.clone(),
        detail: staff.visit.account.email.to_string(),
    };
    let page = ConsolePage {
        reader: &staff.reader,
        assets: &assets,
        site_name: &settings.name,
        home: "/office",
        title: parts.title.unwrap_or(t!("Office")),
        intro: parts.intro,
        path: &parts.path,
        menu,
        current: parts.current,
        viewer: &viewer,
        csrf: &staff.csrf,
        search: Some("/office/search"),
        needs_count,
        actions: parts.actions.unwrap_or_else(|| html! {}),
        flash: staff.flash.as_ref(),
        body,
    };
    let markup = ui::console_page(&page);
    Ok((parts.status.unwrap_or(StatusCode::OK), markup).into_response())
}

/// A public page.
pub async fn front(
    site: &Site,
    guest: &Guest,
    title: Text,
    current: &str,
    body: Markup,
) -> PageResult {
    front_with(site, guest, StatusCode::OK, title, current, body).await
}

/// A public page with a status of its own.
pub async fn front_with(
    site: &Site,
    guest: &Guest,
    status: StatusCode,
    title: Text,
    current: &str,
    body: Markup,
) -> PageResult {
    let settings = site.settings().await?;
    let assets = assets_of(site);
    let languages = site.catalogues.names();
    let mut nav = vec![(t!("Plans"), "/plans".to_owned())];
    if guest
        .visit
        .as_ref()
        .is_some_and(|visit| !visit.permissions.is_empty())
    {
        nav.push((t!("Office"), "/office".to_owned()));
    }
    let page = FrontPage {
        reader: &guest.reader,
        assets: &assets,
        site_name: &settings.name,
        logo: None,
        title,
        nav: &nav,
        current,
        viewer: guest
            .visit
            .as_ref()
            .map(|visit| visit.account.name.as_str()),
        may_join: true,
        csrf: &guest.csrf,
        flash: guest.flash.as_ref(),
        footer: &[],
        languages: &languages,
        body,
    };
    Ok((status, ui::front_page(&page)).into_response())
}

/// A page with one thing to do.
pub async fn plain(
    site: &Site,
    guest: &Guest,
    title: Text,
    intro: Option<Text>,
    body: Markup,
) -> PageResult {
    plain_below(site, guest, StatusCode::OK, (title, intro), body, html! {}).await
}

/// A page with one thing to do, a status, and other ways below it.
pub async fn plain_below(
    site: &Site,
    guest: &Guest,
    status: StatusCode,
    (title, intro): (Text, Option<Text>),
    body: Markup,
    below: Markup,
) -> PageResult {
    let settings = site.settings().await?;
    let assets = assets_of(site);
    let page = PlainPage {
        reader: &guest.reader,
        assets: &assets,
        site_name: &settings.name,
        title,
        intro,
        flash: guest.flash.as_ref(),
        body,
        below,
    };
    Ok((status, ui::plain_page(&page)).into_response())
}

fn assets_of(site: &Site) -> ui::Assets {
    ui::Assets {
        theme: "/theme.css".to_owned(),
        ..site.assets.links().clone()
    }
}

/// Draws an error as a page of the visitor's language.
pub(crate) async fn problem(
    site: &Site,
    guest: &Guest,
    problem: &crate::error::Problem,
    prove_first: bool,
) -> Response {
    let reader = &guest.reader;
    let ways = html! {
        div.buttons {
            @if prove_first {
                (ui::link_button("/account/prove", t!("Prove that it is me")).render(reader))
            } @else {
                (ui::link_button("/", t!("To the first page")).render(reader))
            }
        }
    };
    let words = (problem.title.clone(), Some(problem.sentence.clone()));
    let drawn = plain_below(site, guest, problem.status, words, ways, html! {}).await;
    drawn.unwrap_or_else(|_: PageError| problem.status.into_response())
}
