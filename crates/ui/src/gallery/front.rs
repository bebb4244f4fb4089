//! Front of house: home with plans, my account, and signing in.

use kit::{Reader, Span as Time, Text, t};
use maud::{Markup, html};

use super::{NOW, euros};
use crate::form::field;
use crate::{
    Assets, FrontPage, Language, Moment, PlainPage, Tone, badge, front_page, hero, link_button,
    plain_page, plan_card, price,
};

fn framed(
    reader: &Reader,
    assets: &Assets,
    title: Text,
    viewer: Option<&str>,
    body: Markup,
) -> Markup {
    let language = |code: &str, name: &str| Language {
        code: code.to_owned(),
        name: name.to_owned(),
    };
    front_page(&FrontPage {
        reader,
        assets,
        site_name: "Northern Lights",
        logo: None,
        title,
        nav: &[
            (t!("Plans"), "home.html".to_owned()),
            (t!("Radio"), "#".to_owned()),
            (t!("Questions"), "#q".to_owned()),
        ],
        current: "home.html",
        viewer,
        may_join: true,
        csrf: "token",
        flash: None,
        footer: &[
            (t!("Imprint"), "#".to_owned()),
            (t!("Privacy"), "#".to_owned()),
        ],
        languages: &[language("en", "English"), language("de", "Deutsch")],
        body,
    })
}

pub(super) fn home(assets: &Assets) -> Markup {
    let reader = &Reader::default();
    let actions = html! {
        (link_button("#plans", t!("See the plans")).primary().large().render(reader))
        (link_button("#", t!("Try 3 days for free")).large().render(reader))
    };
    let body = html! {
        (hero(
            reader,
            &t!("A small film club with a very long shelf."),
            &t!("1,843 films and 96 series, chosen by people who watch them. Watch on your TV, phone or in the browser, together with 1,197 other members."),
            &actions,
        ))
        (crate::counts(reader, &t!("What you find here"), &[
            crate::Count { icon: "film", amount: 1843, words: t!("films") },
            crate::Count { icon: "now-playing", amount: 96, words: t!("series") },
        ]))
        (crate::plans(reader, &t!("Plans"), &[solo(reader), family(reader), year(reader)]))
    };
    framed(reader, assets, t!("Welcome"), None, body)
}

fn solo(reader: &Reader) -> Markup {
    let action = link_button("#", t!("Choose Solo")).large().render(reader);
    plan_card("Solo", price(reader, euros(600), &t!("a month")), action)
        .sentence("For one person, one screen.")
        .points([
            t!("1 stream at a time"),
            t!("Films and series in HD"),
            t!("Jellyfin or Plex"),
        ])
        .render(reader)
}

fn family(reader: &Reader) -> Markup {
    let action = link_button("#", t!("Choose Family"))
        .primary()
        .large()
        .render(reader);
    plan_card("Family", price(reader, euros(1200), &t!("a month")), action)
        .sentence("Four seats, everyone their own sign-in.")
        .best(badge(reader, Tone::Live, &t!("Most chosen")))
        .points([
            t!("4 streams at a time"),
            t!("Everything, in 4K where we have it"),
            t!("Downloads for the train"),
        ])
        .note(t!("3 days free, then 12.00 EUR a month."))
        .render(reader)
}

fn year(reader: &Reader) -> Markup {
    let action = link_button("#", t!("Choose Year")).large().render(reader);
    plan_card("Year", price(reader, euros(12_000), &t!("a year")), action)
        .sentence("Family, paid once a year.")
        .points([
            t!("All of Family"),
            t!("Two months for free"),
            t!("Card, PayPal, transfer or crypto"),
        ])
        .render(reader)
}

pub(super) fn account(assets: &Assets) -> Markup {
    let reader = &Reader::default();
    let story = crate::timeline(vec![
        Moment::new(NOW, "check", Tone::Good, t!("You have access to Borealis.")),
        Moment::new(
            NOW - Time::minutes(2),
            "payments",
            Tone::Neutral,
            t!("You paid 12.00 EUR for Family."),
        ),
    ]);
    let body = html! {
        section.membership {
            div.stack {
                div { (badge(reader, Tone::Good, &t!("Active"))) }
                h1 { "Family, until 22 December 2026" }
                p.until { "Renews by itself on 22 December for 12.00 EUR. We write to you 3 days before." }
                (crate::usage(reader, &t!("Days of this month"), 24, 31))
            }
            div.actions { (link_button("#", t!("Change plan")).render(reader)) (link_button("#", t!("Watch now")).primary().icon("play").render(reader)) }
        }
        (crate::section(reader, &t!("What happened"), Some(&t!("Everything we did for you, newest first.")), &story.render(reader)))
    };
    framed(reader, assets, t!("My account"), Some("Mara"), body)
}

pub(super) fn sign_in(assets: &Assets) -> Markup {
    let reader = &Reader::default();
    let form = crate::form("/sign-in", "token")
        .field(
            field::email("email", t!("E-mail or name"))
                .required()
                .focus()
                .autocomplete("username"),
        )
        .field(field::password("password", t!("Password")).required())
        .field(field::tick(
            "stay",
            t!("Stay signed in on this device"),
            true,
        ))
        .submit(t!("Sign in"));
    plain_page(&PlainPage {
        reader,
        assets,
        site_name: "Northern Lights",
        title: t!("Sign in"),
        intro: Some(t!("Good to see you again.")),
        flash: None,
        body: html! {
            (form.render(reader))
            (crate::passkey(reader, &t!("Use a passkey"), "/sign-in/passkey/options", "/sign-in/passkey", "token"))
        },
        below: html! { p { "New here? " a.link href="/register" { "Create a sign-in" } } p { a.link href="/sign-in/help" { "I cannot get in" } } },
    })
}
