//! Registering, without giving away who is here.

use kit::{Secret, Span};
use people::PeopleError;
use people::registration::{self, Registered, RegistrationForm, RegistrationSettings};
use people::sign_in::SignIn;
use people::token::Purpose;

use crate::ground::{House, PASSWORD, browser, houses};
use crate::saved;

fn form(email: &str) -> RegistrationForm {
    RegistrationForm {
        name: "Mara Okafor".to_owned(),
        email: email.to_owned(),
        password: Secret::new(PASSWORD),
        locale: Some("de".to_owned()),
    }
}

async fn register(house: &House, form: &RegistrationForm) -> Result<Registered, PeopleError> {
    house.world.advance(Span::seconds(1));
    registration::register(&house.db, &house.lane, form, "Night Owl", &browser()).await
}

/// Checklist: A01, A02
#[tokio::test]
async fn a_registrant_signs_in_after_confirming_and_not_before() {
    for house in houses().await {
        let answer = register(&house, &form("mara@example.org")).await.unwrap();
        assert_eq!(answer, Registered::LookAtYourMail);
        let SignIn::NotConfirmed(account) = house.try_password("mara", PASSWORD).await else {
            panic!("signed in before confirming")
        };
        assert_eq!(account.locale.as_deref(), Some("de"));
        let link = house.link(Purpose::ConfirmEmail, &account).await;
        registration::confirm(&house.db, &link, &browser())
            .await
            .unwrap();
        assert!(matches!(
            house.try_password("mara", PASSWORD).await,
            SignIn::SignedIn(_)
        ));
        let again = registration::confirm(&house.db, &link, &browser()).await;
        assert!(matches!(again, Err(PeopleError::Stale)));
    }
}

#[tokio::test]
async fn a_known_address_gets_the_same_answer_and_another_letter() {
    for house in houses().await {
        let first = register(&house, &form("mara@example.org")).await.unwrap();
        let again = register(&house, &form("MARA@example.org")).await.unwrap();
        assert_eq!(first, again);
        assert_eq!(
            house.told().await,
            ["people.account_registered", "people.registration_repeated"]
        );
        assert!(matches!(
            house.try_password("mara", PASSWORD).await,
            SignIn::NotConfirmed(_)
        ));
    }
}

#[tokio::test]
async fn one_address_registered_twice_at_once_makes_one_account() {
    for house in houses().await {
        let form = form("mara@example.org");
        let (first, second) = tokio::join!(register(&house, &form), register(&house, &form));
        assert_eq!(first.unwrap(), second.unwrap());
        let mut told = house.told().await;
        told.sort_unstable();
        assert_eq!(
            told,
            ["people.account_registered", "people.registration_repeated"]
        );
    }
}

/// Checklist: A07
#[tokio::test]
async fn a_closed_house_takes_nobody() {
    for house in houses().await {
        let closed = RegistrationSettings {
            open: false,
            ..RegistrationSettings::default()
        };
        saved!(house, |tx| settings::save(tx, &closed, 0)).unwrap();
        let refused = register(&house, &form("mara@example.org")).await;
        assert!(matches!(refused, Err(PeopleError::Forbidden(_))));
        assert!(house.told().await.is_empty());
    }
}

#[tokio::test]
async fn a_house_without_mail_may_skip_confirmation_on_purpose() {
    for house in houses().await {
        let skip = RegistrationSettings {
            skip_confirmation: true,
            ..RegistrationSettings::default()
        };
        saved!(house, |tx| settings::save(tx, &skip, 0)).unwrap();
        let answer = register(&house, &form("mara@example.org")).await.unwrap();
        assert_eq!(answer, Registered::SignInNow);
        let again = register(&house, &form("mara@example.org")).await.unwrap();
        assert_eq!(again, Registered::SignInNow);
        assert!(matches!(
            house.try_password("mara", PASSWORD).await,
            SignIn::SignedIn(_)
        ));
    }
}

#[tokio::test]
async fn every_fault_of_the_form_is_named_at_its_field() {
    for house in houses().await {
        let bad = RegistrationForm {
            name: String::new(),
            email: "no address".to_owned(),
            password: Secret::new("nightowl"),
            locale: None,
        };
        let Err(PeopleError::Form(errors)) = register(&house, &bad).await else {
            panic!("taken as it was")
        };
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["name", "email", "password"]);
    }
}

#[tokio::test]
async fn registering_by_the_dozen_is_stopped() {
    for house in houses().await {
        for i in 0..10 {
            register(&house, &form(&format!("p{i}@example.org")))
                .await
                .unwrap();
        }
        let late = register(&house, &form("late@example.org")).await;
        assert!(matches!(late, Err(PeopleError::TooMany(_))));
    }
}

#[tokio::test]
async fn the_letter_can_be_asked_for_again_until_the_address_is_confirmed() {
    for house in houses().await {
        house.customer("done").await;
        register(&house, &form("mara@example.org")).await.unwrap();
        for email in ["mara@example.org", "done@example.org", "nobody@example.org"] {
            registration::ask_again(&house.db, email, &browser())
                .await
                .unwrap();
        }
        let asked = house.told().await;
        let asked = asked
            .iter()
            .filter(|name| *name == "people.confirmation_asked")
            .count();
        assert_eq!(asked, 1);
    }
}
