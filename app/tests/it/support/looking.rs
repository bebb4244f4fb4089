//! What a test looks at afterwards.

use billing::standing::{Standing, standing};
use billing::subscription;
use kit::Subject;
use people::member;

use super::TestSite;

impl TestSite {
    /// The standing of somebody's membership.
    pub async fn standing(&self, who: &str) -> Standing {
        let account = self.account(who).await;
        let member = member::find_by_account(&self.house.db, &account.id)
            .await
            .unwrap()
            .unwrap();
        let all = subscription::of_subject(&self.house.db, &Subject::of(&member.id))
            .await
            .unwrap();
        let latest = all
            .into_iter()
            .max_by_key(|found| found.created_at)
            .unwrap();
        standing(&self.house.db, &latest.id, self.world.now())
            .await
            .unwrap()
    }

    /// Grants that were not taken back.
    pub async fn live_grants(&self, who: &str) -> usize {
        self.standing(who)
            .await
            .grants
            .iter()
            .filter(|grant| grant.is_live())
            .count()
    }

    pub async fn imbalance(&self) -> i64 {
        billing::ledger::imbalance(&self.house.db).await.unwrap()
    }
}
