//! How politely servers are read whole: how many calls a reading costs when nothing has changed, on each platform.

use kit::Span;
use media::sync;
use serde_json::Value;
use testkit::engines;

use crate::plex;
use crate::support::{Shop, TestSite};

/// Reads the server once so that all is known, and again a while later.
async fn reads_again(site: &TestSite, shop: &Shop, calls: impl AsyncFn() -> Calls) -> Calls {
    let servers = site.house.tools.servers();
    sync::sync(&servers, &shop.server).await.expect("read");
    site.world.advance(Span::minutes(2));
    let before = calls().await;
    let report = sync::sync(&servers, &shop.server).await.expect("read");
    assert_eq!((report.compared, report.corrected), (1, 0), "{report:?}");
    assert_eq!(report.handed_over, 0, "{report:?}");
    let after = calls().await;
    Calls {
        server: after.server - before.server,
        platform: after.platform - before.platform,
    }
}

/// How often a server and its platform were called.
#[derive(Debug, PartialEq, Eq)]
struct Calls {
    server: u64,
    platform: u64,
}

async fn calls_of_server(site: &TestSite, address: &str) -> Calls {
    let (_, answer) = site.outside.call("GET", address, None).await;
    let server = answer["count"].as_u64().expect("a number");
    Calls {
        server,
        platform: 0,
    }
}

async fn calls_of_plex(site: &TestSite) -> Calls {
    let state = plex::plex_state(site).await;
    let calls = state["recent_calls"].as_array().expect("a list");
    let of = |side: &str| {
        let theirs = calls.iter().filter(|call: &&Value| call["side"] == side);
        theirs.count() as u64
    };
    Calls {
        server: of("plex_server"),
        platform: of("plex_tv"),
    }
}

#[tokio::test]
async fn jellyfin_and_emby_are_asked_three_times_a_reading() {
    for kind in ["jellyfin", "emby"] {
        for engine in engines().await {
            let site = TestSite::on(&engine).await;
            let shop = site.set_up_on(kind).await;
            site.buy("Mara", &shop, &shop.month).await.expect("bought");
            site.hear().await;
            let address = match kind {
                "emby" => site.outside.emby("/_control/calls"),
                _ => site.outside.jellyfin("/_control/calls"),
            };
            let calls = async || calls_of_server(&site, &address).await;
            let three = Calls {
                server: 3,
                platform: 0,
            };
            assert_eq!(reads_again(&site, &shop, calls).await, three, "{kind}");
        }
    }
}

#[tokio::test]
async fn a_plex_server_and_its_platform_are_asked_three_times_a_reading() {
    for engine in engines().await {
        let scene = plex::Scene::open(&engine).await;
        let (site, shop) = (&scene.site, &scene.shop);
        site.buy("Mara", shop, &shop.month).await.expect("bought");
        site.hear().await;
        scene.sign_in("Mara", "noor", true).await;
        site.hear().await;
        let calls = async || calls_of_plex(site).await;
        let three = Calls {
            server: 3,
            platform: 3,
        };
        assert_eq!(reads_again(site, shop, calls).await, three);
    }
}
