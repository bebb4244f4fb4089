//! Accounts: numbers, names, standing, and leaving.

use kit::id::AccountId;
use kit::{Actor, Email, PageAsked, Secret, Span, Subject};
use people::account::{self, NewAccount};
use people::profile::{self, ProfileForm};
use people::session::{self, Proof, Stay};
use people::standing::{self, Standing};
use people::{PeopleError, member, passkey, person, role, sign_in};

use crate::ground::{browser, houses};
use crate::saved;

#[tokio::test]
async fn accounts_are_numbered_from_1000_without_doubles() {
    for house in houses().await {
        let mut tasks = tokio::task::JoinSet::new();
        for i in 0..12 {
            let db = house.db.clone();
            tasks.spawn(async move {
                let email = Email::parse(&format!("p{i}@example.org")).unwrap();
                let new = NewAccount::customer(email, format!("Person {i}"));
                let mut tx = db.begin(Actor::console()).await.unwrap();
                let made = account::create(&mut tx, &new, None).await.unwrap();
                tx.save().await.unwrap();
                made.number
            });
        }
        let mut numbers = tasks.join_all().await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1000..1012).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_address_in_other_case_is_the_same_address() {
    for house in houses().await {
        house.customer("mara").await;
        let email = Email::parse("MARA@Example.ORG").unwrap();
        let new = NewAccount::customer(email, "Mara".to_owned());
        let refused = saved!(house, |tx| account::create(tx, &new, None));
        assert!(matches!(refused, Err(PeopleError::Form(errors)) if errors.of("email").is_some()));
    }
}

#[tokio::test]
async fn two_people_of_one_local_part_get_two_user_names() {
    for house in houses().await {
        let first = house.customer("mara").await;
        let email = Email::parse("mara@example.net").unwrap();
        let new = NewAccount::customer(email, "Other Mara".to_owned());
        let second = saved!(house, |tx| account::create(tx, &new, None)).unwrap();
        assert_eq!(first.username, "mara");
        assert_ne!(second.username, "mara");
        assert!(second.username.starts_with("mara-"));
    }
}

#[tokio::test]
async fn a_profile_that_somebody_else_saved_first_is_not_overwritten() {
    for house in houses().await {
        let before = house.customer("mara").await;
        let form = ProfileForm {
            username: "mara".to_owned(),
            name: "Mara Okafor".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            ..ProfileForm::default()
        };
        saved!(house, |tx| profile::change(tx, &before, &form)).unwrap();
        let after = account::find(&house.db, &before.id).await.unwrap().unwrap();
        assert_eq!(after.name, "Mara Okafor");
        assert_eq!(after.zone().unwrap().name(), "Europe/Berlin");
        let again = saved!(house, |tx| profile::change(tx, &before, &form));
        assert!(matches!(again, Err(PeopleError::ChangedMeanwhile)));
    }
}

#[tokio::test]
async fn a_profile_with_several_faults_names_them_all() {
    for house in houses().await {
        house.customer("taken").await;
        let mara = house.customer("mara").await;
        let form = ProfileForm {
            username: "a@b".to_owned(),
            name: " ".to_owned(),
            zone: "Mars/Olympus".to_owned(),
            ..ProfileForm::default()
        };
        let Err(PeopleError::Form(errors)) = saved!(house, |tx| profile::change(tx, &mara, &form))
        else {
            panic!("taken as it was")
        };
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["username", "name", "zone"]);
        let form = ProfileForm {
            username: "TAKEN".to_owned(),
            name: "Mara".to_owned(),
            ..ProfileForm::default()
        };
        let taken = saved!(house, |tx| profile::change(tx, &mara, &form));
        assert!(matches!(taken, Err(PeopleError::Form(_))));
    }
}

#[tokio::test]
async fn a_disabled_account_is_signed_out_at_once() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let started = saved!(house, |tx| session::start(
            tx,
            &mara,
            Proof::Password,
            Stay::Yes,
            &browser()
        ))
        .unwrap();
        let standing = Standing {
            level: mara.level,
            role_id: mara.role_id.clone(),
            enabled: false,
            api_access: false,
        };
        saved!(house, |tx| standing::change(tx, &mara, &standing)).unwrap();
        let visit = session::find(&house.db, &started.secret, house.world.now())
            .await
            .unwrap();
        assert!(visit.is_none());
        let tried = house.try_password("mara", crate::ground::PASSWORD).await;
        assert!(matches!(tried, sign_in::SignIn::Disabled(_)));
    }
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    for house in houses().await {
        let boss = house.administrator("boss").await;
        let demoted = Standing {
            level: people::account::Level::Customer,
            role_id: role::user(),
            enabled: true,
            api_access: false,
        };
        let refused = saved!(house, |tx| standing::change(tx, &boss, &demoted));
        assert!(matches!(refused, Err(PeopleError::Forbidden(_))));
        let refused = saved!(house, |tx| person::erase(tx, &boss));
        assert!(matches!(refused, Err(PeopleError::Forbidden(_))));
        house.administrator("second").await;
        saved!(house, |tx| standing::change(tx, &boss, &demoted)).unwrap();
    }
}

#[tokio::test]
async fn an_erased_sign_in_leaves_its_member_and_nothing_else() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let member = saved!(house, |tx| member::of_account(tx, &mara)).unwrap();
        saved!(house, |tx| session::start(
            tx,
            &mara,
            Proof::Password,
            Stay::Yes,
            &browser()
        ))
        .unwrap();
        let export = person::export_of(&house.db, &mara.id, house.world.now())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(export.sessions.len(), 1);
        assert_eq!(export.member.unwrap().name, "mara");

        house.world.advance(Span::seconds(1));
        saved!(house, |tx| person::erase(tx, &mara)).unwrap();
        assert!(account::find(&house.db, &mara.id).await.unwrap().is_none());
        let left = member::find(&house.db, &member.id).await.unwrap().unwrap();
        assert_eq!(left.account_id, None::<AccountId>);
        assert!(
            passkey::list_of(&house.db, &mara.id)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            chronicle::of_subject(&house.db, &Subject::of(&mara.id), &PageAsked::first(1))
                .await
                .unwrap()
                .rows[0]
                .name,
            "people.account_erased"
        );
    }
}

#[tokio::test]
async fn what_is_exported_holds_no_secret() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let started = saved!(house, |tx| session::start(
            tx,
            &mara,
            Proof::Password,
            Stay::Yes,
            &browser()
        ))
        .unwrap();
        let export = person::export_of(&house.db, &mara.id, house.world.now())
            .await
            .unwrap();
        let json = serde_json::to_string(&export).unwrap();
        let secret: &Secret = &started.secret;
        assert!(!json.contains(secret.reveal()) && !json.contains("argon2"));
    }
}

#[tokio::test]
async fn two_administrators_who_demote_each_other_leave_one() {
    for house in houses().await {
        let one = house.administrator("one").await;
        let two = house.administrator("two").await;
        let demote = |account: account::Account| {
            let db = house.db.clone();
            async move {
                let demoted = Standing {
                    level: people::account::Level::Customer,
                    role_id: role::user(),
                    enabled: true,
                    api_access: false,
                };
                let mut tx = db.begin(Actor::console()).await.unwrap();
                let outcome = standing::change(&mut tx, &account, &demoted).await;
                if outcome.is_ok() {
                    tx.save().await.unwrap();
                }
                outcome.is_ok()
            }
        };
        let (first, second) = tokio::join!(demote(one), demote(two));
        assert!(first != second);
        assert!(standing::has_administrator(&house.db).await.unwrap());
    }
}
