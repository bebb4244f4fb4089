//! What will happen next and when, in whole sentences, from the same facts as the status. Pure.

use kit::{Arg, Text, Timestamp, t};

use crate::status::{Ends, Facts, Place, Status, status};
use crate::subscription::AgreementState;

/// What will happen next and when, if nobody does anything; and what to do about it.
pub(crate) fn what_happens_next(facts: &Facts, now: Timestamp) -> Text {
    let place = facts.place(now);
    match (status(facts, now), place) {
        (Status::Cancelled, _) => t!(
            "This was cancelled on {day}. To come back, choose a plan.",
            day = day(facts.cancel_at)
        ),
        (Status::Suspended, Place::After(ends)) if facts.hold_at(now).is_none() => unpaid(ends),
        (Status::Suspended, _) => held(facts, now),
        (Status::Paused, _) => paused(facts, now),
        (Status::Permanent, _) => t!("This never ends, and nothing has to be paid."),
        (Status::Pending, _) => pending(facts, now),
        (Status::Trial, Place::Within { until, .. }) => trial(facts, until),
        (Status::PastDue, place) => past_due(facts, place),
        (Status::Grace, Place::After(ends)) => t!(
            "The paid time ended on {ended}. Access stays until {until}; please pay before then.",
            ended = day(ends.given),
            until = day(ends.grace)
        ),
        (Status::Expired, Place::After(ends)) => expired(facts, ends),
        (_, place) => active(facts, place),
    }
}

fn day(at: Timestamp) -> Arg {
    Arg::Day(at)
}

fn unpaid(ends: Ends) -> Text {
    t!(
        "The time ended on {ended}, so access is withheld. Paying restores it at once, on every device that is signed in. Without a payment it expires on {until}.",
        ended = day(ends.given),
        until = day(ends.expires)
    )
}

fn held(facts: &Facts, now: Timestamp) -> Text {
    let Some(hold) = facts.hold_at(now) else {
        return t!("Access is withheld.");
    };
    match hold.until.some() {
        Some(until) => t!(
            "Access is withheld until {until}: {reason}.",
            until = day(until),
            reason = hold.text()
        ),
        None => t!(
            "Access is withheld: {reason}. It returns when that is settled; please ask whoever runs this site.",
            reason = hold.text()
        ),
    }
}

fn paused(facts: &Facts, now: Timestamp) -> Text {
    match facts.pause_at(now).and_then(|pause| pause.until.some()) {
        Some(until) => t!(
            "This is paused and goes on by itself on {until}.",
            until = day(until)
        ),
        None => t!("This is paused until you let it go on."),
    }
}

fn pending(facts: &Facts, now: Timestamp) -> Text {
    let begins = facts
        .term
        .stretches
        .iter()
        .find(|stretch| stretch.from > now);
    match begins {
        Some(first) => t!("This begins on {day}.", day = day(first.from)),
        None => t!("This begins as soon as a payment arrives."),
    }
}

fn trial(facts: &Facts, until: Timestamp) -> Text {
    if facts.agreement.renews() {
        return t!(
            "The trial ends on {day}; then the first payment is taken by itself.",
            day = day(until)
        );
    }
    t!(
        "The trial ends on {day}. To stay, choose a plan and pay before then.",
        day = day(until)
    )
}

fn past_due(facts: &Facts, place: Place) -> Text {
    let until = match place {
        Place::Within { until, .. } => until + facts.rules.renewal_slack(),
        Place::After(ends) => ends.covered,
        Place::Before => Timestamp::NEVER,
    };
    t!(
        "The last renewal could not be charged; it is tried again. Access stays until {day}. Please check the way you pay.",
        day = day(until)
    )
}

fn expired(facts: &Facts, ends: Ends) -> Text {
    match facts.rules.deletion_at(ends.expires) {
        Some(deleted) => t!(
            "This expired on {day}. Paying brings it back; without a payment the media account is deleted on {deleted}.",
            day = day(ends.expires),
            deleted = day(deleted)
        ),
        None => t!(
            "This expired on {day}. Paying brings it back.",
            day = day(ends.expires)
        ),
    }
}

fn active(facts: &Facts, place: Place) -> Text {
    let until = match place {
        Place::Within { until, .. } => until,
        Place::After(ends) => ends.given,
        Place::Before => Timestamp::NEVER,
    };
    if let Some(cancel_at) = facts.cancel_at.some() {
        return t!(
            "This is cancelled and ends on {day}. Until then nothing changes, and you can undo it.",
            day = day(cancel_at)
        );
    }
    match (facts.agreement, place) {
        (AgreementState::Live, Place::After(_)) => t!(
            "The period ended on {day}; the renewal is on its way.",
            day = day(until)
        ),
        (AgreementState::Live, _) => t!("This renews by itself on {day}.", day = day(until)),
        _ => t!(
            "This is paid until {day}. Extend it before then to keep access.",
            day = day(until)
        ),
    }
}
