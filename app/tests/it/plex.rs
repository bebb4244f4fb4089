//! Plex through the whole house, with Mara, whose account there is called noor: the owner signs in, a member is invited, accepts, is suspended and comes back.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use billing::status::Status;
use kit::Span;
use kit::id::{Id, ServerId};
use media::server::{self, Server};
use media::share::{self, Share, ShareState};
use people::member;
use serde_json::{Value, json};
use testkit::engines;

use crate::support::{Browser, Shop, TestSite};

/// A house whose one server is Orla's Polaris.
pub struct Scene {
    pub site: TestSite,
    pub shop: Shop,
    /// Robin's, who runs the house.
    pub office: Browser,
}

impl Scene {
    pub async fn open(engine: &testkit::TestDb) -> Self {
        let site = TestSite::on(engine).await;
        site.settings().await;
        let newcomer = json!({ "accounts": [{ "name": "noor", "id": 2100 }] });
        let url = site.outside.plex_tv("/_control/seed");
        let (status, answer) = site.outside.call("POST", &url, Some(newcomer)).await;
        assert!(status < 300, "{status}: {answer}");
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        let server = add_polaris(&site, &mut office).await;
        let shop = site.set_up_with(server).await;
        Self { site, shop, office }
    }

    pub async fn state(&self) -> Value {
        plex_state(&self.site).await
    }

    /// The share of Plex's own account of somebody, if there is one that lives.
    pub async fn guest(&self, person: &str) -> Option<Value> {
        let state = self.state().await;
        let all = state["shares"].as_array().expect("shares").clone();
        all.into_iter().find(|share| {
            share["server"] == "Polaris"
                && share["username"] == person
                && !["removed", "left"].contains(&share["state"].as_str().unwrap_or_default())
        })
    }

    pub async fn share(&self, who: &str) -> Share {
        let (db, account) = (&self.site.house.db, self.site.account(who).await);
        let found = member::find_by_account(db, &account.id).await.unwrap();
        let shares = share::list_of_member(db, &found.unwrap().id).await.unwrap();
        shares.into_iter().next().expect("a share")
    }

    /// The member signs in on Plex's page and comes back; answers where they are led.
    pub async fn sign_in(&self, who: &str, person: &str, accepts: bool) -> String {
        let account = self.site.account(who).await;
        let mut browser = Browser::of(&self.site, &account).await;
        let share = self.share(who).await.id;
        let ticked: &[(&str, &str)] = if accepts { &[("accepts", "yes")] } else { &[] };
        let path = format!("/account/watching/{share}/platform");
        let begun = browser.post(&path, ticked).await;
        assert_eq!(begun.status, 303, "{}", begun.body);
        let waiting = browser.get(begun.location()).await;
        assert_eq!(waiting.status, 200, "nobody has said yes yet");
        allow_newest(&self.site, person).await;
        browser.get(begun.location()).await.location().to_owned()
    }

    pub async fn person(&self, order: Value) {
        person(&self.site, order).await;
    }
}

pub async fn plex_state(site: &TestSite) -> Value {
    let url = site.outside.plex_tv("/_control/state");
    site.outside.call("GET", &url, None).await.1
}

pub async fn person(site: &TestSite, order: Value) -> Value {
    let url = site.outside.plex_tv("/_control/people");
    let (status, answer) = site.outside.call("POST", &url, Some(order)).await;
    assert!(status < 300, "{status}: {answer}");
    answer
}

/// Presses "allow" on the page that was opened last.
pub async fn allow_newest(site: &TestSite, who: &str) {
    let state = plex_state(site).await;
    let pins = state["pins"].as_array().expect("pins");
    let newest = pins
        .iter()
        .max_by_key(|pin| pin["id"].as_i64())
        .expect("one");
    person(
        site,
        json!({ "person": who, "action": "allow", "code": newest["code"] }),
    )
    .await;
}

/// As the operator does it: signs in as Orla on Plex's page, and adds the server that is found.
pub async fn add_polaris(site: &TestSite, browser: &mut Browser) -> ServerId {
    add_server(site, browser, "orla", "Polaris").await
}

/// The first server of an owner, found through their account.
pub async fn add_server(
    site: &TestSite,
    browser: &mut Browser,
    owner: &str,
    name: &str,
) -> ServerId {
    let base = site.outside.plex_tv("");
    let begun = browser
        .post("/office/owners/new/plex", &[("base", &base)])
        .await;
    assert_eq!(begun.status, 303, "{}", begun.body);
    let page = browser.get(begun.location()).await;
    assert!(page.body.contains("Open the page of Plex"), "{}", page.body);
    allow_newest(site, owner).await;
    let signed_in = browser.get(begun.location()).await;
    let owner = signed_in.location().to_owned();
    let list = browser.get(&owner).await;
    assert!(list.body.contains(name), "{}", list.body);
    let identity = list.hidden("identity").expect("a server that can be added");
    let added = browser
        .post(&format!("{owner}/add"), &[("identity", &identity)])
        .await;
    assert_eq!(added.status, 303, "{}", added.body);
    let id = added
        .location()
        .rsplit('/')
        .next()
        .and_then(ServerId::parse)
        .expect("an id");
    let server: Server = server::find(&site.house.db, &id).await.unwrap().unwrap();
    assert!(!server.enabled, "it arrives disabled");
    site.enable(&server).await;
    id
}

/// Checklist: G06
#[tokio::test]
async fn a_plex_member_is_invited_accepted_suspended_and_restored() {
    for engine in engines().await {
        let scene = Scene::open(&engine).await;
        let (site, shop) = (&scene.site, &scene.shop);
        site.buy("Mara", shop, &shop.month).await.expect("bought");
        site.hear().await;
        assert_eq!(scene.share("Mara").await.state, ShareState::BeingSetUp);
        assert!(
            scene.guest("noor").await.is_none(),
            "nobody has said which account is theirs"
        );

        assert_eq!(scene.sign_in("Mara", "noor", true).await, "/account");
        site.hear().await;
        let share = scene.share("Mara").await;
        assert_eq!(share.state, ShareState::InPlace, "{:?}", share.reason);
        let guest = scene.guest("noor").await.expect("invited");
        assert_eq!(guest["state"], "accepted", "accepted for her: {guest}");
        assert_eq!(guest["sections"], json!(["Movies", "Series"]));

        site.advance(Span::days(41)).await;
        assert_eq!(site.standing("Mara").await.status, Status::Suspended);
        assert!(
            scene
                .guest("noor")
                .await
                .is_none_or(|guest| guest["sections"] == json!([]))
        );

        site.buy("Mara", shop, &shop.month)
            .await
            .expect("bought again");
        site.hear().await;
        assert_eq!(site.standing("Mara").await.status, Status::Active);
        let guest = scene.guest("noor").await.expect("back");
        assert_eq!(guest["sections"], json!(["Movies", "Series"]));
        assert_eq!(guest["state"], "accepted");
        site.assert_no_failures().await;
    }
}

/// Checklist: B17, J05
#[tokio::test]
async fn who_accepts_by_hand_is_waited_for_and_reminded() {
    for engine in engines().await {
        let scene = Scene::open(&engine).await;
        let (site, shop) = (&scene.site, &scene.shop);
        site.buy("Mara", shop, &shop.month).await.expect("bought");
        site.hear().await;
        scene.sign_in("Mara", "noor", false).await;
        site.hear().await;
        assert_eq!(scene.share("Mara").await.state, ShareState::Invited);
        let mut office = scene.office.clone();
        let waiting = office.get("/office/shares?state=invited").await;
        assert!(waiting.body.contains("noor"), "{}", waiting.body);
        scene
            .person(json!({ "person": "noor", "action": "accept" }))
            .await;
        site.advance(Span::hours(2)).await;
        assert_eq!(scene.share("Mara").await.state, ShareState::InPlace);
    }
}

/// Checklist: B18, J08
#[tokio::test]
async fn who_left_is_not_invited_against_their_will_and_comes_back_by_their_own_button() {
    for engine in engines().await {
        let scene = Scene::open(&engine).await;
        let (site, shop) = (&scene.site, &scene.shop);
        site.buy("Mara", shop, &shop.month).await.expect("bought");
        site.hear().await;
        scene.sign_in("Mara", "noor", true).await;
        site.hear().await;
        scene
            .person(json!({ "person": "noor", "action": "leave" }))
            .await;
        site.advance(Span::hours(3)).await;
        assert!(scene.guest("noor").await.is_none(), "not invited again");
        let mut office = scene.office.clone();
        let gone = office.get("/office/shares?state=gone").await;
        assert!(gone.body.contains("Left by themselves"), "{}", gone.body);
        let account = site.account("Mara").await;
        let mut browser = Browser::of(site, &account).await;
        let share = scene.share("Mara").await.id;
        let again = browser
            .post(&format!("/account/watching/{share}/again"), &[])
            .await;
        assert_eq!(again.status, 303, "{}", again.body);
        site.hear().await;
        let guest = scene.guest("noor").await.expect("invited again");
        assert_eq!(guest["state"], "accepted");
    }
}

/// Friends and home users take places too, whoever let them in.
#[tokio::test]
async fn the_operator_is_told_before_plex_takes_nobody_more() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let crowded = scene.site.wants("crowded").await;
        assert!(crowded.is_empty(), "{crowded:?}");
        let url = scene.site.outside.plex_tv("/_control/seed");
        let friends = json!({ "crowd": { "count": 88, "prefix": "friend", "server": "Polaris", "sections": ["Movies"], "accepts": "at_once" } });
        let (status, answer) = scene.site.outside.call("POST", &url, Some(friends)).await;
        assert!(status < 300, "{status}: {answer}");
        scene.site.advance(Span::hours(2)).await;
        let told = scene.site.wants("crowded").await;
        let words = told[0].sentence.in_english();
        assert!(words.contains("of at most 99 people"), "{words}");
        let servers = scene.office.get("/office/servers").await.body;
        assert!(servers.contains("99"), "{servers}");
    }
}
