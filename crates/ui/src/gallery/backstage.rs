//! The operator's overview, and the frame that the gallery's console pages share.

use kit::{Reader, Span as Time, Text, t};
use maud::{Markup, html};

use super::{NOW, euros, menu_of_the_office, said};
use crate::chart::{self, Point};
use crate::{
    Assets, ConsolePage, Delta, Flash, Moment, Row, Span, Tone, Viewer, badge, card, checklist,
    console_page, figure, grid, initials_mark, link_button, money, row, rows, timeline,
};

pub(super) struct Framed {
    pub title: Text,
    pub intro: Option<Text>,
    pub current: &'static str,
    pub actions: Markup,
    pub flash: Option<Flash>,
    pub body: Markup,
}

pub(super) fn framed(reader: &Reader, assets: &Assets, page: Framed) -> Markup {
    let path = if page.current == "overview.html" {
        Vec::new()
    } else {
        vec![crate::Crumb::new(t!("Overview"), "overview.html")]
    };
    console_page(&ConsolePage {
        reader,
        assets,
        site_name: "Northern Lights",
        home: "overview.html",
        title: page.title,
        intro: page.intro,
        path: &path,
        menu: &menu_of_the_office(),
        current: page.current,
        viewer: &Viewer {
            name: "Robin Ashdown".to_owned(),
            detail: "Administrator".to_owned(),
        },
        csrf: "token",
        search: Some("/office/search"),
        needs_count: 3,
        actions: page.actions,
        flash: page.flash.as_ref(),
        body: page.body,
    })
}

pub(super) fn overview(assets: &Assets) -> Markup {
    let reader = &Reader::default();
    let body = grid(&[
        needs(reader),
        income(reader),
        figure(t!("Active members"), html! { "1,197" })
            .picture(chart::sparkline(
                reader,
                &t!("Members by day"),
                &[9, 11, 10, 12, 15, 14, 17, 19],
            ))
            .more("#", t!("62 end within 7 days"))
            .render(reader),
        figure(t!("In trial"), html! { "34" })
            .more("#", t!("19 became members this month"))
            .render(reader),
        figure(t!("In grace"), html! { "11" })
            .more("#", t!("4 lose access tomorrow"))
            .render(reader),
        figure(t!("Listeners now"), html! { "3,418" })
            .picture(chart::sparkline(
                reader,
                &t!("Listeners by hour"),
                &[5, 3, 2, 4, 9, 14, 12, 18],
            ))
            .more("#", t!("12 stations on the air"))
            .render(reader),
        now_playing(reader),
        set_up(reader),
        servers(reader),
        lately(reader),
    ]);
    framed(
        reader,
        assets,
        Framed {
            title: t!("Good afternoon, Robin"),
            intro: Some(t!("Everything runs. Three things want you.")),
            current: "overview.html",
            actions: html! {
                (link_button("#", t!("Invite someone")).icon("invitation").render(reader))
                (link_button("#", t!("Enter a payment")).primary().render(reader))
            },
            flash: None,
            body,
        },
    )
}

fn needs(reader: &Reader) -> Markup {
    let wants = |tone: Tone,
                 icon: &str,
                 title: &'static str,
                 why: &'static str,
                 action: &'static str|
     -> Row {
        row(reader, tone, icon, &said(title))
            .say(reader, &said(why))
            .action(link_button("#", said(action)).render(reader))
    };
    let list = rows()
        .row(wants(
            Tone::Bad,
            "warning",
            "Jonas Weber has paid but is not let in yet",
            "“Aurora” answers that its key was refused (401). Next try in 4 minutes.",
            "Renew Aurora’s key",
        ))
        .row(wants(
            Tone::Warn,
            "payments",
            "15.00 EUR from m.okafor@example.org fits nobody",
            "Most likely Mara Okafor: same surname, same amount as in October.",
            "Assign to Mara",
        ))
        .row(wants(
            Tone::Warn,
            "servers",
            "“Borealis” will be full in about 9 days",
            "91 of 96 places are taken; “Family 4K” can be sold on no other server.",
            "See why",
        ));
    card(t!("Needs you"))
        .span(Span::Seven)
        .aside(html! { a href="#" { "All events" } })
        .flush()
        .render(reader, &list.render(reader))
}

fn income(reader: &Reader) -> Markup {
    let days = [
        31, 34, 33, 38, 36, 44, 42, 47, 46, 50, 49, 52, 48, 56, 54, 60, 58, 63, 61, 66,
    ];
    let points: Vec<Point> = days
        .iter()
        .zip(3..)
        .map(|(value, day)| Point::new(format!("{day} Nov"), value * 100))
        .collect();
    let delta = Delta {
        tone: Tone::Good,
        is_up: true,
        words: t!("8.4 % against the month before"),
    };
    let body = html! {
        p.lead { (money(reader, euros(684_200))) }
        p.delta data-tone=(delta.tone.word()) { span aria-hidden="true" { "▲ " } (reader.say(&delta.words)) }
        (chart::area(reader, &t!("Income by day, in euros"), &points))
    };
    card(t!("Income"))
        .span(Span::Five)
        .aside(html! { "last 30 days" })
        .render(reader, &body)
}

fn now_playing(reader: &Reader) -> Markup {
    let stream = |who: &str,
                  title: &'static str,
                  detail: &str,
                  done: i64,
                  tone: Tone,
                  how: &'static str|
     -> Row {
        row(reader, tone, "play", &said(title))
            .mark(initials_mark(who))
            .detail(html! { (who) " · " (detail) })
            .below(chart::meter(reader, &t!("Played"), done, 100, Tone::Live))
            .state(badge(reader, tone, &said(how)))
    };
    let list = rows()
        .row(stream(
            "Mara Okafor",
            "The Lighthouse Keepers · S2 · E4",
            "living-room TV · Rotterdam",
            62,
            Tone::Good,
            "Direct · 1080p",
        ))
        .row(stream(
            "Jonas Weber",
            "Salt Roads · 2024",
            "phone · on the move",
            24,
            Tone::Warn,
            "Transcoding · 4K to 720p",
        ))
        .row(stream(
            "The Haddads",
            "Deep Garden · S1 · E1",
            "tablet · Lyon",
            88,
            Tone::Good,
            "Direct · 720p",
        ));
    card(t!("Now playing"))
        .span(Span::Seven)
        .badge(badge(reader, Tone::Live, &t!("41 live")))
        .aside(html! { a href="#" { "All streams" } })
        .flush()
        .render(reader, &list.render(reader))
}

fn set_up(reader: &Reader) -> Markup {
    let list = checklist()
        .item(
            true,
            t!("Add a media server"),
            t!("Aurora and Borealis are in sync."),
            "#",
        )
        .item(
            true,
            t!("Make a plan"),
            t!("Solo, Family and Year can be bought."),
            "#",
        )
        .item(
            false,
            t!("Take payments"),
            t!("Connect Stripe or PayPal, or take transfers by hand."),
            "#",
        )
        .item(
            false,
            t!("Send letters"),
            t!("Without a mail server, letters are only kept in the log."),
            "#",
        );
    card(t!("Set up the house"))
        .span(Span::Five)
        .aside(html! { "2 of 4" })
        .flush()
        .render(reader, &list.render(reader))
}

fn servers(reader: &Reader) -> Markup {
    let table = crate::table("servers")
        .column(t!("Server"), |s: &(&str, &str, Tone, &'static str, i64, i64)| html! {
            span.person { (crate::brand(s.0)) span.who { span.name { (s.0) } span.detail { (s.1) } } }
        })
        .row_link(|_| "#".to_owned())
        .column(t!("State"), |s| badge(reader, s.2, &said(s.3)))
        .column(t!("Places"), |s| crate::usage(reader, &t!("Taken"), s.4, s.5));
    let rows = [
        (
            "Aurora",
            "Jellyfin · Helsinki",
            Tone::Bad,
            "Key refused",
            212,
            300,
        ),
        (
            "Borealis",
            "Plex · Frankfurt",
            Tone::Good,
            "In sync",
            91,
            96,
        ),
        ("Polaris", "Emby · Paris", Tone::Good, "In sync", 148, 200),
        (
            "Vega",
            "Jellyfin · trials",
            Tone::Neutral,
            "Disabled",
            0,
            50,
        ),
    ];
    card(t!("Servers"))
        .span(Span::Seven)
        .aside(html! { a href="#" { "All servers" } })
        .flush()
        .render(reader, &table.render_rows(reader, &rows))
}

fn lately(reader: &Reader) -> Markup {
    let story = timeline(vec![
        Moment::new(
            NOW - Time::minutes(4),
            "check",
            Tone::Good,
            t!("Mara Okafor has access to Borealis."),
        )
        .by(t!("after her payment")),
        Moment::new(
            NOW - Time::minutes(5),
            "payments",
            Tone::Neutral,
            t!("Mara Okafor paid 12.00 EUR with Stripe."),
        ),
        Moment::new(
            NOW - Time::hours(2),
            "stop",
            Tone::Warn,
            t!("A stream of Jonas Weber was stopped."),
        )
        .because(t!(
            "His plan allows 1 stream; this was the second, started last."
        ))
        .by(t!("by the rule “Streams at once”")),
        Moment::new(
            NOW - Time::days(1),
            "invitation",
            Tone::Info,
            t!("Invitation “Film night” was used by Lena Haddad."),
        ),
    ]);
    card(t!("Lately"))
        .span(Span::Five)
        .render(reader, &story.render(reader))
}
