//! How much there is to watch, as visitors of the first page read it.

use kit::{Actor, Span};
use media::server::{self, Choices};
use media::{group, library};
use serde_json::json;
use testkit::engines;

use crate::plex::Scene as PlexScene;
use crate::support::{Browser, TestSite};

const SETTINGS: &str = "/office/settings/library-counts";

async fn switch_on(site: &TestSite, office: &mut Browser) {
    let words = [
        ("shown", "on"),
        ("before", "Chosen by Robin."),
        ("after", "More each week."),
    ];
    let version = office.get(SETTINGS).await.hidden("version");
    let version = version.expect("a version");
    let typed: Vec<_> = words.into_iter().chain([("version", &*version)]).collect();
    let saved = office.post(SETTINGS, &typed).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    site.run_jobs().await;
}

/// The first page as somebody reads it who is not signed in.
async fn first_page(site: &TestSite) -> String {
    // What was read a second ago is kept.
    site.world.advance(Span::seconds(2));
    Browser::at(site.address()).get("/").await.body
}

fn has(page: &str, amount: i64, words: &str) -> bool {
    page.contains(&format!("<b>{amount}</b><span>{words}</span>"))
}

/// Checklist: G38, L07
#[tokio::test]
async fn visitors_see_how_much_there_is_on_all_platforms_once_it_is_switched_on() {
    for engine in engines().await {
        let scene = PlexScene::open(&engine).await;
        let (site, mut office) = (scene.site, scene.office);
        site.add_server_of("emby").await;
        site.add_server_of("jellyfin").await;
        let before = first_page(&site).await;
        assert!(!before.contains("What you find here"), "off until chosen");

        switch_on(&site, &mut office).await;
        let page = first_page(&site).await;
        assert!(page.contains("What you find here"), "{page}");
        assert!(page.contains("Chosen by Robin.") && page.contains("More each week."));
        // Polaris 4, Zenith 3, Aurora 4; films in the private «4K» of each are nobody's to know.
        assert!(has(&page, 11, "films"), "{page}");
        // The Ferrymen and Exchange; Low Water; and what Aurora has.
        assert!(page.contains("different series"), "{page}");
        assert!(!page.contains("songs"), "music is in no group yet: {page}");
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn what_came_is_counted_the_next_day_and_closed_servers_do_not_count() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let shop = site.set_up().await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        switch_on(&site, &mut office).await;
        assert!(has(&first_page(&site).await, 4, "films"));

        let more = json!({ "libraries": [{ "name": "Movies", "collection_type": "movies", "items": [
            { "name": "A Fifth Film", "year": 2026, "minutes": 90 },
        ] }] });
        let url = site.outside.jellyfin("/_control/seed");
        let (status, answer) = site.outside.call("POST", &url, Some(more)).await;
        assert!(status < 300, "{status}: {answer}");
        site.advance(Span::hours(30)).await;
        assert!(has(&first_page(&site).await, 5, "films"));

        let mut tx = site
            .house
            .db
            .begin(Actor::console())
            .await
            .expect("a transaction");
        let all = library::list_of_server(&mut tx, &shop.server).await;
        let all = all.expect("libraries");
        let films = all.iter().find(|one| one.name == "Movies").expect("films");
        let private = group::private();
        group::put_libraries(
            &mut tx,
            &shop.server,
            std::slice::from_ref(&films.id),
            &private,
        )
        .await
        .expect("put");
        tx.save().await.expect("saved");
        assert!(
            !first_page(&site).await.contains("films</span>"),
            "private now"
        );

        let mut tx = site
            .house
            .db
            .begin(Actor::console())
            .await
            .expect("a transaction");
        let found = server::find(&mut tx, &shop.server).await.expect("read");
        let closed = Choices {
            takes_members: false,
            ..Choices::of(&found.expect("there"))
        };
        server::change(&mut tx, &shop.server, closed)
            .await
            .expect("closed");
        tx.save().await.expect("saved");
        assert!(!first_page(&site).await.contains("What you find here"));
    }
}
