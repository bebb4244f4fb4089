//! Agreements to pay regularly, which the gateway runs. Each settled payment of one is one grant of the
//! order's length; an end that somebody asked for is pursued until the gateway confirms it.

use chronicle::{Tone, want};
use db::{DbError, Read, Tx, values};
use kit::id::{GatewayId, OrderId, PayerId, SubscriptionId};
use kit::stored::stored_words;
use kit::{Span, Subject, Timestamp, t};

use crate::attempt;
use crate::error::BillingError;
use crate::fact::{AgreementFact, AgreementState};
use crate::gateway::{GatewayRef, When};
use crate::money_events::AgreementChanged;
use crate::money_jobs::EndAgreement;
use crate::{payer, subscription};

stored_words! {
    /// The end that somebody asked for.
    pub enum WantedEnd {
        None = "none",
        AtPeriodEnd = "at_period_end",
        Now = "now",
    }
}

impl From<When> for WantedEnd {
    fn from(when: When) -> Self {
        match when {
            When::Now => Self::Now,
            When::AtPeriodEnd => Self::AtPeriodEnd,
        }
    }
}

db::row! {
    /// An agreement, as last seen.
    #[derive(Debug, Clone)]
    pub struct Agreement {
        pub provider: String,
        pub provider_account: String,
        pub reference: GatewayRef,
        pub gateway_id: GatewayId,
        pub order_id: OrderId,
        pub payer_id: PayerId,
        pub subscription_id: SubscriptionId,
        pub state: AgreementState,
        /// `NEVER` while unknown.
        pub period_ends_at: Timestamp,
        pub ends_at_period_end: bool,
        pub wanted_end: WantedEnd,
        pub began_at: Timestamp,
        pub ended_at: Timestamp,
    }
}

impl Agreement {
    /// Whether a renewal may still come.
    pub fn will_renew(&self) -> bool {
        self.state != AgreementState::Ended
            && !self.ends_at_period_end
            && self.wanted_end == WantedEnd::None
    }

    /// Whether what somebody asked for is what the gateway shows.
    pub fn is_as_wanted(&self) -> bool {
        match self.wanted_end {
            WantedEnd::None => self.state == AgreementState::Ended || !self.ends_at_period_end,
            WantedEnd::AtPeriodEnd => {
                self.state == AgreementState::Ended || self.ends_at_period_end
            }
            WantedEnd::Now => self.state == AgreementState::Ended,
        }
    }
}

const FIND: &str = "
    select provider, provider_account, reference, gateway_id, order_id, payer_id, subscription_id, state,
           period_ends_at, ends_at_period_end, wanted_end, began_at, ended_at
      from agreements where provider = $1 and provider_account = $2 and reference = $3";

/// `None`: no agreement of ours.
pub async fn find(
    mut read: impl Read,
    provider: &str,
    account: &str,
    reference: &GatewayRef,
) -> Result<Option<Agreement>, DbError> {
    read.maybe(FIND, values![provider, account, reference])
        .await
}

const OF_SUBSCRIPTION: &str = "
    select provider, provider_account, reference, gateway_id, order_id, payer_id, subscription_id, state,
           period_ends_at, ends_at_period_end, wanted_end, began_at, ended_at
      from agreements where subscription_id = $1
     order by ended_at desc, began_at desc, reference limit 20";

/// The agreements of a subscription, live ones first.
pub async fn of_subscription(
    mut read: impl Read,
    subscription: &SubscriptionId,
) -> Result<Vec<Agreement>, DbError> {
    read.all(OF_SUBSCRIPTION, values![subscription]).await
}

const NOT_AS_WANTED: &str = "
    select provider, provider_account, reference, gateway_id, order_id, payer_id, subscription_id, state,
           period_ends_at, ends_at_period_end, wanted_end, began_at, ended_at
      from agreements
     where wanted_end <> 'none' and ended_at = 9223372036854775807
     order by began_at limit $1";

/// Agreements whose end was asked for and has not come.
pub async fn list_to_end(mut read: impl Read, limit: i64) -> Result<Vec<Agreement>, DbError> {
    read.all(NOT_AS_WANTED, values![limit]).await
}

const INSERT: &str = "
    insert into agreements
           (provider, provider_account, reference, gateway_id, order_id, payer_id, subscription_id, state,
            period_ends_at, ends_at_period_end, wanted_end, began_at, ended_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'none', $11, $12)
    on conflict (provider, provider_account, reference) do nothing";

const UPDATE: &str = "
    update agreements
       set state = $4, period_ends_at = $5, ends_at_period_end = $6, ended_at = $7
     where provider = $1 and provider_account = $2 and reference = $3
       and (state <> $4 or period_ends_at <> $5 or ends_at_period_end <> $6 or ended_at <> $7)";

/// Keeps what a look at an agreement told. One that belongs to no attempt of ours is left alone.
pub(crate) async fn note(tx: &mut Tx<'_>, fact: &AgreementFact) -> Result<(), BillingError> {
    let origin = &fact.origin;
    let known = find(&mut *tx, &origin.provider, &origin.account, &fact.reference).await?;
    let agreement = match known {
        Some(agreement) => Some(agreement),
        None => adopt(tx, fact).await?,
    };
    let Some(agreement) = agreement else {
        return Ok(());
    };
    payer::lock(tx, &agreement.payer_id).await?;
    let ended_at = fact.ended_at.unwrap_or(Timestamp::NEVER);
    let row = values![
        origin.provider,
        origin.account,
        fact.reference,
        fact.state,
        fact.period_ends_at.unwrap_or(Timestamp::NEVER),
        fact.ends_at_period_end,
        ended_at
    ];
    tx.run(UPDATE, row).await?;
    let is_new_here = agreement.state == AgreementState::Beginning;
    let is_changed = agreement.state != fact.state
        || agreement.ends_at_period_end != fact.ends_at_period_end
        || agreement.ended_at != ended_at;
    if is_changed || is_new_here {
        pass_on(tx, &agreement, fact).await?;
        tell(tx, &agreement, fact).await?;
    }
    Ok(())
}

/// Tells the subscription whether it renews by itself. The end of an earlier agreement says nothing about
/// the one that came in its place.
async fn pass_on(
    tx: &mut Tx<'_>,
    agreement: &Agreement,
    fact: &AgreementFact,
) -> Result<(), BillingError> {
    let state = match fact.state {
        AgreementState::Beginning => return Ok(()),
        AgreementState::Live if !fact.ends_at_period_end => subscription::AgreementState::Live,
        AgreementState::Failing if !fact.ends_at_period_end => {
            subscription::AgreementState::Failing
        }
        _ => subscription::AgreementState::Ended,
    };
    let before = subscription::must_find(&mut *tx, &agreement.subscription_id).await?;
    let is_other = before
        .agreement
        .as_deref()
        .is_some_and(|it| it != fact.reference.as_str());
    if is_other && before.agreement_state.renews() {
        if !state.renews() {
            return Ok(());
        }
        want_one(tx, agreement).await?;
    }
    let state = subscription::Agreement {
        gateway_id: agreement.gateway_id.clone(),
        reference: fact.reference.as_str().to_owned(),
        state,
    };
    subscription::set_agreement(tx, &agreement.subscription_id, &state).await
}

async fn want_one(tx: &mut Tx<'_>, agreement: &Agreement) -> Result<(), BillingError> {
    let id = &agreement.subscription_id;
    let new = want::NewWant {
        key: format!("two_agreements/{id}"),
        kind: "two_agreements",
        sentence: t!(
            "Two agreements pay for the same subscription, so it is charged twice each period."
        ),
        detail: Some(t!("End one of them and refund what was paid twice.")),
        action_label: t!("Show payments"),
        action_href: format!("/office/payments?subscription={id}"),
        tone: Tone::Bad,
        subject: Subject::of(id),
    };
    Ok(want::open(tx, &new).await?)
}

async fn adopt(tx: &mut Tx<'_>, fact: &AgreementFact) -> Result<Option<Agreement>, BillingError> {
    let Some(id) = &fact.attempt else {
        return Ok(None);
    };
    let Some(attempt) = attempt::maybe(&mut *tx, id).await? else {
        return Ok(None);
    };
    let origin = &fact.origin;
    if attempt.provider != origin.provider
        || attempt.provider_account != origin.account
        || attempt.realm != origin.realm
    {
        return Ok(None);
    }
    let now = tx.now();
    let row = values![
        origin.provider,
        origin.account,
        fact.reference,
        attempt.gateway_id,
        attempt.order_id,
        attempt.payer_id,
        attempt.subscription_id,
        AgreementState::Beginning,
        Timestamp::NEVER,
        false,
        now,
        Timestamp::NEVER
    ];
    tx.run(INSERT, row).await?;
    if let Some(customer) = &fact.customer {
        payer::remember_customer(tx, &attempt.payer_id, origin, customer).await?;
    }
    Ok(find(tx, &origin.provider, &origin.account, &fact.reference).await?)
}

async fn tell(
    tx: &mut Tx<'_>,
    agreement: &Agreement,
    fact: &AgreementFact,
) -> Result<(), BillingError> {
    let payer = payer::find(&mut *tx, &agreement.payer_id).await?;
    let event = AgreementChanged {
        gateway: agreement.gateway_id.clone(),
        payer: payer.id,
        owner: payer.owner,
        subscription: agreement.subscription_id.clone(),
        state: fact.state,
        ends_at_period_end: fact.ends_at_period_end,
        period_ends_at: fact.period_ends_at,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

const WANT_END: &str = "
    update agreements set wanted_end = $2
     where subscription_id = $1 and ended_at = 9223372036854775807 and wanted_end <> $2";

/// Asks for the end of a subscription's agreements, or takes that back (`None`). The gateway is told by a job
/// that goes on until it is so, and calls for a person if it will not be.
pub async fn want_end(
    tx: &mut Tx<'_>,
    subscription: &SubscriptionId,
    end: WantedEnd,
) -> Result<(), BillingError> {
    tx.run(WANT_END, values![subscription, end]).await?;
    let live = of_subscription(&mut *tx, subscription).await?;
    for agreement in live
        .iter()
        .filter(|a| a.ended_at.is_never() && !a.is_as_wanted())
    {
        let job = EndAgreement::of(agreement);
        jobs::add_once(tx, &job, agreement.reference.as_str()).await?;
    }
    Ok(())
}

/// How long a failing end is tried before a person is asked.
pub const END_PATIENCE: Span = Span::minutes(10);
