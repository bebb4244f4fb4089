//! The decision of signing in.

use kit::{Secret, Span};
use people::account::NewAccount;
use people::second_factor;
use people::session::Stay;
use people::sign_in::{self, Second, SignIn};
use people::step_up::{self, Evidence};
use people::{PeopleError, account};
use totp_rs::Builder;

use crate::ground::{House, PASSWORD, browser, houses};
use crate::saved;

async fn protect(house: &House, account: &account::Account) -> (Secret, Vec<Secret>) {
    let offer = saved!(house, |tx| second_factor::offer(
        tx,
        &house.vault,
        account,
        "Night: Owl"
    ))
    .unwrap();
    assert!(offer.uri.reveal().starts_with("otpauth://totp/"));
    assert!(offer.svg().contains("<svg"));
    let code = code_of(house, &offer.key);
    let codes = saved!(house, |tx| second_factor::enable(
        tx,
        &house.vault,
        account,
        &code,
        None
    ))
    .unwrap();
    house.world.advance(Span::minutes(2));
    (offer.key, codes)
}

fn code_of(house: &House, key: &Secret) -> String {
    let secret = totp_rs::Secret::try_from_base32(key.reveal()).unwrap();
    let totp = Builder::new()
        .with_secret(secret)
        .with_account_name("x")
        .build()
        .unwrap();
    totp.generate(u64::try_from(house.world.now().s()).unwrap())
        .to_string()
}

async fn pending(house: &House, login: &str) -> Secret {
    match house.try_password(login, PASSWORD).await {
        SignIn::NeedsSecondStep(step) => step.pending,
        other => panic!("no second step: {other:?}"),
    }
}

async fn second(
    house: &House,
    pending: &Secret,
    second: Second<'_>,
) -> Result<people::session::Started, PeopleError> {
    sign_in::with_second_step(&house.db, &house.vault, pending, &second, &browser()).await
}

#[tokio::test]
async fn people_sign_in_by_address_or_user_name_in_any_case() {
    for house in houses().await {
        house.customer("mara").await;
        for login in ["mara", "MARA", " mara@example.org ", "Mara@Example.Org"] {
            let tried = house.try_password(login, PASSWORD).await;
            assert!(matches!(tried, SignIn::SignedIn(_)), "{login} was refused");
        }
    }
}

#[tokio::test]
async fn all_that_is_wrong_gives_the_same_sentence() {
    for house in houses().await {
        house.customer("mara").await;
        let mut sentences = Vec::new();
        for (login, password) in [
            ("mara", "wrong"),
            ("mara@example.org", ""),
            ("nobody", PASSWORD),
            ("nobody@example.org", PASSWORD),
            ("", ""),
        ] {
            let SignIn::Refused(text) = house.try_password(login, password).await else {
                panic!("{login} was not refused")
            };
            sentences.push(text);
        }
        sentences.dedup();
        assert_eq!(sentences.len(), 1);
    }
}

#[tokio::test]
async fn an_unconfirmed_address_is_told_only_to_who_knows_the_password() {
    for house in houses().await {
        let email = kit::Email::parse("new@example.org").unwrap();
        house
            .account(&NewAccount::customer(email, "New".to_owned()))
            .await;
        assert!(matches!(
            house.try_password("new", "wrong").await,
            SignIn::Refused(_)
        ));
        assert!(matches!(
            house.try_password("new", PASSWORD).await,
            SignIn::NotConfirmed(_)
        ));
    }
}

#[tokio::test]
async fn guessing_is_stopped_by_name_and_allowed_again_later() {
    for house in houses().await {
        house.customer("mara").await;
        for _ in 0..10 {
            assert!(matches!(
                house.try_password("mara", "wrong").await,
                SignIn::Refused(_)
            ));
        }
        let form = sign_in::SignInForm {
            login: " MARA ".to_owned(),
            password: Secret::new(PASSWORD),
            stay: Stay::No,
        };
        let tried = sign_in::with_password(&house.db, &house.lane, &form, &browser()).await;
        let Err(PeopleError::TooMany(text)) = tried else {
            panic!("guessing goes on")
        };
        assert_eq!(
            text.in_english(),
            "There were too many tries. Please wait 15 minutes and try again."
        );
        house.world.advance(Span::minutes(15));
        assert!(matches!(
            house.try_password("mara", PASSWORD).await,
            SignIn::SignedIn(_)
        ));
    }
}

#[tokio::test]
async fn guessing_is_stopped_alike_for_names_that_nobody_has() {
    for house in houses().await {
        for _ in 0..10 {
            assert!(matches!(
                house.try_password("nobody", "wrong").await,
                SignIn::Refused(_)
            ));
        }
        let form = sign_in::SignInForm {
            login: "Nobody".to_owned(),
            password: Secret::new("wrong"),
            stay: Stay::No,
        };
        let tried = sign_in::with_password(&house.db, &house.lane, &form, &browser()).await;
        assert!(matches!(tried, Err(PeopleError::TooMany(_))));
        let told = house.told().await;
        assert_eq!(told, ["people.sign_in_refused"; 10]);
    }
}

/// Checklist: A19
#[tokio::test]
async fn a_second_step_wants_a_code_that_was_not_used_before() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let (key, _) = protect(&house, &mara).await;
        let first = pending(&house, "mara").await;
        let code = code_of(&house, &key);
        let wrong = second(&house, &first, Second::Code("000000")).await;
        assert!(matches!(wrong, Err(PeopleError::NotProven(_))));
        second(&house, &first, Second::Code(&code)).await.unwrap();
        let used_up = second(&house, &first, Second::Code(&code)).await;
        assert!(matches!(used_up, Err(PeopleError::Stale)));
        let again = pending(&house, "mara").await;
        let replayed = second(&house, &again, Second::Code(&code)).await;
        assert!(matches!(replayed, Err(PeopleError::NotProven(_))));
        house.world.advance(Span::seconds(30));
        let code = code_of(&house, &key);
        second(&house, &again, Second::Code(&code)).await.unwrap();
    }
}

#[tokio::test]
async fn a_code_of_the_step_before_is_good_and_an_older_one_is_not() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let (key, _) = protect(&house, &mara).await;
        let code = code_of(&house, &key);
        house.world.advance(Span::seconds(60));
        let step = pending(&house, "mara").await;
        let late = second(&house, &step, Second::Code(&code)).await;
        assert!(matches!(late, Err(PeopleError::NotProven(_))));
        let code = code_of(&house, &key);
        house.world.advance(Span::seconds(30));
        second(&house, &step, Second::Code(&code)).await.unwrap();
    }
}

#[tokio::test]
async fn a_recovery_code_is_good_once_however_it_is_typed() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let (_, codes) = protect(&house, &mara).await;
        assert_eq!(codes.len(), 10);
        let typed = codes[3].reveal().to_uppercase().replace('-', " ");
        let step = pending(&house, "mara").await;
        second(&house, &step, Second::RecoveryCode(&typed))
            .await
            .unwrap();
        let step = pending(&house, "mara").await;
        let again = second(&house, &step, Second::RecoveryCode(&typed)).await;
        assert!(matches!(again, Err(PeopleError::NotProven(_))));
        let factor = second_factor::find(&house.db, &mara.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(factor.codes_left, 9);
    }
}

#[tokio::test]
async fn guessing_codes_is_stopped() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let (key, _) = protect(&house, &mara).await;
        let step = pending(&house, "mara").await;
        for _ in 0..10 {
            let wrong = second(&house, &step, Second::Code("000000")).await;
            assert!(matches!(wrong, Err(PeopleError::NotProven(_))));
        }
        let code = code_of(&house, &key);
        let late = second(&house, &step, Second::Code(&code)).await;
        assert!(matches!(late, Err(PeopleError::TooMany(_))));
    }
}

#[tokio::test]
async fn an_authenticator_that_no_code_has_proven_counts_for_nothing() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        saved!(house, |tx| second_factor::offer(
            tx,
            &house.vault,
            &mara,
            "Site"
        ))
        .unwrap();
        let wrong = saved!(house, |tx| second_factor::enable(
            tx,
            &house.vault,
            &mara,
            "123",
            None
        ));
        assert!(matches!(wrong, Err(PeopleError::NotProven(_))));
        assert!(matches!(
            house.try_password("mara", PASSWORD).await,
            SignIn::SignedIn(_)
        ));
    }
}

#[tokio::test]
async fn a_link_does_not_go_around_the_second_step() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        protect(&house, &mara).await;
        let link = house.link(people::token::Purpose::SignInLink, &mara).await;
        let signed = sign_in::with_link(&house.db, &link, &browser())
            .await
            .unwrap();
        assert!(matches!(signed, SignIn::NeedsSecondStep(_)));
    }
}

#[tokio::test]
async fn hashing_uses_two_hands_at_most_and_unknown_names_take_as_long() {
    let house = houses().await.into_iter().next().unwrap();
    house.customer("mara").await;
    let began = tokio::time::Instant::now();
    house.try_password("mara", "wrong").await;
    let known = began.elapsed();
    let began = tokio::time::Instant::now();
    house.try_password("nobody", "wrong").await;
    let unknown = began.elapsed();
    // Within a factor of four: the hash is the bulk of both, and machines of tests are busy.
    assert!(
        unknown * 4 > known && known * 4 > unknown,
        "{known:?} and {unknown:?}"
    );
}

#[tokio::test]
async fn a_protected_account_proves_itself_again_by_its_second_factor() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let (key, _) = protect(&house, &mara).await;
        let step = pending(&house, "mara").await;
        let started = second(&house, &step, Second::Code(&code_of(&house, &key)))
            .await
            .unwrap();
        house.world.advance(Span::hours(1));
        let now = house.world.now();
        let visit = people::session::find(&house.db, &started.secret, now)
            .await
            .unwrap()
            .unwrap();
        let password = Secret::new(PASSWORD);
        let by_password = Evidence::Password(&password);
        let (lane, vault) = (&house.lane, &house.vault);
        let refused = step_up::prove(&house.db, lane, vault, &visit, &by_password).await;
        assert!(matches!(refused, Err(PeopleError::NotProven(_))));
        let code = code_of(&house, &key);
        let by_code = Evidence::Second(Second::Code(&code));
        let secret = step_up::prove(&house.db, lane, vault, &visit, &by_code)
            .await
            .unwrap();
        let visit = people::session::find(&house.db, &secret, now)
            .await
            .unwrap()
            .unwrap();
        assert!(visit.is_fresh(now) && visit.proof.is_strong());
    }
}
