//! What is kept between reads, on both engines; and that many who save at once all find their rows again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use db::{Db, DbError, Options, values};
use futures::future::join_all;
use kit::{Actor, Span};
use testkit::{TestDb, engines, migrated, testworld};

struct Count(i64);

const ADD: &str = "insert into schedules (name, next_at, last_at) values ($1, 0, 0)";
const COUNT: &str = "select count(*) as n from schedules";

async fn count(db: &Db) -> i64 {
    db.one::<(i64,)>(COUNT, values![]).await.expect("a count").0
}

async fn add(db: &Db, name: &str) {
    let mut tx = db.begin(Actor::console()).await.expect("a transaction");
    tx.run(ADD, values![name]).await.expect("added");
    tx.save().await.expect("saved");
}

/// The kept count, and how often it was read so far.
async fn kept(db: &Db, reads: &AtomicI64) -> (i64, i64) {
    let read = async || {
        reads.fetch_add(1, Ordering::SeqCst);
        Ok::<_, DbError>(Count(count(db).await))
    };
    let kept: Arc<Count> = db.kept(read).await.expect("a count");
    (kept.0, reads.load(Ordering::SeqCst))
}

async fn opened_again(on: &TestDb, world: &testkit::TestWorld) -> Db {
    let options = Options::new(on.address.clone());
    Db::open(&options, world.world()).await.expect("it opens")
}

#[tokio::test]
async fn what_is_kept_is_read_anew_after_every_save_and_after_a_second() {
    for on in engines().await {
        let world = testworld();
        let db = migrated(&on, world.world()).await;
        let reads = AtomicI64::new(0);
        assert_eq!(kept(&db, &reads).await, (0, 1));
        assert_eq!(kept(&db, &reads).await, (0, 1), "nothing was saved");
        add(&db, "first").await;
        assert_eq!(
            kept(&db, &reads).await,
            (1, 2),
            "our own save is seen at once"
        );

        let other = opened_again(&on, &world).await;
        add(&other, "second").await;
        world.advance(Span::seconds(1));
        assert_eq!(
            kept(&db, &reads).await,
            (2, 3),
            "another's save after a second"
        );
        world.advance(Span::minutes(-5));
        assert_eq!(
            kept(&db, &reads).await.1,
            4,
            "a clock that goes back keeps nothing for long"
        );
    }
}

#[tokio::test]
async fn what_is_kept_under_one_name_is_not_answered_for_another() {
    for on in engines().await {
        let db = migrated(&on, testworld().world()).await;
        for name in ["en", "de", "en"] {
            let read = async || Ok::<_, DbError>(name.to_owned());
            let kept: Arc<String> = db.kept_as(name, read).await.expect("a name");
            assert_eq!(*kept, name);
        }
    }
}

/// With the disk waited for, as operators have it.
#[tokio::test]
async fn many_who_save_at_once_all_find_their_rows_again() {
    for on in engines().await {
        let world = testworld();
        migrated(&on, world.world()).await.close().await;
        let db = opened_again(&on, &world).await;
        let names: Vec<String> = (0..60).map(|number| format!("row {number}")).collect();
        join_all(names.iter().map(|name| add(&db, name))).await;
        db.close().await;
        assert_eq!(count(&opened_again(&on, &world).await).await, 60);
    }
}
