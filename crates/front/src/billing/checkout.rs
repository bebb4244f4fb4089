//! Checkout: what, how often, how to pay, and the name for watching, on one page. Then the gateway's page.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use billing::checkout::{self, Opening};
use billing::gateway::CheckoutUrls;
use billing::gateways::{self, Gateway};
use flows::told_at_once::checkout::{self as story, Begun, Choice};
use kit::id::{AttemptId, GatewayId, Id, PlanId, PriceId};
use kit::{Actor, FormErrors, Secret, Text, t};
use maud::html;
use media::credentials;
use people::rate::{self, Rate};
use serde::Deserialize;
use tokio::time::Instant;
use ui::{Form, field};
use web::{
    CheckedForm, Done, PageError, PageResult, Posted, SignedIn, Site, front_with, see_other,
};

use crate::billing::choosing::{self, Answers, Questions};
use crate::forms::{self, Wrong};
use crate::home::offer::{self, Offer};

/// The price that was pressed on the page of plans.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    price: String,
}

/// Everything that the form is drawn from.
struct Scene {
    offer: Offer,
    gateways: Vec<Gateway>,
    questions: Questions,
}

/// `GET /checkout/{plan}`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(plan): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let Some(scene) = find(&site, &visitor, &plan).await? else {
        return Ok(gone(&site));
    };
    let mut typed = Posted::default();
    typed.set("price", asked.price);
    draw(&site, &visitor, &scene, &typed, &Wrong::default()).await
}

/// `POST /checkout/{plan}`
pub async fn begin(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(plan): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let Some(scene) = find(&site, &visitor, &plan).await? else {
        return Ok(gone(&site));
    };
    let mut errors = FormErrors::default();
    let answers = scene.questions.read(&form, &mut errors);
    let paid_by = scene.read(&form, &mut errors);
    let Some((price, gateway)) = paid_by.filter(|_| errors.is_empty()) else {
        return draw(&site, &visitor, &scene, &form, &Wrong::fields(errors)).await;
    };
    match try_out(&site, &visitor, price, gateway, answers).await {
        Ok(response) => Ok(response),
        Err(Stopped::Here(wrong)) => draw(&site, &visitor, &scene, &form, &wrong).await,
        Err(Stopped::Page(error)) => Err(error),
    }
}

/// Why checkout did not go on: with a word on the form, or with a page of its own.
enum Stopped {
    Here(Box<Wrong>),
    Page(PageError),
}

impl From<Result<Wrong, PageError>> for Stopped {
    fn from(came: Result<Wrong, PageError>) -> Self {
        match came {
            Ok(wrong) => Self::Here(Box::new(wrong)),
            Err(error) => Self::Page(error),
        }
    }
}

/// Reserves and freezes, links a user that is theirs, and opens the gateway's page.
async fn try_out(
    site: &Site,
    visitor: &SignedIn,
    price: PriceId,
    gateway: GatewayId,
    answers: Answers,
) -> Result<Response, Stopped> {
    let bucket = (Rate::CheckoutByAddress, visitor.browser.address.as_str());
    rate::pass(&site.db, &[bucket])
        .await
        .map_err(|error| Stopped::from(forms::of_people(error)))?;
    let choice = Choice {
        price,
        gateway,
        location: answers.location,
        platform: answers.platform,
        media: answers.media,
    };
    let begun = story::begin(&site.tools, &visitor.visit.account, &choice)
        .await
        .map_err(|error| Stopped::from(forms::of_flow(error)))?;
    if let Some((name, password)) = answers.existing {
        link(site, visitor.actor(), &begun, &name, &password).await?;
    }
    open(site, &begun.attempt).await
}

/// Proves on each server of the order that the user is theirs. Otherwise the order is given up.
async fn link(
    site: &Site,
    actor: Actor,
    begun: &Begun,
    name: &str,
    password: &Secret,
) -> Result<(), Stopped> {
    for place in &begun.places {
        let servers = site.tools.servers();
        let id = &place.share_id;
        if let Err(error) = credentials::link_own(&servers, actor.clone(), id, name, password).await
        {
            checkout::give_up(&site.tools.gateways, &begun.attempt)
                .await
                .map_err(|error| Stopped::Page(error.into()))?;
            return Err(forms::of_media(error).into());
        }
    }
    Ok(())
}

/// Sends the customer to where they pay. Safe to repeat: an open page is found again.
async fn open(site: &Site, id: &AttemptId) -> Result<Response, Stopped> {
    match open_patiently(site, id).await.map_err(Stopped::Page)? {
        Opening::Page(url) => Ok(see_other(&url)),
        Opening::ByHand { .. } => Ok(see_other(&format!("/checkout/pay/{id}"))),
        Opening::Done => Ok(see_other(&format!("/checkout/return/{id}"))),
        Opening::Refused(reason) => Err(Stopped::Here(Box::new(Wrong::whole(reason)))),
        Opening::Unknown(reason) => Err(Stopped::Here(Box::new(Wrong::whole(t!(
            "We do not know yet whether the payment page was opened: {reason} Nothing was charged by us. Please try again in a moment.",
            reason = reason
        ))))),
    }
}

/// How long a customer waits at most for a page of which nobody knows yet, and how long between two looks.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(300);

/// Looks again while it is in doubt, for a moment: the same button may have been pressed twice, and the other
/// press is at the gateway with the same key.
async fn open_patiently(site: &Site, id: &AttemptId) -> Result<Opening, PageError> {
    let settings = site.settings().await?;
    let urls = CheckoutUrls {
        paid: settings.link(&format!("/checkout/return/{id}")),
        left: settings.link(&format!("/checkout/left/{id}")),
    };
    let until = Instant::now() + PATIENCE;
    loop {
        let opening = checkout::open(&site.tools.gateways, id, urls.clone()).await?;
        if !matches!(opening, Opening::Unknown(_)) || Instant::now() >= until {
            return Ok(opening);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// `POST /checkout/again/{attempt}`: goes on with a payment that was left open.
pub async fn resume(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = crate::billing::way_back::own(&site, &visitor, &id).await?.0;
    match open(&site, &id).await {
        Ok(response) => Ok(response),
        Err(Stopped::Page(error)) => Err(error),
        Err(Stopped::Here(wrong)) => Ok(Done::not_at(
            &site,
            &format!("/checkout/return/{id}"),
            wrong
                .whole
                .unwrap_or(t!("This payment is over. Please start again.")),
        )),
    }
}

async fn find(site: &Site, visitor: &SignedIn, plan: &str) -> Result<Option<Scene>, PageError> {
    let Some(id) = PlanId::parse(plan) else {
        return Err(PageError::NotFound);
    };
    let offer = offer::find(site, &id).await?;
    let Some(offer) = offer.filter(|offer| !offer.prices.is_empty()) else {
        return Ok(None);
    };
    let account = &visitor.visit.account;
    let questions = choosing::questions(site, account, &offer.entitlements, false).await?;
    let gateways = gateways::list(&site.db).await?;
    let gateways = gateways
        .into_iter()
        .filter(|gateway| {
            offer
                .prices
                .iter()
                .any(|price| offer::takes(gateway, price))
        })
        .collect();
    Ok(Some(Scene {
        offer,
        gateways,
        questions,
    }))
}

fn gone(site: &Site) -> Response {
    let words = t!(
        "This plan cannot be had at the moment. Please choose among those that are offered now."
    );
    Done::not_at(site, "/plans", words)
}

impl Scene {
    /// Price and gateway, which must go together.
    fn read(&self, typed: &Posted, errors: &mut FormErrors) -> Option<(PriceId, GatewayId)> {
        let prices = &self.offer.prices;
        let price = match prices.as_slice() {
            [only] => Some(only),
            _ => prices
                .iter()
                .find(|price| price.id.as_str() == typed.text("price")),
        };
        let gateway = match self.gateways.as_slice() {
            [only] => Some(only),
            all => all
                .iter()
                .find(|gateway| gateway.id.as_str() == typed.text("gateway")),
        };
        if price.is_none() {
            errors.add("price", t!("Please choose a price."));
        }
        if gateway.is_none() {
            errors.add("gateway", t!("Please choose how to pay."));
        }
        let (price, gateway) = price.zip(gateway)?;
        if !offer::takes(gateway, price) {
            errors.add("gateway", mismatch(gateway, price));
            return None;
        }
        Some((price.id.clone(), gateway.id.clone()))
    }

    fn form(&self, visitor: &SignedIn, typed: &Posted, wrong: &Wrong) -> Form {
        let action = format!("/checkout/{}", self.offer.plan.id);
        let mut form = ui::form(action, &visitor.csrf).errors(&wrong.errors);
        if self.offer.prices.len() > 1 {
            form = form.field(self.which_price(typed));
        }
        if self.gateways.len() > 1 {
            form = form.field(self.which_gateway(typed));
        }
        self.questions
            .ask(form, typed)
            .submit(t!("Go on to pay"))
            .cancel("/plans")
    }

    fn which_price(&self, typed: &Posted) -> field::Field {
        let known = self
            .offer
            .prices
            .iter()
            .find(|price| price.id.as_str() == typed.text("price"));
        let chosen = known.or(self.offer.leading());
        let mut cards = field::cards("price", t!("For how long?")).required();
        for price in &self.offer.prices {
            let (label, sentence) = (offer::price_text(price), offer::mode_text(price));
            cards = cards.explained(price.id.as_str(), label, sentence);
        }
        cards.value(chosen.map_or("", |price| price.id.as_str()))
    }

    fn which_gateway(&self, typed: &Posted) -> field::Field {
        let known = self
            .gateways
            .iter()
            .find(|gateway| gateway.id.as_str() == typed.text("gateway"));
        let chosen = known.or(self.gateways.first());
        let mut cards = field::cards("gateway", t!("How would you like to pay?")).required();
        for gateway in &self.gateways {
            let label = Text::verbatim(&gateway.title);
            cards = cards.explained(gateway.id.as_str(), label, kinds_of(gateway));
        }
        cards.value(chosen.map_or("", |gateway| gateway.id.as_str()))
    }
}

fn kinds_of(gateway: &Gateway) -> Text {
    match (gateway.one_off, gateway.recurring) {
        (true, true) => t!("Once, or renewing by itself."),
        (false, true) => t!("Renewing by itself."),
        _ => t!("For prices that are paid once."),
    }
}

fn mismatch(gateway: &Gateway, price: &billing::price::Price) -> Text {
    match offer::mode_of(price) {
        billing::gateway::ChargeMode::Recurring => t!(
            "{gateway} cannot renew by itself. Choose another way to pay, or a price that is paid once.",
            gateway = gateway.title.clone()
        ),
        billing::gateway::ChargeMode::OneOff => t!(
            "{gateway} is for prices that renew by themselves. Choose another way to pay, or such a price.",
            gateway = gateway.title.clone()
        ),
    }
}

async fn draw(
    site: &Site,
    visitor: &SignedIn,
    scene: &Scene,
    typed: &Posted,
    wrong: &Wrong,
) -> PageResult {
    let reader = &visitor.reader;
    let plan = &scene.offer.plan.version;
    let steps = [t!("Choose"), t!("Pay"), t!("Watch")];
    let choices = html! {
        div.stack {
            @if let [only] = scene.offer.prices.as_slice() { (only_price(visitor, scene, only)) }
            (scene.form(visitor, typed, wrong).render(reader))
        }
    };
    let body = html! {
        (ui::steps(reader, &steps, 0))
        header.page-head {
            h1 { (plan.name) }
            @if !plan.description.is_empty() { p { (plan.description) } }
        }
        (wrong.notice(reader))
        (ui::card(t!("Your choice")).render(reader, &choices))
    };
    let title = t!("Join with {plan}", plan = plan.name.clone());
    front_with(
        site,
        &visitor.as_guest(),
        wrong.status,
        title,
        "/plans",
        body,
    )
    .await
}

/// Where there is nothing to choose, what will be paid stands in words.
fn only_price(visitor: &SignedIn, scene: &Scene, price: &billing::price::Price) -> maud::Markup {
    let reader = &visitor.reader;
    let by = match scene.gateways.as_slice() {
        [only] => Some(t!("Paid by {gateway}.", gateway = only.title.clone())),
        _ => None,
    };
    html! {
        (ui::price(reader, price.amount(), &price.period_text()))
        p.soft {
            (reader.say(&offer::mode_text(price)))
            @if let Some(by) = by { " " (reader.say(&by)) }
        }
    }
}
