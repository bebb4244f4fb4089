//! Passkeys: added, used as second step, used alone, refused, removed.

use kit::{Secret, Span};
use people::account::Account;
use people::ceremony::Webauthn;
use people::session::{Proof, Started, Stay};
use people::sign_in::{self, Second, SignIn};
use people::{PeopleError, passkey};
use url::Url;

use crate::device::Device;
use crate::ground::{House, PASSWORD, browser, houses};
use crate::saved;

const ORIGIN: &str = "https://house.example";

fn site() -> Webauthn {
    Webauthn::new(&Url::parse(ORIGIN).unwrap(), "Night Owl").unwrap()
}

async fn add(house: &House, account: &Account, device: &mut Device) -> Result<(), PeopleError> {
    let begun = saved!(house, |tx| site().begin_adding(tx, account)).unwrap();
    let answer = device.create(&begun.options);
    let site = site();
    saved!(house, |tx| site.finish_adding(
        tx,
        account,
        &begun.secret,
        &answer,
        "Phone",
        None
    ))
    .map(drop)
}

async fn sign_in_alone(house: &House, device: &mut Device) -> Result<Started, PeopleError> {
    let begun = saved!(house, |tx| site().begin_signing_in(tx)).unwrap();
    let answer = device.get(&begun.options);
    sign_in::with_passkey(
        &house.db,
        &site(),
        &begun.secret,
        &answer,
        Stay::No,
        &browser(),
    )
    .await
}

#[tokio::test]
async fn a_passkey_alone_signs_in_its_owner() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        house.customer("other").await;
        let mut device = Device::new(7, ORIGIN);
        add(&house, &mara, &mut device).await.unwrap();
        let started = sign_in_alone(&house, &mut device).await.unwrap();
        assert_eq!(started.account.id, mara.id);
        let now = house.world.now();
        let visit = people::session::find(&house.db, &started.secret, now)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(visit.proof, Proof::Passkey);
        assert!(visit.is_protected);
        let held = passkey::list_of(&house.db, &mara.id).await.unwrap();
        assert_eq!((held.len(), held[0].used_at), (1, Some(now)));
    }
}

/// Checklist: A19
#[tokio::test]
async fn a_passkey_is_the_second_step_after_a_password() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let mut device = Device::new(7, ORIGIN);
        add(&house, &mara, &mut device).await.unwrap();
        let SignIn::NeedsSecondStep(step) = house.try_password("mara", PASSWORD).await else {
            panic!("no second step")
        };
        assert!(step.ways.passkey && !step.ways.authenticator);
        let site = site();
        let begun = sign_in::begin_passkey(&house.db, &site, &step.pending)
            .await
            .unwrap();
        let answer = device.get(&begun.options);
        let second = Second::Passkey {
            webauthn: &site,
            ceremony: &begun.secret,
            answer: &answer,
        };
        let finish =
            || sign_in::with_second_step(&house.db, &house.vault, &step.pending, &second, &BROWSER);
        assert_eq!(finish().await.unwrap().account.id, mara.id);
        assert!(matches!(finish().await, Err(PeopleError::Stale)));
    }
}

static BROWSER: std::sync::LazyLock<people::session::Browser> = std::sync::LazyLock::new(browser);

#[tokio::test]
async fn an_answer_from_another_site_is_refused() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let mut device = Device::new(7, ORIGIN);
        add(&house, &mara, &mut device).await.unwrap();
        device.origin = "https://house.example.evil.test".to_owned();
        let refused = sign_in_alone(&house, &mut device).await;
        assert!(matches!(refused, Err(PeopleError::NotProven(_))));
    }
}

#[tokio::test]
async fn a_device_that_asked_nobody_is_refused() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let mut device = Device::new(7, ORIGIN);
        add(&house, &mara, &mut device).await.unwrap();
        device.verifies = false;
        let refused = sign_in_alone(&house, &mut device).await;
        assert!(matches!(refused, Err(PeopleError::NotProven(_))));
    }
}

#[tokio::test]
async fn a_copied_passkey_shows_by_its_counter() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let mut device = Device::new(7, ORIGIN);
        add(&house, &mara, &mut device).await.unwrap();
        device.counter = 10;
        sign_in_alone(&house, &mut device).await.unwrap();
        device.counter = 4;
        let refused = sign_in_alone(&house, &mut device).await;
        assert!(matches!(refused, Err(PeopleError::NotProven(_))));
    }
}

#[tokio::test]
async fn a_ceremony_is_good_once_and_for_five_minutes() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let mut device = Device::new(7, ORIGIN);
        add(&house, &mara, &mut device).await.unwrap();
        let begun = saved!(house, |tx| site().begin_signing_in(tx)).unwrap();
        let answer = device.get(&begun.options);
        let finish = |secret: Secret| {
            let (house, answer) = (&house, answer.clone());
            async move {
                let site = site();
                sign_in::with_passkey(&house.db, &site, &secret, &answer, Stay::No, &BROWSER).await
            }
        };
        finish(begun.secret.clone()).await.unwrap();
        assert!(matches!(
            finish(begun.secret).await,
            Err(PeopleError::Stale)
        ));
        let late = saved!(house, |tx| site().begin_signing_in(tx)).unwrap();
        house.world.advance(Span::minutes(5));
        assert!(matches!(finish(late.secret).await, Err(PeopleError::Stale)));
    }
}

#[tokio::test]
async fn a_ceremony_of_one_account_adds_nothing_to_another() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let other = house.customer("other").await;
        let begun = saved!(house, |tx| site().begin_adding(tx, &mara)).unwrap();
        let answer = Device::new(7, ORIGIN).create(&begun.options);
        let site = site();
        let stolen = saved!(house, |tx| site.finish_adding(
            tx,
            &other,
            &begun.secret,
            &answer,
            "X",
            None
        ));
        assert!(matches!(stolen, Err(PeopleError::Stale)));
    }
}

#[tokio::test]
async fn one_device_belongs_to_one_account() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let other = house.customer("other").await;
        let mut device = Device::new(7, ORIGIN);
        add(&house, &mara, &mut device).await.unwrap();
        assert!(add(&house, &other, &mut device).await.is_err());
    }
}

#[tokio::test]
async fn a_removed_passkey_signs_in_nobody() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let other = house.customer("other").await;
        let mut device = Device::new(7, ORIGIN);
        add(&house, &mara, &mut device).await.unwrap();
        let id = passkey::list_of(&house.db, &mara.id).await.unwrap()[0]
            .id
            .clone();
        saved!(house, |tx| passkey::rename(tx, &mara.id, &id, "Old phone")).unwrap();
        let foreign = saved!(house, |tx| passkey::rename(tx, &other.id, &id, "Mine"));
        assert!(matches!(foreign, Err(PeopleError::NotFound)));
        saved!(house, |tx| passkey::remove(tx, &other, &id, None)).unwrap();
        assert_eq!(
            passkey::list_of(&house.db, &mara.id).await.unwrap()[0].name,
            "Old phone"
        );
        saved!(house, |tx| passkey::remove(tx, &mara, &id, None)).unwrap();
        let refused = sign_in_alone(&house, &mut device).await;
        assert!(matches!(refused, Err(PeopleError::NotProven(_))));
        assert!(matches!(
            house.try_password("mara", PASSWORD).await,
            SignIn::SignedIn(_)
        ));
    }
}

#[tokio::test]
async fn what_a_browser_sends_is_not_believed_to_be_json() {
    for house in houses().await {
        let begun = saved!(house, |tx| site().begin_signing_in(tx)).unwrap();
        for answer in ["", "{}", "[1]", "{\"id\":\"x\"}"] {
            let refused = sign_in::with_passkey(
                &house.db,
                &site(),
                &begun.secret,
                answer,
                Stay::No,
                &BROWSER,
            )
            .await;
            assert!(
                matches!(refused, Err(PeopleError::NotProven(_))),
                "{answer} was read"
            );
        }
    }
}

#[test]
fn an_address_of_numbers_has_no_passkeys() {
    assert!(Webauthn::new(&Url::parse("http://127.0.0.1:7070").unwrap(), "Site").is_none());
    assert!(Webauthn::new(&Url::parse("http://localhost:7070").unwrap(), "Site").is_some());
}
