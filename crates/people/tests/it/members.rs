//! Members and what they are known by.

use kit::id::{Id as _, ServerId};
use kit::{Email, PageAsked};
use people::identity::{self, Identity};
use people::member::{self, MemberForm, NewMember};
use people::{PeopleError, person};

use crate::ground::houses;
use crate::saved;

#[tokio::test]
async fn an_account_has_one_member_however_often_it_is_asked() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let first = saved!(house, |tx| member::of_account(tx, &mara)).unwrap();
        let again = saved!(house, |tx| member::of_account(tx, &mara)).unwrap();
        assert_eq!(first.id, again.id);
        let told = house.told().await;
        assert_eq!(
            told.iter()
                .filter(|name| *name == "people.member_created")
                .count(),
            1
        );
    }
}

#[tokio::test]
async fn an_identity_belongs_to_one_member() {
    for house in houses().await {
        let server: ServerId = house.db.world().id();
        let user = Identity::jellyfin(&server, "u1", "mara");
        let one = saved!(house, |tx| member::create(
            tx,
            &NewMember::named("One", None)
        ))
        .unwrap();
        let two = saved!(house, |tx| member::create(
            tx,
            &NewMember::named("Two", None)
        ))
        .unwrap();
        saved!(house, |tx| identity::add(tx, &one.id, &user)).unwrap();
        saved!(house, |tx| identity::add(tx, &one.id, &user)).unwrap();
        let refused = saved!(house, |tx| identity::add(tx, &two.id, &user));
        assert!(matches!(refused, Err(PeopleError::Forbidden(_))));
        let held = identity::find(&house.db, &user).await.unwrap().unwrap();
        assert_eq!(held.member_id, one.id);
        let elsewhere = Identity::jellyfin(&ServerId::fresh(house.db.world()), "u1", "mara");
        saved!(house, |tx| identity::add(tx, &two.id, &elsewhere)).unwrap();
        saved!(house, |tx| identity::remove(tx, &two.id, &user)).unwrap();
        assert!(identity::find(&house.db, &user).await.unwrap().is_some());
        saved!(house, |tx| identity::remove(tx, &one.id, &user)).unwrap();
        saved!(house, |tx| identity::add(tx, &two.id, &user)).unwrap();
    }
}

#[tokio::test]
async fn linking_joins_what_is_free_only() {
    for house in houses().await {
        let mara = house.customer("mara").await;
        let other = house.customer("other").await;
        let imported = saved!(house, |tx| member::create(
            tx,
            &NewMember::named("Mara", None)
        ))
        .unwrap();
        saved!(house, |tx| member::link(tx, &imported, &mara)).unwrap();
        let imported = member::find(&house.db, &imported.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(imported.account_id, Some(mara.id.clone()));
        let taken = saved!(house, |tx| member::link(tx, &imported, &other));
        assert!(matches!(taken, Err(PeopleError::Forbidden(_))));
        let second = saved!(house, |tx| member::create(tx, &NewMember::named("2", None))).unwrap();
        let taken = saved!(house, |tx| member::link(tx, &second, &mara));
        assert!(matches!(taken, Err(PeopleError::Forbidden(_))));
        saved!(house, |tx| member::unlink(tx, &imported)).unwrap();
        saved!(house, |tx| member::link(tx, &second, &mara)).unwrap();
    }
}

#[tokio::test]
async fn members_are_found_by_how_their_name_begins_and_by_address() {
    for house in houses().await {
        let email = Email::parse("m@example.org").unwrap();
        for name in ["mara", "Marek", "Ümit", "zoe", "Mara"] {
            let new = NewMember::named(name, Some(email.clone()).filter(|_| name == "Marek"));
            saved!(house, |tx| member::create(tx, &new)).unwrap();
        }
        let names = |page: kit::PageOf<member::Member>| {
            let mut names: Vec<_> = page.rows.into_iter().map(|member| member.name).collect();
            names.sort();
            names
        };
        let found = member::search(&house.db, "MAR", &PageAsked::first(2))
            .await
            .unwrap();
        let next = found.next.clone();
        assert_eq!(names(found), ["Mara", "mara"]);
        let found = member::search(&house.db, "mar", &PageAsked::new(2, next))
            .await
            .unwrap();
        assert!(found.next.is_none());
        assert_eq!(names(found), ["Marek"]);
        let found = member::search(&house.db, "ü", &PageAsked::first(9))
            .await
            .unwrap();
        assert_eq!(names(found), ["Ümit"]);
        let found = member::search(&house.db, "M@example.org", &PageAsked::first(9))
            .await
            .unwrap();
        assert_eq!(names(found), ["Marek"]);
        let all = member::search(&house.db, " ", &PageAsked::first(9))
            .await
            .unwrap();
        assert_eq!(all.rows.len(), 5);
    }
}

#[tokio::test]
async fn a_member_that_somebody_else_saved_first_is_not_overwritten() {
    for house in houses().await {
        let before = saved!(house, |tx| member::create(
            tx,
            &NewMember::named("Mara", None)
        ))
        .unwrap();
        let form = MemberForm {
            name: "Mara Okafor".to_owned(),
            email: "mara@example.org".to_owned(),
            note: "Pays by post".to_owned(),
            ..MemberForm::default()
        };
        saved!(house, |tx| member::change(tx, &before, &form)).unwrap();
        let again = saved!(house, |tx| member::change(tx, &before, &form));
        assert!(matches!(again, Err(PeopleError::ChangedMeanwhile)));
    }
}

#[tokio::test]
async fn an_erased_member_keeps_the_row_and_nothing_personal() {
    for house in houses().await {
        let email = Email::parse("m@example.org").unwrap();
        let mara = saved!(house, |tx| member::create(
            tx,
            &NewMember::named("Mara", Some(email.clone()))
        ))
        .unwrap();
        let payer = Identity::payer_email(&email);
        saved!(house, |tx| identity::add(tx, &mara.id, &payer)).unwrap();
        saved!(house, |tx| person::erase_member(tx, &mara.id)).unwrap();
        let left = member::find(&house.db, &mara.id).await.unwrap().unwrap();
        assert_eq!((left.name.as_str(), left.email), ("Erased", None));
        assert!(
            identity::list_of(&house.db, &mara.id)
                .await
                .unwrap()
                .is_empty()
        );
    }
}
