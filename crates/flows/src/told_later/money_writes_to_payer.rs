//! A payment is confirmed by letter with its receipt; one that failed says why and what to do.

use async_trait::async_trait;
use billing::money_events::{PaymentFailed, PaymentSettled};
use billing::standing::standing;
use billing::{fact::PaidFor, receipt};
use db::Tx;
use jobs::{JobError, Lane};
use kit::id::{AccountId, MemberId};
use kit::{Actor, Subject, t};
use outreach::LetterKind;
use settings::SiteSettings;

use crate::error::FlowError;
use crate::hearing::Flow;
use crate::letters::{Note, post, post_to_member};
use crate::reach::Addressee;
use crate::told_later::share_news_reach_member::plan_words;
use crate::tools::Tools;

/// Hears [`PaymentSettled`].
pub struct SettledPaymentThanksPayer;

#[async_trait]
impl Flow for SettledPaymentThanksPayer {
    const NAME: &'static str = "flows.settled_payment_thanks_payer";
    const LANE: Lane = Lane::Mail;
    type Event = PaymentSettled;

    async fn run(heard: PaymentSettled, tools: &Tools) -> Result<(), JobError> {
        Ok(thank(heard, tools).await?)
    }
}

async fn thank(heard: PaymentSettled, tools: &Tools) -> Result<(), FlowError> {
    if heard.paid_for == PaidFor::Trial || heard.amount.is_zero() {
        return Ok(());
    }
    let mut tx = tools
        .db
        .begin(Actor::flow(SettledPaymentThanksPayer::NAME))
        .await?;
    let now = tx.now();
    let standing = standing(&mut tx, &heard.subscription, now).await?;
    let receipts = receipt::of_payment(&mut tx, &heard.payment).await?;
    let number = receipts
        .first()
        .map(|receipt| receipt.paper.0.number.clone())
        .unwrap_or_default();
    let amount = heard.amount;
    let note = Note {
        key: format!("payment_received/{}", heard.payment),
        kind: LetterKind::PaymentReceived,
        path: format!("/account/payments/{}/receipt", heard.payment),
        subject: heard.owner.clone(),
        words: Box::new(move |reader| {
            let mut words = plan_words(Some(&standing), reader);
            words.push(("amount", reader.money(amount)));
            words.push(("receipt", number.clone()));
            words
        }),
    };
    to_owner(&mut tx, &heard.owner, note).await?;
    Ok(tx.save().await?)
}

/// Hears [`PaymentFailed`].
pub struct FailedPaymentWarnsPayer;

#[async_trait]
impl Flow for FailedPaymentWarnsPayer {
    const NAME: &'static str = "flows.failed_payment_warns_payer";
    const LANE: Lane = Lane::Mail;
    type Event = PaymentFailed;

    async fn run(heard: PaymentFailed, tools: &Tools) -> Result<(), JobError> {
        Ok(warn(heard, tools).await?)
    }
}

async fn warn(heard: PaymentFailed, tools: &Tools) -> Result<(), FlowError> {
    // A first payment that fails is said on the gateway's own page, to whoever sits there.
    if !heard.is_renewal {
        return Ok(());
    }
    let mut tx = tools
        .db
        .begin(Actor::flow(FailedPaymentWarnsPayer::NAME))
        .await?;
    let now = tx.now();
    let standing = standing(&mut tx, &heard.subscription, now).await?;
    let (amount, plan) = (heard.amount, standing.plan.name.clone());
    let reason = heard
        .reason
        .clone()
        .unwrap_or(t!("the gateway gave no reason."));
    let note = Note {
        key: format!(
            "payment_failed/{}/{}",
            heard.order, standing.subscription.version
        ),
        kind: LetterKind::PaymentFailed,
        path: "/account".to_owned(),
        subject: heard.owner.clone(),
        words: Box::new(move |reader| {
            vec![
                ("plan", plan.clone()),
                ("amount", reader.money(amount)),
                ("reason", reader.say(&reason)),
            ]
        }),
    };
    to_owner(&mut tx, &heard.owner, note).await?;
    Ok(tx.save().await?)
}

/// A payer is an account, or a member without one.
async fn to_owner(tx: &mut Tx<'_>, owner: &Subject, note: Note<'_>) -> Result<(), FlowError> {
    if let Some(id) = owner.as_id::<AccountId>() {
        let (site, _) = settings::load::<SiteSettings>(&mut *tx).await?;
        if let Some(account) = people::account::find(&mut *tx, &id).await? {
            post(tx, &Addressee::of_account(&account, &site), None, note).await?;
        }
    } else if let Some(member) = owner.as_id::<MemberId>() {
        post_to_member(tx, &member, note).await?;
    }
    Ok(())
}
