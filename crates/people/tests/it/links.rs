//! One-time links: once, for one thing, for a while.

use kit::{Actor, Secret, Span, Subject};
use people::token::{self, Purpose};
use people::{PeopleError, email_change, first_start, reset, sign_in, standing};

use crate::ground::{PASSWORD, browser, houses};
use crate::saved;

const NEW: &str = "a quieter password";

#[tokio::test]
async fn of_many_who_use_a_link_at_once_one_gets_it() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let secret = house.link(Purpose::ChooseMediaPassword, &mara).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (db, secret) = (house.db.clone(), secret.clone());
            tasks.spawn(async move {
                let mut tx = db.begin(Actor::visitor()).await.unwrap();
                let used = token::consume(&mut tx, Purpose::ChooseMediaPassword, &secret).await;
                tx.save().await.unwrap();
                used.unwrap().is_some()
            });
        }
        let winners = tasks
            .join_all()
            .await
            .into_iter()
            .filter(|won| *won)
            .count();
        assert_eq!(winners, 1);
    }
}

#[tokio::test]
async fn looking_at_a_link_does_not_use_it_up() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let secret = house.link(Purpose::ConfirmEmail, &mara).await;
        for _ in 0..3 {
            let found = token::find(&house.db, Purpose::ConfirmEmail, &secret, house.world.now());
            assert_eq!(found.await.unwrap().unwrap().subject, Subject::of(&mara.id));
        }
    }
}

#[tokio::test]
async fn a_link_is_good_for_its_own_purpose_and_time_only() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let secret = house.link(Purpose::ConfirmEmail, &mara).await;
        let other = saved!(house, |tx| token::consume(tx, Purpose::SignInLink, &secret)).unwrap();
        assert!(other.is_none());
        house.world.advance(Purpose::ConfirmEmail.lasts());
        let late = saved!(house, |tx| token::consume(
            tx,
            Purpose::ConfirmEmail,
            &secret
        ))
        .unwrap();
        assert!(late.is_none());
        let made_up = Secret::new("0".repeat(26));
        let none = saved!(house, |tx| token::consume(
            tx,
            Purpose::ConfirmEmail,
            &made_up
        ))
        .unwrap();
        assert!(none.is_none());
    }
}

/// Checklist: A03
#[tokio::test]
async fn a_new_password_ends_other_reset_links_and_all_sessions() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let sign_in::SignIn::SignedIn(started) = house.try_password("mara", PASSWORD).await else {
            panic!("refused")
        };
        reset::ask(&house.db, "mara@example.org", &browser())
            .await
            .unwrap();
        let first = house.link(Purpose::ResetPassword, &mara).await;
        let second = house.link(Purpose::ResetPassword, &mara).await;
        let new = Secret::new(NEW);
        let finish =
            |secret| reset::finish(&house.db, &house.lane, secret, &new, "Site", browser_ref());
        finish(&first).await.unwrap();
        assert!(matches!(finish(&second).await, Err(PeopleError::Stale)));
        assert!(matches!(finish(&first).await, Err(PeopleError::Stale)));
        let now = house.world.now();
        let visit = people::session::find(&house.db, &started.secret, now)
            .await
            .unwrap();
        assert!(visit.is_none());
        assert!(matches!(
            house.try_password("mara", NEW).await,
            sign_in::SignIn::SignedIn(_)
        ));
        assert!(matches!(
            house.try_password("mara", PASSWORD).await,
            sign_in::SignIn::Refused(_)
        ));
    }
}

fn browser_ref() -> &'static people::session::Browser {
    static BROWSER: std::sync::OnceLock<people::session::Browser> = std::sync::OnceLock::new();
    BROWSER.get_or_init(browser)
}

#[tokio::test]
async fn a_poor_new_password_leaves_the_link_good() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let link = house.link(Purpose::ResetPassword, &mara).await;
        let poor = Secret::new("password");
        let refused = reset::finish(&house.db, &house.lane, &link, &poor, "Site", &browser()).await;
        assert!(matches!(refused, Err(PeopleError::Form(_))));
        let fine = Secret::new(NEW);
        reset::finish(&house.db, &house.lane, &link, &fine, "Site", &browser())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn asking_for_an_unknown_address_gives_the_same_answer_and_tells_nothing() {
    for house in houses().await {
        reset::ask(&house.db, "nobody@example.org", &browser())
            .await
            .unwrap();
        assert!(house.told().await.is_empty());
    }
}

#[tokio::test]
async fn a_new_address_counts_once_its_own_letter_was_followed() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        saved!(house, |tx| email_change::ask(tx, &mara, "new@example.org")).unwrap();
        let email = kit::Email::parse("new@example.org").unwrap();
        let link = saved!(house, |tx| email_change::issue(tx, &mara, &email)).unwrap();
        assert!(matches!(
            house.try_password("new@example.org", PASSWORD).await,
            sign_in::SignIn::Refused(_)
        ));
        email_change::finish(&house.db, &link, &browser())
            .await
            .unwrap();
        assert!(matches!(
            house.try_password("new@example.org", PASSWORD).await,
            sign_in::SignIn::SignedIn(_)
        ));
        assert!(matches!(
            email_change::finish(&house.db, &link, &browser()).await,
            Err(PeopleError::Stale)
        ));
    }
}

/// Checklist: A20
#[tokio::test]
async fn the_first_start_link_makes_one_administrator_once() {
    for house in houses().await {
        let old = saved!(house, |tx| first_start::issue(tx)).unwrap().unwrap();
        let link = saved!(house, |tx| first_start::issue(tx)).unwrap().unwrap();
        let form = first_start::FirstStartForm {
            name: "Robin".to_owned(),
            email: "robin@example.org".to_owned(),
            password: Secret::new(PASSWORD),
        };
        let finish = |secret: Secret| {
            let (form, house) = (form.clone(), &house);
            async move { first_start::finish(&house.db, &house.lane, &secret, &form, &browser()).await }
        };
        assert!(matches!(finish(old).await, Err(PeopleError::Stale)));
        let started = finish(link.clone()).await.unwrap();
        assert_eq!(started.account.number, 1000);
        assert!(matches!(finish(link).await, Err(PeopleError::Stale)));
        assert!(standing::has_administrator(&house.db).await.unwrap());
        assert!(
            saved!(house, |tx| first_start::issue(tx))
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn a_console_link_signs_in_once_and_not_past_a_day() {
    for house in houses().await {
        let boss = house.administrator("boss").await;
        let link = house.link(Purpose::SignInLink, &boss).await;
        let signed = sign_in::with_link(&house.db, &link, &browser())
            .await
            .unwrap();
        assert!(matches!(signed, sign_in::SignIn::SignedIn(_)));
        let again = sign_in::with_link(&house.db, &link, &browser()).await;
        assert!(matches!(again, Err(PeopleError::Stale)));
        let late = house.link(Purpose::SignInLink, &boss).await;
        house.world.advance(Span::days(1));
        let late = sign_in::with_link(&house.db, &late, &browser()).await;
        assert!(matches!(late, Err(PeopleError::Stale)));
    }
}
