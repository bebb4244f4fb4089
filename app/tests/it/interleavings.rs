//! Random interleavings of everything that can happen around money: 500 histories of one member each, twenty at
//! a time in one house, with messages that fare in all ways, processes that die, and clocks that move.

use std::collections::BTreeMap;

use billing::refund::{self, NewRefund, TermAfter};
use kit::{Actor, Span};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};
use testkit::{TestDb, engines};

use crate::support::{Shop, TestSite, WAYS};

const AT_ONCE: usize = 20;
/// 500 histories on SQLite, where they are cheap; enough of them on PostgreSQL to see the difference.
const ROUNDS: [usize; 2] = [25, 2];

#[derive(Debug, Clone, Copy)]
enum Happens {
    /// A purchase is begun and paid, if the process lives to open the page.
    Buys(usize),
    /// A page is opened and left.
    Looks(usize),
    /// Staff refund the oldest payment that is left, whole.
    Refund(usize),
    /// The gateway's messages fare differently from now on.
    Messages(usize),
    Jobs,
    /// Schedules have their turn, reconciling among them.
    Turn,
    Minutes(i64),
    /// The process dies so many steps from now, and a new one begins.
    Dies(i64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => (0..AT_ONCE).prop_map(Happens::Buys),
        1 => (0..AT_ONCE).prop_map(Happens::Looks),
        2 => (0..AT_ONCE).prop_map(Happens::Refund),
        1 => (0..WAYS.len()).prop_map(Happens::Messages),
        3 => Just(Happens::Jobs),
        1 => Just(Happens::Turn),
        2 => (1_i64..90).prop_map(Happens::Minutes),
        1 => (0_i64..60).prop_map(Happens::Dies),
    ]
}

/// One house, and what was really paid and asked back there, by member.
struct Round {
    site: TestSite,
    shop: Shop,
    number: usize,
    paid: BTreeMap<usize, usize>,
    refunded: BTreeMap<usize, usize>,
}

impl Round {
    fn name(&self, who: usize) -> String {
        format!("Round{}member{who}", self.number)
    }

    async fn apply(mut self, happens: Happens) -> Self {
        match happens {
            Happens::Buys(who) => self.buys(who).await,
            Happens::Looks(who) => {
                let name = self.name(who);
                drop(
                    self.site
                        .begin_checkout(&name, &self.shop, &self.shop.month)
                        .await,
                );
            }
            Happens::Refund(who) => self.refund(who).await,
            Happens::Messages(way) => {
                self.site.outside.no_faults().await;
                self.site.outside.messages_fare(WAYS[way]).await;
            }
            Happens::Jobs => drop(self.site.house.runner.run_until_idle().await),
            Happens::Turn => drop(self.site.house.runner.turn_schedules().await),
            Happens::Minutes(count) => {
                self.site.world.advance(Span::minutes(count));
                self.site.outside.advance(Span::minutes(count)).await;
            }
            Happens::Dies(step) => {
                self.site.world.stop_at(step);
                self.buys(0).await;
                drop(self.site.house.runner.run_until_idle().await);
                drop(self.site.house.runner.turn_schedules().await);
                drop(self.site.house.runner.run_until_idle().await);
                self.site = self.site.reopened().await;
                self.site.listen(&self.shop).await;
            }
        }
        self
    }

    async fn buys(&mut self, who: usize) {
        let name = self.name(who);
        let page = self
            .site
            .begin_checkout(&name, &self.shop, &self.shop.month)
            .await;
        if let Ok((_, page)) = page {
            // Who presses again within moments is led to the page that they have paid.
            if self.site.outside.pay_once(&page, "4242424242424242").await {
                *self.paid.entry(who).or_default() += 1;
            }
        }
    }

    async fn refund(&mut self, who: usize) {
        let name = self.name(who);
        let Some(id) = self.site.maybe_subscription(&name).await else {
            return;
        };
        let mut payments = self.site.payments_of(&id).await;
        payments.reverse();
        let db = &self.site.house.db;
        for payment in payments {
            let left = refund::refundable(db, &payment).await.expect("read");
            if left == payment.amount() {
                let new = NewRefund {
                    payment: payment.id,
                    amount: left,
                    term: TermAfter::Revoke,
                    reason: "asked for".to_owned(),
                };
                let mut tx = db.begin(Actor::console()).await.expect("begun");
                refund::ask(&mut tx, &new).await.expect("can be refunded");
                tx.save().await.expect("saved");
                *self.refunded.entry(who).or_default() += 1;
                return;
            }
        }
    }

    /// Calm returns: messages or not, everything comes to its end.
    async fn settle(&self) {
        self.site.outside.no_faults().await;
        for _ in 0..4 {
            self.site.stride(Span::minutes(11)).await;
        }
        self.site.stride(Span::minutes(61)).await;
        self.site.stride(Span::minutes(61)).await;
    }

    async fn assert_all_is_right(&self) {
        for who in 0..AT_ONCE {
            let name = self.name(who);
            let paid = self.paid.get(&who).copied().unwrap_or_default();
            let left = paid - self.refunded.get(&who).copied().unwrap_or_default();
            if self.site.maybe_subscription(&name).await.is_none() {
                assert_eq!(paid, 0, "{name} paid for something");
                continue;
            }
            assert_eq!(
                self.site.live_grants(&name).await,
                left,
                "{name}: one grant per cause"
            );
            let opened = self.site.opened(&name.to_lowercase()).await.len();
            assert_eq!(
                opened,
                if left > 0 { 2 } else { 0 },
                "{name}: access follows"
            );
        }
        let all: usize = self.paid.values().sum();
        let booked = self.site.payments().await;
        assert_eq!(booked.len(), all.min(100), "each payment is booked once");
        assert_eq!(self.site.outside.open_pages().await, Vec::<String>::new());
        self.site.assert_books().await;
        self.site.assert_no_failures().await;
    }
}

async fn round(on: &TestDb, number: usize, runner: &mut TestRunner) {
    let count = AT_ONCE * 3;
    let story = prop::collection::vec(happens(), count..=count);
    let story = story.new_tree(runner).expect("a story").current();
    let site = TestSite::on(on).await;
    let shop = site.set_up().await;
    for who in 0..AT_ONCE {
        site.account(&format!("Round{number}member{who}")).await;
    }
    let (paid, refunded) = (BTreeMap::new(), BTreeMap::new());
    let mut round = Round {
        site,
        shop,
        number,
        paid,
        refunded,
    };
    for &one in &story {
        round = round.apply(one).await;
    }
    round.settle().await;
    eprintln!("round {number}: {story:?}");
    round.assert_all_is_right().await;
}

#[tokio::test]
async fn five_hundred_random_histories_all_end_as_their_payments_say() {
    for (engine, rounds) in engines().await.into_iter().zip(ROUNDS) {
        let rng = TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        for number in 0..rounds {
            round(&engine.fresh().await, number, &mut runner).await;
        }
    }
}
