//! What needed somebody and does not any more: who closed it, when, and in which words.

use axum::extract::{Query, State};
use chronicle::want::{self, Ended, Want};
use kit::{PageOf, t};
use maud::{Markup, html};
use serde::Deserialize;
use ui::Tone;
use web::{PageResult, Site, Staff};

use crate::address::Address;
use crate::{desk, menu, words};

/// Where this list stands.
pub const CLOSED: &str = "/office/events/closed";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    how: String,
    after: String,
}

impl Asked {
    fn ended(&self) -> Ended {
        match self.how.as_str() {
            "note" => Ended::ByHand,
            _ => Ended::AnyHow,
        }
    }
}

/// `GET /office/events/closed`
pub async fn list(
    staff: Staff,
    State(site): State<Site>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ended = asked.ended();
    let closed = want::list_closed(&site.db, ended, &desk::asked(&asked.after)).await?;
    let is_by_hand = ended == Ended::ByHand;
    let bar = ui::filters(CLOSED)
        .chip(t!("All"), CLOSED, !is_by_hand)
        .chip(
            t!("Closed with a note"),
            Address::to(CLOSED).with("how", "note"),
            is_by_hand,
        );
    let body = html! {
        (bar.render(&staff.reader))
        (table(&staff, &asked, &closed))
    };
    let mut parts = desk::below(t!("No longer needs you"), t!("Events"), menu::EVENTS);
    parts.intro = Some(t!(
        "What stood under “Needs you” and is closed: by whom, when, and why."
    ));
    desk::page(&site, &staff, parts, body).await
}

fn table(staff: &Staff, asked: &Asked, closed: &PageOf<Want>) -> Markup {
    let reader = &staff.reader;
    let address = Address::to(CLOSED).with("how", &asked.how);
    ui::table("closed")
        .caption(t!("No longer needs you"))
        .column(t!("What"), |row: &Want| what(staff, row))
        .column(t!("How it ended"), |row| how(staff, row))
        .column(t!("By"), |row| {
            words::or_nothing(reader, row.closed_by.as_deref())
        })
        .column(t!("Closed"), |row| ui::ago(reader, row.closed_at))
        .column(t!("Stood since"), |row| ui::moment(reader, row.since))
        .minor()
        .empty(t!(
            "Nothing was closed yet. What leaves “Needs you” stands here, with the note of whoever closed it."
        ))
        .next(move |mark| address.with("after", mark).to_string())
        .render(reader, closed)
}

fn what(staff: &Staff, row: &Want) -> Markup {
    let reader = &staff.reader;
    let words = reader.say(&row.sentence);
    html! {
        @if menu::may_open(staff, &row.action_href) { (ui::link(&row.action_href, &words)) } @else { (words) }
    }
}

fn how(staff: &Staff, row: &Want) -> Markup {
    let reader = &staff.reader;
    html! {
        @match &row.note {
            Some(note) => { (note) }
            None => { (ui::badge(reader, Tone::Good, &t!("Done"))) }
        }
    }
}
