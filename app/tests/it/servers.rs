//! Servers as their operator sees them: what a reading came to, what they tell by themselves, and how full they are.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::time::Duration;

use kit::Span;
use media::reads::{self, ReadState, ServerRead, Why};
use media::server::{self, Choices};
use serde_json::{Value, json};
use testkit::engines;
use tokio::sync::watch;

use crate::support::{Browser, Shop, TestSite};

struct Scene {
    site: TestSite,
    shop: Shop,
    office: Browser,
}

impl Scene {
    async fn open(engine: &testkit::TestDb) -> Self {
        let site = TestSite::on(engine).await;
        let shop = site.set_up().await;
        let chief = site.administrator("Robin").await;
        let office = Browser::of(&site, &chief).await;
        Self { site, shop, office }
    }

    fn path(&self, act: &str) -> String {
        format!("/office/servers/{}{act}", self.shop.server)
    }

    async fn seed(&self, seed: Value) {
        let url = self.site.outside.jellyfin("/_control/seed");
        let (status, answer) = self.site.outside.call("POST", &url, Some(seed)).await;
        assert!(status < 300, "{status}: {answer}");
    }

    /// As its own administrator does it, so that the server tells all who listen.
    async fn add_library(&self, name: &str) {
        let key = standins::jellyfin::API_KEY;
        let headers = [("authorization", format!("MediaBrowser Token=\"{key}\""))];
        let path = format!("/Library/VirtualFolders?name={}", name.replace(' ', "%20"));
        let url = self.site.outside.jellyfin(&path);
        let (status, answer) = self
            .site
            .outside
            .call_as("POST", &url, &headers, Some(json!({})))
            .await;
        assert!(status < 300, "{status}: {answer}");
    }

    async fn reads(&self) -> Vec<ServerRead> {
        let db = &self.site.house.db;
        reads::newest(db, &self.shop.server, 50).await.unwrap()
    }

    /// Presses "read it now", and answers the page that follows.
    async fn read_now(&mut self) -> String {
        let pressed = self.office.post(&self.path("/sync"), &[]).await;
        assert_eq!(pressed.status, 303, "{}", pressed.body);
        self.site.run_jobs().await;
        self.office.get(&self.path("")).await.body
    }

    async fn set(&self, change: impl FnOnce(&mut Choices)) {
        let mut tx = self
            .site
            .house
            .db
            .begin(kit::Actor::console())
            .await
            .unwrap();
        let found = server::find(&mut tx, &self.shop.server).await.unwrap();
        let mut choices = Choices::of(&found.unwrap());
        change(&mut choices);
        server::change(&mut tx, &self.shop.server, choices)
            .await
            .unwrap();
        tx.save().await.unwrap();
    }
}

/// Checklist: B13, G23, M05
#[tokio::test]
async fn a_reading_says_what_it_read_changed_and_missed() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let first = scene.read_now().await;
        assert!(first.contains("somebody asked"), "{first}");
        let second = scene.read_now().await;
        assert!(second.contains("All as it should be"), "{second}");

        scene
            .seed(json!({ "name": "Aurora Borealis", "libraries": [{ "name": "Concerts" }] }))
            .await;
        let third = scene.read_now().await;
        assert!(third.contains("<h1>Aurora Borealis</h1>") || third.contains("Aurora Borealis"));
        assert!(
            third.contains("The server was called Aurora before"),
            "{third}"
        );
        assert!(third.contains("New libraries: Concerts"), "{third}");

        scene
            .site
            .outside
            .jellyfin_fault(json!({ "path": "/Library", "kind": "status", "status": 500 }))
            .await;
        let fourth = scene.read_now().await;
        assert!(fourth.contains("Missed"), "{fourth}");
        let newest = scene.reads().await;
        assert_eq!(newest[0].state, ReadState::Failed);
        assert!(!newest[0].report.0.could_not.is_empty());
    }
}

/// Checklist: G23
#[tokio::test]
async fn a_name_that_the_operator_chose_stays_whatever_the_server_calls_itself() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        scene
            .set(|choices| choices.name = "The big one".to_owned())
            .await;
        scene.seed(json!({ "name": "Aurora Borealis" })).await;
        let page = scene.read_now().await;
        assert!(page.contains("The big one"), "{page}");
        assert!(!page.contains("Aurora Borealis"), "{page}");
    }
}

/// Checklist: G41
#[tokio::test]
async fn a_server_left_alone_is_read_only_when_somebody_asks() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        scene.site.advance(Span::hours(2)).await;
        let before = scene.reads().await.len();
        assert!(before > 0, "it is read by itself");
        scene.set(|choices| choices.left_alone = true).await;
        scene.site.advance(Span::hours(5)).await;
        assert_eq!(scene.reads().await.len(), before);
        scene.read_now().await;
        assert_eq!(scene.reads().await[0].asked_by, Why::Person);
    }
}

#[tokio::test]
async fn what_a_server_tells_by_itself_is_read_within_seconds_and_once() {
    for engine in engines().await {
        let scene = Scene::open(&engine).await;
        scene.site.advance(Span::hours(2)).await;
        let before = scene.reads().await.len();
        let (stop, stopped) = watch::channel(false);
        let servers = scene.site.house.tools.servers();
        let listening = tokio::spawn(app::listening::keep(servers, stopped));
        let read = async {
            for n in 0..100 {
                scene.add_library(&format!("Concerts {n}")).await;
                tokio::time::sleep(Duration::from_millis(100)).await;
                scene.site.world.advance(Span::seconds(4));
                scene.site.run_jobs().await;
                let newest = scene.reads().await;
                if newest.len() > before {
                    return newest;
                }
            }
            Vec::new()
        };
        let newest = read.await;
        stop.send_replace(true);
        listening.await.unwrap();
        assert_eq!(
            newest.len(),
            before + 1,
            "one reading for all that was told"
        );
        assert_eq!(newest[0].asked_by, Why::Push);
        assert!(
            newest[0]
                .report
                .0
                .library_news
                .added
                .iter()
                .any(|name| name.starts_with("Concerts"))
        );
    }
}

/// Checklist: G20
#[tokio::test]
async fn the_member_page_says_why_this_server_and_no_other() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        scene
            .site
            .buy("Mara", &scene.shop, &scene.shop.month)
            .await
            .expect("bought");
        scene.site.hear().await;
        let member = scene.site.member("Mara").await;
        let page = scene
            .office
            .get(&format!("/office/members/{member}"))
            .await
            .body;
        assert!(page.contains("Why this server?"), "{page}");
        assert!(page.contains("It was the only one in question."), "{page}");

        scene.set(|choices| choices.ceiling = Some(1)).await;
        let refused = scene
            .site
            .buy("Noor", &scene.shop, &scene.shop.month)
            .await
            .unwrap_err();
        assert!(
            refused.contains("is full: 1 of 1 places are taken"),
            "{refused}"
        );
        let plans = scene.office.get("/office/plans").await.body;
        assert!(
            plans.contains("is full: 1 of 1 places are taken"),
            "{plans}"
        );
        let servers = scene.office.get("/office/servers").await.body;
        assert!(servers.contains("Full"), "{servers}");
    }
}

/// Checklist: G40
#[tokio::test]
async fn a_member_moves_to_another_platform_of_their_plan_and_loses_nothing_on_the_way() {
    for engine in engines().await {
        let scene = Scene::open(&engine).await;
        let site = &scene.site;
        site.buy("Mara", &scene.shop, &scene.shop.month)
            .await
            .expect("bought");
        site.hear().await;
        let zenith = site.add_server_of("emby").await;
        let member = site.member("Mara").await;
        let db = &site.house.db;
        let on = async |server| media::share::find_on(db, &member, server).await.unwrap();
        let before = on(&scene.shop.server).await.unwrap();
        let account = site.account("Mara").await;
        let mut browser = Browser::of(site, &account).await;
        let path = format!("/account/watching/{}/elsewhere", before.id);
        let page = browser.get(&path).await;
        assert!(page.body.contains("Emby"), "{}", page.body);
        assert!(!page.body.contains("Plex"), "{}", page.body);
        let wrong = browser.post(&path, &[("platform", "plex")]).await;
        assert!(
            wrong.body.contains("Choose where you want to watch"),
            "{}",
            wrong.body
        );
        let moved = browser.post(&path, &[("platform", "emby")]).await;
        assert_eq!(moved.status, 303, "{}", moved.body);
        site.run_jobs().await;
        assert!(
            on(&scene.shop.server).await.unwrap().is_open(),
            "until they are in there"
        );

        let chosen = browser
            .post(
                "/account/choose",
                &[
                    ("media_name", "mara"),
                    ("media_password", "a quiet evening"),
                ],
            )
            .await;
        assert_eq!(chosen.status, 303, "{}", chosen.body);
        site.hear().await;
        site.advance(Span::minutes(10)).await;
        assert!(on(&zenith).await.unwrap().is_open());
        assert_eq!(
            on(&scene.shop.server).await.unwrap().state,
            media::ShareState::Left
        );
        assert_eq!(site.live_grants("Mara").await, 1, "time and payments stay");
    }
}

/// Checklist: G14, G15
#[tokio::test]
async fn servers_stand_in_places_and_customers_choose_between_those_with_room() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let zenith = scene.site.add_server_of("emby").await;
        for (server, name, place) in [
            (&scene.shop.server, "Aurora", "Tromsø"),
            (&zenith, "Zenith", "Cádiz"),
        ] {
            let fields = [
                ("name", name),
                ("public_address", "https://watch.example.org"),
                ("location", place),
                ("enabled", "on"),
                ("takes_members", "on"),
            ];
            let path = format!("/office/servers/{server}/edit");
            let saved = scene.office.post(&path, &fields).await;
            assert_eq!(saved.status, 303, "{}", saved.body);
        }
        let account = scene.site.account("Mara").await;
        let mut mara = Browser::of(&scene.site, &account).await;
        let path = format!("/checkout/{}", scene.shop.plan);
        let page = mara.get(&path).await.body;
        for words in ["Where would you rather watch?", "Tromsø", "Cádiz"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let fields = [
            ("price", scene.shop.month.as_str()),
            ("gateway", scene.shop.stripe.as_str()),
            ("location", "Cádiz"),
            ("media_name", "mara"),
            ("media_password", "a quiet evening"),
        ];
        let begun = mara.post(&path, &fields).await;
        assert_eq!(begun.status, 303, "{}", begun.body);
        let session = begun.location().rsplit('/').next().unwrap();
        scene.site.outside.pay(session, "4242424242424242").await;
        scene.site.hear().await;
        let member = scene.site.member("Mara").await;
        let page = scene.office.get(&format!("/office/members/{member}")).await;
        let why = "It is in the location that they chose";
        assert!(page.body.contains(why), "{}", page.body);
        assert!(page.body.contains("Zenith"), "{}", page.body);

        // Where only one of them takes newcomers, there is nothing to choose between.
        scene.set(|choices| choices.takes_members = false).await;
        let account = scene.site.account("Noor").await;
        let mut noor = Browser::of(&scene.site, &account).await;
        let page = noor.get(&path).await.body;
        assert!(!page.contains("Where would you rather watch?"), "{page}");
    }
}
