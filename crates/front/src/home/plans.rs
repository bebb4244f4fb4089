//! Plans and prices, as cards beside each other.

use axum::extract::State;
use billing::events::length_text;
use kit::{Reader, Text, t};
use maud::{Markup, html};
use media::group::{self, Group};
use ui::Tone;
use web::{Guest, PageResult, Site, front};

use crate::home::offer::{self, Offer};

/// `GET /plans`
pub async fn show(guest: Guest, State(site): State<Site>) -> PageResult {
    let reader = &guest.reader;
    let for_sale = offer::for_sale(&site).await?;
    let offers: Vec<&Offer> = for_sale.offers.iter().collect();
    let body = html! {
        header.page-head {
            h1 { (reader.say(&t!("Plans and prices"))) }
            p { (reader.say(&t!("All prices are what you pay in the end. Change or leave whenever you like."))) }
        }
        (cards(reader, &offers, &for_sale.groups))
        @if offers.iter().any(|offer| offer.prices.len() > 1) { (all_prices(reader, &offers)) }
    };
    front(&site, &guest, t!("Plans"), "/plans", body).await
}

/// The plans side by side, or a sentence if there are none.
pub fn cards(reader: &Reader, offers: &[&Offer], groups: &[Group]) -> Markup {
    if offers.is_empty() {
        let sentence = t!(
            "Nothing can be joined right now. Please come back later; those who are in stay in."
        );
        let title = t!("No plans at the moment");
        return ui::empty("plans", title).sentence(sentence).render(reader);
    }
    let cards: Vec<Markup> = offers
        .iter()
        .map(|offer| card(reader, offer, groups, offers.len() > 1))
        .collect();
    ui::plans(reader, &t!("Plans"), &cards)
}

fn card(reader: &Reader, offer: &Offer, groups: &[Group], has_others: bool) -> Markup {
    let plan = &offer.plan;
    let price = html! {
        @match offer.leading() {
            Some(price) => (ui::price(reader, price.amount(), &price.period_text())),
            None => p.price { (reader.say(&t!("Free to try"))) },
        }
    };
    let mut card = ui::plan_card(&plan.version.name, price, action(reader, offer))
        .points(offer.entitlements.summary())
        .points(shelf(offer, groups));
    if !plan.version.description.is_empty() {
        card = card.sentence(&plan.version.description);
    }
    if plan.is_default && has_others {
        card = card.best(ui::badge(reader, Tone::Live, &t!("Recommended")));
    }
    if let Some(note) = note(offer) {
        card = card.note(note);
    }
    card.render(reader)
}

fn action(reader: &Reader, offer: &Offer) -> Markup {
    let plan = &offer.plan;
    let name = plan.version.name.clone();
    let choose = ui::link_button(
        format!("/checkout/{}", plan.id),
        t!("Choose {plan}", plan = name),
    );
    let choose = if plan.is_default {
        choose.primary()
    } else {
        choose
    };
    html! {
        @if !offer.prices.is_empty() { (choose.large().render(reader)) }
        @if let Some(trial) = offer.trial {
            (ui::link_button(format!("/trial/{}", plan.id), t!("Try {length} for free", length = length_text(trial)))
                .large().render(reader))
        }
    }
}

/// Which shelves of the house the plan opens.
fn shelf(offer: &Offer, groups: &[Group]) -> Vec<Text> {
    let names: Vec<String> = groups
        .iter()
        .filter(|group| offer.entitlements.groups.contains(&group.id))
        .filter(|group| group.id != group::standard())
        .map(|group| group.name.clone())
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![t!("With {libraries}", libraries = names.join(", "))]
}

fn note(offer: &Offer) -> Option<Text> {
    let leading = offer.leading()?;
    let others: Vec<_> = offer
        .prices
        .iter()
        .filter(|price| price.id != leading.id)
        .collect();
    Some(match others.as_slice() {
        [] => offer::mode_text(leading),
        [only] => t!("Or {price}.", price = offer::price_text(only)),
        more => Text::counted(
            i64::try_from(more.len()).unwrap_or(i64::MAX),
            "There is another price below.",
            "There are {n} more prices below.",
        ),
    })
}

fn all_prices(reader: &Reader, offers: &[&Offer]) -> Markup {
    let lines = offers.iter().flat_map(|offer| {
        offer.prices.iter().map(|price| {
            let there = format!("/checkout/{}?price={}", offer.plan.id, price.id);
            let title = html! { b { (offer.plan.version.name) } ", " (reader.say(&offer::price_text(price))) };
            ui::row(reader, Tone::Neutral, "card", &t!("Price"))
                .title(title)
                .say(reader, &offer::mode_text(price))
                .action(ui::link_button(there, t!("Choose")).render(reader))
        })
    });
    let rows = ui::rows().rows(lines).render(reader);
    ui::section(reader, &t!("All prices"), None, &rows)
}
