//! The course of a test: time that passes in strides, what a member has, and what was written to whom.

use billing::payment::{self, Payment};
use billing::subscription::{self, Subscription};
use chronicle::want::{self, Want};
use db::Tx;
use kit::id::{MemberId, SubscriptionId};
use kit::{Actor, PageAsked, Span, Subject, Timestamp};
use outreach::{Letter, LetterFilter};
use people::member;
use serde_json::{Value, json};

use super::TestSite;

impl TestSite {
    /// Lets days pass, a day at a time: enough for what is counted in days.
    pub async fn days(&self, count: i64) {
        for _ in 0..count {
            self.stride(Span::days(1)).await;
        }
    }

    /// Moves both clocks in one stride and lets messages arrive; then every schedule has its turn.
    pub async fn stride(&self, by: Span) {
        self.world.advance(by);
        self.outside.advance(by).await;
        self.messages_arrive().await;
        self.turn().await;
    }

    /// Moves both clocks to a moment, in one stride.
    pub async fn stride_to(&self, at: Timestamp) {
        self.stride(at.since(self.world.now())).await;
    }

    /// Waits until no message of the gateway is on its way to this house.
    async fn messages_arrive(&self) {
        for _ in 0..20 {
            let state = self.outside.stripe_state().await;
            if state["webhooks_waiting"] == json!(0) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }

    /// What just happened at the gateway reaches this house, by messages or by looking.
    pub async fn news(&self) {
        self.stride(Span::minutes(11)).await;
        self.stride(Span::minutes(11)).await;
    }

    pub async fn member(&self, who: &str) -> MemberId {
        let account = self.account(who).await;
        let found = member::find_by_account(&self.house.db, &account.id).await;
        found.unwrap().expect("is a member").id
    }

    /// The latest subscription.
    pub async fn subscription(&self, who: &str) -> Subscription {
        self.standing(who).await.subscription
    }

    /// The latest subscription. `None`: nothing was ever begun.
    pub async fn maybe_subscription(&self, who: &str) -> Option<SubscriptionId> {
        let account = self.account(who).await;
        let found = member::find_by_account(&self.house.db, &account.id).await;
        let subject = Subject::of(&found.unwrap()?.id);
        let all = subscription::of_subject(&self.house.db, &subject)
            .await
            .unwrap();
        all.into_iter()
            .max_by_key(|one| one.created_at)
            .map(|one| one.id)
    }

    /// What staff or the member change, by capabilities of one kind.
    pub async fn change<T>(&self, work: impl AsyncFnOnce(&mut Tx<'_>) -> T) -> T {
        let mut tx = self.house.db.begin(Actor::console()).await.unwrap();
        let done = work(&mut tx).await;
        tx.save().await.unwrap();
        self.run_jobs().await;
        done
    }

    pub async fn cancel(&self, who: &str, when: subscription::When) {
        let id = self.subscription(who).await.id;
        self.change(async |tx| subscription::cancel(tx, &id, when, None).await.unwrap())
            .await;
    }

    pub async fn undo_cancel(&self, who: &str) {
        let id = self.subscription(who).await.id;
        self.change(async |tx| subscription::undo_cancel(tx, &id).await.unwrap())
            .await;
    }

    /// The payments, newest first.
    pub async fn payments(&self) -> Vec<Payment> {
        let filter = payment::PaymentFilter::default();
        let page = payment::list(&self.house.db, &filter, &PageAsked::first(100)).await;
        page.unwrap().rows
    }

    pub async fn payments_of(&self, subscription: &SubscriptionId) -> Vec<Payment> {
        let filter = payment::PaymentFilter {
            subscription: Some(subscription.clone()),
            ..payment::PaymentFilter::default()
        };
        let page = payment::list(&self.house.db, &filter, &PageAsked::first(100)).await;
        page.unwrap().rows
    }

    /// The letters of a kind, in whatever state; `kind` as it is stored.
    pub async fn letters(&self, kind: &str) -> Vec<Letter> {
        let asked = PageAsked::first(200);
        let all = outreach::list(&self.house.db, &LetterFilter::default(), &asked).await;
        let mut all = all.unwrap().rows;
        all.retain(|letter| letter.kind.word() == kind);
        all
    }

    /// The open lines of Overview of a kind.
    pub async fn wants(&self, kind: &str) -> Vec<Want> {
        let mut all = want::list_open(&self.house.db, 100).await.unwrap();
        all.retain(|want| want.kind == kind);
        all
    }

    /// The policy of a user on the server. `Null`: there is none.
    pub async fn policy(&self, name: &str) -> Value {
        let user = self.outside.jellyfin_user(name).await;
        user.map_or(Value::Null, |user| user["policy"].clone())
    }

    /// The libraries that a user of the server sees, by name.
    pub async fn opened(&self, name: &str) -> Vec<String> {
        let user = self.outside.jellyfin_user(name).await.unwrap_or_default();
        let names = user["libraries"].as_array().cloned().unwrap_or_default();
        names
            .iter()
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect()
    }
}
