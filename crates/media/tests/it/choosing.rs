//! Choosing as a pure function: its order of preference, its reasons, and that a choice is never a refused one.

use std::collections::BTreeSet;

use kit::Timestamp;
use kit::id::{GroupId, Id, ServerId};
use media::choosing::{Asked, Candidate, Crowd, Obstacle, Rule, Tie, obstacle_of, pick, why_not};
use media::entitlements::{Entitlements, Spread, Targets};
use media::forecast::{Forecast, Growth};
use media::group;
use media::server::{Server, ServerState};
use proptest::prelude::*;

use crate::ground::{member, plan};

fn server(name: &str) -> Server {
    Server {
        id: ServerId::parse(&format!("srv_{name}")).unwrap(),
        name: name.to_owned(),
        kind: "jellyfin".to_owned(),
        address: String::new(),
        public_address: String::new(),
        identity: name.to_owned(),
        version: String::new(),
        location: None,
        enabled: true,
        takes_members: true,
        takes_trials: true,
        four_k_transcoding: true,
        ceiling: None,
        members: 0,
        template_user: None,
        state: ServerState::Ok,
        reason: None,
        trouble: None,
        added_at: Timestamp::EPOCH,
        checked_at: Timestamp::EPOCH,
        synced_at: Timestamp::EPOCH,
        down_since: Timestamp::NEVER,
        owner_account_id: None,
        renew_library: None,
        licensed: true,
        left_alone: false,
        records_streams: false,
        records_downloads: false,
        remote_name: None,
        edition: 1,
    }
}

fn candidate(name: &str) -> Candidate {
    Candidate {
        server: server(name),
        groups: BTreeSet::from([group::standard()]),
        taken: 0,
        crowd: None,
        downloads: true,
        tie: Tie::None,
    }
}

fn with(name: &str, change: impl FnOnce(&mut Candidate)) -> Candidate {
    let mut one = candidate(name);
    change(&mut one);
    one
}

fn picked(candidates: &[Candidate], wanted: &Entitlements) -> Vec<(String, Rule)> {
    let somebody = member(1);
    let picked = pick(candidates, &Asked::new(&somebody, wanted)).unwrap();
    picked
        .into_iter()
        .map(|one| (one.server.as_str().replacen("srv_", "", 1), one.rule))
        .collect()
}

fn one(name: &str, rule: Rule) -> Vec<(String, Rule)> {
    vec![(name.to_owned(), rule)]
}

/// Checklist: G16, G17, G18, G19
#[test]
fn who_is_there_stays_then_the_former_server_then_the_emptiest() {
    let plan = plan(&[group::standard()]);
    let empty = candidate("a");
    let fuller = |tie| {
        with("b", |one| {
            one.taken = 50;
            one.tie = tie;
        })
    };
    let of = |tie| picked(&[empty.clone(), fuller(tie)], &plan);
    assert_eq!(of(Tie::Current), one("b", Rule::Stays));
    assert_eq!(of(Tie::Pending), one("b", Rule::Pending));
    assert_eq!(of(Tie::Former), one("b", Rule::Former));
    assert_eq!(of(Tie::None), one("a", Rule::Emptiest));
}

/// Checklist: C05, C06
#[test]
fn the_plans_own_servers_come_first_and_others_will_do_if_it_says_so() {
    let named = |targets| Entitlements {
        servers: vec![ServerId::parse("srv_b").unwrap()],
        targets,
        ..plan(&[group::standard()])
    };
    let busy = with("b", |one| one.taken = 50);
    let both = [candidate("a"), busy.clone()];
    assert_eq!(
        picked(&both, &named(Targets::First)),
        one("b", Rule::Preferred)
    );
    let full = with("b", |one| {
        one.taken = 50;
        one.server.ceiling = Some(50);
    });
    let both = [candidate("a"), full];
    assert_eq!(
        picked(&both, &named(Targets::First)),
        one("a", Rule::Emptiest)
    );
    let refused = why_not(&both, &named(Targets::Only), false).unwrap();
    assert_eq!(
        refused.in_english(),
        "b is full: 50 of 50 places are taken."
    );
}

/// Checklist: C09, G04
#[test]
fn downloads_are_sold_only_where_the_platform_lets_members_download() {
    let wanted = Entitlements {
        downloads: true,
        ..plan(&[group::standard()])
    };
    let without = with("a", |one| one.downloads = false);
    let with_pass = with("b", |one| one.taken = 9);
    assert_eq!(
        picked(&[without.clone(), with_pass], &wanted),
        one("b", Rule::Emptiest)
    );
    let refused = why_not(std::slice::from_ref(&without), &wanted, false).unwrap();
    assert!(refused.in_english().contains("a cannot offer downloads"));
    assert_eq!(
        why_not(&[without], &plan(&[group::standard()]), false),
        None
    );
}

/// Checklist: G11, G12
#[test]
fn a_server_closed_to_newcomers_or_trials_says_so() {
    let plan = plan(&[group::standard()]);
    let closed = with("a", |one| one.server.takes_members = false);
    let no_trials = with("a", |one| one.server.takes_trials = false);
    let why = |one: &Candidate, trial| {
        why_not(std::slice::from_ref(one), &plan, trial).map(|text| text.in_english())
    };
    assert_eq!(why(&closed, false).unwrap(), "a takes no new members.");
    assert_eq!(why(&closed, true), None);
    assert_eq!(why(&no_trials, true).unwrap(), "a takes no trials.");
    assert_eq!(why(&no_trials, false), None);
}

#[test]
fn the_platforms_own_limit_holds_for_everybody_and_is_told_at_nine_of_ten() {
    let plan = plan(&[group::standard()]);
    let crowded = |known| with("a", |one| one.crowd = Some(Crowd { known, most: 99 }));
    assert!(
        !Crowd {
            known: 89,
            most: 99
        }
        .is_near()
    );
    assert!(
        Crowd {
            known: 90,
            most: 99
        }
        .is_near()
    );
    assert_eq!(picked(&[crowded(98)], &plan), one("a", Rule::Only));
    let somebody = member(1);
    let permanent = Asked {
        permanent: true,
        ..Asked::new(&somebody, &plan)
    };
    let refused = pick(&[crowded(99)], &permanent).unwrap_err();
    let obstacle = Obstacle::Crowded {
        known: 99,
        most: 99,
    };
    assert_eq!(refused.obstacles, [Some(obstacle)]);
    let linked = with("a", |one| {
        one.crowd = Some(Crowd {
            known: 99,
            most: 99,
        });
        one.tie = Tie::Linked;
    });
    assert_eq!(
        picked(&[linked], &plan),
        one("a", Rule::Linked),
        "counted already"
    );
}

#[test]
fn a_server_is_full_when_its_room_has_gone_at_the_pace_of_the_last_four_weeks() {
    let forecast = |ceiling, taken, net| {
        let one = with("a", |one| {
            one.taken = taken;
            one.server.ceiling = ceiling;
        });
        Growth::from_iter([(one.server.id.clone(), net)]).forecast(&one)
    };
    assert_eq!(forecast(None, 60, 10), Forecast::NoCeiling);
    assert_eq!(forecast(Some(80), 60, 10), Forecast::FullIn(56));
    assert_eq!(forecast(Some(80), 60, -3), Forecast::NotSoon);
    assert_eq!(forecast(Some(80), 60, 1), Forecast::NotSoon);
    assert_eq!(forecast(Some(80), 80, 10), Forecast::Full);
}

fn any_candidate() -> impl Strategy<Value = (i64, Option<i64>, u8, u8, bool)> {
    (
        0..60_i64,
        proptest::option::of(1..60_i64),
        0..5_u8,
        0..32_u8,
        any::<bool>(),
    )
}

fn made(
    n: usize,
    (taken, ceiling, tie, switches, premium): (i64, Option<i64>, u8, u8, bool),
) -> Candidate {
    with(&format!("s{n:02}"), |one| {
        one.taken = taken;
        one.server.ceiling = ceiling;
        one.tie = [
            Tie::Current,
            Tie::Pending,
            Tie::Linked,
            Tie::Former,
            Tie::None,
        ][usize::from(tie)];
        one.server.enabled = switches & 1 == 0;
        one.server.takes_members = switches & 2 == 0;
        one.downloads = switches & 4 == 0;
        let kind = if switches & 8 == 0 {
            "jellyfin"
        } else {
            "plex"
        };
        kind.clone_into(&mut one.server.kind);
        if premium {
            one.groups.insert(GroupId::parse("grp_premium").unwrap());
        }
    })
}

proptest! {
    /// Whatever the servers are like: nobody is put where they cannot be, and nobody is refused who could be.
    #[test]
    fn a_choice_is_never_a_refused_one_and_a_refusal_names_every_server(
        rows in proptest::collection::vec(any_candidate(), 0..20),
        all in any::<bool>(),
        downloads in any::<bool>(),
        premium in any::<bool>(),
    ) {
        let candidates: Vec<Candidate> = rows.into_iter().enumerate().map(|(n, row)| made(n, row)).collect();
        let mut groups = vec![group::standard()];
        groups.extend(premium.then(|| GroupId::parse("grp_premium").unwrap()));
        let wanted = Entitlements {
            spread: if all { Spread::All } else { Spread::One },
            downloads,
            ..plan(&groups)
        };
        let somebody = member(1);
        let asked = Asked::new(&somebody, &wanted);
        let can = |one: &Candidate| obstacle_of(one, &asked).is_none();
        match pick(&candidates, &asked) {
            Ok(picked) => {
                let chosen = candidates.iter().filter(|one| picked.iter().any(|it| it.server == one.server.id));
                let chosen: Vec<&Candidate> = chosen.collect();
                prop_assert_eq!(chosen.len(), picked.len());
                prop_assert!(chosen.iter().all(|one| can(one)));
                if !all {
                    prop_assert_eq!(picked.len(), 1);
                    let best = candidates.iter().filter(|one| can(one)).min_by_key(|one| (one.tie.max(Tie::Pending), one.tie, one.taken));
                    prop_assert_eq!(best.unwrap().tie, chosen[0].tie);
                }
            }
            Err(refused) => {
                prop_assert_eq!(refused.obstacles.len(), candidates.len());
                prop_assert!(refused.obstacles.iter().all(Option::is_some));
                prop_assert!(all || !candidates.iter().any(can));
            }
        }
    }
}
