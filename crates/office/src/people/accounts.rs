//! Sign-ins: everyone who can sign in here, those who never bought included.

use axum::extract::{Query, State};
use axum::response::Response;
use kit::id::{Id, RoleId};
use kit::{PageOf, Text, t};
use lists::accounts::{AccountFilter, AccountRow, page};
use maud::{Markup, html};
use people::account::Level;
use serde::Deserialize;
use ui::Tone;
use web::{PageError, PageResult, Site, Staff};

use crate::address::Address;
use crate::{csv, desk, menu, typed};

/// The filters as the address has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    role: String,
    only: String,
    after: String,
}

impl Asked {
    fn filter(&self) -> AccountFilter {
        AccountFilter {
            search: self.q.clone(),
            role: RoleId::parse(&self.role),
            disabled: self.only == "disabled",
            never_bought: self.only == "never_bought",
        }
    }

    fn address(&self) -> Address {
        Address::to(menu::ACCOUNTS)
            .with("q", &self.q)
            .with("role", &self.role)
            .with("only", &self.only)
    }
}

/// `GET /office/accounts`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let accounts = page(&site.db, &asked.filter(), &desk::asked(&asked.after)).await?;
    let roles = people::role::list(&site.db).await?;
    let body = html! {
        (filters(&staff, &asked, &roles))
        (table(&staff, &asked, &accounts))
    };
    let mut parts = desk::parts(t!("Sign-ins"), menu::ACCOUNTS);
    parts.intro = Some(t!(
        "Everyone who can sign in here. A sign-in alone gives no access to any media."
    ));
    desk::page(&site, &staff, parts, body).await
}

fn filters(staff: &Staff, asked: &Asked, roles: &[people::role::Role]) -> Markup {
    let address = asked.address();
    let is_plain = asked.role.is_empty() && asked.only.is_empty() && asked.q.is_empty();
    let mut bar = ui::filters(menu::ACCOUNTS)
        .search(
            "q",
            &asked.q,
            t!("Number, address, or beginning of a user name"),
        )
        .chip(t!("All"), menu::ACCOUNTS, is_plain);
    for (word, label) in [
        ("never_bought", t!("Never bought")),
        ("disabled", t!("Disabled")),
    ] {
        let is_current = asked.only == word;
        bar = bar.chip(
            label,
            address.with("only", if is_current { "" } else { word }),
            is_current,
        );
    }
    for role in roles.iter().filter(|role| role.id != people::role::user()) {
        let is_current = asked.role == role.id.as_str();
        let id = if is_current { "" } else { role.id.as_str() };
        bar = bar.chip(
            Text::verbatim(role.name.clone()),
            address.with("role", id),
            is_current,
        );
    }
    bar.csv(address.at("/office/accounts.csv"))
        .render(&staff.reader)
}

fn table(staff: &Staff, asked: &Asked, accounts: &PageOf<AccountRow>) -> Markup {
    let reader = &staff.reader;
    let address = asked.address();
    ui::table("accounts")
        .caption(t!("Sign-ins"))
        .column(t!("Person"), |row: &AccountRow| {
            ui::person_with(&row.name, &row.email)
        })
        .column(t!("Number"), |row| html! { (row.number) })
        .column(t!("State"), |row| {
            let (tone, word) = state(row);
            ui::badge(reader, tone, &word)
        })
        .column(t!("Role"), |row| match row.level {
            Level::Administrator => html! { (reader.say(&t!("Administrator"))) },
            Level::Customer => html! { (row.role) },
        })
        .column(t!("Member"), |row| {
            html! {
                @if let Some(id) = &row.member_id {
                    (ui::link(&format!("/office/members/{id}"), &reader.say(&t!("Open"))))
                } @else { (reader.say(&t!("Never bought"))) }
            }
        })
        .column(t!("Last seen"), |row| {
            row.seen_at
                .map_or_else(|| ui::nothing(reader), |at| ui::ago(reader, at))
        })
        .column(t!("Since"), |row| ui::date(reader, row.created_at))
        .minor()
        .row_link(|row| format!("/office/accounts/{}", row.id))
        .row_state(|row| if row.enabled { "living" } else { "ended" })
        .empty(t!("Nobody fits. People appear here when they register."))
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, accounts)
}

fn state(row: &AccountRow) -> (Tone, Text) {
    match (row.enabled, row.email_confirmed_at) {
        (false, _) => (Tone::Bad, t!("Disabled")),
        (true, None) => (Tone::Warn, t!("Address not confirmed")),
        (true, Some(_)) => (Tone::Good, t!("Can sign in")),
    }
}

/// `GET /office/accounts.csv`
pub async fn export(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let filter = asked.filter();
    let head = [
        t!("Number"),
        t!("Name"),
        t!("User name"),
        t!("E-mail"),
        t!("State"),
        t!("Role"),
        t!("Since"),
    ];
    let reader = staff.reader.clone();
    Ok(csv::file("sign-ins", &staff.reader, &head, move |asked| {
        let (db, filter, reader) = (site.db.clone(), filter.clone(), reader.clone());
        async move {
            let accounts = page(&db, &filter, &asked).await?;
            Ok(accounts.map(|row| {
                vec![
                    row.number.to_string(),
                    row.name.clone(),
                    row.username.clone(),
                    row.email.clone(),
                    reader.say(&state(&row).1),
                    row.role.clone(),
                    typed::day_value(row.created_at, &reader.zone),
                ]
            }))
        }
    }))
}
