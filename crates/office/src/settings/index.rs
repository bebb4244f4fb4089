//! The topics of the settings.

use axum::extract::State;
use kit::{Text, t};
use maud::{Markup, html};
use ui::{Tab, Tone};
use web::{PageResult, Site, Staff};

use crate::{desk, menu};

/// A topic: where it is, how it is called, what it holds.
pub type Topic = (&'static str, Text, Text);

pub fn topics() -> [Topic; 10] {
    [
        (
            "/office/settings/site",
            t!("Site"),
            t!("Name, addresses, language, time zone, currency, first page."),
        ),
        (
            "/office/settings/seller",
            t!("Seller and tax"),
            t!("Who sells, as receipts name them, and the tax in your prices."),
        ),
        (
            "/office/settings/looks",
            t!("Looks"),
            t!("Your own colours, always readable."),
        ),
        (
            "/office/settings/mail",
            t!("Mail"),
            t!("The mail server through which letters leave, and a test."),
        ),
        (
            "/office/settings/registration",
            t!("Registration"),
            t!("Who may register, and whether addresses are confirmed."),
        ),
        (
            "/office/settings/access",
            t!("Access"),
            t!("What members may do about their own access, and changes of their account."),
        ),
        (
            "/office/settings/terms",
            t!("Terms, trials, reminders"),
            t!("Grace, suspension, expiry; free trials; when members are reminded."),
        ),
        (
            "/office/settings/self-help",
            t!("Self-help"),
            t!("What members may do by themselves on their servers, and how often."),
        ),
        (
            "/office/settings/activity",
            t!("Activity"),
            t!("How long the history of what was played is kept."),
        ),
        (
            "/office/settings/library-counts",
            t!("Library counts"),
            t!("How many films, series and songs there are, on your first page."),
        ),
    ]
}

/// `GET /office/settings`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    let reader = &staff.reader;
    let rows = topics()
        .into_iter()
        .fold(ui::rows(), |rows, (href, title, about)| {
            let row = ui::row(reader, Tone::Neutral, "settings", &title)
                .title(ui::link(href, &reader.say(&title)))
                .say(reader, &about)
                .action(ui::link_button(href, t!("Open")).small().render(reader));
            rows.row(row)
        });
    let others = [
        (
            menu::GATEWAYS,
            t!("Gateways"),
            t!("The ways that customers can pay."),
        ),
        (
            crate::house::letters::TEXTS,
            t!("Letter texts"),
            t!("What the house writes, in your words."),
        ),
        (menu::ROLES, t!("Roles"), t!("What staff may do.")),
        (
            menu::API_KEYS,
            t!("API keys"),
            t!("Programs that may work here."),
        ),
    ];
    let rows = others.into_iter().fold(rows, |rows, (href, title, about)| {
        if !menu::may_open(&staff, href) {
            return rows;
        }
        let row = ui::row(reader, Tone::Neutral, "chevron", &title)
            .title(ui::link(href, &reader.say(&title)))
            .say(reader, &about);
        rows.row(row)
    });
    let body = ui::grid(&[ui::card(t!("Topics"))
        .flush()
        .render(reader, &rows.render(reader))]);
    desk::page(
        &site,
        &staff,
        desk::parts(t!("Settings"), menu::SETTINGS),
        body,
    )
    .await
}

/// The topics as tabs, above each topic's form.
pub fn tabs(staff: &Staff, current: &str) -> Markup {
    let tabs: Vec<Tab> = topics()
        .into_iter()
        .map(|(href, title, _)| Tab::new(title, href, href == current))
        .collect();
    html! { (ui::tabs(&staff.reader, &t!("Settings"), &tabs)) }
}
