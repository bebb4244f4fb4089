//! What the driver makes of Stripe's answers.

use std::collections::BTreeMap;

use billing::gateway::Realm;
use billing::gateways::{self, GatewayConfig};
use kit::{Outcome, Secret};
use serde_json::json;

use super::counter::{Till, tills};

async fn check_with(till: &Till, key: &str, address: &str) -> Outcome<billing::gateway::CheckUp> {
    let config = GatewayConfig {
        id: till.id.clone(),
        values: BTreeMap::from([("address".to_owned(), address.to_owned())]),
        secrets: BTreeMap::from([("secret_key".to_owned(), Secret::new(key))]),
        account: String::new(),
    };
    till.gateways
        .try_out("stripe", config)
        .unwrap()
        .check()
        .await
}

#[tokio::test]
async fn e19_the_test_button_says_what_is_wrong_before_anything_is_saved() {
    for till in tills(false).await {
        let good = check_with(&till, "sk_test_standin", &till.stripe)
            .await
            .done()
            .unwrap();
        assert_eq!(good.realm, Realm::Test);
        assert_eq!(
            good.findings.len(),
            1,
            "only the webhook is missing: {:?}",
            good.findings
        );
        for wrong in ["sk_test_wrong", "pk_test_x", "no\nkey", ""] {
            let refused = check_with(&till, wrong, &till.stripe).await;
            assert!(
                matches!(refused, Outcome::Refused(no) if no.code == "wrong_key"),
                "{wrong:?}"
            );
        }
        // A place that is taken and where nobody listens.
        let nobody = tokio::net::TcpSocket::new_v4().unwrap();
        nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = format!("http://{}", nobody.local_addr().unwrap());
        let nowhere = check_with(&till, "sk_test_standin", &address).await;
        assert!(
            matches!(&nowhere, Outcome::Refused(no) if no.may_pass),
            "{nowhere:?}"
        );
    }
}

#[tokio::test]
async fn the_webhook_is_made_once_and_its_secret_kept() {
    for till in tills(false).await {
        for _ in 0..2 {
            let opened = till.gateways.open(&till.id).await.unwrap();
            let url = till.state().await["objects"]["webhook_endpoint"][0]["url"].clone();
            let made = opened
                .driver
                .set_up(url.as_str().unwrap())
                .await
                .done()
                .unwrap();
            assert!(
                made.webhook_secret.is_none(),
                "the endpoint was right already"
            );
        }
        let row = gateways::find(&till.db, &till.id).await.unwrap().unwrap();
        assert!(!row.provider_account.is_empty());
        assert!(row.findings.0.is_empty(), "{:?}", row.findings);
        let endpoints = till.state().await["objects"]["webhook_endpoint"].clone();
        assert_eq!(endpoints.as_array().unwrap().len(), 1, "{endpoints}");
    }
}

#[tokio::test]
async fn an_answer_that_never_came_is_looked_for_and_not_sent_again() {
    use billing::checkout::Opening;
    use billing::gateway::ChargeMode;
    for till in tills(false).await {
        let (_, _, attempt) = till.ordered(ChargeMode::OneOff, 0).await;
        let fault = json!({ "kind": "drop_answer", "path": "/v1/checkout/sessions", "method": "POST", "times": 1 });
        till.control("faults", fault).await;
        let first = till.reopen(&attempt).await;
        assert!(matches!(first, Opening::Unknown(_)), "{first:?}");
        let second = till.reopen(&attempt).await;
        assert!(matches!(second, Opening::Page(_)), "{second:?}");
        let sessions = till.state().await["objects"]["checkout.session"].clone();
        assert_eq!(
            sessions.as_array().unwrap().len(),
            1,
            "one attempt, one page"
        );
    }
}
