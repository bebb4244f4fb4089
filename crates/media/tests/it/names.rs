//! Names and passwords as they are chosen, and users of before that are linked.

use kit::PageAsked;
use kit::id::ShareId;
use media::credentials::{self, Credentials};
use media::link::{self, Change, Wish};
use media::remote_user::{self, Whose};
use media::{Level, MediaError, Share, group, keeping, placement, share};
use settings::vault;

use crate::ground::{House, asked, houses, member, plan};

fn chosen(name: &str) -> Credentials {
    Credentials::parse(name, "a-good-password").unwrap()
}

async fn shared(house: &House, n: u32) -> Share {
    let (who, plan) = (member(n), plan(&[group::standard()]));
    let mut tx = house.tx().await;
    let shares = placement::settle(&mut tx, &asked(&who, &plan), Level::Full)
        .await
        .unwrap();
    tx.save().await.unwrap();
    shares.into_iter().next().unwrap()
}

async fn choose(house: &House, share: &ShareId, name: &str) -> Result<Share, MediaError> {
    let mut tx = house.tx().await;
    let share = credentials::choose(&mut tx, &house.vault, share, &chosen(name)).await?;
    tx.save().await?;
    Ok(share)
}

#[tokio::test]
async fn the_password_is_sealed_and_the_name_taken_for_others() {
    for house in houses().await {
        house.server("aurora", &[group::standard()]).await;
        let (one, two) = (shared(&house, 1).await, shared(&house, 2).await);
        let one = choose(&house, &one.id, "Mara").await.unwrap();
        assert!(!one.needs_credentials());
        let place = Share::password_place(&one.id);
        let kept = vault::find(&house.db, &house.vault, &place)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(kept.reveal(), "a-good-password");
        for name in ["mara", "old-hand"] {
            let refused = choose(&house, &two.id, name).await;
            assert!(
                matches!(refused, Err(MediaError::Form(errors)) if errors.of("media_name").is_some())
            );
        }
        choose(&house, &two.id, "Noor").await.unwrap();
    }
}

#[tokio::test]
async fn users_of_before_are_not_ours_until_they_are_linked_after_a_preview() {
    for house in houses().await {
        let server = house.server("aurora", &[group::standard()]).await;
        let page = PageAsked::first(50);
        let seen = remote_user::list(&house.db, &server.id, Whose::NotOurs, &page)
            .await
            .unwrap();
        assert_eq!(seen.rows.len(), 2);
        let wishes: Vec<Wish> = seen
            .rows
            .iter()
            .map(|user| Wish {
                user: user.id.clone(),
                member: Some(member(7)),
            })
            .collect();
        let changes = link::preview(&house.db, &server.id, &wishes).await.unwrap();
        let leaves = changes
            .iter()
            .filter(|change| matches!(change, Change::Leave { .. }))
            .count();
        assert_eq!((changes.len(), leaves), (2, 1), "the administrator stays");

        let mut tx = house.tx().await;
        let who = member(7);
        for change in changes {
            if let Change::Link { remote, name, .. } = change {
                link::apply(&mut tx, &server.id, &who, &remote, &name)
                    .await
                    .unwrap();
            }
        }
        let plan = plan(&[group::standard()]);
        let shares = placement::settle(&mut tx, &asked(&who, &plan), Level::Full)
            .await
            .unwrap();
        tx.save().await.unwrap();
        assert_eq!(shares[0].user_name.as_deref(), Some("old-hand"));
        assert!(!shares[0].needs_credentials());
        assert_eq!(
            remote_user::count_foreign(&house.db, &server.id)
                .await
                .unwrap(),
            1
        );

        let mut tx = house.tx().await;
        link::undo(&mut tx, &shares[0].id).await.unwrap();
        tx.save().await.unwrap();
        assert_eq!(
            remote_user::count_foreign(&house.db, &server.id)
                .await
                .unwrap(),
            2
        );
    }
}

#[tokio::test]
async fn one_user_belongs_to_one_member() {
    for house in houses().await {
        let server = house.server("aurora", &[group::standard()]).await;
        let remote = media::RemoteRef::new("id-of-old-hand");
        let mut tx = house.tx().await;
        link::apply(&mut tx, &server.id, &member(1), &remote, "old-hand")
            .await
            .unwrap();
        tx.save().await.unwrap();
        let mut tx = house.tx().await;
        let twice = link::apply(&mut tx, &server.id, &member(2), &remote, "old-hand").await;
        assert!(matches!(twice, Err(MediaError::Refused(_))));
    }
}

#[tokio::test]
async fn a_member_is_erased_only_after_the_end_and_two_are_brought_together() {
    for house in houses().await {
        house.server("aurora", &[group::standard()]).await;
        let one = shared(&house, 1).await;
        choose(&house, &one.id, "Mara").await.unwrap();
        let mut tx = house.tx().await;
        assert!(matches!(
            keeping::erase(&mut tx, &member(1)).await,
            Err(MediaError::Refused(_))
        ));
        keeping::merge(&mut tx, &member(1), &member(2))
            .await
            .unwrap();
        tx.save().await.unwrap();
        assert!(
            share::list_of_member(&house.db, &member(1))
                .await
                .unwrap()
                .is_empty()
        );
        let kept = keeping::export_of(&house.db, &member(2)).await.unwrap();
        assert_eq!(kept[0].user_name.as_deref(), Some("Mara"));

        let mut tx = house.tx().await;
        let plan = plan(&[group::standard()]);
        let (two,) = (member(2),);
        placement::settle(&mut tx, &asked(&two, &plan), Level::Ended)
            .await
            .unwrap();
        keeping::erase(&mut tx, &two).await.unwrap();
        tx.save().await.unwrap();
        assert!(
            share::list_of_member(&house.db, &two)
                .await
                .unwrap()
                .is_empty()
        );
        let place = Share::password_place(&one.id);
        assert!(
            vault::find(&house.db, &house.vault, &place)
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn a_key_that_is_missing_is_said_in_a_sentence() {
    for house in houses().await {
        let server = house.server("aurora", &[group::standard()]).await;
        let Err(MediaError::Refused(text)) = house.servers().open(&server.id).await.map(drop)
        else {
            panic!("nobody is at home")
        };
        assert_eq!(text.in_english(), "Nobody is at home.");
    }
}
