//! Owner accounts: several, tested every hour, signed in again with one press, taken out without losing anybody.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use kit::Span;
use kit::id::OwnerAccountId;
use media::owner::{self, OwnerState};
use media::server;
use media::share;
use people::member;
use serde_json::json;
use testkit::{TestDb, engines};

use crate::plex::{add_polaris, allow_newest, person};
use crate::support::{Browser, Page, TestSite};

/// A house that knows Orla's account, and the browser of whoever runs it.
struct Scene {
    site: TestSite,
    office: Browser,
    orla: OwnerAccountId,
}

impl Scene {
    async fn open(on: &TestDb) -> Self {
        let site = TestSite::on(on).await;
        site.settings().await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        add_polaris(&site, &mut office).await;
        let all = owner::list(&site.house.db).await.unwrap();
        let orla = all[0].id.clone();
        Self { site, office, orla }
    }

    fn path(&self, rest: &str) -> String {
        format!("/office/owners/{}{rest}", self.orla)
    }

    async fn state(&self) -> OwnerState {
        let found = owner::find(&self.site.house.db, &self.orla).await.unwrap();
        found.expect("is here").state
    }

    async fn orla_changes_her_password(&self) {
        let revoked = json!({ "person": "orla", "action": "revoke_tokens" });
        person(&self.site, revoked).await;
    }

    /// One press, and "allow" on Plex's own page.
    async fn sign_in_again(&mut self) {
        let pressed = self.office.post(&self.path("/again"), &[]).await;
        assert_eq!(pressed.status, 303, "{}", pressed.body);
        let page = pressed.location().to_owned();
        let plex = self.site.outside.plex_tv("");
        assert!(page.starts_with(&plex), "straight to Plex's page: {page}");
        let policy = self.office.get("/office").await;
        let allowed = policy.header("content-security-policy");
        assert!(
            allowed.contains(&plex),
            "the browser may go there: {allowed}"
        );
        allow_newest(&self.site, "orla").await;
        let (_, back) = page.split_once("forwardUrl=").expect("a way back");
        let back = back
            .split('&')
            .next()
            .unwrap()
            .replace("%3A", ":")
            .replace("%2F", "/");
        let back = back
            .strip_prefix(self.site.address())
            .expect("to this house");
        let returned = self.office.get(back).await;
        assert_eq!(returned.location(), self.path(""), "{}", returned.body);
    }
}

/// Checklist: G02, G03, M04
#[tokio::test]
async fn a_dead_key_is_told_within_the_hour_and_one_press_signs_in_again() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let good = scene.office.post(&scene.path("/test"), &[]).await;
        assert_eq!(good.status, 303, "{}", good.body);
        let page = scene.office.get(&scene.path("")).await;
        assert!(
            page.body.contains("The key opens the account orla."),
            "{}",
            page.body
        );

        scene.orla_changes_her_password().await;
        scene.site.advance(Span::hours(1)).await;
        scene.site.advance(Span::hours(2)).await;
        assert_eq!(scene.state().await, OwnerState::SignedOut);
        assert_eq!(scene.site.wants("owner_signed_out").await.len(), 1);
        assert_eq!(
            scene.site.letters("owner_signed_out").await.len(),
            1,
            "once"
        );
        scene.office.post(&scene.path("/test"), &[]).await;
        let page = scene.office.get(&scene.path("")).await;
        let words = "The key does not open the account orla any more.";
        assert!(page.body.contains(words), "{}", page.body);
        assert!(!page.body.contains("type=\"password\""), "nothing is typed");

        scene.sign_in_again().await;
        scene.site.run_jobs().await;
        assert_eq!(scene.state().await, OwnerState::Ok);
        assert!(scene.site.wants("owner_signed_out").await.is_empty());
        assert_eq!(scene.site.letters("owner_back").await.len(), 1);
        let all = owner::list(&scene.site.house.db).await.unwrap();
        assert_eq!(all.len(), 1, "the same account");
        assert_eq!(all[0].id, scene.orla);
    }
}

/// Checklist: M04
#[tokio::test]
async fn that_plex_is_down_says_nothing_about_a_key() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let url = scene.site.outside.plex_tv("/_control/faults");
        let down = json!({ "kind": "status", "status": 503 });
        scene.site.outside.call("POST", &url, Some(down)).await;
        scene.site.advance(Span::hours(2)).await;
        assert_eq!(scene.state().await, OwnerState::Ok);
        assert!(scene.site.wants("owner_signed_out").await.is_empty());
        scene.office.post(&scene.path("/test"), &[]).await;
        let page = scene.office.get(&scene.path("")).await;
        assert!(
            page.body.contains("which says nothing about it."),
            "{}",
            page.body
        );
        assert!(
            page.body.contains("Its servers cannot be asked for"),
            "{}",
            page.body
        );
    }
}

/// Checklist: G01, G04
#[tokio::test]
async fn several_owner_accounts_each_with_its_own_servers_and_pass() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let base = scene.site.outside.plex_tv("");
        let begun = scene
            .office
            .post("/office/owners/new/plex", &[("base", &base)])
            .await;
        allow_newest(&scene.site, "bram").await;
        let bram = scene
            .office
            .get(begun.location())
            .await
            .location()
            .to_owned();
        let page = scene.office.get(&bram).await;
        assert!(page.body.contains("Vega"), "{}", page.body);
        assert!(!page.body.contains("Polaris"), "each its own");
        assert!(page.body.contains("Has no Plex Pass"), "{}", page.body);
        let identity = page.hidden("identity").expect("can be added");
        let added = scene
            .office
            .post(&format!("{bram}/add"), &[("identity", &identity)])
            .await;
        assert_eq!(added.status, 303, "{}", added.body);

        let list = scene.office.get("/office/owners").await;
        for words in ["orla", "bram", "Has a Plex Pass", "Has no Plex Pass"] {
            assert!(list.body.contains(words), "{words}: {}", list.body);
        }
        let bought = json!({ "person": "bram", "action": "plex_pass", "active": true });
        person(&scene.site, bought).await;
        scene.site.advance(Span::hours(2)).await;
        let all = owner::list(&scene.site.house.db).await.unwrap();
        assert!(
            all.iter().all(|account| account.has_pass),
            "read from the account"
        );
    }
}

/// Checklist: G05
#[tokio::test]
async fn there_is_no_proxy_to_set_for_an_account() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let all = server::list(&scene.site.house.db).await.unwrap();
        let server = format!("/office/servers/{}", all[0].id);
        let pages = [
            "/office/owners".to_owned(),
            scene.path(""),
            server.clone(),
            format!("{server}/edit"),
            "/office/settings".to_owned(),
        ];
        for path in pages {
            let page = scene.office.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(!page.body.to_lowercase().contains("proxy"), "{path}");
        }
    }
}

/// Orla signs in anew, and takes over the server that nobody looks after.
async fn take_over(scene: &mut Scene) -> Page {
    let base = scene.site.outside.plex_tv("");
    let begun = scene
        .office
        .post("/office/owners/new/plex", &[("base", &base)])
        .await;
    allow_newest(&scene.site, "orla").await;
    let orla = scene
        .office
        .get(begun.location())
        .await
        .location()
        .to_owned();
    let page = scene.office.get(&orla).await;
    assert!(
        page.body.contains("was managed through another account"),
        "{}",
        page.body
    );
    let identity = page.hidden("identity").expect("can be taken over");
    scene
        .office
        .post(&format!("{orla}/add"), &[("identity", &identity)])
        .await
}

/// Checklist: G39
#[tokio::test]
async fn an_owner_account_is_removed_after_a_preview_and_nobody_is_lost() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let id = server::list(&scene.site.house.db).await.unwrap()[0]
            .id
            .clone();
        let shop = scene.site.set_up_with(id.clone()).await;
        scene
            .site
            .buy("Mara", &shop, &shop.month)
            .await
            .expect("bought");
        scene.site.hear().await;

        let preview = scene.office.get(&scene.path("/remove")).await;
        for words in [
            "Polaris",
            "Its one member keeps watching",
            "their payments stay",
        ] {
            assert!(preview.body.contains(words), "{words}: {}", preview.body);
        }
        let gone = scene.office.post(&scene.path("/remove"), &[]).await;
        assert_eq!(gone.status, 303, "{}", gone.body);
        scene.site.run_jobs().await;
        let db = &scene.site.house.db;
        assert!(owner::list(db).await.unwrap().is_empty());
        let kept = server::find(db, &id)
            .await
            .unwrap()
            .expect("the server stays");
        assert!(!kept.enabled, "switched off");
        let mara = scene.site.account("Mara").await;
        let mara = member::find_by_account(db, &mara.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(share::list_of_member(db, &mara.id).await.unwrap().len(), 1);
        assert_eq!(
            scene.site.live_grants("Mara").await,
            1,
            "what was paid stays"
        );

        let taken = take_over(&mut scene).await;
        assert_eq!(
            taken.location(),
            format!("/office/servers/{id}"),
            "{}",
            taken.body
        );
        scene.site.run_jobs().await;
        let back = server::find(&scene.site.house.db, &id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(back.state, server::ServerState::Ok, "{:?}", back.reason);
        assert_eq!(back.members, 1);
    }
}

/// Checklist: G07, G40
#[tokio::test]
async fn three_kinds_of_servers_stand_side_by_side() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine).await;
        let outside = scene.site.outside.clone();
        let others = [
            ("emby", outside.emby(""), standins::emby::API_KEY, "Zenith"),
            (
                "jellyfin",
                outside.jellyfin(""),
                standins::jellyfin::API_KEY,
                "Aurora",
            ),
        ];
        for (kind, address, key, name) in others {
            let path = format!("/office/servers/new/{kind}");
            let typed = [("address", address.as_str()), ("api_key", key)];
            let tested = [typed[0], typed[1], ("do", "test")];
            let answer = scene.office.post(&path, &tested).await;
            let words = format!("{name} answers: ");
            assert!(answer.body.contains(&words), "{}", answer.body);
            let before = server::list(&scene.site.house.db).await.unwrap().len();
            let added = scene.office.post(&path, &typed).await;
            assert_eq!(added.status, 303, "{}", added.body);
            let after = server::list(&scene.site.house.db).await.unwrap().len();
            assert_eq!(after, before + 1, "a test adds nothing");
        }
        scene.site.advance(Span::hours(2)).await;
        let all = server::list(&scene.site.house.db).await.unwrap();
        let kinds: Vec<&str> = all.iter().map(|server| server.kind.as_str()).collect();
        assert_eq!(
            kinds,
            ["jellyfin", "plex", "emby"],
            "Aurora, Polaris, Zenith"
        );
        for server in &all {
            assert_eq!(server.state, server::ServerState::Ok, "{:?}", server.reason);
        }
        let list = scene.office.get("/office/servers").await;
        for words in ["Aurora", "Polaris", "Zenith", "Jellyfin", "Plex", "Emby"] {
            assert!(list.body.contains(words), "{words}: {}", list.body);
        }
    }
}
