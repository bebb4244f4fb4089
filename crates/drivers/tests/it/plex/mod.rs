//! Our Plex driver against the stand-in: found through the owner, invited, accepted, changed, taken back.

pub mod bench;

use std::collections::BTreeSet;

use kit::Outcome;
use media::platform::SignInRef;
use media::remote::{Access, Door, Guest, Libraries, Standing, StreamLimit};
use media::{MediaServer, RemoteRef};
use serde_json::json;
use standins::plex::{BRAM_TOKEN, ORLA_TOKEN};

use bench::{Bench, code, key};

const JONAS: &str = "2002";
const OTTOLINE: &str = "2003";
const WOUT: &str = "2004";
const TEUN: &str = "2005";

fn access(libraries: &[&str]) -> Access {
    Access {
        door: Door::Open,
        libraries: Libraries::Only(libraries.iter().map(|id| (*id).to_owned()).collect()),
        video_transcoding: true,
        streams: StreamLimit::NotKept,
        downloads: false,
    }
}

fn guest(id: &str, name: &str) -> Guest {
    Guest {
        id: RemoteRef::new(id),
        name: name.to_owned(),
        email: None,
    }
}

/// The ids that sharing takes, by the libraries' names.
async fn ids(server: &dyn MediaServer, names: &[&str]) -> Vec<String> {
    let libraries = server.libraries().await.done().unwrap();
    names
        .iter()
        .map(|name| {
            let found = libraries.iter().find(|library| library.name == *name);
            found.unwrap().id.clone()
        })
        .collect()
}

#[tokio::test]
async fn the_owners_account_leads_to_its_servers_and_the_near_address_comes_first() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let orla = platform.who(&key(ORLA_TOKEN)).await.done().unwrap();
    assert_eq!((orla.name.as_str(), orla.has_pass), ("orla", true));
    let bram = platform.who(&key(BRAM_TOKEN)).await.done().unwrap();
    assert!(!bram.has_pass);
    assert_eq!(code(&platform.who(&key("nobody")).await), "wrong_key");

    let servers = platform.servers(&key(ORLA_TOKEN)).await.done().unwrap();
    let names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
    assert_eq!(
        names,
        ["Polaris"],
        "what is only shared with the owner is not theirs"
    );
    let server = bench.open_at(&servers[0].addresses[0].uri, ORLA_TOKEN);
    let probe = server.probe().await.done().unwrap();
    assert_eq!(probe.identity, servers[0].identity);
    assert_eq!(probe.notes, []);
}

#[tokio::test]
async fn a_sign_in_waits_for_the_person_and_then_gives_their_key() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let page = platform
        .begin_sign_in("https://lights.example/back")
        .await
        .done()
        .unwrap();
    assert!(
        page.address
            .contains("forwardUrl=https%3A%2F%2Flights.example%2Fback")
    );
    assert_eq!(
        platform.finish_sign_in(&page.at).await.done().unwrap(),
        None
    );
    bench.allow(&page.at.0, "mara").await;
    let key = platform
        .finish_sign_in(&page.at)
        .await
        .done()
        .unwrap()
        .unwrap();
    let mara = platform.who(&key).await.done().unwrap();
    assert_eq!(mara.name, "mara");
    let unknown = platform
        .finish_sign_in(&SignInRef("99999999".to_owned()))
        .await;
    assert_eq!(code(&unknown), "expired");
}

#[tokio::test]
async fn somebody_invited_waits_and_is_accepted_with_their_own_key() {
    let bench = Bench::new().await;
    let server = bench.polaris();
    let movies = ids(server.as_ref(), &["Movies"]).await;
    let wanted = access(&[&movies[0]]);
    let friend = server.invite(&guest(TEUN, "teun"), &wanted).await;
    assert_eq!(
        friend.done().unwrap().standing,
        Standing::In,
        "friends are not asked anew"
    );

    let ottoline = RemoteRef::new(OTTOLINE);
    server.delete_user(&ottoline).await.done().unwrap();
    let invited = server.invite(&guest(OTTOLINE, "ottoline"), &wanted).await;
    let invited = invited.done().unwrap();
    assert_eq!(invited.standing, Standing::Invited);
    let key = bench.sign_in("ottoline").await;
    server.accept(&invited, &key).await.done().unwrap();
    let found = server.find_user(&ottoline).await.done().unwrap().unwrap();
    assert_eq!(found.standing, Standing::In);
    assert_eq!(found.access, wanted);
}

#[tokio::test]
async fn who_has_a_share_already_is_changed_and_the_operators_filters_stay() {
    let bench = Bench::new().await;
    let server = bench.polaris();
    let both = ids(server.as_ref(), &["Movies", "Series"]).await;
    let before = bench.share_count().await;
    let changed = server
        .invite(&guest(JONAS, "jonas"), &access(&[&both[0], &both[1]]))
        .await
        .done()
        .unwrap();
    assert_eq!(changed.id.as_str(), JONAS);
    assert_eq!(bench.share_count().await, before);
    let now = server
        .find_user(&RemoteRef::new(JONAS))
        .await
        .done()
        .unwrap()
        .unwrap();
    assert_eq!(
        now.access.libraries,
        Libraries::Only(BTreeSet::from_iter(both))
    );
    assert!(
        now.original.contains("contentRating=G%2CPG|label!=Late"),
        "{}",
        now.original
    );
}

#[tokio::test]
async fn an_empty_list_of_libraries_is_never_sent() {
    let bench = Bench::new().await;
    let server = bench.polaris();
    let found = server
        .find_user(&RemoteRef::new(JONAS))
        .await
        .done()
        .unwrap()
        .unwrap();
    assert_eq!(
        code(&server.set_access(&found, &access(&[])).await),
        "no_libraries"
    );
    assert_eq!(
        code(&server.invite(&guest(WOUT, "wout"), &access(&[])).await),
        "no_libraries"
    );
    let still = server
        .find_user(&RemoteRef::new(JONAS))
        .await
        .done()
        .unwrap()
        .unwrap();
    assert_eq!(still.access, found.access);
}

#[tokio::test]
async fn a_share_that_is_taken_back_is_gone_and_taking_it_back_again_harms_nothing() {
    let bench = Bench::new().await;
    let server = bench.polaris();
    let jonas = RemoteRef::new(JONAS);
    server.delete_user(&jonas).await.done().unwrap();
    assert_eq!(server.find_user(&jonas).await.done().unwrap(), None);
    server.delete_user(&jonas).await.done().unwrap();
}

#[tokio::test]
async fn the_owner_is_an_administrator_and_nobody_elses_server_is_taken() {
    let bench = Bench::new().await;
    let server = bench.polaris();
    let orla = RemoteRef::new("1001");
    let owner = server.find_user(&orla).await.done().unwrap().unwrap();
    assert!(owner.is_administrator);
}

#[tokio::test]
async fn half_a_list_of_libraries_is_not_believed() {
    let bench = Bench::new().await;
    let server = bench.polaris();
    let half = |times: u32| json!({ "kind": "named", "name": "partial_sections", "times": times });
    bench.control("faults", half(1)).await;
    let names = ids(server.as_ref(), &["Movies", "Series", "Music"]).await;
    assert_eq!(names.len(), 3, "read once more by itself");
    let bench = Bench::new().await;
    let server = bench.polaris();
    bench.control("faults", half(2)).await;
    assert_eq!(code(&server.libraries().await), "partial_list");
    let names = ids(server.as_ref(), &["Movies", "Series", "Music"]).await;
    assert_eq!(names.len(), 3);
}

#[tokio::test]
async fn after_a_lost_answer_the_guest_is_found_and_not_invited_twice() {
    let bench = Bench::new().await;
    let server = bench.polaris();
    let movies = ids(server.as_ref(), &["Movies"]).await;
    let whom = guest(WOUT, "wout");
    let fault = json!({
        "kind": "drop_answer", "path": "/api/v2/shared_servers", "method": "POST", "times": 1,
    });
    bench.control("faults", fault).await;
    let lost = server.invite(&whom, &access(&[&movies[0]])).await;
    assert!(matches!(lost, Outcome::Unknown(_)), "{lost:?}");
    let before = bench.share_count().await;
    let found = server.find_user(&whom.id).await.done().unwrap().unwrap();
    assert_eq!(found.standing, Standing::In, "Wout accepts at once");
    let again = server
        .invite(&whom, &access(&[&movies[0]]))
        .await
        .done()
        .unwrap();
    assert_eq!(again.id, found.id);
    assert_eq!(bench.share_count().await, before);
}
