//! The page to pay on.

use serde_json::{Value, json};

use super::shop::{LATE_JANUARY_S, Reply, Shop};

fn pay(shop: &Shop, session: &Value, card: &str) -> Reply {
    let form = format!(
        "email=mara%40example.org&name=Mara&card_number={card}&card_expiry=12%20/%2040&card_cvc=123"
    );
    shop.try_post(&path(session), &form, None)
}

fn path(session: &Value) -> String {
    format!("/c/pay/{}", session["id"].as_str().expect("an id"))
}

fn read(shop: &Shop, session: &Value) -> Value {
    shop.get(&format!(
        "/v1/checkout/sessions/{}",
        session["id"].as_str().expect("an id")
    ))
}

#[test]
fn the_page_shows_what_is_bought_and_leads_back() {
    let shop = Shop::new();
    let session = shop.session("");
    let page = shop.try_get(&path(&session)).text;
    for shown in [
        "no real money",
        "10.00 EUR",
        "A &lt;month&gt;",
        "Cancel and go back",
    ] {
        assert!(page.contains(shown), "{shown} is missing in {page}");
    }
    let paid = pay(&shop, &session, "4242424242424242");
    let back = format!(
        "http://127.0.0.1:1/done?s={}",
        session["id"].as_str().unwrap()
    );
    assert_eq!((paid.status, paid.location), (303, back));
    assert_eq!(
        read(&shop, &session)["customer_details"]["email"],
        "mara@example.org"
    );
    assert!(shop.try_get(&path(&session)).text.contains("Already paid"));
    assert_eq!(shop.state()["counts"]["charge"], 1);
}

#[test]
fn a_declined_card_stays_on_the_page_and_another_pays() {
    let shop = Shop::new();
    let session = shop.session("");
    let declined = pay(&shop, &session, "4000000000000002");
    assert_eq!(declined.status, 402);
    assert!(declined.text.contains("Your card was declined."));
    assert!(
        declined.text.contains("mara@example.org"),
        "what was typed is kept"
    );
    assert_eq!(read(&shop, &session)["payment_status"], "unpaid");
    assert_eq!(pay(&shop, &session, "4242424242424242").status, 303);
    assert_eq!(read(&shop, &session)["payment_status"], "paid");
    assert_eq!(shop.state()["counts"]["payment_intent"], 1);
}

#[test]
fn a_bank_that_asks_is_answered_on_a_page_of_its_own() {
    let shop = Shop::new();
    let session = shop.session("");
    let asked = pay(&shop, &session, "4000002500003155");
    assert_eq!(
        (asked.status, &asked.location),
        (303, &format!("{}/confirm", path(&session)))
    );
    assert_eq!(
        shop.try_post(&asked.location, "answer=fail", None).status,
        402
    );
    let asked = pay(&shop, &session, "4000002500003155");
    assert_eq!(
        shop.try_post(&asked.location, "answer=complete", None)
            .status,
        303
    );
    assert_eq!(read(&shop, &session)["payment_status"], "paid");
}

#[test]
fn a_subscription_declined_on_the_page_leaves_nothing_behind() {
    let shop = Shop::new();
    let form = "mode=subscription&success_url=http://127.0.0.1:1/&line_items[0][quantity]=1\
        &line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=999\
        &line_items[0][price_data][product_data][name]=Family\
        &line_items[0][price_data][recurring][interval]=month";
    let session = shop.post("/v1/checkout/sessions", form);
    assert_eq!(pay(&shop, &session, "4000000000000002").status, 402);
    let counts = shop.state()["counts"].clone();
    assert_eq!(
        (&counts["customer"], &counts["subscription"]),
        (&json!(0), &json!(0))
    );
}

#[test]
fn an_expired_session_says_so_and_takes_no_money() {
    let shop = Shop::at(LATE_JANUARY_S);
    let session = shop.session(&format!("&expires_at={}", LATE_JANUARY_S + 1_800));
    shop.move_s(1_800);
    assert_eq!(shop.try_get(&path(&session)).status, 410);
    assert_eq!(pay(&shop, &session, "4242424242424242").status, 410);
    assert_eq!(read(&shop, &session)["status"], "expired");
    assert_eq!(shop.told().last().unwrap(), "checkout.session.expired");
}

#[test]
fn an_invoice_links_to_a_page_that_says_how_it_stands() {
    let shop = Shop::at(LATE_JANUARY_S);
    let subscription = shop.subscribed("4242424242424242", "");
    let link = shop.invoices(&subscription)[0]["hosted_invoice_url"].clone();
    let path = link.as_str().unwrap().replace(&shop.url, "");
    assert!(shop.try_get(&path).text.contains("9.99 EUR: paid."));
}

#[test]
fn the_portal_cancels_at_the_period_end_and_takes_it_back() {
    let shop = Shop::at(LATE_JANUARY_S);
    let subscription = shop.subscribed("4242424242424242", "");
    let customer = subscription["customer"].as_str().unwrap();
    let portal = shop.post(
        "/v1/billing_portal/sessions",
        &format!("customer={customer}"),
    );
    let path = portal["url"].as_str().unwrap().replace(&shop.url, "");
    let wish = format!("subscription={}", subscription["id"].as_str().unwrap());
    for (change, ends) in [("cancel", true), ("keep", false)] {
        assert_eq!(
            shop.try_post(&path, &format!("{wish}&change={change}"), None)
                .status,
            303
        );
        assert_eq!(
            shop.subscription(&subscription["id"])["cancel_at_period_end"],
            ends
        );
    }
}
