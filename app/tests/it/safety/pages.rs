//! What pages carry, and what they do with hostile words.

use app::house;
use people::account::Account;
use people::role;
use testkit::engines;

use crate::routes::{Samples, staff};
use crate::support::{Browser, Page, TestSite};

const SECRETS: &[&str] = &["sk_test_standin", "standin-jellyfin-key", "a quiet evening"];

/// A page and who saw it.
struct Seen {
    path: String,
    who: Option<Account>,
    secret: Option<String>,
    page: Page,
}

async fn browser_of(site: &TestSite, who: Option<&Account>) -> Browser {
    match who {
        Some(account) => Browser::of(site, account).await,
        None => Browser::at(site.address()),
    }
}

/// Every page that can be looked at, as an administrator and as a customer.
async fn all_pages(site: &TestSite) -> Vec<Seen> {
    let samples = Samples::of(site).await;
    let chief = staff(site, "chief", &role::administrator()).await;
    let owner = site.account("Owner").await;
    let mut pages = Vec::new();
    for who in [None, Some(owner), Some(chief)] {
        let mut browser = browser_of(site, who.as_ref()).await;
        for route in house::pages().table() {
            let Some(path) = samples.fill(route.path).filter(|_| route.method == "GET") else {
                continue;
            };
            let page = browser.get(&path).await;
            pages.push(Seen {
                path,
                who: who.clone(),
                secret: browser.cookies.get("ph_session").cloned(),
                page,
            });
        }
    }
    pages
}

/// What is wrong with a page's headers and markup.
fn faults(page: &Page) -> Vec<String> {
    let mut faults = Vec::new();
    let policy = page.header("content-security-policy");
    if !policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'")
        || policy.contains("unsafe-")
        || policy.contains('*')
    {
        faults.push(format!("policy {policy:?}"));
    }
    for (name, wanted) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
    ] {
        if page.header(name) != wanted {
            faults.push(format!("{name} is {:?}", page.header(name)));
        }
    }
    if page.header("content-type").starts_with("text/html") {
        faults.extend(markup_faults(&page.body));
    }
    for secret in SECRETS {
        if page.body.contains(secret) {
            faults.push(format!("tells {secret}"));
        }
    }
    faults
}

fn markup_faults(body: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for tag in body.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        if tag.starts_with("script") && !tag.contains("src=") {
            faults.push(format!("<{tag}>"));
        }
        let attributes = tag.split_whitespace().skip(1);
        for name in attributes.filter_map(|part| part.split_once("=\"")) {
            if name.0 == "style" || name.0.starts_with("on") {
                faults.push(format!("<{tag}>"));
            }
        }
        if tag.contains("javascript:") {
            faults.push(format!("<{tag}>"));
        }
    }
    faults
}

#[tokio::test]
async fn every_page_is_strict_and_keeps_secrets() {
    let site = TestSite::on(&engines().await[0]).await;
    let mut wrong = Vec::new();
    for seen in all_pages(&site).await {
        let mut faults = faults(&seen.page);
        let body = &seen.page.body;
        if seen.secret.is_some_and(|secret| body.contains(&secret)) {
            faults.push("tells the session's secret".to_owned());
        }
        if !faults.is_empty() {
            wrong.push(format!("{}: {faults:?}", seen.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A form of a page: where it goes and its fields.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Form {
    action: String,
    fields: Vec<String>,
}

fn forms(body: &str) -> Vec<Form> {
    let starts = body.split("<form").skip(1);
    starts
        .filter_map(|part| {
            let form = part.split("</form>").next()?;
            let head = form.split('>').next()?;
            if !head.contains("method=\"post\"") || head.contains("multipart") {
                return None;
            }
            let action = between(head, "action=\"")?.replace("&amp;", "&");
            let names = form.split(" name=\"").skip(1);
            let mut fields: Vec<String> = names
                .filter_map(|name| name.split('"').next())
                .map(str::to_owned)
                .collect();
            fields.dedup();
            Some(Form { action, fields })
        })
        .collect()
}

fn between<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split('"').next()
}

fn hostile() -> Vec<String> {
    vec![
        String::new(),
        "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>".to_owned(),
        "'; drop table accounts; --".to_owned(),
        "a\u{0}b\u{7}c\u{1b}[31m\r\nset-cookie: x=1".to_owned(),
        "\u{202e}ليل \u{1f3ac} z\u{335}\u{336}\u{337}a {{ 7*7 }} ${jndi:x} %s".to_owned(),
        "-99999999999999999999.99".to_owned(),
        "0000-00-00".to_owned(),
        "ü".repeat(20_000),
    ]
}

#[tokio::test]
async fn no_form_breaks_on_hostile_words() {
    let site = TestSite::on(&engines().await[0]).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for page in all_pages(&site).await {
        for form in forms(&page.page.body) {
            if form.action.starts_with("/sign-out") || !seen.insert(form.clone()) {
                continue;
            }
            // No form meets the limits of the one before, and none comes too late for its session.
            site.world.advance(kit::Span::minutes(61));
            let browser = browser_of(&site, page.who.as_ref()).await;
            wrong.extend(try_form(browser, &form).await);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen.len() > 20, "forms were found: {}", seen.len());
}

async fn try_form(mut browser: Browser, form: &Form) -> Vec<String> {
    let token = browser.token().await;
    let mut wrong = Vec::new();
    for words in hostile() {
        let fields: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|name| match name.as_str() {
                "csrf" => ("csrf", token.as_str()),
                name => (name, words.as_str()),
            })
            .collect();
        let page = browser.post_raw(&form.action, &fields).await;
        let shown: String = words.chars().take(20).collect();
        if page.status >= 500 {
            wrong.push(format!("{}: {} for {shown:?}", form.action, page.status));
        }
        if page.body.contains("<script>alert") || page.body.contains("<img src=x") {
            wrong.push(format!("{}: {shown:?} is not escaped", form.action));
        }
        if page.header("set-cookie").starts_with("x=1") {
            wrong.push(format!("{}: {shown:?} splits headers", form.action));
        }
    }
    wrong
}

#[tokio::test]
async fn what_was_typed_is_kept_and_escaped() {
    let site = TestSite::on(&engines().await[0]).await;
    site.set_up().await;
    let mut browser = Browser::at(site.address());
    let words = "<b>\"Mara\"</b> & 'Robin'";
    let fields = [("name", words), ("email", words), ("password", "short")];
    let page = browser.post("/register", &fields).await;
    assert_eq!(page.status, 422);
    assert!(
        page.body
            .contains("&lt;b&gt;&quot;Mara&quot;&lt;/b&gt; &amp; "),
        "{}",
        page.body
    );
    assert!(!page.body.contains("short\""), "a password is never drawn");
}
