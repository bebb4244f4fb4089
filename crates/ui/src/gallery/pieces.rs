//! Every other piece of a console, one after the other.

use kit::{Reader, Text, t};
use maud::{Markup, html};

use super::backstage::{Framed, framed};
use super::{NOW, euros, said};
use crate::chart::{self, Point, Slice};
use crate::{Assets, Span, Tab, Tone, badge, button, card, confirm, grid, icon, notice};

pub(super) fn pieces(assets: &Assets) -> Markup {
    let reader = &Reader::default();
    let tabs = [
        Tab::new(t!("Overview"), "#", true),
        Tab::new(t!("Payments"), "#", false).count(14),
        Tab::new(t!("Devices"), "#", false),
        Tab::new(t!("Story"), "#", false),
    ];
    let body = html! {
        (crate::tabs(reader, &t!("Views of this member"), &tabs))
        (grid(&[
            states(reader), buttons(reader), facts(reader), rings(reader), bars(reader), values(reader),
            teaching(reader), listeners(reader), icons(reader),
        ]))
        (notices(reader))
    };
    framed(
        reader,
        assets,
        Framed {
            title: t!("Pieces"),
            intro: Some(t!("Everything that pages are made of.")),
            current: "pieces.html",
            actions: delete(reader),
            flash: None,
            body,
        },
    )
}

fn delete(reader: &Reader) -> Markup {
    confirm("delete-solo", t!("Delete…"), "/office/plans/solo/delete", "token")
        .question(t!("Delete the plan “Solo”?"))
        .sentence(t!("Nobody has it. It disappears from your pages at once; payments made for it stay. This cannot be taken back."))
        .really(t!("Delete the plan"))
        .render(reader)
}

fn states(reader: &Reader) -> Markup {
    let all = [
        (Tone::Neutral, "Disabled"),
        (Tone::Info, "Being set up"),
        (Tone::Good, "In sync"),
        (Tone::Warn, "In grace"),
        (Tone::Bad, "Key refused"),
        (Tone::Live, "On the air"),
    ];
    let body = html! {
        div.chips { @for (tone, word) in all { (badge(reader, tone, &said(word))) } }
        (crate::usage(reader, &t!("Places"), 91, 96))
        (crate::usage(reader, &t!("Storage, in GB"), 12, 50))
        (crate::progress(reader, &t!("Reading the library “Films”"), 640, Some(1843)))
        (crate::steps(reader, &[t!("Plan"), t!("You"), t!("Payment"), t!("Welcome")], 2))
    };
    card(t!("States")).span(Span::Half).render(reader, &body)
}

fn buttons(reader: &Reader) -> Markup {
    let body = html! {
        div.chips {
            (button(t!("Save")).primary().render(reader))
            (button(t!("Look again")).icon("refresh").render(reader))
            (button(t!("Remove")).danger().render(reader))
            (button(t!("Not now")).quiet().render(reader))
            (button(t!("Small")).small().render(reader))
            (crate::dialog(reader, "about", &t!("About…"), &t!("About this server"), &html! { p { "Aurora has run for 42 days." } }))
            (crate::menu(t!("More")).link("#", t!("Open")).post("#", "token", t!("Synchronise now")).render(reader))
        }
        (crate::copyable(reader, &t!("Invitation link"), "https://northern.example/i/8fK2-mWq1"))
        (crate::secret_once(reader, &t!("API key"), "ph_3kq9v7x2m4n8"))
    };
    card(t!("Things to do"))
        .span(Span::Half)
        .render(reader, &body)
}

fn facts(reader: &Reader) -> Markup {
    let body = crate::facts()
        .line(t!("Plan"), html! { a.link href="#" { "Family" } })
        .line(t!("Paid until"), crate::date(reader, NOW))
        .explained(t!("Access"), badge(reader, Tone::Warn, &t!("Differs")), t!("Aurora still shows two libraries that the plan does not open. They are withdrawn at the next try, in 4 minutes."))
        .line(t!("Payer"), crate::person(reader, Some("Mara Okafor")))
        .line(t!("Referred by"), crate::person(reader, None))
        .line(t!("Wallet"), crate::money(reader, euros(-1250)))
        .line(t!("Number"), crate::code("mem_01k3f8"))
        .line(t!("Last seen"), crate::ago(reader, NOW));
    card(t!("Membership"))
        .span(Span::Half)
        .render(reader, &body.render(reader))
}

fn rings(reader: &Reader) -> Markup {
    let slices = [
        Slice::new(t!("Direct play"), 284),
        Slice::new(t!("Remux"), 61),
        Slice::new(t!("Video transcoding"), 97),
        Slice::new(t!("Sound transcoding"), 22),
    ];
    let body = chart::donut(reader, &t!("Streams of the week by decision"), &slices);
    card(t!("How streams were sent"))
        .span(Span::Half)
        .aside(html! { "7 days" })
        .render(reader, &body)
}

fn bars(reader: &Reader) -> Markup {
    let points: Vec<Point> = [
        12, 8, 5, 3, 2, 2, 4, 9, 15, 18, 16, 19, 24, 22, 20, 23, 31, 44, 62, 71, 78, 69, 48, 26,
    ]
    .iter()
    .zip(0..)
    .map(|(value, hour)| Point::new(format!("{hour}:00"), *value))
    .collect();
    let body = chart::bars(reader, &t!("Streams by hour"), &points);
    card(t!("Streams by hour"))
        .span(Span::Half)
        .aside(html! { "today" })
        .render(reader, &body)
}

fn listeners(reader: &Reader) -> Markup {
    let points: Vec<Point> = (0..24)
        .map(|hour| Point::new(format!("{hour}:00"), hour * 7 % 31))
        .collect();
    let label = t!("Listeners by hour");
    let instead = chart::area(reader, &label, &points);
    let names = [t!("Listeners"), t!("Guests")];
    let body = chart::series(reader, &label, "/series.json", &names, &instead);
    card(t!("Listeners")).span(Span::Half).render(reader, &body)
}

fn values(reader: &Reader) -> Markup {
    let label = t!("Pairing code for a phone");
    let body = html! {
        (crate::qr_code(reader, &label, 9, "M0 0h3v3h-3zM6 0h3v3h-3zM0 6h3v3h-3zM4 1h1v2h-1zM4 4h2v1h-2zM7 4h1v2h-1zM5 7h3v1h-3z"))
        (crate::passkey(reader, &t!("Add a passkey"), "/account/passkeys/options", "/account/passkeys", "token"))
    };
    card(t!("Codes")).span(Span::Half).render(reader, &body)
}

fn teaching(reader: &Reader) -> Markup {
    let body = crate::empty("stations", t!("No stations yet"))
        .sentence(t!("A station is a radio service of one customer. It appears here as soon as somebody buys a radio plan."))
        .action(crate::link_button("#", t!("Make a radio plan")).primary().render(reader))
        .render(reader);
    card(t!("Stations")).span(Span::Half).render(reader, &body)
}

fn icons(reader: &Reader) -> Markup {
    let body = html! { div.chips { @for (name, _) in crate::ICONS { span.mark title=(name) { (icon(name)) } } } };
    card(t!("Icons")).span(Span::Half).render(reader, &body)
}

fn notices(reader: &Reader) -> Markup {
    let one = |tone: Tone, title: Text, sentence: Text| notice(tone, title).sentence(sentence);
    crate::stack(&[
        one(
            Tone::Info,
            t!("New servers arrive disabled"),
            t!("Look at its libraries first, then let members in."),
        )
        .render(reader),
        one(
            Tone::Good,
            t!("The move is done"),
            t!("1,197 members were taken over; 3 wait for your word."),
        )
        .render(reader),
        one(
            Tone::Warn,
            t!("Letters are not sent"),
            t!("No mail server is set, so reminders stay here."),
        )
        .action(crate::link_button("#", t!("Set up mail")).render(reader))
        .render(reader),
        one(
            Tone::Bad,
            t!("Aurora refuses its key"),
            t!("Sign in again; members keep watching meanwhile, but nobody new is let in."),
        )
        .render(reader),
    ])
}
