//! What needs somebody, and where it goes when it does not any more.

use testkit::engines;

use super::{Desk, action};

#[tokio::test]
async fn what_was_closed_stands_in_a_list_with_who_and_why() {
    for engine in engines().await {
        let mut desk = Desk::open(&engine).await;
        desk.want("server_down/a", "The first server is away").await;
        let overview = desk.browser.get("/office").await;
        let close = action(&overview.body, "/close");
        let note = [("note", "It is being moved to the new rack")];
        let closed = desk.browser.post(&close, &note).await;
        assert_eq!(closed.status, 303);
        desk.want("server_down/b", "The second server is away")
            .await;
        let mut tx = desk
            .site
            .house
            .db
            .begin(kit::Actor::console())
            .await
            .unwrap();
        chronicle::want::done(&mut tx, "server_down/b")
            .await
            .unwrap();
        tx.save().await.unwrap();

        let list = desk.browser.get("/office/events/closed").await;
        for words in ["The first server", "The second server", "new rack", "Robin"] {
            assert!(list.body.contains(words), "{words} is not in the list");
        }
        let noted = desk.browser.get("/office/events/closed?how=note").await;
        assert!(noted.body.contains("The first server"));
        assert!(!noted.body.contains("The second server"));
        let marked = desk
            .browser
            .get("/office/events/closed?after=made.up")
            .await;
        assert_eq!(marked.status, 200, "a mark that is not ours is ignored");
    }
}
