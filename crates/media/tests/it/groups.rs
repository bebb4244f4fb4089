//! Libraries and their groups; servers as they arrive.

use kit::id::GroupId;
use kit::id::Id;
use media::{MediaError, adding, group, library, server};

use crate::ground::{examined, houses, plan};

/// G09, G24: switched off on arrival, libraries imported, all of them Private.
#[tokio::test]
async fn g09_g24_a_new_server_is_off_and_its_libraries_are_private() {
    for house in houses().await {
        let mut tx = house.tx().await;
        let server = adding::add(&mut tx, &house.vault, &examined("aurora", 3))
            .await
            .unwrap();
        tx.save().await.unwrap();
        assert!(!server.enabled);
        let libraries = library::list_of_server(&house.db, &server.id)
            .await
            .unwrap();
        assert_eq!(libraries.len(), 3);
        assert!(
            libraries
                .iter()
                .all(|library| library.group_id == group::private())
        );
    }
}

/// Checklist: G08
#[tokio::test]
async fn the_same_installation_cannot_be_added_twice() {
    for house in houses().await {
        let mut tx = house.tx().await;
        adding::add(&mut tx, &house.vault, &examined("aurora", 1))
            .await
            .unwrap();
        tx.save().await.unwrap();
        let mut tx = house.tx().await;
        let again = adding::add(&mut tx, &house.vault, &examined("aurora", 1)).await;
        assert!(matches!(again, Err(MediaError::Refused(_))));
    }
}

/// G25: groups are made, renamed, filled and emptied.
#[tokio::test]
async fn g25_groups_can_be_made_and_libraries_put_into_them() {
    for house in houses().await {
        let mut tx = house.tx().await;
        let own = group::create(&mut tx, "Premium 4K").await.unwrap();
        assert!(matches!(
            group::create(&mut tx, " ").await,
            Err(MediaError::Form(_))
        ));
        tx.save().await.unwrap();
        let server = house.server("aurora", std::slice::from_ref(&own.id)).await;
        let libraries = library::list_of_server(&house.db, &server.id)
            .await
            .unwrap();
        assert_eq!(
            library::opened_by(&libraries, &plan(std::slice::from_ref(&own.id))).len(),
            1
        );

        let mut tx = house.tx().await;
        assert!(matches!(
            group::remove(&mut tx, &own.id).await,
            Err(MediaError::Refused(_))
        ));
        let standard = group::standard();
        let ids = [libraries[0].id.clone()];
        group::put_libraries(&mut tx, &server.id, &ids, &standard)
            .await
            .unwrap();
        group::rename(&mut tx, &own.id, "Remux").await.unwrap();
        group::remove(&mut tx, &own.id).await.unwrap();
        tx.save().await.unwrap();
        assert_eq!(group::list(&house.db).await.unwrap().len(), 2);
    }
}

/// Checklist: G25
#[tokio::test]
async fn a_group_of_a_taken_name_is_refused_in_the_form() {
    for house in houses().await {
        let mut tx = house.tx().await;
        let taken = group::create(&mut tx, "Standard").await;
        assert!(matches!(taken, Err(MediaError::Form(errors)) if errors.of("name").is_some()));
    }
}

/// G26: whatever a plan says, Private opens nothing.
#[tokio::test]
async fn g26_a_private_library_is_never_shared() {
    for house in houses().await {
        let server = house
            .server("aurora", &[group::private(), group::standard()])
            .await;
        let libraries = library::list_of_server(&house.db, &server.id)
            .await
            .unwrap();
        let everything = plan(&[group::private(), group::standard()]);
        assert_eq!(library::opened_by(&libraries, &everything).len(), 1);
        let shareable = group::list_shareable(&house.db).await.unwrap();
        assert!(shareable.iter().all(|group| !group.is_private()));
    }
}

/// G27: Private and Standard are there, and stay as they are.
#[tokio::test]
async fn g27_the_two_groups_of_the_house_are_protected() {
    for house in houses().await {
        for id in [group::private(), group::standard()] {
            let mut tx = house.tx().await;
            assert!(matches!(
                group::rename(&mut tx, &id, "Mine").await,
                Err(MediaError::Refused(_))
            ));
            assert!(matches!(
                group::remove(&mut tx, &id).await,
                Err(MediaError::Refused(_))
            ));
        }
        let nobody = GroupId::parse("grp_nobody").unwrap();
        let mut tx = house.tx().await;
        assert!(matches!(
            group::remove(&mut tx, &nobody).await,
            Err(MediaError::NotFound)
        ));
    }
}

/// G10: a server is taken out of use and into it again.
#[tokio::test]
async fn g10_a_server_can_be_switched_off_and_removed_when_nobody_is_on_it() {
    for house in houses().await {
        let server = house.server("aurora", &[group::standard()]).await;
        house
            .set(&server.id, |choices| choices.enabled = false)
            .await;
        let now = server::find(&house.db, &server.id).await.unwrap().unwrap();
        assert!(!now.enabled);
        let mut tx = house.tx().await;
        server::remove(&mut tx, &server.id).await.unwrap();
        tx.save().await.unwrap();
        assert!(server::list(&house.db).await.unwrap().is_empty());
    }
}
