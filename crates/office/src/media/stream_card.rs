//! One stream as a card: what, who, where, how, how far, and a way to stop it.

use kit::id::StreamId;
use kit::{Text, t};
use lists::activity::StreamRow;
use maud::{Markup, html};
use media::remote::Decision;
use people::role::Permission;
use ui::{Span, Tone, field};
use web::Staff;

use crate::ask::{Ask, ask};

pub fn draw(staff: &Staff, stream: &StreamRow) -> Markup {
    let reader = &staff.reader;
    let (tone, words) = how(stream.decision, stream.height, stream.target_height);
    let body = html! {
        div.stack {
            p { (viewer(staff, stream)) " · " (stream.server_name) }
            p { (stream.device) @if !stream.app.is_empty() && stream.app != stream.device { " · " (stream.app) } }
            @if !stream.address.is_empty() { p.hint { (stream.address) } }
            p {
                (ui::badge(reader, tone, &words))
                @if stream.is_paused { " " (ui::badge(reader, Tone::Neutral, &t!("Paused"))) }
            }
            (progress(staff, stream))
            @if staff.may(Permission::StreamsStop) { div.buttons { (stop(staff, &stream.id, &stream.title)) } }
        }
    };
    ui::card(Text::verbatim(stream.title.clone()))
        .span(Span::Third)
        .render(reader, &body)
}

fn viewer(staff: &Staff, stream: &StreamRow) -> Markup {
    match (&stream.member_id, &stream.member_name) {
        (Some(id), Some(name)) if staff.may(Permission::MembersSee) => {
            ui::link(&format!("/office/members/{id}"), name)
        }
        (_, Some(name)) => html! { (name) },
        _ if stream.user_name.is_empty() => {
            html! { (staff.reader.say(&t!("The server does not say who"))) }
        }
        _ => html! { (stream.user_name) },
    }
}

fn progress(staff: &Staff, stream: &StreamRow) -> Markup {
    let reader = &staff.reader;
    let (done, of) = (stream.position_ms / 60_000, stream.length_ms / 60_000);
    if stream.length_ms <= 0 {
        return html! { p { (reader.say(&t!("Live, since {since}", since = duration(stream.position_ms)))) } };
    }
    let label = t!("{done} of {all} minutes", done = done, all = of);
    html! {
        div.usage {
            p { span { (reader.say(&label)) } }
            (ui::chart::meter(reader, &label, stream.position_ms, stream.length_ms, Tone::Live))
        }
    }
}

/// The question before a stream is stopped.
pub fn stop<'a>(staff: &'a Staff, id: &StreamId, title: &str) -> Ask<'a> {
    let action = format!("/office/streams/{id}/stop");
    ask(staff, &format!("stop-{id}"), t!("Stop"), action)
        .question(t!("Stop {title}?", title = title))
        .sentence(t!(
            "They can begin again: this ends what plays now, and nothing else."
        ))
        .field(
            field::text("reason", t!("Reason"))
                .hint(t!("It is shown on their screen, where the platform can."))
                .longest(200)
                .required(),
        )
        .gravely(t!("Stop"))
}

/// How it reaches the device, and whether that is hard work for the server.
pub fn how(decision: Decision, height: i64, target: i64) -> (Tone, Text) {
    let lines = |height: i64| match height {
        0 => None,
        1_600.. => Some("4K".to_owned()),
        other => Some(format!("{other}p")),
    };
    match (decision, lines(height), lines(target)) {
        (Decision::Transcode, Some(from), Some(to)) if from != to => (
            Tone::Warn,
            t!("{from} converted to {to}", from = from, to = to),
        ),
        (Decision::Transcode, ..) => (Tone::Warn, t!("Converted")),
        (Decision::Remux, Some(size), _) => (Tone::Info, t!("{size}, packed anew", size = size)),
        (Decision::Remux, None, _) => (Tone::Info, t!("Packed anew")),
        (Decision::Direct, Some(size), _) => (Tone::Good, t!("{size}, as it is", size = size)),
        (Decision::Direct, None, _) => (Tone::Good, t!("As it is")),
    }
}

/// To the minute.
pub fn duration(ms: i64) -> Text {
    let minutes = ms / 60_000;
    match (minutes / 60, minutes % 60) {
        (0, 0) => t!("less than a minute"),
        (0, minutes) => t!("{minutes} min", minutes = minutes),
        (hours, minutes) => t!("{hours} h {minutes} min", hours = hours, minutes = minutes),
    }
}
