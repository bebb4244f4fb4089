//! Checkout: a place is reserved before money is taken, what is sold is frozen, and an attempt to pay begins.

use billing::attempt::{self, Attempt};
use billing::gateway::ChargeMode;
use billing::order::{self, NewOrder, TaxRule};
use billing::payer::Payer;
use billing::plan::Plan;
use billing::price::{Price, PriceMode};
use billing::subscription::{self, NewSubscription};
use billing::{events::length_text, payer, plan, price, trial};
use db::Tx;
use kit::id::{AttemptId, GatewayId, PriceId, SubscriptionId};
use kit::{Reader, Span, Subject, Text, t};
use media::Entitlements;
use media::account_change;
use media::credentials::{self, Credentials};
use media::entitlements::SECTION;
use media::maker::Entry;
use media::place::{self, Place};
use media::placement::Asked;
use people::account::Account;
use people::member::{self, Member};

use crate::error::FlowError;
use crate::told_at_once::house_rules;
use crate::tools::Tools;

/// What the customer chose.
#[derive(Debug, Clone)]
pub struct Choice {
    pub price: PriceId,
    pub gateway: GatewayId,
    /// Where they would rather watch. `None`: anywhere.
    pub location: Option<String>,
    /// The kind of server they would rather watch on. `None`: any.
    pub platform: Option<String>,
    pub media: MediaChoice,
}

/// What the customer will sign in with on the media server.
#[derive(Debug, Clone)]
pub enum MediaChoice {
    New(Credentials),
    /// By the link in the letter, or on their page.
    Later,
}

/// A checkout that has begun: next the attempt's page is opened.
#[derive(Debug, Clone)]
pub struct Begun {
    pub attempt: AttemptId,
    pub subscription: SubscriptionId,
    /// Where a user that is theirs already can be linked.
    pub places: Vec<Place>,
}

/// Reserves, freezes and begins, all in one transaction. Nothing outside is called.
///
/// Safe to repeat: a second press within moments takes up the attempt of the first, also if both come at once.
pub async fn begin(tools: &Tools, account: &Account, choice: &Choice) -> Result<Begun, FlowError> {
    tools
        .db
        .attempt(|| begin_once(tools, account, choice))
        .await
}

async fn begin_once(tools: &Tools, account: &Account, choice: &Choice) -> Result<Begun, FlowError> {
    let mut tx = tools.db.begin(account.actor()).await?;
    house_rules::can_write_letters(&mut tx).await?;
    // First of all, so that two presses at once come in one after the other.
    let payer = payer_of(&mut tx, account).await?;
    let (price, plan) = on_sale(&mut tx, &choice.price).await?;
    let member = member::of_account(&mut tx, account).await?;
    account_change::refuse_due(&mut tx, &member.id).await?;
    refuse_before_trial(&mut tx, account, &member).await?;
    let subscription = subscription_of(&mut tx, &payer, &member, &plan).await?;
    let order = order_of(&mut tx, &subscription, &price, &plan).await?;
    let attempt = attempt_at(&mut tx, tools, &order, &choice.gateway).await?;
    let places = reserve(&mut tx, &member, &plan, choice, &attempt).await?;
    if let MediaChoice::New(credentials) = &choice.media {
        choose(&mut tx, tools, &places, credentials).await?;
    }
    tx.save().await?;
    Ok(Begun {
        attempt: attempt.id,
        subscription: subscription.id,
        places,
    })
}

async fn on_sale(tx: &mut Tx<'_>, id: &PriceId) -> Result<(Price, Plan), FlowError> {
    let gone = || {
        FlowError::Refused(t!(
            "This price is no longer offered. Please choose among the plans as they are now."
        ))
    };
    let price = price::find(&mut *tx, id)
        .await?
        .filter(Price::is_on_sale)
        .ok_or_else(gone)?;
    let plan = plan::find(&mut *tx, &price.plan_id)
        .await?
        .filter(|plan| plan.is_active);
    Ok((price, plan.ok_or_else(gone)?))
}

async fn refuse_before_trial(
    tx: &mut Tx<'_>,
    account: &Account,
    member: &Member,
) -> Result<(), FlowError> {
    let subject = Subject::of(&member.id);
    if trial::is_required_first(tx, &subject, Some(&account.email)).await? {
        return Err(FlowError::Refused(t!(
            "Here everybody begins with the free trial. Start it first; you can choose a plan at any time after."
        )));
    }
    Ok(())
}

async fn payer_of(tx: &mut Tx<'_>, account: &Account) -> Result<Payer, FlowError> {
    let owner = Subject::of(&account.id);
    let payer = payer::ensure(tx, &owner, &account.name, Some(account.email.as_str())).await?;
    Ok(payer::lock(tx, &payer.id).await?)
}

/// The membership that is paid for: the one that lives, or a new one that is pending until it is paid.
async fn subscription_of(
    tx: &mut Tx<'_>,
    payer: &Payer,
    member: &Member,
    plan: &Plan,
) -> Result<subscription::Subscription, FlowError> {
    let subject = Subject::of(&member.id);
    if let Some(living) = subscription::living_of_kind(&mut *tx, &subject, plan.kind()).await? {
        if living.agreement_state.renews() {
            return Err(FlowError::Refused(t!(
                "Your membership renews by itself. Cancel the renewal first if you want to pay another way."
            )));
        }
        return Ok(living);
    }
    let new = NewSubscription {
        subject,
        payer_id: payer.id.clone(),
        plan_version_id: plan.version.id.clone(),
    };
    let id = subscription::start(tx, &new).await?;
    subscription::find(&mut *tx, &id)
        .await?
        .ok_or(FlowError::NotFound)
}

async fn order_of(
    tx: &mut Tx<'_>,
    subscription: &subscription::Subscription,
    price: &Price,
    plan: &Plan,
) -> Result<NewOrder, FlowError> {
    let mode = match price.mode {
        PriceMode::Prepaid => ChargeMode::OneOff,
        PriceMode::Recurring => ChargeMode::Recurring,
    };
    let (tax, _) = settings::load::<TaxRule>(&mut *tx).await?;
    Ok(NewOrder {
        payer: subscription.payer_id.clone(),
        subscription: subscription.id.clone(),
        plan_version: plan.version.id.clone(),
        price: price.id.clone(),
        mode,
        title: title_of(plan, price),
        amount: price.amount(),
        length: price.period(),
        trial_days: 0,
        tax,
    })
}

/// What receipts and the gateway's page say: the plan and for how long.
fn title_of(plan: &Plan, price: &Price) -> String {
    let length = Reader::default().say(&length_text(price.period()));
    format!("{}, {length}", plan.version.name)
}

/// The attempt of moments ago for the same, or a new one for an order that is frozen now.
async fn attempt_at(
    tx: &mut Tx<'_>,
    tools: &Tools,
    order: &NewOrder,
    gateway: &GatewayId,
) -> Result<Attempt, FlowError> {
    if let Some(begun) = attempt::under_way(tx, order, gateway).await? {
        return Ok(begun);
    }
    let gateway = billing::gateways::find(&mut *tx, gateway)
        .await?
        .ok_or(FlowError::NotFound)?;
    let card = tools
        .gateways
        .card(&gateway.driver)
        .ok_or(FlowError::NotFound)?;
    let order = order::place(tx, order).await?;
    Ok(attempt::begin(tx, &order, &gateway, card.capabilities).await?)
}

/// How long it may take until the end of an attempt is known here, be it that nothing runs meanwhile.
const HEARD_OF_WITHIN: Span = Span::days(1);

/// Holds a place until the attempt is over, or refuses with the reason, before anything is paid.
async fn reserve(
    tx: &mut Tx<'_>,
    member: &Member,
    plan: &Plan,
    choice: &Choice,
    attempt: &Attempt,
) -> Result<Vec<Place>, FlowError> {
    let entitlements = Entitlements::parse(plan.version.section(SECTION))?;
    let asked = Asked {
        member: &member.id,
        entitlements: &entitlements,
        trial: false,
        permanent: false,
        location: choice.location.as_deref(),
        platform: choice.platform.as_deref(),
    };
    // The end of the attempt gives the place back. Only if that is never heard of does the clock: not before
    // money that was paid in the last minute can have been found.
    let until = attempt.expires_at + HEARD_OF_WITHIN;
    Ok(place::reserve(tx, &asked, attempt.order_id.as_str(), until).await?)
}

/// Keeps the chosen name and password for those places that have no user yet.
pub(super) async fn choose(
    tx: &mut Tx<'_>,
    tools: &Tools,
    places: &[Place],
    credentials: &Credentials,
) -> Result<(), FlowError> {
    for place in places {
        let server = media::server::find(&mut *tx, &place.server_id).await?;
        // Where people have accounts of their own, they sign in with those.
        if server.is_none_or(|server| tools.makers.entry(&server.kind) == Entry::Invitation) {
            continue;
        }
        let share = media::share::find(&mut *tx, &place.share_id).await?;
        if share.is_some_and(|share| share.remote_id.is_none()) {
            credentials::choose(tx, &tools.vault, &place.share_id, credentials).await?;
        }
    }
    Ok(())
}

/// Why this plan cannot be had by somebody new at the moment. `None`: it can. For lists of plans, load the
/// candidates once.
pub fn why_not(
    candidates: &[media::placement::Candidate],
    plan: &Plan,
    is_trial: bool,
) -> Option<Text> {
    match Entitlements::parse(plan.version.section(SECTION)) {
        Ok(entitlements) => media::placement::why_not(candidates, &entitlements, is_trial),
        Err(_) => Some(t!(
            "What this plan opens cannot be read. Save the plan again."
        )),
    }
}
