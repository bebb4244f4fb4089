//! The shapes of answers: lists, things, problems, languages.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::json;

use crate::ground::{houses, request};

#[tokio::test]
async fn members_are_made_listed_changed_and_paged() {
    for house in houses().await {
        let key = house.all_key().await;
        for name in ["Ann", "Ben", "Cem"] {
            let body = json!({"name": name, "email": format!("{name}@x.example")});
            let made = house.send("POST", &key, "/api/v1/members", &body).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            assert!(made.json()["created_at"].as_str().unwrap().ends_with('Z'));
        }
        let first = house.get(&key, "/api/v1/members?limit=2").await.json();
        assert_eq!(first["data"].as_array().unwrap().len(), 2);
        let next = first["next"].as_str().unwrap();
        let path = format!("/api/v1/members?limit=2&after={next}");
        let last = house.get(&key, &path).await.json();
        assert_eq!(last["data"].as_array().unwrap().len(), 1);
        assert!(last["next"].is_null());
        let path = format!(
            "/api/v1/members/{}",
            last["data"][0]["id"].as_str().unwrap()
        );
        let change = json!({"note": "prefers mail"});
        let changed = house.send("PATCH", &key, &path, &change).await.json();
        assert_eq!(changed["note"], "prefers mail");
        let mail = changed["email"].as_str().unwrap();
        assert!(mail.contains("x.example"), "what is not sent stays: {mail}");
    }
}

#[tokio::test]
async fn a_plan_with_its_price_shows_money_in_minor_units() {
    for house in houses().await {
        let key = house.all_key().await;
        let plan = json!({"name": "Family", "media": {"groups": ["grp_standard"]}, "seats": 3});
        let plan = house.send("POST", &key, "/api/v1/plans", &plan).await;
        assert_eq!(plan.status, StatusCode::CREATED, "{}", plan.text);
        let price = json!({
            "plan_id": plan.json()["id"], "mode": "prepaid",
            "amount": {"amount_minor": 1500, "currency": "EUR"},
            "period": {"count": 1, "unit": "months"},
        });
        let made = house.send("POST", &key, "/api/v1/prices", &price).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let amount = json!({"amount_minor": 1500, "currency": "EUR"});
        assert_eq!(made.json()["amount"], amount);
        let mut wrong = price;
        wrong["amount"]["currency"] = json!("XXX");
        wrong["mode"] = json!("barter");
        let refused = house.send("POST", &key, "/api/v1/prices", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let problem = refused.json();
        assert_eq!(problem["status"], 422);
        assert_eq!(problem["type"], "urn:playhouse:unprocessable");
        assert!(problem["errors"]["amount"].is_array());
        assert!(problem["errors"]["mode"].is_array());
    }
}

#[tokio::test]
async fn what_is_sent_badly_is_told_apart() {
    for house in houses().await {
        let key = house.all_key().await;
        let send = |kind: &'static str, body: String| {
            let request = request("POST", &key, "/api/v1/members").header("content-type", kind);
            house.call(request.body(Body::from(body)).unwrap())
        };
        let as_json = "application/json";
        assert_eq!(send(as_json, "{".to_owned()).await.status.as_u16(), 400);
        assert_eq!(
            send("text/plain", "x".to_owned()).await.status.as_u16(),
            415
        );
        let huge = format!("{{\"name\":\"{}\"}}", "x".repeat(300_000));
        assert_eq!(send(as_json, huge).await.status.as_u16(), 413);
        let unknown = "{\"name\":\"x\",\"colour\":1}".to_owned();
        assert_eq!(send(as_json, unknown).await.status.as_u16(), 422);
        let wrong_method = house
            .send("DELETE", &key, "/api/v1/members", &json!({}))
            .await;
        assert_eq!(wrong_method.status.as_u16(), 405);
        assert!(wrong_method.headers.contains_key("allow"));
        let nowhere = house.get(&key, "/api/v1/unicorns").await;
        assert_eq!(nowhere.status.as_u16(), 404);
        assert_eq!(nowhere.headers["content-type"], "application/problem+json");
    }
}
