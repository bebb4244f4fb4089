//! The user that new users are made like: one that is there, and never an administrator.

use media::MediaError;
use media::remote_user::{self, Whose};
use media::server::{self, Choices};
use testkit::engines;

use super::Desk;

async fn choose(desk: &Desk, template: &str) -> Result<(), String> {
    let db = &desk.site.house.db;
    let servers = server::list(db).await.unwrap();
    let choices = Choices {
        template_user: Some(template.to_owned()),
        ..Choices::of(&servers[0])
    };
    let mut tx = db.begin(kit::Actor::console()).await.unwrap();
    match server::change(&mut tx, &desk.shop.server, choices).await {
        Ok(_) => {
            tx.save().await.unwrap();
            Ok(())
        }
        Err(MediaError::Form(errors)) => {
            let words = errors.of("template_user").map(kit::Text::in_english);
            Err(words.expect("the field says why"))
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_template_is_an_ordinary_user_of_that_server() {
    for engine in engines().await {
        let desk = Desk::open(&engine).await;
        let db = &desk.site.house.db;
        let all = kit::PageAsked::first(100);
        let users = remote_user::list(db, &desk.shop.server, Whose::Everybody, &all).await;
        let users = users.unwrap().rows;
        let of = |is_chief: bool| {
            let mut users = users.iter();
            let found = users.find(|user| user.is_administrator == is_chief);
            found
                .expect("a user of the stand-in")
                .remote_id
                .as_str()
                .to_owned()
        };
        let nobody = choose(&desk, "anything at all").await.unwrap_err();
        assert!(nobody.contains("has no such user"), "{nobody}");
        let chief = choose(&desk, &of(true)).await.unwrap_err();
        assert!(chief.contains("administrator"), "{chief}");
        choose(&desk, &of(false)).await.expect("an ordinary user");
    }
}
