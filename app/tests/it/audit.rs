//! Every call of the interface that writes leaves an event that names its key: generated from the tables, so
//! that a new call is walked, or fails as forgotten.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::collections::BTreeSet;

use kit::{Actor, PageAsked};
use people::role::{Permission, Permissions};
use people::{api_key, member};
use serde_json::{Value, json};
use testkit::engines;

mod helping;
mod newcomers;

use crate::routes::allow_keys;
use crate::support::{Browser, Shop, TestSite};

/// They ask another system and change nothing that the operator chose.
const PROBES: &[&str] = &[
    "POST /api/v1/media-servers/{id}/test",
    "POST /api/v1/gateways/{id}/check",
];

/// A program with a key, and the calls that it has made.
struct Robot<'a> {
    site: &'a TestSite,
    key: String,
    called: BTreeSet<String>,
    silent: Vec<String>,
}

impl<'a> Robot<'a> {
    async fn of(site: &'a TestSite) -> Self {
        let account = site.administrator("Chief").await;
        allow_keys(site, &account).await;
        let all: Permissions = Permission::ALL.iter().copied().collect();
        let mut tx = site.house.db.begin(account.actor()).await.unwrap();
        let made = api_key::create(&mut tx, &account, &all, "Robot", &all).await;
        let (_, secret) = made.unwrap();
        tx.save().await.unwrap();
        Self {
            site,
            key: secret.reveal().to_owned(),
            called: BTreeSet::new(),
            silent: Vec::new(),
        }
    }

    /// Calls `METHOD /path/{id}` for the thing; it must succeed, and be told.
    async fn call(&mut self, route: &str, id: &str, body: Value) -> Value {
        let (method, path) = route.split_once(' ').unwrap();
        let path = format!("/api/v1/{path}");
        let before = self.told().await;
        let answer = self.ask(method, &path.replace("{id}", id), &body).await;
        if self.told().await == before {
            self.silent.push(format!("{method} {path}"));
        }
        self.called.insert(format!("{method} {path}"));
        answer
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let bearer = format!("Bearer {}", self.key);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let sent = (method != "GET").then(|| body.to_string().into_bytes());
        let mut browser = Browser::at(self.site.address());
        let answer = browser.send(method, path, &headers, sent).await;
        assert!(
            answer.status < 300,
            "{method} {path}: {} {}",
            answer.status,
            answer.body
        );
        serde_json::from_str(&answer.body).unwrap_or_default()
    }

    /// How many events say that the robot did it.
    async fn told(&self) -> usize {
        let filter = chronicle::EventFilter {
            by_people: true,
            ..chronicle::EventFilter::default()
        };
        let asked = PageAsked::first(PageAsked::LARGEST);
        let page = chronicle::list(&self.site.house.db, &filter, &asked)
            .await
            .unwrap();
        let by_robot = |row: &&chronicle::EventRow| {
            let actor = &row.actor.0;
            actor.kind == kit::actor::ActorKind::ApiKey && actor.name == "Robot"
        };
        page.rows.iter().filter(by_robot).count()
    }
}

#[track_caller]
fn id_of(answer: &Value) -> String {
    let Some(id) = answer["id"].as_str() else {
        panic!("no id: {answer}");
    };
    id.to_owned()
}

#[tokio::test]
async fn every_call_that_writes_is_told_with_the_name_of_its_key() {
    for engine in engines().await {
        let site = TestSite::on(&engine).await;
        let mut robot = Robot::of(&site).await;
        servers(&mut robot).await;
        let shop = site.set_up().await;
        people(&mut robot).await;
        libraries(&mut robot, &shop).await;
        plans(&mut robot).await;
        gateways(&mut robot, &site).await;
        members(&mut robot, &shop).await;
        customer(&mut robot, &shop).await;
        newcomers::walk(&mut robot, &shop).await;
        house(&mut robot).await;
        assert!(robot.silent.is_empty(), "nothing told: {:?}", robot.silent);
        let all: BTreeSet<String> = api::table()
            .iter()
            .filter(|route| route.method != "GET")
            .map(|route| format!("{} {}", route.method, route.path))
            .filter(|route| !PROBES.contains(&route.as_str()))
            .collect();
        let forgotten: Vec<_> = all.difference(&robot.called).collect();
        assert!(forgotten.is_empty(), "not walked: {forgotten:#?}");
    }
}

async fn servers(robot: &mut Robot<'_>) {
    let address = robot.site.outside.running.jellyfin.clone();
    let new = json!({"kind": "jellyfin", "address": address, "api_key": "standin-jellyfin-key"});
    let made = robot.call("POST media-servers", "", new).await;
    let id = id_of(&made);
    let change = json!({"name": "Attic"});
    robot.call("PATCH media-servers/{id}", &id, change).await;
    robot
        .call("POST media-servers/{id}/sync", &id, json!({}))
        .await;
    robot.site.run_jobs().await;
    robot
        .call("DELETE media-servers/{id}", &id, json!({}))
        .await;
}

async fn people(robot: &mut Robot<'_>) {
    let new = json!({"name": "Helper", "email": "helper@example.org"});
    let made = robot.call("POST accounts", "", new).await;
    let change = json!({"api_access": true});
    robot
        .call("PATCH accounts/{id}", &id_of(&made), change)
        .await;
    let role = json!({"name": "Desk", "permissions": ["members.see"]});
    let made = robot.call("POST roles", "", role).await;
    let change = json!({"name": "Front desk", "permissions": [], "version": made["version"]});
    let id = id_of(&made);
    robot.call("PUT roles/{id}", &id, change).await;
    robot.call("DELETE roles/{id}", &id, json!({})).await;
    let key = json!({"name": "Second", "scopes": []});
    let made = robot.call("POST api-keys", "", key).await;
    robot
        .call("POST api-keys/{id}/revoke", &id_of(&made), json!({}))
        .await;
}

async fn libraries(robot: &mut Robot<'_>, shop: &Shop) {
    let made = robot
        .call("POST library-groups", "", json!({"name": "Remux"}))
        .await;
    let group = id_of(&made);
    let name = json!({"name": "Remux 4K"});
    robot.call("PATCH library-groups/{id}", &group, name).await;
    let path = format!("/api/v1/libraries?server_id={}", shop.server);
    let all = robot.ask("GET", &path, &json!({})).await;
    let library = all["data"][0]["id"].as_str().unwrap().to_owned();
    for group in [group.as_str(), "grp_standard"] {
        let into = json!({"group_id": group});
        robot.call("PATCH libraries/{id}", &library, into).await;
    }
    robot
        .call("DELETE library-groups/{id}", &group, json!({}))
        .await;
}

fn plan(name: &str) -> Value {
    json!({"name": name, "media": {"groups": ["grp_standard"]}, "seats": 1})
}

async fn plans(robot: &mut Robot<'_>) {
    let id = id_of(&robot.call("POST plans", "", plan("Duo")).await);
    robot.call("PUT plans/{id}", &id, plan("Duet")).await;
    robot.call("POST plans/{id}/withdraw", &id, json!({})).await;
    robot.call("POST plans/{id}/offer", &id, json!({})).await;
    robot
        .call("POST plans/{id}/make-default", &id, json!({}))
        .await;
    robot
        .call(
            "POST plans/{id}/move-members",
            &id,
            json!({"reason": "more for all"}),
        )
        .await;
    let price = json!({
        "plan_id": id, "mode": "prepaid", "amount": {"amount_minor": 900, "currency": "EUR"},
        "period": {"count": 1, "unit": "months"},
    });
    let price = id_of(&robot.call("POST prices", "", price).await);
    robot
        .call("POST prices/{id}/archive", &price, json!({}))
        .await;
    let other = id_of(&robot.call("POST plans", "", plan("Trio")).await);
    robot.call("DELETE plans/{id}", &other, json!({})).await;
}

async fn gateways(robot: &mut Robot<'_>, site: &TestSite) {
    let mut sent = json!({
        "title": "Second till", "enabled": false, "one_off": true, "recurring": false,
        "values": {"address": site.outside.running.stripe}, "secrets": {"secret_key": "sk_test_standin"},
    });
    let new = json!({"driver": "stripe", "gateway": sent});
    let made = robot.call("POST gateways", "", new).await;
    sent["title"] = json!("Third till");
    let change = json!({"version": made["version"], "gateway": sent});
    robot.call("PUT gateways/{id}", &id_of(&made), change).await;
}

async fn members(robot: &mut Robot<'_>, shop: &Shop) {
    let new = json!({"name": "Ann", "email": "ann@example.org"});
    let id = id_of(&robot.call("POST members", "", new).await);
    let change = json!({"note": "prefers letters"});
    robot.call("PATCH members/{id}", &id, change).await;
    let account = robot.site.account("Ann").await;
    let link = json!({"account_id": account.id.as_str()});
    robot.call("POST members/{id}/link", &id, link).await;
    robot.call("POST members/{id}/unlink", &id, json!({})).await;
    let asked = json!({"platform": "plex", "reason": "It is shared with others."});
    robot
        .call("POST members/{id}/account-change", &id, asked)
        .await;
    let kept = json!({"platform": "plex"});
    robot
        .call("POST members/{id}/account-change/drop", &id, kept)
        .await;
    let gift = json!({"plan_id": shop.plan.as_str()});
    robot.call("POST members/{id}/gift", &id, gift).await;
    let cash = json!({
        "member_id": id, "price_id": shop.month.as_str(),
        "amount": {"amount_minor": 1200, "currency": "EUR"},
    });
    let new = json!({"name": "Ben", "email": "ben@example.org"});
    let ben = id_of(&robot.call("POST members", "", new).await);
    let mut paid = cash;
    paid["member_id"] = json!(ben);
    let paid = id_of(&robot.call("POST payments", "", paid).await);
    let reason = json!({"reason": "entered twice"});
    robot.call("POST payments/{id}/void", &paid, reason).await;
}

/// What is done with somebody who has bought and watches.
async fn customer(robot: &mut Robot<'_>, shop: &Shop) {
    let site = robot.site;
    let bought = site.buy("Mara", shop, &shop.month).await.expect("bought");
    site.hear().await;
    let account = site.account("Mara").await;
    let found = member::find_by_account(&site.house.db, &account.id).await;
    let id = found.unwrap().expect("who bought is a member").id;
    robot
        .call("POST members/{id}/welcome", id.as_str(), json!({}))
        .await;
    let share = bought.places[0].share_id.to_string();
    robot.call("POST shares/{id}/sync", &share, json!({})).await;
    helping::walk(robot, shop).await;
    moved(robot, shop).await;
    unmatched(robot, shop, id.as_str()).await;
    refund(robot).await;
    let subscription = site.standing("Mara").await.subscription.id.to_string();
    time(robot, &subscription).await;
    subscribed(robot, &subscription).await;
    site.run_jobs().await;
}

/// Everybody is moved to a server that is switched off on the way, once more when it is back, and then not at all.
async fn moved(robot: &mut Robot<'_>, shop: &Shop) {
    let site = robot.site;
    let target = site.add_server_of("emby").await;
    let order = json!({"target_id": target.as_str(), "reason": "The old machine goes"});
    let source = shop.server.as_str();
    let begun = robot
        .call("POST media-servers/{id}/move-members", source, order)
        .await;
    let id = id_of(&begun["move"]);
    robot.call("POST moves/{id}/pause", &id, json!({})).await;
    let off = json!({"enabled": false});
    let server = target.as_str();
    robot.call("PATCH media-servers/{id}", server, off).await;
    robot.call("POST moves/{id}/resume", &id, json!({})).await;
    site.run_jobs().await;
    let on = json!({"enabled": true});
    robot.call("PATCH media-servers/{id}", server, on).await;
    robot.call("POST moves/{id}/retry", &id, json!({})).await;
    robot.call("POST moves/{id}/undo", &id, json!({})).await;
    site.run_jobs().await;
}

async fn unmatched(robot: &mut Robot<'_>, shop: &Shop, member: &str) {
    robot.site.stray_payment(shop).await;
    let path = "/api/v1/unmatched-payments";
    let all = robot.ask("GET", path, &json!({})).await;
    let payment = id_of(&all["data"][0]);
    let place =
        json!({"member_id": member, "price_id": shop.month.as_str(), "reason": "a friendly price"});
    robot
        .call("POST unmatched-payments/{id}/place", &payment, place)
        .await;
}

async fn refund(robot: &mut Robot<'_>) {
    let all = robot.ask("GET", "/api/v1/payments", &json!({})).await;
    let rows = all["data"].as_array().unwrap();
    let by_card = rows
        .iter()
        .find(|row| row["amount"]["amount_minor"] == 1200 && row["voided_at"].is_null());
    let refund = json!({
        "payment_id": by_card.expect("Mara paid")["id"], "reason": "a day without films",
        "amount": {"amount_minor": 100, "currency": "EUR"},
    });
    robot.call("POST refunds", "", refund).await;
    robot.site.hear().await;
}

async fn time(robot: &mut Robot<'_>, subscription: &str) {
    let days = json!({
        "subscription_id": subscription, "length": {"count": 3, "unit": "days"}, "reason": "sorry",
    });
    let given = robot.call("POST term-grants", "", days).await;
    let reason = json!({"reason": "given twice"});
    robot
        .call("POST term-grants/{id}/revoke", &id_of(&given), reason)
        .await;
}

async fn subscribed(robot: &mut Robot<'_>, id: &str) {
    let hold = json!({"reason": "shares the password"});
    let held = robot.call("POST subscriptions/{id}/hold", id, hold).await;
    let lift = json!({"hold_id": held["holds"][0]["id"], "reason": "explained"});
    robot.call("POST subscriptions/{id}/lift", id, lift).await;
    let cancel = json!({"when": "end", "reason": "asked by phone"});
    robot
        .call("POST subscriptions/{id}/cancel", id, cancel)
        .await;
    robot
        .call("POST subscriptions/{id}/undo-cancel", id, json!({}))
        .await;
    let other = id_of(&robot.call("POST plans", "", plan("Quartet")).await);
    let change = json!({"plan_id": other, "reason": "asked by phone"});
    robot
        .call("POST subscriptions/{id}/change-plan", id, change)
        .await;
    let reason = json!({"reason": "a friend"});
    robot
        .call("POST subscriptions/{id}/make-permanent", id, reason)
        .await;
}

const FAIL_LETTERS: &str = "update letters set state = 'failed'";
const FAIL_JOBS: &str = "update jobs set failed_at = $1";

/// Letters, settings, and jobs that failed.
async fn house(robot: &mut Robot<'_>) {
    let db = &robot.site.house.db;
    let mut tx = db.begin(Actor::console()).await.unwrap();
    tx.run(FAIL_LETTERS, db::values![]).await.unwrap();
    tx.save().await.unwrap();
    let all = robot.ask("GET", "/api/v1/notices", &json!({})).await;
    let letter = id_of(&all["data"][0]);
    robot
        .call("POST notices/{id}/send-again", &letter, json!({}))
        .await;
    let text = json!({"title": "Hello", "body": "You are in.", "is_enabled": true});
    robot.call("PUT templates/{id}", "welcome.en", text).await;
    robot
        .call("DELETE templates/{id}", "welcome.en", json!({}))
        .await;
    let section = robot.ask("GET", "/api/v1/settings/site", &json!({})).await;
    let change =
        json!({"version": section["version"], "values": {"headline": "Films for friends"}});
    robot.call("PATCH settings/{id}", "site", change).await;
    for act in ["POST jobs/{id}/retry", "POST jobs/{id}/discard"] {
        let mut tx = db.begin(Actor::console()).await.unwrap();
        let now = tx.now();
        tx.run(FAIL_JOBS, db::values![now]).await.unwrap();
        tx.save().await.unwrap();
        let all = robot.ask("GET", "/api/v1/jobs", &json!({})).await;
        robot.call(act, &id_of(&all["data"][0]), json!({})).await;
    }
}
