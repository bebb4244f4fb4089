//! The queue on both engines: nothing lost, nothing doubled, nothing in a loop.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures::poll;
use jobs::{Job, JobError, Lane, Registry, Runner, Schedule};
use kit::{Actor, PageAsked, Span, t};
use serde::{Deserialize, Serialize};
use testkit::{engines, migrated, testworld};

type Counter = Arc<AtomicUsize>;

#[derive(Serialize, Deserialize)]
struct Count;

#[async_trait]
impl Job for Count {
    const NAME: &'static str = "test.count";
    const LANE: Lane = Lane::Money;
    type Needs = Counter;

    async fn run(&self, counter: &Counter) -> Result<(), JobError> {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Stumble;

#[async_trait]
impl Job for Stumble {
    const NAME: &'static str = "test.stumble";
    const LANE: Lane = Lane::Access;
    const ATTEMPTS: i64 = 3;
    type Needs = Counter;

    async fn run(&self, counter: &Counter) -> Result<(), JobError> {
        counter.fetch_add(1, Ordering::SeqCst);
        Err(JobError::Again(t!("The stone is still there.")))
    }
}

fn runner(db: &db::Db, counter: &Counter) -> Runner {
    let registry = Registry::new()
        .with::<Count>(counter)
        .with::<Stumble>(counter);
    let schedules = vec![Schedule::new(Span::hours(1), Count)];
    Runner::new(db.clone(), registry, schedules)
}

async fn add<J: Job>(db: &db::Db, job: &J, key: Option<&str>) {
    let mut tx = db.begin(Actor::console()).await.expect("a transaction");
    match key {
        Some(key) => jobs::add_once(&mut tx, job, key).await.expect("added"),
        None => jobs::add(&mut tx, job).await.expect("added"),
    }
    tx.save().await.expect("saved");
}

#[tokio::test]
async fn two_waiting_jobs_of_one_key_become_one() {
    for engine in engines().await {
        let world = testworld();
        let db = migrated(&engine, world.world()).await;
        let counter = Counter::default();
        add(&db, &Count, Some("a")).await;
        add(&db, &Count, Some("a")).await;
        add(&db, &Count, Some("b")).await;
        runner(&db, &counter).run_until_idle().await.expect("run");
        assert_eq!(counter.load(Ordering::SeqCst), 2, "{:?}", engine.engine);
    }
}

#[tokio::test]
async fn a_job_that_never_succeeds_ends_in_the_list_of_failures_with_its_reason() {
    for engine in engines().await {
        let world = testworld();
        let db = migrated(&engine, world.world()).await;
        let counter = Counter::default();
        let runner = runner(&db, &counter);
        add(&db, &Stumble, None).await;
        for _ in 0..10 {
            runner.run_until_idle().await.expect("run");
            world.advance(Span::hours(2));
        }
        assert_eq!(counter.load(Ordering::SeqCst), 3);
        let failed = jobs::list_failed(&db, &PageAsked::first(10))
            .await
            .expect("listed")
            .rows;
        assert_eq!(failed.len(), 1);
        let reason = failed[0]
            .last_error
            .as_ref()
            .expect("a reason")
            .in_english();
        assert_eq!(reason, "The stone is still there.");

        let mut tx = db.begin(Actor::console()).await.expect("a transaction");
        let retried = jobs::retry(&mut tx, &failed[0].id).await.expect("retried");
        assert_eq!(retried.as_ref(), Some(&failed[0].name));
        tx.save().await.expect("saved");
        runner.run_until_idle().await.expect("run");
        assert_eq!(counter.load(Ordering::SeqCst), 4);
    }
}

#[tokio::test]
async fn competing_runners_run_each_job_once() {
    for engine in engines().await {
        let world = testworld();
        let db = migrated(&engine, world.world()).await;
        let counter = Counter::default();
        let mut tx = db.begin(Actor::console()).await.expect("a transaction");
        for _ in 0..200 {
            jobs::add(&mut tx, &Count).await.expect("added");
        }
        tx.save().await.expect("saved");
        let runners: Vec<_> = (0..4).map(|_| runner(&db, &counter).start()).collect();
        for _ in 0..200 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            if jobs::figures(&db, world.now())
                .await
                .expect("figures")
                .waiting
                == 0
            {
                break;
            }
        }
        for runner in runners {
            runner.stop().await;
        }
        // One more: the schedule's first turn.
        assert_eq!(counter.load(Ordering::SeqCst), 201, "{:?}", engine.engine);
    }
}

#[tokio::test]
async fn a_schedule_gives_one_turn_however_many_processes_keep_it() {
    for engine in engines().await {
        let world = testworld();
        let db = migrated(&engine, world.world()).await;
        let counter = Counter::default();
        let (first, second) = (runner(&db, &counter), runner(&db, &counter));
        for _ in 0..3 {
            first.turn_schedules().await.expect("kept");
            second.turn_schedules().await.expect("kept");
            first.run_until_idle().await.expect("run");
            second.run_until_idle().await.expect("run");
            world.advance(Span::hours(1));
        }
        assert_eq!(counter.load(Ordering::SeqCst), 3, "{:?}", engine.engine);
    }
}

#[tokio::test]
async fn a_claim_whose_process_died_is_taken_over_when_its_lease_ends() {
    for engine in engines().await {
        let world = testworld();
        let db = migrated(&engine, world.world()).await;
        let counter = Counter::default();
        add(&db, &Count, None).await;
        world.count_from_here();
        // The claim is saved, and the plug is pulled before the work.
        world.stop_at(2);
        assert!(runner(&db, &counter).run_until_idle().await.is_err());
        world.revive();
        assert_eq!(
            runner(&db, &counter).run_until_idle().await.expect("run"),
            0
        );
        world.advance(Span::seconds(61));
        runner(&db, &counter).run_until_idle().await.expect("run");
        assert!(
            (1..=2).contains(&counter.load(Ordering::SeqCst)),
            "{:?}",
            engine.engine
        );
        assert_eq!(
            jobs::figures(&db, world.now())
                .await
                .expect("figures")
                .waiting,
            0
        );
    }
}

#[tokio::test]
async fn a_job_that_is_due_wakes_its_lane_and_no_other() {
    for on in engines().await {
        let world = testworld();
        let db = migrated(&on, world.world()).await;
        let (money, access) = (db.bell(Lane::Money.word()), db.bell(Lane::Access.word()));
        let (mut money, mut access) = (pin!(money.notified()), pin!(access.notified()));
        assert!(poll!(&mut money).is_pending() && poll!(&mut access).is_pending());
        let mut tx = db.begin(Actor::console()).await.expect("a transaction");
        let later = tx.now() + Span::minutes(1);
        jobs::add_at(&mut tx, &Stumble, later).await.expect("added");
        jobs::add(&mut tx, &Count).await.expect("added");
        assert!(poll!(&mut money).is_pending(), "nothing is saved yet");
        tx.save().await.expect("saved");
        assert!(poll!(&mut money).is_ready());
        assert!(poll!(&mut access).is_pending(), "its job is not due yet");
    }
}

#[tokio::test]
async fn runs_are_forgotten_after_two_weeks_and_not_before() {
    for engine in engines().await {
        let world = testworld();
        let db = migrated(&engine, world.world()).await;
        let counter = Counter::default();
        let runs = async || {
            let page = jobs::list_runs(&db, None, &PageAsked::first(100)).await;
            page.expect("read")
                .rows
                .iter()
                .filter(|run| run.name == Count::NAME)
                .count()
        };
        let forget = async || {
            let forgetting = jobs::forgetting::ForgetRuns {};
            forgetting.run(&db).await.expect("forgotten");
        };
        add(&db, &Count, None).await;
        runner(&db, &counter).run_until_idle().await.expect("run");
        world.advance(Span::days(13));
        forget().await;
        let kept = runs().await;
        assert!(kept > 0, "{:?}", engine.engine);
        world.advance(Span::days(2));
        forget().await;
        assert_eq!(runs().await, 0, "{:?}", engine.engine);
    }
}
