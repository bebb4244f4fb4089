//! The same call twice is one call.

use axum::http::StatusCode;
use serde_json::json;

use crate::ground::houses;

const PATH: &str = "/api/v1/api-keys";

#[tokio::test]
async fn the_same_call_again_is_answered_alike_and_done_once() {
    for house in houses().await {
        let key = house.all_key().await;
        let body = json!({"name": "robot", "scopes": ["plans.see"]});
        let first = house.send_once(&key, "once-1", PATH, &body).await;
        let again = house.send_once(&key, "once-1", PATH, &body).await;
        assert_eq!(first.status, StatusCode::CREATED);
        assert_eq!(again.status, StatusCode::CREATED);
        assert_eq!(first.text, again.text);
        let all = house.get(&key, PATH).await.json();
        let robots = all["data"].as_array().unwrap().iter();
        assert_eq!(robots.filter(|key| key["name"] == "robot").count(), 1);
        let other = json!({"name": "other", "scopes": []});
        let misused = house.send_once(&key, "once-1", PATH, &other).await;
        assert_eq!(misused.status, StatusCode::UNPROCESSABLE_ENTITY);
        house.world.advance(kit::Span::hours(25));
        let next_day = house.send_once(&key, "once-1", PATH, &other).await;
        assert_eq!(next_day.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_refusal_is_repeated_too_and_two_at_once_are_done_once() {
    for house in houses().await {
        let key = house.all_key().await;
        let wrong = json!({"name": "", "scopes": []});
        let first = house.send_once(&key, "bad", PATH, &wrong).await;
        let again = house.send_once(&key, "bad", PATH, &wrong).await;
        assert_eq!(first.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(first.text, again.text);
        let kind = &again.headers["content-type"];
        assert_eq!(kind, "application/problem+json");
        let body = json!({"name": "twin", "scopes": []});
        let (one, other) = tokio::join!(
            house.send_once(&key, "twin", PATH, &body),
            house.send_once(&key, "twin", PATH, &body),
        );
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert!(matches!(statuses, [201, 201 | 409]), "{statuses:?}");
        let all = house.get(&key, PATH).await.json();
        let twins = all["data"].as_array().unwrap().iter();
        assert_eq!(twins.filter(|key| key["name"] == "twin").count(), 1);
    }
}
