//! What members and staff do by themselves on their servers: scans, devices, subtitles, seen at the server as its own calls.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod account_first;
mod by_programs;
mod devices;
mod subtitles;

use kit::Span;
use kit::id::{Id, ServerId};
use media::library;
use media::share::{self, Share};
use people::member;
use serde_json::{Value, json};
use testkit::engines;

use crate::support::{Browser, Page, Shop, TestSite};

/// Mara, whose place is open on the one server of a house.
struct Scene {
    site: TestSite,
    shop: Shop,
    kind: &'static str,
    mara: Browser,
    share: Share,
}

impl Scene {
    async fn open(engine: &testkit::TestDb, kind: &'static str) -> Self {
        Self::limited(engine, kind, None).await
    }

    /// Where the plan allows so many devices.
    async fn limited(engine: &testkit::TestDb, kind: &'static str, devices: Option<&str>) -> Self {
        let site = TestSite::on(engine).await;
        let shop = match kind {
            "plex" => on_polaris(&site).await,
            other => site.set_up_on(other).await,
        };
        if let Some(devices) = devices {
            limit_devices(&site, &shop, devices).await;
        }
        site.buy("Mara", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        let account = site.account("Mara").await;
        if kind == "plex" {
            be_mara_of_plex(&site).await;
            site.hear().await;
        }
        let mara = Browser::of(&site, &account).await;
        let share = share_of(&site, "Mara").await;
        assert!(share.is_open(), "{:?}: {:?}", share.state, share.reason);
        Self {
            site,
            shop,
            kind,
            mara,
            share,
        }
    }

    fn path(&self, what: &str) -> String {
        format!("/account/watching/{}/{what}", self.share.id)
    }

    async fn library(&self, name: &str) -> String {
        library_of(&self.site, &self.shop.server, name).await
    }

    /// What the server remembers of the orders that it got.
    async fn orders(&self, what: &str) -> Vec<Value> {
        let outside = &self.site.outside;
        let (url, list) = match self.kind {
            "jellyfin" => (outside.jellyfin("/_control/state"), what),
            "emby" => (outside.emby("/_control/state"), what),
            _ => (outside.plex_tv("/_control/state"), "servers"),
        };
        let state = outside.call("GET", &url, None).await.1;
        if self.kind != "plex" {
            return state[list].as_array().cloned().unwrap_or_default();
        }
        let polaris = state["servers"].as_array().unwrap()[0].clone();
        assert_eq!(polaris["name"], "Polaris", "{polaris}");
        let orders = polaris["orders"].as_array().cloned().unwrap_or_default();
        let named = |order: &Value| order["what"].as_str() == Some(what.trim_end_matches('s'));
        orders.into_iter().filter(named).collect()
    }

    async fn fault(&self, order: Value) {
        let outside = &self.site.outside;
        let url = match self.kind {
            "emby" => outside.emby("/_control/faults"),
            "plex" => outside.plex_tv("/_control/faults"),
            _ => outside.jellyfin("/_control/faults"),
        };
        let (status, answer) = outside.call("POST", &url, Some(order)).await;
        assert!(status < 300, "{status}: {answer}");
    }
}

/// As the operator does it, on the plan's own form.
async fn limit_devices(site: &TestSite, shop: &Shop, devices: &str) {
    let chief = site.administrator("Robin").await;
    let mut office = Browser::of(site, &chief).await;
    let path = format!("/office/plans/{}/edit", shop.plan);
    let group = media::group::standard();
    let fields = [
        ("name", "Family"),
        ("position", "1"),
        ("media_groups", group.as_str()),
        ("media_spread", "one"),
        ("media_devices", devices),
    ];
    let saved = office.post(&path, &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    site.hear().await;
}

async fn library_of(site: &TestSite, server: &ServerId, name: &str) -> String {
    let all = library::list_of_server(&site.house.db, server)
        .await
        .unwrap();
    let found = all.into_iter().find(|library| library.name == name);
    found.unwrap().id.to_string()
}

async fn share_of(site: &TestSite, who: &str) -> Share {
    let (db, account) = (&site.house.db, site.account(who).await);
    let found = member::find_by_account(db, &account.id).await.unwrap();
    let shares = share::list_of_member(db, &found.unwrap().id).await.unwrap();
    shares.into_iter().next().expect("a share")
}

async fn plex_tv(site: &TestSite, what: &str, order: Value) -> Value {
    let url = site.outside.plex_tv(&format!("/_control/{what}"));
    let (status, answer) = site.outside.call("POST", &url, Some(order)).await;
    assert!(status < 300, "{status}: {answer}");
    answer
}

/// Says yes on the page of Plex that was opened last.
async fn allow(site: &TestSite, who: &str) {
    let url = site.outside.plex_tv("/_control/state");
    let state = site.outside.call("GET", &url, None).await.1;
    let pins = state["pins"].as_array().unwrap();
    let newest = pins.iter().max_by_key(|pin| pin["id"].as_i64()).unwrap();
    let order = json!({ "person": who, "action": "allow", "code": newest["code"] });
    plex_tv(site, "people", order).await;
}

/// A shop on Orla's Polaris, added as the operator does it.
async fn on_polaris(site: &TestSite) -> Shop {
    site.settings().await;
    let chief = site.administrator("Robin").await;
    let mut office = Browser::of(site, &chief).await;
    let base = site.outside.plex_tv("");
    let begun = office
        .post("/office/owners/new/plex", &[("base", &base)])
        .await;
    allow(site, "orla").await;
    let owner = office.get(begun.location()).await.location().to_owned();
    let found = office
        .get(&owner)
        .await
        .hidden("identity")
        .expect("a server");
    let added = office
        .post(&format!("{owner}/add"), &[("identity", &found)])
        .await;
    let id = added
        .location()
        .rsplit('/')
        .next()
        .and_then(ServerId::parse);
    let db = &site.house.db;
    let server = media::server::find(db, &id.unwrap())
        .await
        .unwrap()
        .unwrap();
    site.enable(&server).await;
    site.set_up_with(server.id).await
}

/// A member of the house shows that she is wout, who has no ties to Polaris.
async fn be_mara_of_plex(site: &TestSite) {
    let account = site.account("Mara").await;
    let mut browser = Browser::of(site, &account).await;
    let share = share_of(site, "Mara").await.id;
    let path = format!("/account/watching/{share}/platform");
    let begun = browser.post(&path, &[("accepts", "yes")]).await;
    allow(site, "wout").await;
    assert_eq!(browser.get(begun.location()).await.location(), "/account");
}

/// The values of one kind of button on a page.
fn values(page: &Page, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    for part in page
        .body
        .split(&format!("name=\"{name}\" value=\""))
        .skip(1)
    {
        let value = part.split('"').next().unwrap_or_default();
        all.push(value.to_owned());
    }
    all
}

const KINDS: [&str; 3] = ["jellyfin", "emby", "plex"];

/// Checklist: J12
#[tokio::test]
async fn a_member_has_their_server_look_for_what_is_missing() {
    for kind in KINDS {
        for engine in engines().await {
            let mut scene = Scene::open(&engine, kind).await;
            let (path, movies) = (scene.path("missing"), scene.library("Movies").await);
            let page = scene.mara.get(&path).await;
            assert!(page.body.contains("Movies") && page.body.contains("Series"));
            assert!(!page.body.contains("Home videos") && !page.body.contains(">4K<"));

            let list = scene.mara.get(&format!("{path}?library={movies}")).await;
            let items = values(&list, "item");
            assert!(items.len() >= 3, "{kind}: {}", list.body);
            let here = format!("{path}?library={movies}");
            let item = [("item", items[0].as_str())];
            let asked = scene.mara.post(&here, &item).await;
            assert_eq!(asked.status, 303, "{kind}: {}", asked.body);
            let again = scene.mara.post(&here, &item).await;
            assert_eq!(again.status, 422, "one at a time");
            assert!(again.body.contains("A scan is under way already"));

            scene.site.hear().await;
            let scans = scene.orders("scans").await;
            assert_eq!(scans.len(), 1, "{kind}: {scans:?}");
            match kind {
                "plex" => assert_eq!(scans[0]["path"], "/media/movies", "{scans:?}"),
                _ => assert_eq!(scans[0]["kind"], "item", "{scans:?}"),
            }
            let page = scene.mara.get(&path).await;
            assert!(
                page.body.contains("the server is scanning"),
                "{}",
                page.body
            );
            scene.site.advance(Span::minutes(2)).await;
            let page = scene.mara.get(&path).await;
            assert!(page.body.contains(", done at "), "{}", page.body);
            scene.site.assert_no_failures().await;
        }
    }
}

/// Checklist: K13
#[tokio::test]
async fn staff_scan_a_folder_on_several_servers_each_with_its_own_result() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up_on("jellyfin").await;
        let emby = site.add_server_of("emby").await;
        site.hear().await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        let folder =
            async |server: &ServerId| format!("{} 0", library_of(&site, server, "Series").await);
        let (one, other) = (folder(&shop.server).await, folder(&emby).await);
        let page = office.get("/office/folders").await;
        assert!(page.body.contains("/media/series"), "{}", page.body);

        let both = [("folder", one.as_str()), ("folder", other.as_str())];
        let outside = [both[0], both[1], ("below", "../films")];
        let refused = office.post("/office/folders", &outside).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("does not lie in /media/series"));

        site.outside
            .jellyfin_fault(
                json!({ "kind": "status", "status": 403, "path": "/Library/Media/Updated" }),
            )
            .await;
        let inside = [both[0], both[1], ("below", "Low Water/Season 2")];
        let asked = office.post("/office/folders", &inside).await;
        assert_eq!(asked.status, 303, "{}", asked.body);
        site.hear().await;
        let state = site
            .outside
            .call("GET", &site.outside.emby("/_control/state"), None)
            .await
            .1;
        let scans = state["scans"].as_array().unwrap();
        assert_eq!(scans.len(), 1, "{scans:?}");
        assert_eq!(scans[0]["what"], "/media/series/Low Water/Season 2");
        // Refused again and again, until nobody asks any more.
        for _ in 0..6 {
            site.advance(Span::minutes(3)).await;
        }
        let page = office.get("/office/folders").await;
        for words in ["Done", "Failed", "Aurora", "Zenith"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn a_member_links_their_emby_account_and_is_told_which_mail_comes() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine, "emby").await;
        let path = scene.path("connect");
        for (name, words) in [
            ("noor vos", "Type the name of your Emby Connect account"),
            ("nobody-knows", "knows nobody called"),
        ] {
            let refused = scene.mara.post(&path, &[("name", name)]).await;
            assert_eq!(refused.status, 422);
            assert!(refused.body.contains(words), "{}", refused.body);
        }
        let state = async |site: &TestSite| {
            let url = site.outside.emby("/_control/state");
            site.outside.call("GET", &url, None).await.1
        };

        // The answer is lost; what the server has is looked at, and nobody gets a second mail.
        scene
            .fault(json!({ "kind": "drop_answer", "method": "POST", "path": "/Connect/Link", "times": 1 }))
            .await;
        for _ in 0..2 {
            let linked = scene.mara.post(&path, &[("name", "hedda.lund")]).await;
            assert_eq!(linked.status, 303, "{}", linked.body);
        }
        let mails = state(&scene.site).await["connect_mails"].clone();
        assert_eq!(mails.as_array().map(Vec::len), Some(1), "{mails}");
        let page = scene.mara.get(&path).await;
        assert!(page.body.contains("waits for your yes"), "{}", page.body);
        assert!(page.body.contains("the mail comes from Emby, not from us"));

        let order = json!({ "user": "mara", "answer": "accept" });
        let url = scene.site.outside.emby("/_control/connect");
        assert!(scene.site.outside.call("POST", &url, Some(order)).await.0 < 300);
        let page = scene.mara.get(&path).await;
        assert!(page.body.contains("is linked with"), "{}", page.body);

        let back = scene.mara.post(&format!("{path}/remove"), &[]).await;
        assert_eq!(back.status, 303, "{}", back.body);
        let invited = scene.mara.post(&path, &[("name", "new@example.org")]).await;
        assert_eq!(invited.status, 303, "{}", invited.body);
        let page = scene.mara.get(&path).await;
        assert!(
            page.body.contains("is invited to Emby Connect"),
            "{}",
            page.body
        );
        scene.site.assert_no_failures().await;
    }
}
