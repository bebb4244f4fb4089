//! Front of house: the headline, prices, and plans side by side.

use kit::{Money, Reader, Text};
use maud::{Markup, html};

use crate::icon::icon;

/// The first thing that visitors see.
pub fn hero(reader: &Reader, headline: &Text, sentence: &Text, actions: &Markup) -> Markup {
    html! {
        section.hero {
            h1 { (reader.say(headline)) }
            p { (reader.say(sentence)) }
            div.actions { (actions) }
            (posters())
        }
    }
}

/// Three posters of films that nobody has made, for those who look before they read.
fn posters() -> Markup {
    html! {
        svg.posters viewBox="0 0 420 360" aria-hidden="true" {
            g transform="rotate(-9 90 200)" {
                rect.moss x="14" y="70" width="160" height="240" rx="12" {}
                path.leaf d="M14 250q40-60 80-30t80-40v118a12 12 0 0 1-12 12H26a12 12 0 0 1-12-12z" {}
                path.stem d="M94 262V150M94 210q-26-4-30-30M94 190q24-4 28-28" {}
                circle.bloom cx="94" cy="140" r="20" {}
                rect.title x="34" y="284" width="70" height="7" rx="3.5" {}
            }
            g transform="rotate(8 330 190)" {
                rect.dusk x="246" y="62" width="160" height="240" rx="12" {}
                circle.sun cx="326" cy="170" r="44" {}
                path.hill-far d="M246 210q50-44 90-10t70-18v60H246z" {}
                path.hill d="M246 238q60-34 160 6v46a12 12 0 0 1-12 12H258a12 12 0 0 1-12-12z" {}
                rect.title x="266" y="276" width="86" height="7" rx="3.5" {}
            }
            g {
                rect.night x="122" y="36" width="176" height="264" rx="12" {}
                circle.moon cx="252" cy="92" r="22" {}
                path.beam d="M190 128 122 92v52zM206 128l92-26v56z" {}
                path.tower d="M188 220l5-84h10l5 84zM190 132l8-14 8 14z" {}
                path.sea d="M122 222q22-10 44 0t44 0 44 0 44 0v66a12 12 0 0 1-12 12H134a12 12 0 0 1-12-12z" {}
                rect.title x="144" y="258" width="104" height="8" rx="4" {}
                rect.title x="144" y="274" width="62" height="6" rx="3" opacity="0.6" {}
            }
        }
    }
}

/// A large price; `period` is "a month" or "once".
pub fn price(reader: &Reader, amount: Money, period: &Text) -> Markup {
    html! {
        p.price { (reader.amount(amount)) " " small { (amount.currency) " " (reader.say(period)) } }
    }
}

/// Plans beside each other.
pub fn plans(reader: &Reader, label: &Text, cards: &[Markup]) -> Markup {
    html! { section.plans aria-label=(reader.say(label)) { @for card in cards { (card) } } }
}

/// One plan: name, price, what is in it, and how to get it.
#[derive(Debug)]
pub struct PlanCard {
    name: String,
    sentence: Option<String>,
    price: Markup,
    points: Vec<Text>,
    badge: Option<Markup>,
    action: Markup,
    note: Option<Text>,
    is_best: bool,
}

/// `action` is usually a large link button.
pub fn plan_card(name: impl Into<String>, price: Markup, action: Markup) -> PlanCard {
    PlanCard {
        name: name.into(),
        sentence: None,
        price,
        points: Vec::new(),
        badge: None,
        action,
        note: None,
        is_best: false,
    }
}

impl PlanCard {
    /// The operator's own words.
    #[must_use]
    pub fn sentence(mut self, sentence: impl Into<String>) -> Self {
        self.sentence = Some(sentence.into());
        self
    }

    #[must_use]
    pub fn point(mut self, point: Text) -> Self {
        self.points.push(point);
        self
    }

    #[must_use]
    pub fn points(mut self, points: impl IntoIterator<Item = Text>) -> Self {
        self.points.extend(points);
        self
    }

    /// Stands out from the others.
    #[must_use]
    pub fn best(mut self, badge: Markup) -> Self {
        self.badge = Some(badge);
        self.is_best = true;
        self
    }

    /// Below the button: why it cannot be had now, or what comes after a trial.
    #[must_use]
    pub fn note(mut self, note: Text) -> Self {
        self.note = Some(note);
        self
    }

    pub fn render(self, reader: &Reader) -> Markup {
        html! {
            article.plan data-best[self.is_best] {
                header {
                    h2 { (self.name) @if let Some(badge) = self.badge { " " (badge) } }
                    @if let Some(sentence) = self.sentence { p { (sentence) } }
                }
                (self.price)
                ul.points { @for point in &self.points { li { (icon("check")) span { (reader.say(point)) } } } }
                div.action {
                    (self.action)
                    @if let Some(note) = &self.note { p.note { (reader.say(note)) } }
                }
            }
        }
    }
}
