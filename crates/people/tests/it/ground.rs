//! What the tests stand on: a house with a database, a vault, and people in it.

use db::Db;
use kit::{Actor, Email, Secret, Subject};
use people::account::{self, Account, NewAccount};
use people::password::{self, Lane};
use people::session::Browser;
use people::sign_in::{self, SignIn, SignInForm};
use people::token::{self, Purpose};
use settings::Vault;
use testkit::{TestDb, TestWorld, engines, migrated, testworld};

pub const PASSWORD: &str = "nine geese at noon";

/// A house with an empty database.
pub struct House {
    pub world: TestWorld,
    pub db: Db,
    pub vault: Vault,
    pub lane: Lane,
    /// Keeps the database's folder.
    _on: TestDb,
}

/// One house for each engine.
pub async fn houses() -> Vec<House> {
    let mut houses = Vec::new();
    for on in engines().await {
        let world = testworld();
        let db = migrated(&on, world.world()).await;
        let vault = Vault::fresh(&world.world());
        houses.push(House {
            world,
            db,
            vault,
            lane: Lane::new(),
            _on: on,
        });
    }
    houses
}

pub fn browser() -> Browser {
    Browser {
        user_agent: "Firefox".to_owned(),
        address: "192.0.2.7".to_owned(),
    }
}

impl House {
    /// A confirmed customer with [`PASSWORD`].
    pub async fn customer(&self, name: &str) -> Account {
        let email = Email::parse(&format!("{name}@example.org")).unwrap();
        let new = NewAccount {
            confirmed: true,
            ..NewAccount::customer(email, name.to_owned())
        };
        self.account(&new).await
    }

    pub async fn administrator(&self, name: &str) -> Account {
        let email = Email::parse(&format!("{name}@example.org")).unwrap();
        self.account(&NewAccount::administrator(email, name.to_owned()))
            .await
    }

    pub async fn account(&self, new: &NewAccount) -> Account {
        let secret = Secret::new(PASSWORD);
        let hash = password::hash(&self.lane, self.db.world(), &secret).await;
        let mut tx = self.db.begin(Actor::console()).await.unwrap();
        let made = account::create(&mut tx, new, Some(&hash)).await.unwrap();
        tx.save().await.unwrap();
        made
    }

    pub async fn try_password(&self, login: &str, password: &str) -> SignIn {
        let form = SignInForm {
            login: login.to_owned(),
            password: Secret::new(password),
            stay: people::session::Stay::No,
        };
        sign_in::with_password(&self.db, &self.lane, &form, &browser())
            .await
            .unwrap()
    }

    pub async fn link(&self, purpose: Purpose, account: &Account) -> Secret {
        let mut tx = self.db.begin(Actor::console()).await.unwrap();
        let subject = Subject::of(&account.id);
        let secret = token::issue(&mut tx, purpose, &subject, None)
            .await
            .unwrap();
        tx.save().await.unwrap();
        secret
    }

    /// Names of the events so far, oldest first.
    pub async fn told(&self) -> Vec<String> {
        let everything = chronicle::EventFilter::default();
        let asked = kit::PageAsked::first(500);
        let newest_first = chronicle::list(&self.db, &everything, &asked)
            .await
            .unwrap();
        newest_first
            .rows
            .into_iter()
            .rev()
            .map(|event| event.name)
            .collect()
    }
}

/// Does the work in a transaction and saves it.
#[macro_export]
macro_rules! saved {
    ($house:expr, |$tx:ident| $work:expr) => {{
        let mut transaction = $house.db.begin(kit::Actor::console()).await.unwrap();
        let $tx = &mut transaction;
        let outcome = $work.await;
        transaction.save().await.unwrap();
        outcome
    }};
}
