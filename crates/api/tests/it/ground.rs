//! A house with the interface alone, and a caller with a key.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use billing::gateways::Gateways;
use db::Db;
use flows::Tools;
use jobs::{Registry, Runner};
use kit::{Actor, Email, Outcome, Refusal, Text};
use media::Makers;
use outreach::{Courier, MailTransport, Written};
use people::account::{self, NewAccount};
use people::api_key;
use people::role::{Permission, Permissions};
use people::standing::{self, Standing};
use serde_json::Value;
use settings::Vault;
use testkit::{TestDb, TestWorld, testworld};
use tower::ServiceExt;
use web::{Catalogues, Live, Site, SiteConfig, Topics};

/// Nothing is sent from here.
struct NoMail;

#[async_trait]
impl Courier for NoMail {
    async fn carry(&self, _: &MailTransport, _: &Written) -> Outcome<()> {
        Outcome::Refused(Refusal::lasting("none", Text::verbatim("no mail here")))
    }
}

pub struct House {
    pub db: Db,
    pub world: TestWorld,
    /// Not started: knows no jobs.
    pub runner: Runner,
    router: Router,
    _on: TestDb,
}

/// A house on each engine.
pub async fn houses() -> Vec<House> {
    let mut all = Vec::new();
    for on in testkit::engines().await {
        let world = testworld();
        let db = testkit::migrated(&on, world.world()).await;
        let vault = Vault::fresh(&world.world());
        let gateways = Gateways::new(db.clone(), vault.clone(), Vec::new());
        let makers = Makers::new(Vec::new());
        let courier = Arc::new(NoMail);
        let tools = Tools::new(db.clone(), vault, gateways, makers, courier, Vec::new());
        let live = Live::new(Topics::new(Vec::new()));
        let site = Site::new(tools, SiteConfig::default(), Catalogues::built_in(), live);
        let runner = Runner::new(db.clone(), Registry::new(), Vec::new());
        let router = api::counted(api::router(runner.pulse()).with_state(site));
        all.push(House {
            db,
            world,
            runner,
            router,
            _on: on,
        });
    }
    all
}

/// What came back.
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answered {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl House {
    /// A key with these scopes, of an administrator's account.
    pub async fn key(&self, scopes: &[Permission]) -> String {
        let email = Email::parse("ops@house.example").unwrap();
        let mut tx = self.db.begin(Actor::console()).await.unwrap();
        let known = account::find_by_email(&mut tx, &email).await.unwrap();
        let account = if let Some(account) = known {
            account
        } else {
            let new = NewAccount::administrator(email, "Ops".to_owned());
            let account = account::create(&mut tx, &new, None).await.unwrap();
            let standing = Standing {
                level: account.level,
                role_id: account.role_id.clone(),
                enabled: true,
                api_access: true,
            };
            let changed = standing::change(&mut tx, &account, &standing).await;
            changed.unwrap();
            account
        };
        let scopes: Permissions = scopes.iter().copied().collect();
        let own = Permissions::all();
        let made = api_key::create(&mut tx, &account, &own, "test", &scopes).await;
        let (_, secret) = made.unwrap();
        tx.save().await.unwrap();
        secret.reveal().to_owned()
    }

    pub async fn all_key(&self) -> String {
        self.key(Permission::ALL).await
    }

    pub async fn call(&self, request: Request<Body>) -> Answered {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub async fn get(&self, key: &str, path: &str) -> Answered {
        self.call(request("GET", key, path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn send(&self, method: &str, key: &str, path: &str, body: &Value) -> Answered {
        let request = request(method, key, path).header("content-type", "application/json");
        self.call(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub async fn send_once(&self, key: &str, once: &str, path: &str, body: &Value) -> Answered {
        let request = request("POST", key, path)
            .header("content-type", "application/json")
            .header("idempotency-key", once);
        self.call(request.body(Body::from(body.to_string())).unwrap())
            .await
    }
}

pub fn request(method: &str, key: &str, path: &str) -> axum::http::request::Builder {
    let from: SocketAddr = "203.0.113.7:4000".parse().unwrap();
    Request::builder()
        .method(method)
        .uri(path)
        .extension(ConnectInfo(from))
        .header("authorization", format!("Bearer {key}"))
}
