//! The status: precedence, the clock's turns, and what is said about them.

use billing::hold::{self, Hold, HoldReason};
use billing::settings::TermSettings;
use billing::status::{Facts, Status, next_change, status};
use billing::subscription::AgreementState;
use billing::term::{CauseKind, Grant, fold};
use kit::calendar::{Length, Zone};
use kit::id::Id;
use kit::{Span, Timestamp};
use proptest::prelude::*;

use crate::fold::{grant, grants, moments};
use crate::ground::at;

fn facts(grants: &[Grant]) -> Facts {
    Facts {
        term: fold(grants, &[], &Zone::utc()),
        holds: Vec::new(),
        cancel_at: Timestamp::NEVER,
        agreement: AgreementState::None,
        rules: TermSettings::default(),
    }
}

fn hold(reason: HoldReason, since: Timestamp, until: Timestamp) -> Hold {
    Hold {
        id: Id::parse("hld_1").expect("an id"),
        subscription_id: Id::parse("sub_1").expect("an id"),
        reason,
        source: String::new(),
        note: None,
        since,
        until,
        lifted_at: Timestamp::NEVER,
    }
}

fn any_holds() -> impl Strategy<Value = Vec<Hold>> {
    let reason = prop::sample::select(HoldReason::ALL);
    let one = (reason, moments(), prop::option::of(1_i64..4000));
    prop::collection::vec(one, 0..3).prop_map(|all| {
        let ends = |since: Timestamp, hours: Option<i64>| {
            hours.map_or(Timestamp::NEVER, |hours| since + Span::hours(hours))
        };
        all.into_iter()
            .map(|(reason, since, hours)| hold(reason, since, ends(since, hours)))
            .collect()
    })
}

prop_compose! {
    fn any_facts()(
        grants in grants(),
        holds in any_holds(),
        cancel in prop::option::weighted(0.3, moments()),
        agreement in prop::sample::select(AgreementState::ALL),
        grace_days in 0_u32..10,
        suspend_to_expire_days in 0_u32..30,
    ) -> Facts {
        Facts {
            term: fold(&grants, &hold::pauses(&holds), &Zone::utc()),
            holds,
            cancel_at: cancel.unwrap_or(Timestamp::NEVER),
            agreement,
            rules: TermSettings { grace_days, suspend_to_expire_days, ..TermSettings::default() },
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2000)
    })]

    #[test]
    fn nothing_changes_before_the_next_change_and_something_does_then(
        facts in any_facts(),
        now in moments(),
        parts in prop::collection::vec(0.0_f64..1.0, 30),
    ) {
        let next = next_change(&facts, now);
        let current = status(&facts, now);
        prop_assert!(next > now);
        if !next.is_never() {
            prop_assert_ne!(status(&facts, next), current);
        }
        let horizon = next.min(now + Span::days(4000));
        let width = horizon.since(now).as_ms();
        for part in parts {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss,
                     reason = "a place within the span, to the millisecond or so")]
            let place = ((width - 1) as f64 * part) as i64;
            prop_assert_eq!(status(&facts, now + Span::ms(place)), current);
        }
        prop_assert_eq!(status(&facts, horizon - Span::ms(1)), current);
    }

    #[test]
    fn a_hold_of_staff_survives_any_payment(facts in any_facts(), now in moments()) {
        let mut held = facts.clone();
        held.cancel_at = Timestamp::NEVER;
        held.holds.push(hold(HoldReason::Staff, now, Timestamp::NEVER));
        prop_assert_eq!(status(&held, now), Status::Suspended);
    }
}

fn paid_month() -> Facts {
    let paid = at("2026-03-01T12:00:00Z");
    facts(&[grant(1, Length::months(1), CauseKind::Payment, paid)])
}

#[test]
fn paid_time_runs_through_grace_and_suspension_to_expiry() {
    let facts = paid_month();
    let walk = [
        ("2026-02-28T12:00:00Z", Status::Pending),
        ("2026-03-01T12:00:00Z", Status::Active),
        ("2026-04-01T12:00:00Z", Status::Grace),
        ("2026-04-04T12:00:00Z", Status::Suspended),
        ("2026-04-18T12:00:00Z", Status::Expired),
    ];
    for (moment, expected) in walk {
        assert_eq!(status(&facts, at(moment)), expected, "{moment}");
    }
}

#[test]
fn a_live_agreement_stays_active_while_its_renewal_settles() {
    let mut facts = paid_month();
    facts.agreement = AgreementState::Live;
    assert_eq!(status(&facts, at("2026-04-04T11:59:59Z")), Status::Active);
    assert_eq!(status(&facts, at("2026-04-04T12:00:00Z")), Status::Grace);
    facts.agreement = AgreementState::Failing;
    assert_eq!(status(&facts, at("2026-03-20T00:00:00Z")), Status::PastDue);
    assert_eq!(status(&facts, at("2026-04-03T00:00:00Z")), Status::PastDue);
}

#[test]
fn a_trial_has_no_grace() {
    let begun = at("2026-03-01T12:00:00Z");
    let facts = facts(&[grant(1, Length::days(7), CauseKind::Trial, begun)]);
    assert_eq!(status(&facts, at("2026-03-08T11:00:00Z")), Status::Trial);
    assert_eq!(
        status(&facts, at("2026-03-08T12:00:00Z")),
        Status::Suspended
    );
}

#[test]
fn who_pays_in_the_trial_is_active_at_once() {
    let begun = at("2026-03-01T12:00:00Z");
    let facts = facts(&[
        grant(1, Length::days(7), CauseKind::Trial, begun),
        grant(
            2,
            Length::months(1),
            CauseKind::Payment,
            begun + Span::days(2),
        ),
    ]);
    assert_eq!(status(&facts, begun + Span::days(3)), Status::Active);
}

#[test]
fn the_first_that_holds_wins() {
    let now = at("2026-03-10T00:00:00Z");
    let mut facts = paid_month();
    facts
        .holds
        .push(hold(HoldReason::CustomerPause, now, Timestamp::NEVER));
    assert_eq!(status(&facts, now), Status::Paused);
    facts
        .holds
        .push(hold(HoldReason::Chargeback, now, Timestamp::NEVER));
    assert_eq!(status(&facts, now), Status::Suspended);
    facts.cancel_at = now;
    assert_eq!(status(&facts, now), Status::Cancelled);
}
