//! What time brings: works off everything that is due, in order, each step at its own moment.

use super::agenda::{Due, Step};
use super::answer::is;
use super::kind::Kind;
use super::state::Stripe;
use super::{charging, checkout_pay, disputes, intents, refunds, renewals};

/// A clock moved by years must come to an end; what is left is worked off at the next look.
const STEPS_AT_ONCE: usize = 200_000;

/// Brings the account to the clock's time. Safe to run twice.
pub fn catch_up(stripe: &mut Stripe) {
    for _ in 0..STEPS_AT_ONCE {
        let now = stripe.stage.clock.now_s();
        let Some(due) = stripe.agenda.next_due(now) else {
            return;
        };
        let livemode = Kind::of_id(&due.id)
            .and_then(|kind| stripe.find(kind, &due.id))
            .is_some_and(|object| is(object, "livemode"));
        stripe.at_moment(due.at, livemode, |stripe| step(stripe, &due));
    }
}

/// Each step looks at its object again: what was planned may have been overtaken.
fn step(stripe: &mut Stripe, due: &Due) {
    let id = due.id.as_str();
    match due.step {
        Step::SessionExpires => checkout_pay::expire(stripe, id),
        Step::TrialEndsSoon => renewals::tell_trial_end(stripe, id),
        Step::PeriodEnds => renewals::end_period(stripe, id, due.at),
        Step::CancelIsDue => renewals::cancel_if_due(stripe, id, due.at),
        Step::IncompleteExpires => renewals::expire_incomplete(stripe, id),
        Step::InvoiceFinalises => renewals::finalise(stripe, id),
        Step::RenewalIsRetried => renewals::retry(stripe, id, due.at),
        Step::SlowMoneyArrives => intents::slow_money_arrives(stripe, id),
        Step::FeeIsKnown => charging::tell_fee(stripe, id),
        Step::DisputeOpens => drop(disputes::open(stripe, id, "fraudulent")),
        Step::RefundFails => refunds::fail(stripe, id),
    }
}
