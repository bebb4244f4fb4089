//! A list with filters, bulk choice and row menus; and a form that came back with errors.

use kit::{Currency, FormErrors, PageOf, Reader, Span as Time, t};
use maud::{Markup, html};

use super::backstage::{Framed, framed};
use super::{NOW, euros, said};
use crate::form::field;
use crate::{Assets, Flash, Sort, Tone, badge, button, link_button};

struct Member {
    name: &'static str,
    detail: &'static str,
    tone: Tone,
    status: &'static str,
    plan: &'static str,
    days_left: i64,
    paid: i64,
}

const MEMBERS: &[Member] = &[
    Member {
        name: "Mara Okafor",
        detail: "m.okafor@example.org",
        tone: Tone::Good,
        status: "Active",
        plan: "Family",
        days_left: 24,
        paid: 14_400,
    },
    Member {
        name: "Jonas Weber",
        detail: "jonas@weber.example",
        tone: Tone::Warn,
        status: "In grace",
        plan: "Solo",
        days_left: -2,
        paid: 3_600,
    },
    Member {
        name: "Lena Haddad",
        detail: "lena.haddad@example.net",
        tone: Tone::Info,
        status: "In trial",
        plan: "Family",
        days_left: 2,
        paid: 0,
    },
    Member {
        name: "Tomasz Zieliński",
        detail: "tz@example.com",
        tone: Tone::Bad,
        status: "Suspended",
        plan: "Year",
        days_left: -14,
        paid: 12_000,
    },
    Member {
        name: "Ada Lindqvist",
        detail: "ada@lindqvist.example",
        tone: Tone::Good,
        status: "Permanent",
        plan: "House",
        days_left: 9_000,
        paid: 0,
    },
    Member {
        name: "Bo",
        detail: "Plex: bo_the_cat",
        tone: Tone::Neutral,
        status: "Expired",
        plan: "Solo",
        days_left: -90,
        paid: 600,
    },
];

pub(super) fn members(assets: &Assets) -> Markup {
    let reader = &Reader::default();
    let body = html! {
        (filters(reader))
        (crate::bulk_bar(
            reader,
            "members",
            "/office/members/bulk",
            "token",
            &[
                button(t!("Extend…")).value("do", "extend").render(reader),
                button(t!("Write to them…")).value("do", "write").render(reader),
            ],
            &table(reader),
        ))
    };
    framed(
        reader,
        assets,
        Framed {
            title: t!("Members"),
            intro: Some(t!("Everyone who has, or has had, access to your servers.")),
            current: "members.html",
            actions: link_button("#", t!("Add a member"))
                .primary()
                .icon("plus")
                .render(reader),
            flash: Some(Flash::good(t!(
                "Lena Haddad’s trial was extended to 24 November 2026."
            ))),
            body,
        },
    )
}

fn filters(reader: &Reader) -> Markup {
    crate::filters("/office/members")
        .search("q", "", t!("Name, address or number"))
        .chip(t!("All"), "#", true)
        .counted_chip(t!("Active"), "#", false, 1197)
        .counted_chip(t!("In trial"), "#", false, 34)
        .counted_chip(t!("In grace"), "#", false, 11)
        .counted_chip(t!("Expired"), "#", false, 42)
        .csv("#")
        .render(reader)
}

fn table(reader: &Reader) -> Markup {
    let rows = MEMBERS.iter().collect();
    crate::table("members")
        .caption(t!("Members"))
        .select(
            "member",
            |m: &&Member| m.name.to_owned(),
            |m| m.name.to_owned(),
        )
        .column(t!("Member"), |m: &&Member| {
            crate::person_with(m.name, m.detail)
        })
        .sortable("name")
        .column(t!("Status"), |m| badge(reader, m.tone, &said(m.status)))
        .column(t!("Plan"), |m| html! { (m.plan) })
        .column(t!("Until"), |m| {
            crate::date(reader, NOW + Time::days(m.days_left))
        })
        .sortable("until")
        .column(t!("Paid so far"), |m| crate::money(reader, euros(m.paid)))
        .numeric()
        .column(t!("Last seen"), |m| {
            crate::ago(reader, NOW - Time::hours(m.paid / 100))
        })
        .minor()
        .row_link(|_| "#".to_owned())
        .row_state(|m| {
            if m.status == "Expired" {
                "ended"
            } else {
                "living"
            }
        })
        .row_menu(|m| {
            crate::menu(t!("More for {name}", name = m.name))
                .link("#", t!("Open"))
                .post("#", "token", t!("Extend by a month"))
                .link("#", t!("Write a message"))
                .render(reader)
        })
        .sort(Sort::new("until", true, |_, _| "#".to_owned()))
        .next(|_| "#".to_owned())
        .render(
            reader,
            &PageOf {
                rows,
                next: Some("x".to_owned()),
            },
        )
}

pub(super) fn new_plan(assets: &Assets) -> Markup {
    let reader = &Reader::default();
    let mut errors = FormErrors::one(
        "name",
        t!("A plan with this name exists already. Choose another."),
    );
    errors.add(
        "price",
        t!("This is not an amount. Write it like 12.50, without a sign or currency."),
    );
    framed(
        reader,
        assets,
        Framed {
            title: t!("New plan"),
            intro: None,
            current: "form.html",
            actions: html! {},
            flash: None,
            body: what_is_sold(&errors).render(reader),
        },
    )
}

fn what_is_sold(errors: &FormErrors) -> crate::Form {
    let form = crate::form("/office/plans", "token")
        .errors(errors)
        .fields(how_it_is_sold())
        .heading(
            t!("What is in it"),
            Some(t!(
                "These limits count from the next renewal for those who have the plan."
            )),
        )
        .fields(what_is_in_it());
    form.submit(t!("Create the plan")).cancel("#")
}

fn how_it_is_sold() -> [field::Field; 5] {
    let kind = field::cards("kind", t!("What is it for?"))
        .explained(
            "membership",
            t!("Membership"),
            t!("Access to Plex, Jellyfin or Emby."),
        )
        .explained(
            "radio",
            t!("Radio"),
            t!("A station with listeners and AutoDJ."),
        )
        .refused(
            "tv",
            t!("TV"),
            t!("Not yet: no engine for television is connected."),
        );
    let period = field::select("period", t!("Paid"))
        .option("months", t!("Every month"))
        .option("years", t!("Every year"))
        .option("once", t!("Once"));
    let name = field::text("name", t!("Name")).hint(t!("As members see it on your pages."));
    let price = field::money_in(
        "price",
        t!("Price"),
        "currency",
        Currency::EUR,
        [Currency::EUR],
    );
    [
        kind.required().value("membership"),
        name.required().value("Family"),
        price.required().half().value("12,oo"),
        period.required().half().value("months"),
        field::area("words", t!("Description")).value("Four seats, everyone their own sign-in."),
    ]
}

fn what_is_in_it() -> [field::Field; 7] {
    let groups = field::ticks("libraries", t!("Library groups"), vec!["films".to_owned()])
        .option("films", t!("Films"))
        .option("series", t!("Series"))
        .option("kids", t!("Children"));
    let streams = field::number("streams", t!("Streams at once")).between(1, 40);
    let trial = field::tick("trial", t!("New members may try it for 3 days"), true);
    [
        streams.required().half().value("4"),
        field::number("devices", t!("Devices"))
            .half()
            .unit(t!("devices"))
            .value("10"),
        groups,
        trial.hint(t!("Once for each person.")),
        field::date("from", t!("On sale from"))
            .half()
            .value("2026-12-01"),
        field::secret("key", t!("Stripe key"), true)
            .half()
            .hint(t!("Starts with sk_.")),
        field::file("picture", t!("Picture"), "image/png,image/jpeg"),
    ]
}
