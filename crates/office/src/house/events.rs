//! Events: what happened, to whom, by whom and why.

use axum::extract::{Path, Query, State};
use chronicle::{EventFilter, EventRow, Tone};
use kit::actor::ActorKind;
use kit::id::{EventId, Id};
use kit::{Actor, PageOf, Text, t};
use maud::{Markup, html};
use serde::Deserialize;
use ui::Moment;
use web::{PageError, PageResult, Site, Staff};

use crate::address::Address;
use crate::{desk, menu, words};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    tone: String,
    name: String,
    after: String,
}

impl Asked {
    fn address(&self) -> Address {
        Address::to(menu::EVENTS)
            .with("tone", &self.tone)
            .with("name", &self.name)
    }

    fn filter(&self) -> EventFilter {
        EventFilter {
            tone: Tone::parse(&self.tone),
            name: Some(self.name.trim().to_owned()).filter(|name| !name.is_empty()),
            by_people: false,
        }
    }
}

/// `GET /office/events`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let events = chronicle::list(&site.db, &asked.filter(), &desk::asked(&asked.after)).await?;
    let body = html! {
        (filters(&staff, &asked))
        (table(&staff, &events, &asked.address(), &t!(
            "Nothing of this kind has happened yet. Everything that happens in the house is written here."
        )))
    };
    let mut parts = desk::parts(t!("Events"), menu::EVENTS);
    parts.intro = Some(t!(
        "Everything that happened, newest first, with who did it and why."
    ));
    parts.actions = Some(
        ui::link_button(super::closed::CLOSED, t!("No longer needs you"))
            .icon("check")
            .render(&staff.reader),
    );
    desk::page(&site, &staff, parts, body).await
}

fn filters(staff: &Staff, asked: &Asked) -> Markup {
    let address = asked.address();
    let mut bar = ui::filters(menu::EVENTS)
        .search(
            "name",
            &asked.name,
            t!("Exact name, like billing.payment_settled"),
        )
        .chip(
            t!("All"),
            Address::to(menu::EVENTS),
            asked.tone.is_empty() && asked.name.is_empty(),
        );
    for (tone, label) in [
        (Tone::Bad, t!("Bad")),
        (Tone::Warn, t!("Warnings")),
        (Tone::Good, t!("Good")),
        (Tone::Info, t!("Plain")),
    ] {
        let is_current = asked.tone == tone.word();
        let word = if is_current { "" } else { tone.word() };
        bar = bar.chip(label, address.with("tone", word), is_current);
    }
    if !asked.tone.is_empty() {
        bar = bar.keep("tone", &asked.tone);
    }
    bar.render(&staff.reader)
}

/// Events as a table; the audit log is the same with fewer rows.
pub fn table(staff: &Staff, events: &PageOf<EventRow>, address: &Address, empty: &Text) -> Markup {
    let reader = &staff.reader;
    ui::table("events")
        .caption(t!("Events"))
        .column(
            t!("What"),
            |row: &EventRow| html! { (reader.say(&row.sentence)) },
        )
        .column(t!("Tone"), |row| {
            ui::badge(reader, words::tone(row.tone), &tone_word(row.tone))
        })
        .column(t!("By"), |row| html! { (reader.say(&actor(&row.actor.0))) })
        .column(t!("Why"), |row| {
            words::or_nothing(reader, row.reason.as_deref())
        })
        .minor()
        .column(t!("When"), |row| ui::ago(reader, row.at))
        .row_link(|row| format!("/office/events/{}", row.id))
        .empty(empty.clone())
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, events)
}

fn tone_word(tone: Tone) -> Text {
    match tone {
        Tone::Bad => t!("Bad"),
        Tone::Warn => t!("Warning"),
        Tone::Good => t!("Good"),
        Tone::Info => t!("Plain"),
    }
}

/// Who did it, for people.
pub fn actor(actor: &Actor) -> Text {
    match actor.kind {
        ActorKind::Visitor => t!("a visitor"),
        ActorKind::Schedule => t!("the schedule"),
        ActorKind::Flow => t!("the house"),
        ActorKind::Console => t!("the command line"),
        ActorKind::ApiKey => t!("the key {name}", name = actor.name.as_str()),
        ActorKind::Gateway => t!("the gateway {name}", name = actor.name.as_str()),
        ActorKind::Account => match &actor.on_behalf_of {
            Some(_) => t!("{name}, entered as them", name = actor.name.as_str()),
            None => Text::verbatim(actor.name.clone()),
        },
    }
}

/// An event in a time line.
pub fn moment(event: &EventRow) -> Moment {
    let tone = words::tone(event.tone);
    let moment = Moment::new(event.at, icon(&event.name), tone, event.sentence.clone())
        .by(actor(&event.actor.0));
    match event.reason.as_deref().filter(|reason| !reason.is_empty()) {
        Some(reason) => moment.because(Text::verbatim(reason)),
        None => moment,
    }
}

fn icon(name: &str) -> &'static str {
    match name.split('.').next() {
        Some("billing") => "payments",
        Some("media") => "servers",
        Some("people") => "member",
        Some("outreach") => "mail",
        _ => "events",
    }
}

/// `GET /office/events/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let id = EventId::parse(&id).ok_or(PageError::NotFound)?;
    let event = chronicle::find(&site.db, &id)
        .await?
        .ok_or(PageError::NotFound)?;
    let reader = &staff.reader;
    let subject = match subject_href(event.subject.as_str()) {
        Some(href) => ui::link(&href, event.subject.as_str()),
        None => ui::code(event.subject.as_str()),
    };
    let facts = ui::facts()
        .line(t!("What"), html! { (reader.say(&event.sentence)) })
        .line(t!("When"), ui::moment(reader, event.at))
        .line(t!("By"), html! { (reader.say(&actor(&event.actor.0))) })
        .maybe(
            t!("Why"),
            event.reason.as_ref().map(|reason| html! { (reason) }),
        )
        .line(t!("About"), subject)
        .line(t!("Name"), ui::code(&event.name))
        .line(t!("Number"), ui::code(event.id.as_str()));
    let body = ui::card(event.sentence.clone())
        .badge(ui::badge(
            reader,
            words::tone(event.tone),
            &tone_word(event.tone),
        ))
        .render(reader, &facts.render(reader));
    let parts = desk::below(t!("Event"), t!("Events"), menu::EVENTS);
    desk::page(&site, &staff, parts, ui::grid(&[body])).await
}

/// The page of a thing, by the prefix of its id. `None`: it has none.
fn subject_href(subject: &str) -> Option<String> {
    let (prefix, _) = subject.split_once('_')?;
    let folder = match prefix {
        "mem" => "members",
        "acc" => "accounts",
        "pay" => "payments",
        "sub" => "subscriptions",
        "pln" => "plans",
        "srv" => "servers",
        "gtw" => "gateways",
        _ => return None,
    };
    Some(format!("/office/{folder}/{subject}"))
}
