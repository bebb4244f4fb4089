//! The operator's pages, seen by whoever sits before them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod dialogs;
mod needs;
mod outside;
mod template;

use std::collections::BTreeMap;

use billing::gateways::{self, GatewayForm};
use chronicle::Tone;
use chronicle::want::{self, NewWant};
use flows::told_at_once::checkout::{self, Choice, MediaChoice};
use kit::id::{AttemptId, GatewayId, MemberId};
use kit::{Actor, Subject, Text};
use media::credentials::Credentials;
use people::member;

use crate::support::{Browser, Shop, TestSite};

/// A house that sells, with Mara, who bought and was let in, and an administrator's browser.
pub struct Desk {
    pub site: TestSite,
    pub shop: Shop,
    pub browser: Browser,
}

impl Desk {
    pub async fn open(engine: &testkit::TestDb) -> Self {
        let site = TestSite::on(engine).await;
        let shop = site.set_up().await;
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        let chief = site.administrator("Robin").await;
        let browser = Browser::of(&site, &chief).await;
        Self {
            site,
            shop,
            browser,
        }
    }

    /// The member that an account of this name became.
    pub async fn member(&self, name: &str) -> MemberId {
        let account = self.site.account(name).await;
        let found = member::find_by_account(&self.site.house.db, &account.id).await;
        found.unwrap().expect("who bought is a member").id
    }

    /// Something wants a person.
    pub async fn want(&self, key: &str, sentence: &'static str) {
        let mut tx = self.site.house.db.begin(Actor::console()).await.unwrap();
        let new = NewWant {
            key: key.to_owned(),
            kind: "server_down",
            sentence: Text::new(sentence),
            detail: None,
            action_label: Text::new("Look"),
            action_href: "/office/servers".to_owned(),
            tone: Tone::Warn,
            subject: Subject::of(&self.shop.server),
        };
        want::open(&mut tx, &new).await.unwrap();
        tx.save().await.unwrap();
    }

    /// Somebody chose to pay by transfer.
    pub async fn begin_by_hand(&self, who: &str) -> AttemptId {
        let credentials = Credentials::parse(&who.to_lowercase(), "a quiet evening").unwrap();
        let choice = Choice {
            price: self.shop.month.clone(),
            gateway: self.connect_by_hand().await,
            location: None,
            platform: None,
            media: MediaChoice::New(credentials),
        };
        let account = self.site.account(who).await;
        let begun = checkout::begin(&self.site.house.tools, &account, &choice).await;
        begun.expect("a choice that can be made").attempt
    }

    /// A gateway that is the operator's bank.
    async fn connect_by_hand(&self) -> GatewayId {
        let tools = &self.site.house.tools;
        let card = tools.gateways.card("manual").unwrap();
        let values = [("instructions".to_owned(), "Our bank".to_owned())];
        let form = GatewayForm {
            title: "Bank".to_owned(),
            enabled: true,
            one_off: true,
            recurring: false,
            values: values.into_iter().collect(),
            secrets: BTreeMap::new(),
        };
        let mut tx = self.site.house.db.begin(Actor::console()).await.unwrap();
        let id = gateways::add(&mut tx, &tools.vault, card, &form)
            .await
            .unwrap();
        tx.save().await.unwrap();
        let address = self.site.address();
        let tested = billing::checkout::test_gateway(&tools.gateways, &id, Some(address)).await;
        assert!(tested.unwrap().done().is_some(), "the bank can be used");
        id
    }
}

/// Where the first form of a page goes whose address ends like this.
pub fn action(body: &str, end: &str) -> String {
    let all = body.split(" action=\"").skip(1);
    let mut all = all.filter_map(|part| part.split('"').next());
    all.find(|action| action.ends_with(end))
        .unwrap_or_else(|| panic!("no form goes to …{end}"))
        .to_owned()
}
