//! Home: the operator's own words first, then what can be had, then how it works.

use axum::extract::State;
use billing::events::length_text;
use kit::{Reader, Text, t};
use maud::{Markup, PreEscaped, html};
use settings::SiteSettings;
use ui::Tone;
use web::{Guest, PageError, PageResult, Site, front};

use crate::home::offer::{self, Offer};
use crate::home::{counts, plans};

/// The page's middle, as everybody sees it who reads this language and is not signed in.
struct ForStrangers(Markup);

/// `GET /`
pub async fn show(guest: Guest, State(site): State<Site>) -> PageResult {
    let body = if guest.visit.is_some() {
        draw(&site, &guest).await?
    } else {
        let draw = async || Ok::<_, PageError>(ForStrangers(draw(&site, &guest).await?));
        let kept = site.db.kept_as(guest.reader.language(), draw).await?;
        PreEscaped(kept.0.0.clone())
    };
    front(&site, &guest, t!("Welcome"), "/", body).await
}

async fn draw(site: &Site, guest: &Guest) -> Result<Markup, PageError> {
    let reader = &guest.reader;
    let settings = site.settings().await?;
    let kept = offer::for_sale(site).await?;
    let (headline, introduction) = words(&settings);
    let actions = actions(reader, guest, &kept.offers);
    let for_sale = for_sale(&kept.offers);
    let counts = counts::draw(site, reader).await?;
    Ok(html! {
        (ui::hero(reader, &headline, &introduction, &actions))
        (plans::cards(reader, &for_sale, &kept.groups))
        @if let Some(counts) = counts { (counts) }
        (how_it_works(reader))
    })
}

/// The operator's headline and introduction, or words that are true of any house.
fn words(settings: &SiteSettings) -> (Text, Text) {
    let own = |words: &str| (!words.trim().is_empty()).then(|| Text::verbatim(words.trim()));
    let headline = own(&settings.headline)
        .unwrap_or_else(|| t!("Welcome to {house}.", house = settings.name.clone()));
    let introduction = own(&settings.introduction).unwrap_or_else(|| {
        t!("Films and series, well kept and ready to watch on your television, your phone or in the browser.")
    });
    (headline, introduction)
}

/// What is only to be tried has its button above; its card is among the plans.
fn for_sale(offers: &[Offer]) -> Vec<&Offer> {
    let is_sold = |offer: &&Offer| !offer.prices.is_empty();
    if offers.iter().any(|offer| is_sold(&offer)) {
        offers.iter().filter(is_sold).collect()
    } else {
        offers.iter().collect()
    }
}

fn actions(reader: &Reader, guest: &Guest, offers: &[Offer]) -> Markup {
    let trial = offers
        .iter()
        .find_map(|offer| Some((&offer.plan.id, offer.trial?)));
    html! {
        @if guest.visit.is_some() {
            (ui::link_button("/account", t!("My account")).primary().large().render(reader))
        } @else {
            @if !offers.is_empty() {
                (ui::link_button("/plans", t!("See the plans")).primary().large().render(reader))
            }
            @match trial {
                Some((plan, length)) => (ui::link_button(format!("/trial/{plan}"), t!("Try {length} for free", length = length_text(length))).large().render(reader)),
                None => (ui::link_button("/sign-in", t!("Sign in")).large().render(reader)),
            }
        }
    }
}

fn how_it_works(reader: &Reader) -> Markup {
    let step = |icon: &'static str, title: Text, sentence: Text| {
        let row = ui::row(reader, Tone::Info, icon, &title).say(reader, &sentence);
        let body = ui::rows().row(row).render(reader);
        html! { div.card data-span="4" data-flush { (body) } }
    };
    let cards = [
        step(
            "card",
            t!("Choose and pay"),
            t!("Pick a plan and pay the way you like. Your place is kept while you do."),
        ),
        step(
            "play",
            t!("Watch at once"),
            t!(
                "Seconds after the payment you are let in, with a name and password of your own choosing."
            ),
        ),
        step(
            "heart",
            t!("Stay as long as you like"),
            t!(
                "You see what comes next and when. Leaving takes one press, and so does coming back."
            ),
        ),
    ];
    ui::section(reader, &t!("How it works"), None, &ui::grid(&cards))
}
