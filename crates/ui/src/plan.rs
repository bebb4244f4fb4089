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
