//! The calls about an attempt: opening its page, looking what became of it, closing it.
//!
//! No transaction is open during a call. Whoever gets `Unknown` is looked for before anything is sent again.

use db::Db;
use kit::id::AttemptId;
use kit::{Actor, Outcome, Text, Timestamp, t};

use crate::apply;
use crate::attempt::{self, Attempt, AttemptState};
use crate::error::BillingError;
use crate::gateway::{
    ChargeMode, Checkout, CheckoutAsked, CheckoutLine, CheckoutSought, CheckoutUrls, Customer,
};
use crate::gateways::{GatewayError, Gateways, Opened};
use crate::{order, payer, plan, price};

/// What the customer is to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// Pay on the gateway's page.
    Page(String),
    /// Pay by hand, as the gateway's instructions say, with the attempt's code as reference.
    ByHand { code: String },
    /// Paid, or on its way.
    Done,
    /// It did not work, and nothing was charged.
    Refused(Text),
    /// Nobody knows yet; it is looked for.
    Unknown(Text),
}

impl From<GatewayError> for BillingError {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::Db(error) => Self::Db(error),
            other => Self::Refused(t!(
                "This way of paying cannot be used at the moment: {words}",
                words = other.to_string()
            )),
        }
    }
}

/// Opens the attempt's page, or finds the one that was opened before. Safe to repeat.
pub async fn open(
    gateways: &Gateways,
    id: &AttemptId,
    urls: CheckoutUrls,
) -> Result<Opening, BillingError> {
    let db = gateways.db();
    let attempt = attempt::find(db, id).await?;
    match attempt.state {
        AttemptState::Sending => {}
        AttemptState::Unknown => {
            if let Err(reason) = look(gateways, id).await? {
                return Ok(Opening::Unknown(reason));
            }
            let attempt = attempt::find(db, id).await?;
            if attempt.state != AttemptState::Sending {
                return Ok(as_it_stands(&attempt));
            }
        }
        _ => return Ok(as_it_stands(&attempt)),
    }
    let opened = gateways.open(&attempt.gateway_id).await?;
    match make_price_known(gateways, &attempt).await? {
        Outcome::Done(()) => {}
        Outcome::Refused(refusal) if !refusal.may_pass => {
            return refuse(db, &attempt, refusal.reason).await;
        }
        Outcome::Refused(refusal) => return Ok(Opening::Unknown(refusal.reason)),
        Outcome::Unknown(doubt) => return Ok(Opening::Unknown(doubt.reason)),
    }
    let asked = asked(db, &attempt, urls).await?;
    match opened.driver.create_checkout(&asked).await {
        Outcome::Done(page) => keep(db, id, &page).await,
        Outcome::Refused(refusal) if refusal.may_pass => Ok(Opening::Unknown(refusal.reason)),
        Outcome::Refused(refusal) => refuse(db, &attempt, refusal.reason).await,
        Outcome::Unknown(doubt) => {
            let mut tx = db.begin(Actor::gateway(&attempt.provider)).await?;
            attempt::note_unknown(&mut tx, id, &doubt.reason).await?;
            tx.save().await?;
            Ok(Opening::Unknown(doubt.reason))
        }
    }
}

fn as_it_stands(attempt: &Attempt) -> Opening {
    let reason = || {
        attempt
            .reason
            .clone()
            .unwrap_or(t!("This payment is over. Please start again."))
    };
    match attempt.state {
        AttemptState::AwaitingProof => Opening::ByHand {
            code: attempt.code.clone(),
        },
        AttemptState::Settled | AttemptState::Processing => Opening::Done,
        AttemptState::Open => match &attempt.url {
            Some(url) => Opening::Page(url.clone()),
            None => Opening::Done,
        },
        AttemptState::Sending | AttemptState::Unknown => Opening::Unknown(reason()),
        _ => Opening::Refused(reason()),
    }
}

async fn keep(db: &Db, id: &AttemptId, page: &Checkout) -> Result<Opening, BillingError> {
    let attempt = attempt::find(db, id).await?;
    let mut tx = db.begin(Actor::gateway(&attempt.provider)).await?;
    attempt::note_open(&mut tx, id, page).await?;
    tx.save().await?;
    Ok(as_it_stands(&attempt::find(db, id).await?))
}

async fn refuse(db: &Db, attempt: &Attempt, reason: Text) -> Result<Opening, BillingError> {
    let mut tx = db.begin(Actor::gateway(&attempt.provider)).await?;
    attempt::end(&mut tx, attempt, AttemptState::Failed, &reason).await?;
    tx.save().await?;
    Ok(Opening::Refused(reason))
}

/// A job does this when a plan or a gateway changes; who is about to pay does not wait for it.
async fn make_price_known(
    gateways: &Gateways,
    attempt: &Attempt,
) -> Result<Outcome<()>, BillingError> {
    let db = gateways.db();
    let order = order::find(db, &attempt.order_id).await?;
    let known = price::reference(db, &order.price_id, &attempt.gateway_id).await?;
    if attempt.mode == ChargeMode::OneOff || known.is_some() {
        return Ok(Outcome::Done(()));
    }
    let price = price::find(db, &order.price_id).await?;
    let price = price.ok_or_else(|| BillingError::not_found(&order.price_id))?;
    let plan = plan::find(db, &price.plan_id).await?;
    let plan = plan.ok_or_else(|| BillingError::not_found(&price.plan_id))?;
    offer_price(gateways, &attempt.gateway_id, &price.offer_of(&plan)).await
}

async fn asked(
    db: &Db,
    attempt: &Attempt,
    urls: CheckoutUrls,
) -> Result<CheckoutAsked, BillingError> {
    let order = order::find(db, &attempt.order_id).await?;
    let payer = payer::find(db, &attempt.payer_id).await?;
    let (provider, account) = (&attempt.provider, &attempt.provider_account);
    let reference = payer::customer(db, &payer.id, provider, account).await?;
    let price = price::reference(db, &order.price_id, &attempt.gateway_id).await?;
    Ok(CheckoutAsked {
        attempt: attempt.id.clone(),
        payer: payer.id,
        subscription: attempt.subscription_id.clone(),
        mode: attempt.mode,
        line: CheckoutLine {
            name: order.title.clone(),
            amount: attempt.amount(),
            price: price.map(crate::gateway::GatewayRef::new),
            length: order.length(),
            trial_days: (order.trial_days > 0).then_some(order.trial_days),
        },
        customer: Customer {
            reference,
            email: payer.email,
        },
        urls,
        expires_at: attempt.expires_at,
    })
}

/// Looks what became of an attempt and takes it up: by a job, and by the page the customer comes back to.
/// The text says why nothing could be learnt.
pub async fn look(gateways: &Gateways, id: &AttemptId) -> Result<Result<(), Text>, BillingError> {
    let db = gateways.db();
    let attempt = attempt::find(db, id).await?;
    if attempt.state == AttemptState::AwaitingProof {
        close_unpaid(db, &attempt).await?;
        return Ok(Ok(()));
    }
    let opened = gateways.open(&attempt.gateway_id).await?;
    let reference = match attempt.reference.clone() {
        Some(reference) => reference,
        None => match find_page(db, &opened, &attempt).await? {
            Ok(Some(page)) => page.reference,
            Ok(None) => return Ok(Ok(())),
            Err(reason) => return Ok(Err(reason)),
        },
    };
    Ok(apply::look(db, &opened, &reference)
        .await?
        .map(drop)
        .or_reason())
}

/// Finds the page of an attempt whose call was in doubt. If there is none, it is as if nothing had been sent:
/// it may be sent again with the same key, or it is over when its time is.
async fn find_page(
    db: &Db,
    opened: &Opened,
    attempt: &Attempt,
) -> Result<Result<Option<Checkout>, Text>, BillingError> {
    let sought = CheckoutSought {
        attempt: attempt.id.clone(),
        reference: None,
        sent_at: attempt.sent_at,
    };
    let found = match opened.driver.find_checkout(&sought).await.or_reason() {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut tx = db.begin(Actor::gateway(&attempt.provider)).await?;
    match &found {
        Some(page) => attempt::note_open(&mut tx, &attempt.id, page).await?,
        None if tx.now() >= attempt.expires_at => {
            let reason = t!("the gateway never opened a payment page.");
            attempt::end(&mut tx, attempt, AttemptState::Expired, &reason).await?;
        }
        None => attempt::note_unsent(&mut tx, &attempt.id).await?,
    }
    tx.save().await?;
    Ok(Ok(found))
}

async fn close_unpaid(db: &Db, attempt: &Attempt) -> Result<(), BillingError> {
    let now: Timestamp = db.world().now();
    if now < attempt.expires_at || crate::manual::has_proof(db, &attempt.id).await? {
        return Ok(());
    }
    let mut tx = db.begin(Actor::schedule("billing.look_at_attempt")).await?;
    let reason = t!("No payment arrived in time.");
    attempt::end(&mut tx, attempt, AttemptState::Expired, &reason).await?;
    Ok(tx.save().await?)
}

/// Closes an attempt that its customer has given up, so that it cannot be paid by mistake. The gateway's page
/// is looked at afterwards: what was paid in the last moment counts.
pub async fn give_up(gateways: &Gateways, id: &AttemptId) -> Result<(), BillingError> {
    let db = gateways.db();
    let attempt = attempt::find(db, id).await?;
    if attempt.state.is_over() {
        return Ok(());
    }
    if let (Some(reference), AttemptState::Open) = (&attempt.reference, attempt.state) {
        let opened = gateways.open(&attempt.gateway_id).await?;
        // Whatever comes of it, the look that follows and the page's own end settle it.
        drop(opened.driver.expire_checkout(reference).await);
        drop(look(gateways, id).await?);
        return Ok(());
    }
    if attempt.state == AttemptState::AwaitingProof {
        let mut tx = db.begin(Actor::visitor()).await?;
        let reason = t!("another way to pay was chosen.");
        attempt::end(&mut tx, &attempt, AttemptState::Expired, &reason).await?;
        tx.save().await?;
    }
    Ok(())
}

/// Makes a recurring price known to a gateway and keeps its name there. Safe to repeat.
pub async fn offer_price(
    gateways: &Gateways,
    gateway: &kit::id::GatewayId,
    offer: &crate::gateway::PriceOffer,
) -> Result<Outcome<()>, BillingError> {
    let opened = gateways.open(gateway).await?;
    let reference = match opened.driver.offer_price(offer).await {
        Outcome::Done(reference) => reference,
        Outcome::Refused(refusal) => return Ok(Outcome::Refused(refusal)),
        Outcome::Unknown(doubt) => return Ok(Outcome::Unknown(doubt)),
    };
    let mut tx = gateways
        .db()
        .begin(Actor::gateway(&opened.row.driver))
        .await?;
    price::set_reference(&mut tx, &offer.price, gateway, reference.as_str()).await?;
    tx.save().await?;
    Ok(Outcome::Done(()))
}

/// Checks the keys of a saved gateway, makes its webhook if a public address is given, and keeps what was found.
pub async fn test_gateway(
    gateways: &Gateways,
    id: &kit::id::GatewayId,
    webhook_base: Option<&str>,
) -> Result<Outcome<crate::gateway::CheckUp>, BillingError> {
    let opened = gateways.open(id).await?;
    let mut check = match opened.driver.check().await {
        Outcome::Done(check) => check,
        other => return Ok(other),
    };
    if let Some(base) = webhook_base {
        let url = format!("{}{}", base.trim_end_matches('/'), opened.row.hook_path());
        match opened.driver.set_up(&url).await.or_reason() {
            // Without messages payments are found all the same, some minutes later: no reason not to sell.
            Err(reason) => check.findings.push(reason),
            Ok(made) => {
                if let Some(secret) = made.webhook_secret {
                    keep_secret(gateways, &opened, &secret).await?;
                    // With the secret in hand, what the first check missed is there.
                    check = match gateways.open(id).await?.driver.check().await {
                        Outcome::Done(again) => again,
                        other => return Ok(other),
                    };
                }
            }
        }
    }
    let mut tx = gateways
        .db()
        .begin(Actor::gateway(&opened.row.driver))
        .await?;
    crate::gateways::note_check(&mut tx, id, &check).await?;
    tx.save().await?;
    Ok(Outcome::Done(check))
}

/// Told only once, so it is kept at once.
async fn keep_secret(
    gateways: &Gateways,
    opened: &Opened,
    secret: &kit::Secret,
) -> Result<(), BillingError> {
    let mut tx = gateways
        .db()
        .begin(Actor::gateway(&opened.row.driver))
        .await?;
    crate::gateways::note_set_up(&mut tx, gateways.vault(), &opened.row.id, secret)
        .await
        .map_err(GatewayError::from)?;
    Ok(tx.save().await?)
}
