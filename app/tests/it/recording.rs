//! What is recorded of a server holds nobody, and is read as the server itself is; and the doctor asks every server.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::sync::Arc;

use app::doctor::{self, Verdict};
use app::{Config, record};
use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::IntoResponse;
use drivers::http::Http;
use kit::Secret;
use media::{Connection, server};
use serde_json::{Value, json};
use testkit::engines;

use crate::plex::add_polaris;
use crate::support::{Browser, TestSite};

/// Answers what was recorded, whoever asks.
async fn replay(recorded: &Value) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new()
        .fallback(answer)
        .with_state(Arc::new(recorded.clone()));
    tokio::spawn(async move { drop(axum::serve(listener, app).await) });
    address
}

async fn answer(State(recorded): State<Arc<Value>>, method: Method, uri: Uri) -> impl IntoResponse {
    let exchanges = recorded["exchanges"].as_array().expect("a list");
    let found = exchanges.iter().find(|one| {
        let path = one["path"].as_str().unwrap_or_default();
        one["method"] == method.as_str() && path.split('?').next() == Some(uri.path())
    });
    match found {
        Some(one) => {
            let status = one["status"].as_u64().and_then(|it| u16::try_from(it).ok());
            let status = StatusCode::from_u16(status.unwrap_or(500)).unwrap();
            (status, one["answer"].to_string())
        }
        None => (StatusCode::NOT_FOUND, String::new()),
    }
}

#[tokio::test]
async fn a_recording_names_nobody_and_is_read_like_the_server() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        site.set_up().await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        add_polaris(&site, &mut office).await;
        let http = Http::new(site.world.world(), true);
        let (db, data) = (&site.house.db, site.house.data.as_path());
        for name in ["Aurora", "Polaris"] {
            let recorded = record::record(db, data, http.clone(), name).await.unwrap();
            let text = recorded.to_string();
            for secret in secrets(&site).await {
                assert!(
                    !text.contains(&secret),
                    "{name}: {secret} is left in {text}"
                );
            }
            let address = replay(&recorded).await;
            let all = server::list(db).await.unwrap();
            let real = all.iter().find(|server| server.name == name).unwrap();
            let machine = recorded["exchanges"][0]["answer"]["MediaContainer"]["machineIdentifier"]
                .as_str()
                .map(str::to_owned);
            let connection = Connection {
                platform: Some(address.clone()),
                identity: machine,
                ..Connection::new(address, Secret::new("any"))
            };
            let servers = site.house.tools.servers();
            let remote = servers.connect(&real.kind, &connection).unwrap();
            let probe = remote.probe().await.done().expect("reads");
            assert_eq!(probe.version, real.version);
            assert_ne!(probe.name, real.name, "made up");
            let (_, real) = servers.open(&real.id).await.unwrap();
            let libraries = remote.libraries().await.done().expect("reads").len();
            assert_eq!(
                libraries,
                real.libraries().await.done().unwrap().len(),
                "{name}"
            );
            let users = remote.users().await.done().expect("reads").len();
            assert_eq!(users, real.users().await.done().unwrap().len(), "{name}");
        }
        let nobody = record::record(db, data, http, "Nowhere").await;
        assert!(
            nobody
                .unwrap_err()
                .to_string()
                .contains("no server Nowhere")
        );
    }
}

/// Keys, names, addresses and ids of the stand-ins.
async fn secrets(site: &TestSite) -> Vec<String> {
    let mut all: Vec<String> = [
        standins::jellyfin::API_KEY,
        standins::plex::ORLA_TOKEN,
        "127.0.0.1",
        "Aurora",
        "Polaris",
        "ottoline",
        "jonas",
        "Jonas Feld",
        "orla",
        "203.0.113",
        "@",
    ]
    .map(str::to_owned)
    .into();
    let state = site.outside.jellyfin_state().await;
    let users = state["users"].as_array().expect("users").clone();
    all.extend(
        users
            .iter()
            .filter_map(|user| Some(user["id"].as_str()?.to_owned())),
    );
    let plex = crate::plex::plex_state(site).await;
    let machines = plex["servers"].as_array().expect("servers").clone();
    all.extend(
        machines
            .iter()
            .filter_map(|it| Some(it["machine"].as_str()?.to_owned())),
    );
    // An address of a person is made up as person-1@example.org.
    all.retain(|secret| secret != "@");
    all
}

#[tokio::test]
async fn the_doctor_asks_every_server_and_owner_account() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        site.set_up().await;
        let chief = site.administrator("Robin").await;
        let mut office = Browser::of(&site, &chief).await;
        add_polaris(&site, &mut office).await;
        let said = examined(&site).await;
        for words in [
            "Aurora (Jellyfin 10.11.5) answered in ",
            "Polaris (Plex ",
            "The owner account orla is open.",
        ] {
            assert!(
                said.iter().any(|(ok, line)| *ok && line.starts_with(words)),
                "{words}: {said:#?}"
            );
        }
        let url = site.outside.jellyfin("/_control/faults");
        let refused = json!({ "kind": "status", "status": 401, "path": "/VirtualFolders" });
        site.outside.call("POST", &url, Some(refused)).await;
        let revoked = json!({ "person": "orla", "action": "revoke_tokens" });
        crate::plex::person(&site, revoked).await;
        let said = examined(&site).await;
        for words in [
            "refuses the key.",
            "What helps: Check address and key, at /office/servers/",
            "The owner account orla: ",
            "What helps: Sign in again, at /office/owners/",
        ] {
            assert!(
                said.iter().any(|(ok, line)| !ok && line.contains(words)),
                "{words}: {said:#?}"
            );
        }
    }
}

/// What is said of servers and accounts, and whether it is well.
async fn examined(site: &TestSite) -> Vec<(bool, String)> {
    let mut config = Config::read(None, std::iter::empty()).unwrap();
    config.server.data.clone_from(&site.house.data);
    config.server.allow_standins = true;
    let options = db::Options {
        address: site.on.address.clone(),
        connections: 2,
        durable: false,
    };
    let findings = doctor::examine(&config, &options, &site.world.world()).await;
    findings
        .into_iter()
        .filter(|finding| ["servers", "owner_accounts"].contains(&finding.topic))
        .map(|finding| (finding.verdict == Verdict::Ok, finding.says.in_english()))
        .collect()
}
