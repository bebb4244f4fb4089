//! Which server a member gets, room held before money is taken, and what a status makes of shares.

use kit::Span;
use kit::id::ServerId;
use media::credentials::{self, Credentials};
use media::entitlements::Spread;
use media::placement::{self, Asked};
use media::{Entitlements, Level, MediaError, Share, ShareState, group, place, share};
use settings::vault;

use crate::ground::{House, asked, houses, member, plan};

async fn settle(house: &House, asked: &Asked<'_>, level: Level) -> Vec<ServerId> {
    let mut tx = house.tx().await;
    let shares = placement::settle(&mut tx, asked, level).await.unwrap();
    tx.save().await.unwrap();
    shares
        .into_iter()
        .filter(|share| share.takes_place)
        .map(|share| share.server_id)
        .collect()
}

/// G13: the ceiling counts members and reservations, and says so.
#[tokio::test]
async fn g13_the_last_place_is_reserved_once_and_comes_back_when_it_expires() {
    for house in houses().await {
        let server = house.server("aurora", &[group::standard()]).await;
        house
            .set(&server.id, |choices| choices.ceiling = Some(1))
            .await;
        let (first, second, plan) = (member(1), member(2), plan(&[group::standard()]));
        let until = house.world.now() + Span::minutes(30);

        let mut tx = house.tx().await;
        let held = place::reserve(&mut tx, &asked(&first, &plan), "ord_1", until)
            .await
            .unwrap();
        assert_eq!(held.len(), 1);
        let again = place::reserve(&mut tx, &asked(&first, &plan), "ord_1", until)
            .await
            .unwrap();
        assert_eq!(again[0].id, held[0].id);
        tx.save().await.unwrap();

        let mut tx = house.tx().await;
        let refused = place::reserve(&mut tx, &asked(&second, &plan), "ord_2", until).await;
        let Err(MediaError::NoPlace(reason)) = refused else {
            panic!("the server is full")
        };
        assert!(
            reason
                .in_english()
                .contains("aurora is full: 1 of 1 places are taken")
        );
        drop(tx);

        house.world.advance(Span::minutes(31));
        let mut tx = house.tx().await;
        assert_eq!(place::release_expired(&mut tx, 10).await.unwrap(), 1);
        let until = house.world.now() + Span::minutes(30);
        place::reserve(&mut tx, &asked(&second, &plan), "ord_2", until)
            .await
            .unwrap();
        tx.save().await.unwrap();
        assert!(
            share::list_of_member(&house.db, &first)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            settle(&house, &asked(&second, &plan), Level::Full).await,
            [server.id]
        );
    }
}

#[tokio::test]
async fn a_permanent_member_is_let_in_beyond_the_ceiling_and_without_limits() {
    for house in houses().await {
        let server = house.server("aurora", &[group::standard()]).await;
        house
            .set(&server.id, |choices| choices.ceiling = Some(1))
            .await;
        let (first, second, plan) = (member(1), member(2), plan(&[group::standard()]));
        settle(&house, &asked(&first, &plan), Level::Full).await;
        let permanent = Asked {
            permanent: true,
            ..asked(&second, &plan)
        };
        assert_eq!(settle(&house, &permanent, Level::Full).await.len(), 1);
        let shares = share::list_of_member(&house.db, &second).await.unwrap();
        assert!(shares[0].entitlements.0.downloads);
    }
}

#[tokio::test]
async fn who_is_on_a_server_stays_there_and_newcomers_go_where_there_is_most_room() {
    for house in houses().await {
        let first = house.server("aurora", &[group::standard()]).await;
        let second = house.server("borealis", &[group::standard()]).await;
        let plan = plan(&[group::standard()]);
        let (one, two, three) = (member(1), member(2), member(3));
        let chosen = settle(&house, &asked(&one, &plan), Level::Full).await;
        let other = settle(&house, &asked(&two, &plan), Level::Full).await;
        assert_ne!(chosen, other, "the emptier one");
        house
            .set(&chosen[0], |choices| choices.takes_members = false)
            .await;
        assert_eq!(
            settle(&house, &asked(&one, &plan), Level::Full).await,
            chosen,
            "stays"
        );
        assert_eq!(
            settle(&house, &asked(&three, &plan), Level::Full).await,
            other
        );
        assert!([first.id, second.id].contains(&chosen[0]));
    }
}

#[tokio::test]
async fn a_returning_member_comes_back_to_the_former_server() {
    for house in houses().await {
        house.server("aurora", &[group::standard()]).await;
        house.server("borealis", &[group::standard()]).await;
        let (one, plan) = (member(1), plan(&[group::standard()]));
        let before = settle(&house, &asked(&one, &plan), Level::Full).await;
        assert!(
            settle(&house, &asked(&one, &plan), Level::Ended)
                .await
                .is_empty()
        );
        // Make the former server the fuller one.
        for n in 2..5 {
            settle(&house, &asked(&member(n), &plan), Level::Full).await;
        }
        let mut tx = house.tx().await;
        let share = share::find_on(&mut tx, &one, &before[0])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(share.level, Level::Ended);
        drop(tx);
        assert_eq!(
            settle(&house, &asked(&one, &plan), Level::Full).await.len(),
            1
        );
    }
}

#[tokio::test]
async fn all_of_the_servers_means_each_and_one_that_is_full_is_named() {
    for house in houses().await {
        house.server("aurora", &[group::standard()]).await;
        let second = house.server("borealis", &[group::standard()]).await;
        let all = Entitlements {
            spread: Spread::All,
            ..plan(&[group::standard()])
        };
        let one = member(1);
        assert_eq!(
            settle(&house, &asked(&one, &all), Level::Full).await.len(),
            2
        );
        house
            .set(&second.id, |choices| choices.ceiling = Some(1))
            .await;
        let candidates = placement::candidates(&house.db, house.world.now())
            .await
            .unwrap();
        let reason = placement::why_not(&candidates, &all, false)
            .unwrap()
            .in_english();
        assert!(reason.contains("borealis is full"), "{reason}");
    }
}

/// Checklist: G13
#[tokio::test]
async fn each_hidden_plan_says_why() {
    for house in houses().await {
        let premium = {
            let mut tx = house.tx().await;
            let group = group::create(&mut tx, "Premium").await.unwrap();
            tx.save().await.unwrap();
            group.id
        };
        let now = house.world.now();
        let why = async |plan: &Entitlements, trial: bool| {
            let candidates = placement::candidates(&house.db, now).await.unwrap();
            placement::why_not(&candidates, plan, trial).map(|text| text.in_english())
        };
        let standard = plan(&[group::standard()]);
        assert!(
            why(&standard, false)
                .await
                .unwrap()
                .contains("No media server of this plan")
        );
        let server = house.server("aurora", &[group::standard()]).await;
        assert_eq!(why(&standard, false).await, None);
        assert!(
            why(&plan(&[premium]), false)
                .await
                .unwrap()
                .contains("does not have all libraries")
        );
        assert!(
            why(&Entitlements::default(), false)
                .await
                .unwrap()
                .contains("opens no libraries")
        );
        house
            .set(&server.id, |choices| choices.takes_trials = false)
            .await;
        assert!(
            why(&standard, true)
                .await
                .unwrap()
                .contains("takes no trials")
        );
        house
            .set(&server.id, |choices| choices.enabled = false)
            .await;
        assert!(
            why(&standard, false)
                .await
                .unwrap()
                .contains("is switched off")
        );
    }
}

#[tokio::test]
async fn suspension_keeps_the_place_and_the_end_gives_it_back() {
    for house in houses().await {
        let server = house.server("aurora", &[group::standard()]).await;
        house
            .set(&server.id, |choices| choices.ceiling = Some(1))
            .await;
        let (one, two, plan) = (member(1), member(2), plan(&[group::standard()]));
        settle(&house, &asked(&one, &plan), Level::Full).await;
        for level in [Level::Withdrawn, Level::Held] {
            assert_eq!(settle(&house, &asked(&one, &plan), level).await.len(), 1);
            let mut tx = house.tx().await;
            let refused = placement::settle(&mut tx, &asked(&two, &plan), Level::Full).await;
            assert!(matches!(refused, Err(MediaError::NoPlace(_))));
        }
        assert!(
            settle(&house, &asked(&one, &plan), Level::Ended)
                .await
                .is_empty()
        );
        assert_eq!(
            settle(&house, &asked(&two, &plan), Level::Full).await.len(),
            1
        );
    }
}

#[tokio::test]
async fn settling_twice_changes_nothing_the_second_time() {
    for house in houses().await {
        house.server("aurora", &[group::standard()]).await;
        let (one, plan) = (member(1), plan(&[group::standard()]));
        settle(&house, &asked(&one, &plan), Level::Full).await;
        let before = share::list_of_member(&house.db, &one).await.unwrap();
        settle(&house, &asked(&one, &plan), Level::Full).await;
        let after = share::list_of_member(&house.db, &one).await.unwrap();
        assert_eq!(before[0].edition, after[0].edition);
        assert_eq!(after[0].state, ShareState::BeingSetUp);
        assert!(after[0].needs_credentials());
    }
}

#[tokio::test]
async fn a_plan_change_to_other_servers_moves_the_member() {
    for house in houses().await {
        let first = house.server("aurora", &[group::standard()]).await;
        let second = house.server("borealis", &[group::standard()]).await;
        let (one, all) = (member(1), plan(&[group::standard()]));
        let on = |server: &ServerId| Entitlements {
            servers: vec![server.clone()],
            ..all.clone()
        };
        assert_eq!(
            settle(&house, &asked(&one, &on(&first.id)), Level::Full).await,
            std::slice::from_ref(&first.id)
        );
        assert_eq!(
            settle(&house, &asked(&one, &on(&second.id)), Level::Full).await,
            [second.id]
        );
        let old = share::find_on(&house.db, &one, &first.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(old.level, Level::Ended);
    }
}

#[tokio::test]
async fn who_never_got_in_needs_room_again_and_leaves_no_password_behind() {
    for house in houses().await {
        let server = house.server("aurora", &[group::standard()]).await;
        house
            .set(&server.id, |choices| choices.ceiling = Some(1))
            .await;
        let (one, two, plan) = (member(1), member(2), plan(&[group::standard()]));
        settle(&house, &asked(&one, &plan), Level::Full).await;
        let chosen = Credentials::parse("mara", "a-good-password").unwrap();
        let mut tx = house.tx().await;
        credentials::choose_everywhere(&mut tx, &house.vault, &one, &chosen)
            .await
            .unwrap();
        tx.save().await.unwrap();
        settle(&house, &asked(&one, &plan), Level::Ended).await;
        let share = share::find_on(&house.db, &one, &server.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(share.state, ShareState::None);
        let place = Share::password_place(&share.id);
        assert!(
            vault::find(&house.db, &house.vault, &place)
                .await
                .unwrap()
                .is_none()
        );
        settle(&house, &asked(&two, &plan), Level::Full).await;
        let mut tx = house.tx().await;
        let refused = placement::settle(&mut tx, &asked(&one, &plan), Level::Full).await;
        assert!(matches!(refused, Err(MediaError::NoPlace(_))));
    }
}
