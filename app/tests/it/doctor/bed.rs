//! Where a case lies: a house, its operator's browser, and the ids that stand for the table's `{…}`.

use std::collections::BTreeMap;

use kit::Span;
use kit::id::{Id, ServerId};
use media::server::{self, Choices};
use media::share::{self, Share};
use people::member;
use serde_json::{Value, json};
use testkit::TestDb;

use crate::support::{Browser, Page, Shop, TestSite};

pub struct Bed {
    pub site: TestSite,
    pub office: Browser,
    pub shop: Shop,
    ids: BTreeMap<&'static str, String>,
}

/// A page as it was opened, and its address.
pub struct Seen {
    pub path: String,
    pub page: Page,
}

impl Bed {
    /// A house with one server of a kind that takes a key.
    pub async fn on(engine: &TestDb, kind: &str) -> Self {
        let site = TestSite::on(engine).await;
        let shop = site.set_up_on(kind).await;
        Self::around(site, shop).await
    }

    pub async fn around(site: TestSite, shop: Shop) -> Self {
        let chief = site.administrator("Robin").await;
        let office = Browser::of(&site, &chief).await;
        let mut bed = Self {
            site,
            office,
            shop,
            ids: BTreeMap::new(),
        };
        bed.name("server", bed.shop.server.to_string());
        bed.name("plan", bed.shop.plan.to_string());
        bed
    }

    pub fn name(&mut self, word: &'static str, id: impl Into<String>) {
        self.ids.insert(word, id.into());
    }

    /// An address of the table with the ids of this house.
    pub fn filled(&self, address: &str) -> String {
        self.ids
            .iter()
            .fold(address.to_owned(), |text, (word, id)| {
                text.replace(&format!("{{{word}}}"), id)
            })
    }

    /// What the operator sees at an address of the table.
    pub async fn open(&mut self, address: &str) -> Seen {
        let path = self.filled(address);
        let page = self.office.get(&path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        Seen { path, page }
    }

    pub async fn member_page(&mut self) -> Seen {
        self.open("/office/members/{member}").await
    }

    pub async fn server_page(&mut self) -> Seen {
        self.open("/office/servers/{server}").await
    }

    pub async fn fault(&self, at: &str, fault: Value) {
        let url = format!("{at}/_control/faults");
        let (status, answer) = self.site.outside.call("POST", &url, Some(fault)).await;
        assert!(status < 300, "{status}: {answer}");
    }

    pub async fn seed(&self, at: &str, seed: Value) -> Value {
        let url = format!("{at}/_control/seed");
        let (status, answer) = self.site.outside.call("POST", &url, Some(seed)).await;
        assert!(status < 300, "{status}: {answer}");
        answer
    }

    /// The operator presses "Read it now".
    pub async fn sync(&mut self) {
        let path = self.filled("/office/servers/{server}/sync");
        let pressed = self.office.post(&path, &[]).await;
        assert_eq!(pressed.status, 303, "{}", pressed.body);
        self.site.run_jobs().await;
    }

    /// The server is read under a fault.
    pub async fn sync_under(&mut self, at: &str, fault: Value) -> Seen {
        self.fault(at, fault).await;
        self.sync().await;
        self.server_page().await
    }

    pub async fn hours(&self, hours: i64) {
        self.site.advance(Span::hours(hours)).await;
    }

    /// Mara buys a month.
    pub async fn buy(&mut self) {
        let (site, shop) = (&self.site, &self.shop);
        site.buy("Mara", shop, &shop.month).await.expect("bought");
        site.hear().await;
        let share = self.share().await;
        self.name("member", share.member_id.to_string());
        self.name("share", share.id.to_string());
    }

    pub async fn share(&self) -> Share {
        let (db, account) = (&self.site.house.db, self.site.account("Mara").await);
        let found = member::find_by_account(db, &account.id).await.unwrap();
        let shares = share::list_of_member(db, &found.unwrap().id).await.unwrap();
        shares.into_iter().next().expect("a share")
    }

    pub async fn mara(&self) -> Browser {
        Browser::of(&self.site, &self.site.account("Mara").await).await
    }

    /// Sets what the operator sets for the server.
    pub async fn set(&self, change: impl Fn(Choices) -> Choices) {
        let id = ServerId::parse(&self.ids["server"]).unwrap();
        let server = server::find(&self.site.house.db, &id)
            .await
            .unwrap()
            .unwrap();
        let choices = change(Choices::of(&server));
        self.site
            .change(async |tx| server::change(tx, &id, choices.clone()).await.unwrap())
            .await;
    }

    /// Presses "Test the connection" on the form that adds a server.
    pub async fn test(&mut self, kind: &str, address: &str, key: &str) -> Seen {
        let path = format!("/office/servers/new/{kind}");
        let typed = [("address", address), ("api_key", key), ("do", "test")];
        let page = self.office.post(&path, &typed).await;
        Seen { path, page }
    }
}

/// A status on every call, or on those to a part of a path.
pub fn status(status: u16, path: &str) -> Value {
    json!({ "kind": "status", "status": status, "path": path })
}
