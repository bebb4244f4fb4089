//! The last readings of a server: what each read, what it changed, and what it could not.

use kit::{Reader, Text, Timestamp, t};
use maud::{Markup, html};
use media::Server;
use media::reads::{self, ReadState, Report, ServerRead, Why};
use ui::{Span, Tone};
use web::{PageError, Site, Staff};

/// How many are shown.
const SHOWN: i64 = 8;

pub async fn card(site: &Site, staff: &Staff, server: &Server) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let newest = reads::newest(&site.db, &server.id, SHOWN).await?;
    let is_running = newest.first().is_some_and(is_running);
    let table = ui::table("reads")
        .caption(t!("Readings"))
        .column(t!("When"), |row: &ServerRead| {
            html! { div { (ui::ago(reader, row.begun_at)) p.hint { (reader.say(&why(row.asked_by))) } } }
        })
        .column(t!("Read"), |row| html! { (reader.say(&what_was_read(row))) })
        .column(t!("Changed and missed"), |row| found(reader, row))
        .empty(t!("It has not been read yet. It is read every hour, and when you press «Read it now»."))
        .render_rows(reader, &newest);
    let aside = html! {
        @if is_running {
            (ui::link(&format!("/office/servers/{}", server.id), &reader.say(&t!("Being read now: look again"))))
        }
    };
    Ok(ui::card(t!("Readings"))
        .span(Span::Full)
        .flush()
        .aside(aside)
        .render(reader, &table))
}

fn is_running(row: &ServerRead) -> bool {
    row.state == ReadState::Running
}

fn why(why: Why) -> Text {
    match why {
        Why::Schedule => t!("by itself"),
        Why::Person => t!("somebody asked"),
        Why::Push => t!("the server said that something changed"),
        Why::Lost => t!("it was out of reach"),
    }
}

fn what_was_read(row: &ServerRead) -> Text {
    match row.state {
        ReadState::Running => t!("Being read…"),
        ReadState::Failed => t!("Nothing"),
        ReadState::Done => t!(
            "{users} users, {libraries} libraries in {seconds}",
            users = row.report.0.users,
            libraries = row.report.0.libraries,
            seconds = seconds(row.begun_at, row.ended_at)
        ),
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> String {
    let ms = to.since(from).as_ms().max(0);
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

fn found(reader: &Reader, row: &ServerRead) -> Markup {
    if row.state == ReadState::Running {
        return html! {};
    }
    let report = &row.report.0;
    if report.is_quiet() {
        return html! { span.hint { (reader.say(&t!("All as it should be"))) } };
    }
    html! {
        div {
            @for line in changes(report) { p { (reader.say(&line)) } }
            @for reason in &report.could_not {
                p { (ui::badge(reader, Tone::Bad, &t!("Missed"))) " " (reader.say(reason)) }
            }
        }
    }
}

fn changes(report: &Report) -> Vec<Text> {
    let mut lines = counts(report);
    let news = &report.library_news;
    if let Some(before) = &report.renamed_from {
        lines.push(t!(
            "The server was called {name} before",
            name = before.as_str()
        ));
    }
    if !news.added.is_empty() {
        lines.push(t!(
            "New libraries: {names}. They stay private until you put them into a group.",
            names = news.added.join(", ")
        ));
    }
    if !news.gone.is_empty() {
        lines.push(t!("Libraries gone: {names}", names = news.gone.join(", ")));
    }
    lines.extend(news.renamed.iter().map(|(before, now)| {
        t!(
            "The library {before} is called {now} now",
            before = before.as_str(),
            now = now.as_str()
        )
    }));
    lines
}

/// What was counted, without what there was none of.
fn counts(report: &Report) -> Vec<Text> {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let new = number(report.new_users.len());
    let gone = number(report.gone_users);
    let corrected = number(report.corrected);
    let handed_over = number(report.handed_over);
    let stopped = number(report.stopped);
    let lines = [
        (new, Text::counted(new, "One new user", "{n} new users")),
        (
            gone,
            Text::counted(gone, "One user is gone", "{n} users are gone"),
        ),
        (
            corrected,
            Text::counted(
                corrected,
                "One member’s access was put right",
                "The access of {n} members was put right",
            ),
        ),
        (
            handed_over,
            Text::counted(
                handed_over,
                "One member’s access is being put right",
                "The access of {n} members is being put right",
            ),
        ),
        (
            stopped,
            Text::counted(
                stopped,
                "One stream of a suspended member was stopped",
                "{n} streams of suspended members were stopped",
            ),
        ),
    ];
    let some = lines.into_iter().filter(|(n, _)| *n > 0);
    some.map(|(_, line)| line).collect()
}
