//! Sessions: their ends, their secrets, and who ends them.

use jobs::Job as _;
use kit::{Secret, Span};
use people::account::Account;
use people::forgetting::ForgetExpired;
use people::password::{self, PasswordForm};
use people::session::{self, Limits, Proof, Started, Stay};
use people::{PeopleError, role, step_up};

use crate::ground::{House, PASSWORD, browser, houses};
use crate::saved;

async fn start(house: &House, account: &Account, stay: Stay) -> Started {
    saved!(house, |tx| session::start(
        tx,
        account,
        Proof::Password,
        stay,
        &browser()
    ))
    .unwrap()
}

async fn lives(house: &House, secret: &Secret) -> bool {
    session::find(&house.db, secret, house.world.now())
        .await
        .unwrap()
        .is_some()
}

#[tokio::test]
async fn an_idle_session_ends_and_a_visited_one_goes_on() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let idle = start(&house, &mara, Stay::Yes).await;
        let visited = start(&house, &mara, Stay::Yes).await;
        house.world.advance(Span::days(13));
        saved!(house, |tx| session::touch(tx, &visited.id)).unwrap();
        assert!(lives(&house, &idle.secret).await);
        house.world.advance(Span::days(1));
        assert!(!lives(&house, &idle.secret).await);
        assert!(lives(&house, &visited.secret).await);
    }
}

#[tokio::test]
async fn a_session_that_is_always_visited_ends_at_its_absolute_limit() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let started = start(&house, &mara, Stay::Yes).await;
        for _ in 0..9 {
            house.world.advance(Span::ms(Span::days(10).as_ms() - 1000));
            assert!(lives(&house, &started.secret).await);
            saved!(house, |tx| session::touch(tx, &started.id)).unwrap();
        }
        house.world.advance(Span::seconds(9));
        assert!(!lives(&house, &started.secret).await);
    }
}

#[tokio::test]
async fn staff_are_signed_out_sooner_whatever_they_ask() {
    for house in houses().await {
        let boss = house.administrator("boss").await;
        assert_eq!(Limits::of(&boss, Stay::Yes), Limits::STAFF);
        let started = start(&house, &boss, Stay::Yes).await;
        house.world.advance(Span::hours(12));
        assert!(!lives(&house, &started.secret).await);
    }
}

#[tokio::test]
async fn a_step_up_changes_the_secret_and_is_fresh_for_a_quarter_of_an_hour() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let started = start(&house, &mara, Stay::No).await;
        house.world.advance(Span::hours(1));
        let now = house.world.now();
        let visit = session::find(&house.db, &started.secret, now)
            .await
            .unwrap()
            .unwrap();
        assert!(!visit.is_fresh(now));
        let prove = |typed: &'static str| {
            let (house, visit) = (&house, visit.clone());
            async move {
                let typed = Secret::new(typed);
                let evidence = step_up::Evidence::Password(&typed);
                step_up::prove(&house.db, &house.lane, &house.vault, &visit, &evidence).await
            }
        };
        assert!(matches!(
            prove("wrong").await,
            Err(PeopleError::NotProven(_))
        ));
        let secret = prove(PASSWORD).await.unwrap();
        assert!(!lives(&house, &started.secret).await);
        let visit = session::find(&house.db, &secret, now)
            .await
            .unwrap()
            .unwrap();
        assert!(visit.is_fresh(now));
        assert!(!visit.is_fresh(now + Span::minutes(16)));
    }
}

#[tokio::test]
async fn changing_the_password_signs_out_the_other_devices() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let here = start(&house, &mara, Stay::Yes).await;
        let there = start(&house, &mara, Stay::Yes).await;
        let now = house.world.now();
        let visit = session::find(&house.db, &here.secret, now)
            .await
            .unwrap()
            .unwrap();
        let mut form = PasswordForm {
            current: Secret::new("not mine at all"),
            new: Secret::new("a quieter password"),
        };
        let change = password::change(&house.db, &house.lane, &visit, &form, "Site").await;
        assert!(matches!(change, Err(PeopleError::Form(errors)) if errors.of("current").is_some()));
        form.current = Secret::new(PASSWORD);
        password::change(&house.db, &house.lane, &visit, &form, "Site")
            .await
            .unwrap();
        assert!(lives(&house, &here.secret).await);
        assert!(!lives(&house, &there.secret).await);
    }
}

#[tokio::test]
async fn nobody_ends_somebody_elses_session() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let other = house.customer("other").await;
        let started = start(&house, &mara, Stay::Yes).await;
        saved!(house, |tx| session::revoke(tx, &other.id, &started.id)).unwrap();
        assert!(lives(&house, &started.secret).await);
        saved!(house, |tx| session::revoke(tx, &mara.id, &started.id)).unwrap();
        assert!(!lives(&house, &started.secret).await);
    }
}

#[tokio::test]
async fn a_change_of_role_counts_at_the_next_request() {
    for house in houses().await {
        let helper = house.customer("helper").await;
        let started = start(&house, &helper, Stay::No).await;
        let may = |permission| {
            let (house, secret) = (&house, started.secret.clone());
            async move {
                let now = house.world.now();
                let visit = session::find(&house.db, &secret, now)
                    .await
                    .unwrap()
                    .unwrap();
                visit.may(permission)
            }
        };
        assert!(!may(role::Permission::MembersSee).await);
        let mut form = role::RoleForm {
            name: "Helper".to_owned(),
            permissions: [role::Permission::MembersSee].into_iter().collect(),
        };
        let id = saved!(house, |tx| role::create(tx, &form)).unwrap();
        let standing = people::standing::Standing {
            level: helper.level,
            role_id: id.clone(),
            enabled: true,
            api_access: false,
        };
        saved!(house, |tx| people::standing::change(tx, &helper, &standing)).unwrap();
        assert!(may(role::Permission::MembersSee).await);
        assert!(!may(role::Permission::MembersChange).await);
        form.permissions = role::Permissions::default();
        saved!(house, |tx| role::change(tx, &id, 1, &form)).unwrap();
        assert!(!may(role::Permission::MembersSee).await);
    }
}

#[tokio::test]
async fn staff_enter_as_a_customer_for_an_hour_and_never_as_staff() {
    for house in houses().await {
        let boss = house.administrator("boss").await;
        let mara = house.customer("mara").await;
        let started = start(&house, &boss, Stay::No).await;
        let now = house.world.now();
        let visit = session::find(&house.db, &started.secret, now)
            .await
            .unwrap()
            .unwrap();
        let refused = saved!(house, |tx| session::enter(tx, &visit, &boss, &browser()));
        assert!(matches!(refused, Err(PeopleError::Forbidden(_))));
        let entered = saved!(house, |tx| session::enter(tx, &visit, &mara, &browser())).unwrap();
        let inside = session::find(&house.db, &entered.secret, now)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(inside.entered_by, Some(boss.id.clone()));
        assert_eq!(inside.actor().name, "boss");
        assert_eq!(inside.actor().on_behalf_of, Some(mara.id.clone()));
        assert!(!inside.is_fresh(now));
        let deeper = saved!(house, |tx| session::enter(tx, &inside, &mara, &browser()));
        assert!(matches!(deeper, Err(PeopleError::Forbidden(_))));
        house.world.advance(Span::hours(1));
        assert!(!lives(&house, &entered.secret).await);
    }
}

#[tokio::test]
async fn what_has_ended_is_forgotten() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        start(&house, &mara, Stay::Yes).await;
        house.world.advance(Span::days(15));
        let fresh = start(&house, &mara, Stay::Yes).await;
        ForgetExpired {}.run(&house.db).await.unwrap();
        ForgetExpired {}.run(&house.db).await.unwrap();
        let all = session::list_of(&house.db, &mara.id, kit::Timestamp::EPOCH)
            .await
            .unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].id, fresh.id);
    }
}
