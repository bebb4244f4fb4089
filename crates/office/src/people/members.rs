//! Members: everyone who has, or has had, access.

use axum::extract::{Query, State};
use axum::response::Response;
use billing::status::Status;
use kit::id::{Id, PlanId, ServerId};
use kit::{PageOf, Text, Timestamp, t};
use lists::members::{MemberFilter, MemberRow, page, soon};
use maud::{Markup, html};
use people::role::Permission;
use serde::Deserialize;
use ui::Sort;
use web::{PageError, PageResult, Site, Staff};

use crate::address::Address;
use crate::{csv, desk, menu, words};

/// The filters as the address has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    status: String,
    plan: String,
    server: String,
    /// Days ahead.
    ending: String,
    sort: String,
    after: String,
}

impl Asked {
    fn filter(&self, now: Timestamp) -> MemberFilter {
        let days = self
            .ending
            .parse::<i64>()
            .ok()
            .filter(|days| (1..=366).contains(days));
        MemberFilter {
            search: self.q.clone(),
            status: Status::parse(&self.status),
            plan: PlanId::parse(&self.plan),
            server: ServerId::parse(&self.server),
            ending: days.map(|days| soon(now, days)),
            by_name: self.sort == "name",
        }
    }

    fn address(&self) -> Address {
        Address::to(menu::MEMBERS)
            .with("q", &self.q)
            .with("status", &self.status)
            .with("plan", &self.plan)
            .with("server", &self.server)
            .with("ending", &self.ending)
            .with("sort", &self.sort)
    }

    fn is_plain(&self) -> bool {
        [
            &self.q,
            &self.status,
            &self.plan,
            &self.server,
            &self.ending,
        ]
        .iter()
        .all(|text| text.is_empty())
    }
}

/// `GET /office/members`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let filter = asked.filter(site.now());
    let members = page(&site.db, &filter, &desk::asked(&asked.after)).await?;
    let list = table(&staff, &asked, &members);
    let body = html! {
        (filters(&site, &staff, &asked).await?)
        @if staff.may(Permission::MembersChange) && !members.rows.is_empty() {
            (ui::bulk_bar(&staff.reader, "members", "/office/members/other-account", &staff.csrf,
                &[ui::button(t!("Ask for another account…")).render(&staff.reader)], &list))
        } @else { (list) }
    };
    let mut parts = desk::parts(t!("Members"), menu::MEMBERS);
    parts.intro = Some(t!("Everyone who has, or has had, access to your servers."));
    if staff.may(Permission::MembersChange) {
        parts.actions = Some(
            ui::link_button("/office/members/new", t!("Add a member"))
                .primary()
                .icon("plus")
                .render(&staff.reader),
        );
    }
    desk::page(&site, &staff, parts, body).await
}

async fn filters(site: &Site, staff: &Staff, asked: &Asked) -> Result<Markup, PageError> {
    let address = asked.address();
    let everybody = Address::to(menu::MEMBERS).with("sort", &asked.sort);
    let mut bar = ui::filters(menu::MEMBERS)
        .search("q", &asked.q, t!("Beginning of a name, or an address"))
        .chip(t!("All"), everybody, asked.is_plain());
    for (name, value) in [
        ("status", &asked.status),
        ("plan", &asked.plan),
        ("server", &asked.server),
    ] {
        if !value.is_empty() {
            bar = bar.keep(name, value);
        }
    }
    for status in STATUSES {
        let is_current = asked.status == status.word();
        let word = if is_current { "" } else { status.word() };
        let chip = address.with("status", word).with("ending", "");
        bar = bar.chip(status.text(), chip, is_current);
    }
    let is_soon = asked.ending == "7";
    let chip = address
        .with("ending", if is_soon { "" } else { "7" })
        .with("status", "");
    bar = bar.chip(t!("Ending within 7 days"), chip, is_soon);
    Ok(bar
        .extra(choices(site, staff, asked).await?)
        .csv(address.at("/office/members.csv"))
        .render(&staff.reader))
}

const STATUSES: [Status; 8] = [
    Status::Active,
    Status::Trial,
    Status::PastDue,
    Status::Grace,
    Status::Suspended,
    Status::Expired,
    Status::Permanent,
    Status::Pending,
];

/// Plans and servers in a small menu, so that a long list of them does not push the table down.
async fn choices(site: &Site, staff: &Staff, asked: &Asked) -> Result<Markup, PageError> {
    let address = asked.address();
    let mut list = ui::menu(t!("By plan or server"));
    for plan in billing::plan::list(&site.db).await? {
        let words = t!("Plan: {name}", name = plan.version.name.as_str());
        list = list.link(address.with("plan", plan.id.as_str()), words);
    }
    for server in media::server::list(&site.db).await? {
        let words = t!("Server: {name}", name = server.name.as_str());
        list = list.link(address.with("server", server.id.as_str()), words);
    }
    if !asked.plan.is_empty() || !asked.server.is_empty() {
        list = list.link(
            address.with("plan", "").with("server", ""),
            t!("Any plan and server"),
        );
    }
    Ok(list.render(&staff.reader))
}

fn table(staff: &Staff, asked: &Asked, members: &PageOf<MemberRow>) -> Markup {
    let reader = &staff.reader;
    let address = asked.address();
    let address = &address;
    let mut table = ui::table("members")
        .caption(t!("Members"))
        .column(t!("Member"), |row: &MemberRow| {
            ui::person_with(&row.name, row.email.as_deref().unwrap_or_default())
        })
        .sortable("name")
        .column(t!("Status"), |row| match row.status {
            Some(status) => words::status(reader, status),
            None => ui::nothing(reader),
        })
        .column(t!("Plan"), |row| {
            words::or_nothing(reader, row.plan.as_deref())
        })
        .column(t!("Until"), |row| match row.ends_at {
            Some(at) if at > Timestamp::EPOCH => ui::date(reader, at),
            _ => ui::nothing(reader),
        })
        .column(t!("Access"), |row| access(staff, row))
        .column(t!("Member since"), |row| ui::date(reader, row.created_at))
        .sortable("newest")
        .minor()
        .row_link(|row| format!("/office/members/{}", row.id))
        .row_state(|row| match row.status {
            None | Some(Status::Expired | Status::Cancelled) => "ended",
            Some(_) => "living",
        })
        .sort(Sort::new(
            if asked.sort == "name" {
                "name"
            } else {
                "newest"
            },
            asked.sort != "name",
            move |key, _| {
                address
                    .with("sort", if key == "name" { "name" } else { "" })
                    .to_string()
            },
        ))
        .empty(empty_words(asked))
        .next(move |mark| address.with("after", mark).to_string());
    if staff.may(Permission::MembersChange) {
        table = table.select("member", |row| row.id.to_string(), |row| row.name.clone());
    }
    table.render(reader, members)
}

fn access(staff: &Staff, row: &MemberRow) -> Markup {
    let reader = &staff.reader;
    match (row.not_yet, row.servers) {
        (0, 0) => ui::nothing(reader),
        (0, servers) => html! {
            (reader.say(&Text::counted(servers, "On one server", "On {n} servers")))
        },
        (_, _) => ui::badge(reader, ui::Tone::Warn, &t!("Not let in yet")),
    }
}

fn empty_words(asked: &Asked) -> Text {
    if asked.is_plain() {
        t!(
            "No members yet. They appear when somebody buys a plan, when you add one, or when you link a server's users."
        )
    } else {
        t!("Nobody fits these filters.")
    }
}

/// `GET /office/members.csv`
pub async fn export(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let filter = asked.filter(site.now());
    let head = [
        t!("Id"),
        t!("Name"),
        t!("E-mail"),
        t!("Status"),
        t!("Plan"),
        t!("Until"),
        t!("Member since"),
    ];
    let reader = staff.reader.clone();
    Ok(csv::file("members", &staff.reader, &head, move |asked| {
        let (db, filter, reader) = (site.db.clone(), filter.clone(), reader.clone());
        async move {
            let members = page(&db, &filter, &asked).await?;
            Ok(members.map(|row| {
                vec![
                    row.id.to_string(),
                    row.name,
                    row.email.unwrap_or_default(),
                    row.status
                        .map(|status| reader.say(&status.text()))
                        .unwrap_or_default(),
                    row.plan.unwrap_or_default(),
                    row.ends_at
                        .filter(|at| *at > Timestamp::EPOCH)
                        .map(|at| crate::typed::day_value(at, &reader.zone))
                        .unwrap_or_default(),
                    crate::typed::day_value(row.created_at, &reader.zone),
                ]
            }))
        }
    }))
}
