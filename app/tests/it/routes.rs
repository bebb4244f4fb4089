//! Every route in every role: generated from the tables, so that a new route is walked, or fails as unknown.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::collections::BTreeMap;

use app::house;
use kit::{Actor, Secret, Subject};
use people::account::{self, Account, NewAccount};
use people::role::{self, Permission, Permissions, RoleForm};
use people::standing::{self, Standing};
use people::{api_key, member};
use testkit::engines;
use web::{Access, Route};

use crate::support::{Browser, Page, TestSite};

/// Forms that come with a file.
const UPLOADS: &[&str] = &[
    "/checkout/pay/{attempt}",
    "/account/watching/{share}/subtitles/new",
    "/office/subtitles/{server}/new",
];

/// Things of a customer who is not the one that asks.
pub struct Samples(BTreeMap<&'static str, String>);

/// Who asks.
struct Roles {
    owner: Account,
    stranger: Account,
    administrator: Account,
    only: BTreeMap<Permission, Account>,
    all_but: BTreeMap<Permission, Account>,
}

impl Samples {
    pub async fn of(site: &TestSite) -> Self {
        let shop = site.set_up().await;
        let paid = site.buy("Owner", &shop, &shop.month).await.expect("bought");
        site.hear().await;
        let account = site.account("Owner").await;
        let db = &site.house.db;
        let found = member::find_by_account(db, &account.id).await.unwrap();
        let found = found.expect("who bought is a member");
        let subject = Subject::of(&found.id);
        let bought = billing::subscription::of_subject(db, &subject)
            .await
            .unwrap();
        let owners = lists::my_account::Owners::of(db, &account.id)
            .await
            .unwrap();
        let payments = lists::my_account::payments(db, &owners, None)
            .await
            .unwrap();
        let session = Browser::of(site, &account).await;
        assert!(!session.cookies.is_empty());
        let sessions = people::session::list_of(db, &account.id, site.world.now())
            .await
            .unwrap();
        Self(BTreeMap::from([
            ("plan", shop.plan.to_string()),
            ("price", shop.month.to_string()),
            ("server", shop.server.to_string()),
            ("gateway", shop.stripe.to_string()),
            ("attempt", paid.attempt.to_string()),
            ("share", paid.places[0].share_id.to_string()),
            ("member", found.id.to_string()),
            ("account", account.id.to_string()),
            ("subscription", bought[0].id.to_string()),
            ("payment", payments[0].id.to_string()),
            ("session", sessions[0].id.to_string()),
        ]))
    }

    /// The path with things of the owner. `None`: a place that this test does not know.
    pub fn fill(&self, path: &str) -> Option<String> {
        let (mut filled, mut before) = (Vec::new(), "");
        for part in path.split('/') {
            let sample = match part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            {
                Some(name) => self.sample(before, name)?,
                None => part.to_owned(),
            };
            filled.push(sample);
            before = part;
        }
        Some(filled.join("/"))
    }

    fn sample(&self, before: &str, name: &str) -> Option<String> {
        let thing = match (before, name) {
            (_, "token") => return Some("nobody-was-ever-given-this".to_owned()),
            ("new", "kind") => return Some("jellyfin".to_owned()),
            ("new", "driver") => return Some("stripe".to_owned()),
            ("texts", "kind") => return Some("welcome".to_owned()),
            ("settings", _) => return Some("site".to_owned()),
            ("attempts", _) => "attempt",
            ("members", _) => "member",
            ("accounts", _) => "account",
            ("plans", _) => "plan",
            ("prices", _) => "price",
            ("servers" | "media-servers", _) | ("libraries", "server") => "server",
            ("gateways", _) => "gateway",
            ("payments", _) => "payment",
            ("subscriptions", _) => "subscription",
            ("shares", _) => "share",
            ("sessions", _) => "session",
            // Well-formed, of nothing that there is.
            ("api-keys", _) => return Some("key_01jnm3v8q0e5x8y8z8w8v8t8s8".to_owned()),
            ("roles", _) => return Some("rol_user".to_owned()),
            (
                "grants" | "term-grants" | "holds" | "groups" | "library-groups" | "libraries"
                | "events" | "jobs" | "wants" | "passkeys" | "refunds" | "unmatched-payments"
                | "unmatched" | "letters" | "notices" | "templates" | "proofs" | "disputes"
                | "orders" | "owners" | "moves" | "invitations" | "many" | "sign-in" | "platform"
                | "devices" | "scans" | "streams",
                _,
            ) => return Some("xyz_01jnm3v8q0e5x8y8z8w8v8t8s8".to_owned()),
            (_, known) => known,
        };
        self.0.get(thing).cloned()
    }
}

impl Roles {
    async fn of(site: &TestSite) -> Self {
        let mut roles = Self {
            owner: site.account("Owner").await,
            stranger: site.account("Stranger").await,
            administrator: staff(site, "chief", &role::administrator()).await,
            only: BTreeMap::new(),
            all_but: BTreeMap::new(),
        };
        for (n, permission) in Permission::ALL.iter().copied().enumerate() {
            let only: Permissions = [permission].into_iter().collect();
            let rest: Permissions = Permission::ALL
                .iter()
                .copied()
                .filter(|other| *other != permission)
                .collect();
            let only = with_role(site, &format!("only{n}"), only).await;
            let rest = with_role(site, &format!("rest{n}"), rest).await;
            roles.only.insert(permission, only);
            roles.all_but.insert(permission, rest);
        }
        roles
    }
}

async fn with_role(site: &TestSite, name: &str, permissions: Permissions) -> Account {
    let form = RoleForm {
        name: name.to_owned(),
        permissions,
    };
    let mut tx = site.house.db.begin(Actor::console()).await.unwrap();
    let role = role::create(&mut tx, &form).await.unwrap();
    tx.save().await.unwrap();
    staff(site, name, &role).await
}

pub async fn staff(site: &TestSite, name: &str, role: &kit::id::RoleId) -> Account {
    let email = kit::Email::parse(&format!("{name}@example.org")).unwrap();
    let new = NewAccount {
        confirmed: true,
        role_id: role.clone(),
        ..NewAccount::customer(email, name.to_owned())
    };
    let mut tx = site.house.db.begin(Actor::console()).await.unwrap();
    let account = account::create(&mut tx, &new, None).await.unwrap();
    tx.save().await.unwrap();
    account
}

/// Asks as somebody with a session of its own, since some routes end it.
async fn ask(site: &TestSite, who: Option<&Account>, route: &Route, path: &str) -> Page {
    let mut browser = match who {
        Some(account) => Browser::of(site, account).await,
        None => Browser::at(site.address()),
    };
    if route.method == "GET" {
        return browser.get(path).await;
    }
    let token = browser.token().await;
    post(&mut browser, route, path, &token).await
}

/// A form with nothing in it but its token.
async fn post(browser: &mut Browser, route: &Route, path: &str, token: &str) -> Page {
    let fields = [("csrf", token)];
    if UPLOADS.contains(&route.path) {
        browser.upload(path, &fields).await
    } else {
        browser.post_raw(path, &fields).await
    }
}

/// Refused for want of a permission, and not only until the person proves who they are.
fn is_forbidden(page: &Page) -> bool {
    page.status == 403 && page.body.contains("Your role does not include it")
}

#[tokio::test]
async fn every_page_lets_in_whom_it_should_and_nobody_else() {
    let engine = engines().await.remove(0);
    let site = TestSite::on(&engine).await;
    let samples = Samples::of(&site).await;
    let roles = Roles::of(&site).await;
    let mut wrong = Vec::new();
    for route in house::pages().table() {
        let Some(path) = samples.fill(route.path) else {
            wrong.push(format!("{}: not known to this test", route.path));
            continue;
        };
        for word in walk(&site, &roles, route, &path).await {
            wrong.push(format!("{} {}: {word}", route.method, route.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn walk(site: &TestSite, roles: &Roles, route: &Route, path: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut hold = |is_right: bool, who: &str, page: &Page| {
        if !is_right || page.status >= 500 {
            wrong.push(format!("{who} got {} {}", page.status, page.location()));
        }
    };
    let nobody = ask(site, None, route, path).await;
    let sent_away = nobody.status == 303 && nobody.location().starts_with("/sign-in");
    hold(
        route.access == Access::Public || sent_away,
        "nobody",
        &nobody,
    );
    let stranger = ask(site, Some(&roles.stranger), route, path).await;
    let fits = match route.access {
        Access::Permission(_) => is_forbidden(&stranger),
        Access::Own(_) if route.path.contains('{') => stranger.status == 404,
        _ if route.path.starts_with("/office") => is_forbidden(&stranger),
        _ => !is_forbidden(&stranger),
    };
    hold(fits, "another customer", &stranger);
    if route.method == "POST" {
        let mut browser = Browser::of(site, &roles.administrator).await;
        let forged = post(&mut browser, route, path, "forged").await;
        hold(forged.status == 403, "a forged form", &forged);
    }
    if let Access::Permission(permission) = route.access {
        let rest = ask(site, Some(&roles.all_but[&permission]), route, path).await;
        hold(is_forbidden(&rest), "staff without it", &rest);
        let only = ask(site, Some(&roles.only[&permission]), route, path).await;
        hold(!is_forbidden(&only), "staff with only it", &only);
    }
    if route.method == "GET" {
        let owner = ask(site, Some(&roles.owner), route, path).await;
        let is_office = route.path.starts_with("/office");
        hold(is_forbidden(&owner) == is_office, "the owner", &owner);
    }
    let chief = ask(site, Some(&roles.administrator), route, path).await;
    hold(!is_forbidden(&chief), "an administrator", &chief);
    wrong
}

#[tokio::test]
async fn every_call_lets_in_whom_it_should_and_nobody_else() {
    let engine = engines().await.remove(0);
    let site = TestSite::on(&engine).await;
    let samples = Samples::of(&site).await;
    let chief = staff(&site, "chief", &role::administrator()).await;
    let customer = site.account("Stranger").await;
    allow_keys(&site, &customer).await;
    let powerless = key(&site, &customer, &Permissions::default()).await;
    let keys = Keys::of(&site, &chief).await;
    let mut wrong = Vec::new();
    for route in api::table() {
        let Some(path) = samples.fill(route.path) else {
            wrong.push(format!("{}: not known to this test", route.path));
            continue;
        };
        for word in walk_call(&site, &keys, &powerless, &route, &path).await {
            wrong.push(format!("{} {}: {word}", route.method, route.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Keys of an administrator, by what they may.
struct Keys {
    only: BTreeMap<Permission, String>,
    all_but: BTreeMap<Permission, String>,
}

impl Keys {
    async fn of(site: &TestSite, chief: &Account) -> Self {
        let (mut only, mut all_but) = (BTreeMap::new(), BTreeMap::new());
        allow_keys(site, chief).await;
        for permission in Permission::ALL.iter().copied() {
            let rest = Permission::ALL.iter().copied().filter(|p| *p != permission);
            let one = [permission].into_iter().collect();
            only.insert(permission, key(site, chief, &one).await);
            all_but.insert(permission, key(site, chief, &rest.collect()).await);
        }
        Self { only, all_but }
    }
}

async fn walk_call(
    site: &TestSite,
    keys: &Keys,
    powerless: &str,
    route: &Route,
    path: &str,
) -> Vec<String> {
    let Access::Permission(permission) = route.access else {
        return vec!["asks for no permission".to_owned()];
    };
    let method = route.method.as_str();
    let made_up = call(site, method, path, "ph_made_up").await;
    let powerless = call(site, method, path, powerless).await;
    let rest = call(site, method, path, &keys.all_but[&permission]).await;
    let only = call(site, method, path, &keys.only[&permission]).await;
    let is_list = method == "GET" && !route.path.contains('{');
    // A list may ask for a filter first. Many wrong keys from one address are told to wait.
    let is_answered = only < 500 && only != 401 && (!is_list || matches!(only, 200 | 422));
    [
        ("a made-up key", made_up, matches!(made_up, 401 | 429)),
        ("a customer's key", powerless, powerless == 404),
        ("a key that may all but this", rest, rest == 404),
        ("a key that may only this", only, is_answered),
    ]
    .into_iter()
    .filter(|(_, _, is_right)| !is_right)
    .map(|(who, status, _)| format!("{who} got {status}"))
    .collect()
}

pub async fn allow_keys(site: &TestSite, account: &Account) {
    let mut tx = site.house.db.begin(Actor::console()).await.unwrap();
    let standing = Standing {
        level: account.level,
        role_id: account.role_id.clone(),
        enabled: true,
        api_access: true,
    };
    standing::change(&mut tx, account, &standing).await.unwrap();
    tx.save().await.unwrap();
}

pub async fn key(site: &TestSite, account: &Account, scopes: &Permissions) -> String {
    let mut tx = site.house.db.begin(account.actor()).await.unwrap();
    let (_, secret): (_, Secret) = api_key::create(&mut tx, account, scopes, "test", scopes)
        .await
        .unwrap();
    tx.save().await.unwrap();
    secret.reveal().to_owned()
}

async fn call(site: &TestSite, method: &str, path: &str, key: &str) -> u16 {
    let key = format!("Bearer {key}");
    let headers = [
        ("authorization", key.as_str()),
        ("content-type", "application/json"),
    ];
    let body = (method != "GET").then(|| b"{}".to_vec());
    let mut browser = Browser::at(site.address());
    browser.send(method, path, &headers, body).await.status
}
