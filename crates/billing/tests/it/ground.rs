//! A plan, a subscription, and hands to work with.

use billing::plan::{NewPlan, PlanKind, Sections};
use billing::subscription::NewSubscription;
use billing::term::{Cause, CauseKind, Granted, NewGrant};
use billing::{plan, standing, subscription, term};
use db::{Db, Tx};
use jobs::Job;
use kit::calendar::Length;
use kit::id::{Id, MemberId, PayerId, PlanId, PlanVersionId, SubscriptionId};
use kit::{Actor, PageAsked, Span, Subject, Timestamp};
use testkit::{TestDb, TestWorld, engines, migrated, testworld};

pub struct Ground {
    pub world: TestWorld,
    pub db: Db,
    /// An SQLite file goes when this does.
    _files: TestDb,
}

/// One for each engine.
pub async fn grounds() -> Vec<Ground> {
    let mut grounds = Vec::new();
    for engine in engines().await {
        let world = testworld();
        let db = migrated(&engine, world.world()).await;
        grounds.push(Ground {
            world,
            db,
            _files: engine,
        });
    }
    grounds
}

pub fn new_plan(name: &str) -> NewPlan {
    NewPlan {
        kind: PlanKind::Membership,
        name: name.to_owned(),
        description: String::new(),
        position: 1,
        trial: None,
        sections: Sections::new(),
    }
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a moment")
}

impl Ground {
    pub async fn begin(&self) -> Tx<'_> {
        self.db.begin(Actor::console()).await.unwrap()
    }

    pub async fn plan(&self, plan: &NewPlan) -> (PlanId, PlanVersionId) {
        let mut tx = self.begin().await;
        let id = plan::create(&mut tx, plan).await.unwrap();
        tx.save().await.unwrap();
        let found = plan::find(&self.db, &id).await.unwrap().unwrap();
        (id, found.version.id)
    }

    pub fn member(&self) -> Subject {
        Subject::of(&self.world.world().id::<MemberId>())
    }

    pub fn payer(&self) -> PayerId {
        PayerId::fresh(&self.world.world())
    }

    pub async fn start(&self, subject: &Subject, version: &PlanVersionId) -> SubscriptionId {
        let new = NewSubscription {
            subject: subject.clone(),
            payer_id: self.payer(),
            plan_version_id: version.clone(),
        };
        let mut tx = self.begin().await;
        let id = subscription::start(&mut tx, &new).await.unwrap();
        tx.save().await.unwrap();
        id
    }

    /// A member with a pending membership.
    pub async fn membership(&self) -> SubscriptionId {
        let (_, version) = self.plan(&new_plan("Standard")).await;
        self.start(&self.member(), &version).await
    }

    pub async fn pay(&self, id: &SubscriptionId, length: Length, payment: &str) -> Granted {
        let cause = Cause::new(CauseKind::Payment, payment);
        let grant = NewGrant::new(id, length, cause, self.world.now());
        let mut tx = self.begin().await;
        let granted = term::grant(&mut tx, &grant).await.unwrap();
        tx.save().await.unwrap();
        granted
    }

    pub async fn standing(&self, id: &SubscriptionId) -> standing::Standing {
        standing::standing(&self.db, id, self.world.now())
            .await
            .unwrap()
    }

    pub async fn run<J: Job<Needs = Db>>(&self, job: J) {
        job.run(&self.db).await.unwrap();
    }

    pub fn days_later(&self, days: i64) {
        self.world.advance(Span::days(days));
    }

    /// How many events of that name were told.
    pub async fn told(&self, name: &str) -> usize {
        let filter = chronicle::EventFilter {
            name: Some(name.to_owned()),
            ..Default::default()
        };
        let page = chronicle::list(&self.db, &filter, &PageAsked::first(500)).await;
        page.unwrap().rows.len()
    }
}
