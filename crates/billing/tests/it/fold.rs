//! The fold: whatever is given, in whatever order, and whatever is taken back.

use billing::term::{Anchor, CauseKind, Grant, Pause, Term, fold};
use kit::calendar::{Length, Unit, Zone};
use kit::id::{GrantId, SubscriptionId};
use kit::{Span, Timestamp};
use proptest::prelude::*;

use crate::ground::at;

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(1000)
    }
}

pub fn grant(place: usize, length: Length, cause: CauseKind, effective_at: Timestamp) -> Grant {
    Grant {
        id: parse::<GrantId>(&format!("grt_{place:03}")),
        subscription_id: parse::<SubscriptionId>("sub_1"),
        length_count: length.count,
        length_unit: length.unit,
        cause_kind: cause,
        cause_id: place.to_string(),
        anchor: Anchor::Settled,
        effective_at,
        cut_at: Timestamp::NEVER,
        revoked_at: Timestamp::NEVER,
        reason: None,
        revoked_reason: None,
        created_at: effective_at,
    }
}

fn parse<T: kit::id::Id>(text: &str) -> T {
    T::parse(text).expect("an id")
}

fn lengths() -> impl Strategy<Value = Length> {
    let unit = prop_oneof![
        6 => Just(Unit::Days),
        2 => Just(Unit::Weeks),
        8 => Just(Unit::Months),
        2 => Just(Unit::Years),
        1 => Just(Unit::Once),
    ];
    (1_u32..40, unit).prop_map(|(count, unit)| Length {
        count: if unit == Unit::Years {
            1 + count % 3
        } else {
            count
        },
        unit,
    })
}

fn causes() -> impl Strategy<Value = CauseKind> {
    prop_oneof![
        5 => Just(CauseKind::Payment),
        1 => Just(CauseKind::Trial),
        1 => Just(CauseKind::Staff),
    ]
}

/// Within four years from 2024, a leap year, to the hour.
pub fn moments() -> impl Strategy<Value = Timestamp> {
    (0_i64..35_000).prop_map(|hour| at("2024-01-01T00:00:00Z") + Span::hours(hour))
}

fn whole() -> impl Strategy<Value = Vec<Grant>> {
    let one = (lengths(), causes(), moments());
    prop::collection::vec(one, 0..9).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        numbered
            .map(|(place, (length, cause, at))| grant(place, length, cause, at))
            .collect()
    })
}

/// Some of them cut or taken back.
pub fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let fates = prop::collection::vec((0_u8..10, moments()), 9);
    (whole(), fates).prop_map(|(mut grants, fates)| {
        for (grant, (fate, at)) in grants.iter_mut().zip(fates) {
            match fate {
                0 => grant.cut_at = at,
                1 => grant.revoked_at = at,
                _ => {}
            }
        }
        grants
    })
}

fn shuffled() -> impl Strategy<Value = (Vec<Grant>, Vec<Grant>)> {
    grants().prop_flat_map(|grants| (Just(grants.clone()), Just(grants).prop_shuffle()))
}

fn zones() -> impl Strategy<Value = Zone> {
    prop::sample::select(vec![
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
    ])
    .prop_map(|name| Zone::parse(name).expect("a zone"))
}

/// Up to three pauses, one after the other.
pub fn pauses() -> impl Strategy<Value = Vec<Pause>> {
    let hours = (1_i64..9000, 1_i64..2000);
    (moments(), prop::collection::vec(hours, 0..4)).prop_map(|(start, all)| {
        let mut at = start;
        let placed = all.into_iter().map(|(gap, length)| {
            let from = at + Span::hours(gap);
            at = from + Span::hours(length);
            Pause { from, until: at }
        });
        placed.collect()
    })
}

/// How much of the time between two moments stood still.
fn stood_still(from: Timestamp, until: Timestamp, pauses: &[Pause]) -> i64 {
    let within = pauses.iter().map(|pause| {
        let (from, until) = (pause.from.max(from), pause.until.min(until));
        until.since(from).as_ms().max(0)
    });
    within.sum()
}

fn given_days(term: &Term) -> i64 {
    let spans = term.stretches.iter().map(|s| s.until.since(s.from).as_ms());
    spans.sum::<i64>() / Span::days(1).as_ms()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_order_of_arrival_does_not_matter((one, other) in shuffled(), zone in zones()) {
        prop_assert_eq!(fold(&one, &[], &zone), fold(&other, &[], &zone));
    }

    #[test]
    fn live_grants_never_overlap_and_never_begin_too_early(grants in grants(), zone in zones()) {
        let term = fold(&grants, &[], &zone);
        for pair in term.stretches.windows(2) {
            prop_assert!(pair[0].until <= pair[1].from);
        }
        for stretch in &term.stretches {
            let grant = grants.iter().find(|grant| grant.id == stretch.grant).unwrap();
            prop_assert!(grant.is_live() && stretch.from >= grant.effective_at);
            prop_assert!(stretch.from < stretch.until && stretch.until <= grant.cut_at);
        }
    }

    #[test]
    fn days_add_up_to_what_was_given(counts in prop::collection::vec((1_u32..60, moments()), 0..9)) {
        let grants: Vec<Grant> = counts.iter().enumerate()
            .map(|(n, (days, at))| grant(n, Length::days(*days), CauseKind::Payment, *at))
            .collect();
        let sum: i64 = counts.iter().map(|(days, _)| i64::from(*days)).sum();
        prop_assert_eq!(given_days(&fold(&grants, &[], &Zone::utc())), sum);
    }

    #[test]
    fn a_pause_takes_nothing_of_what_was_paid(
        counts in prop::collection::vec((1_u32..60, moments()), 0..9),
        pauses in pauses(),
    ) {
        let grants: Vec<Grant> = counts.iter().enumerate()
            .map(|(n, (days, at))| grant(n, Length::days(*days), CauseKind::Payment, *at))
            .collect();
        let term = fold(&grants, &pauses, &Zone::utc());
        for stretch in &term.stretches {
            let (days, _) = counts[stretch.grant.as_str()[4..].parse::<usize>().unwrap()];
            let ran = stretch.until.since(stretch.from).as_ms();
            let had = ran - stood_still(stretch.from, stretch.until, &pauses);
            prop_assert_eq!(had, Span::days(i64::from(days)).as_ms());
        }
    }

    #[test]
    fn months_one_by_one_end_where_months_at_once_do(months in 1_u32..30, at in moments()) {
        let single = |n: u32| grant(n as usize, Length::months(1), CauseKind::Payment, at);
        let one_by_one: Vec<Grant> = (0..months).map(single).collect();
        let at_once = [grant(0, Length::months(months), CauseKind::Payment, at)];
        let zone = Zone::utc();
        prop_assert_eq!(fold(&one_by_one, &[], &zone).ends_at(), fold(&at_once, &[], &zone).ends_at());
    }

    #[test]
    fn taking_one_back_moves_later_ones_forward_never_back(
        grants in whole(),
        pauses in pauses(),
        chosen in 0_usize..9,
    ) {
        let zone = Zone::utc();
        let before = fold(&grants, &pauses, &zone);
        let mut fewer = grants.clone();
        if let Some(grant) = fewer.get_mut(chosen) {
            grant.revoked_at = grant.effective_at;
        }
        let after = fold(&fewer, &pauses, &zone);
        for stretch in &before.stretches {
            if let Some(moved) = after.stretch_of(&stretch.grant) {
                prop_assert!(moved.from <= stretch.from && moved.until <= stretch.until);
            }
        }
        prop_assert!(after.ends_at() <= before.ends_at());
    }

    #[test]
    fn the_ends_are_read_from_the_stretches(grants in grants(), zone in zones()) {
        let term = fold(&grants, &[], &zone);
        let end = |trial: bool| term.stretches.iter()
            .filter(|stretch| stretch.is_trial() == trial).map(|stretch| stretch.until).max();
        prop_assert_eq!(term.trial_until, end(true));
        prop_assert_eq!(term.paid_until, end(false));
        prop_assert_eq!(term.permanent, term.ends_at().is_some_and(Timestamp::is_never));
    }
}

#[test]
fn paid_months_keep_their_day_through_a_short_one() {
    let paid = at("2026-01-31T10:00:00Z");
    let grants = [
        grant(1, Length::months(1), CauseKind::Payment, paid),
        grant(2, Length::months(1), CauseKind::Payment, paid),
    ];
    let term = fold(&grants, &[], &Zone::utc());
    assert_eq!(term.stretches[0].until, at("2026-02-28T10:00:00Z"));
    assert_eq!(term.stretches[1].until, at("2026-03-31T10:00:00Z"));
}

#[test]
fn days_after_months_do_not_stretch_the_next_month() {
    let paid = at("2026-01-31T10:00:00Z");
    let grants = [
        grant(1, Length::months(1), CauseKind::Payment, paid),
        grant(2, Length::days(5), CauseKind::Staff, paid),
        grant(3, Length::months(1), CauseKind::Payment, paid),
    ];
    let term = fold(&grants, &[], &Zone::utc());
    assert_eq!(term.ends_at(), Some(at("2026-04-05T10:00:00Z")));
}

#[test]
fn paid_time_follows_the_trial_it_was_paid_in() {
    let grants = [
        grant(
            1,
            Length::days(14),
            CauseKind::Trial,
            at("2026-03-01T00:00:00Z"),
        ),
        grant(
            2,
            Length::months(1),
            CauseKind::Payment,
            at("2026-03-05T00:00:00Z"),
        ),
    ];
    let term = fold(&grants, &[], &Zone::utc());
    assert_eq!(term.trial_until, Some(at("2026-03-15T00:00:00Z")));
    assert_eq!(term.paid_until, Some(at("2026-04-15T00:00:00Z")));
}

#[test]
fn a_month_goes_on_after_a_pause_and_a_trial_does_not_wait() {
    let begun = at("2026-03-01T12:00:00Z");
    let pause = Pause {
        from: at("2026-03-10T12:00:00Z"),
        until: at("2026-03-20T12:00:00Z"),
    };
    let end = |cause| {
        let month = [grant(1, Length::months(1), cause, begun)];
        fold(&month, &[pause], &Zone::utc()).ends_at()
    };
    assert_eq!(end(CauseKind::Payment), Some(at("2026-04-11T12:00:00Z")));
    assert_eq!(end(CauseKind::Trial), Some(at("2026-04-01T12:00:00Z")));
    // Paid during the pause: nothing of it is used up before the pause is over.
    let month = [grant(
        1,
        Length::months(1),
        CauseKind::Payment,
        at("2026-03-15T12:00:00Z"),
    )];
    let term = fold(&month, &[pause], &Zone::utc());
    assert_eq!(term.ends_at(), Some(at("2026-04-20T12:00:00Z")));
}
