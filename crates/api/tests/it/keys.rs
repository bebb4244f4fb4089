//! Who is let in, and what they may see.

use axum::http::StatusCode;
use people::role::Permission;
use serde_json::json;
use web::Access;

use crate::ground::houses;

#[tokio::test]
async fn every_call_wants_a_good_key_and_its_own_scope() {
    for house in houses().await {
        let powerless = house.key(&[]).await;
        for route in api::table() {
            let path = route.path.replace("{id}", "x_1");
            let method = route.method.as_str();
            let stranger = house.send(method, "ph_wrong", &path, &json!({})).await;
            let expected = [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS];
            assert!(expected.contains(&stranger.status), "{method} {path}");
            let answer = house.send(method, &powerless, &path, &json!({})).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
            assert!(matches!(route.access, Access::Permission(_)));
        }
    }
}

/// Lists that are told first of what they are to be.
const OF_ONE_THING: &[&str] = &["/api/v1/term-grants", "/api/v1/subtitles"];

#[tokio::test]
async fn with_all_scopes_every_list_answers_and_no_call_breaks() {
    for house in houses().await {
        let key = house.all_key().await;
        for route in api::table() {
            let method = route.method.as_str();
            let ids = ["mem_none", "srv_none", "nothing", "site", "welcome.en"];
            for id in ids {
                let path = route.path.replace("{id}", id);
                // A minute for each: the pace of a key is not what is tried here.
                house.world.advance(kit::Span::minutes(1));
                let answer = house.send(method, &key, &path, &json!({})).await;
                assert!(
                    !answer.status.is_server_error(),
                    "{method} {path}: {}",
                    answer.text
                );
                assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                let is_list = method == "GET" && !route.path.contains('{');
                if is_list && !OF_ONE_THING.contains(&route.path) {
                    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
                    assert!(answer.json()["data"].is_array(), "{path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_key_makes_only_weaker_keys_and_cannot_raise_anybody_above_itself() {
    for house in houses().await {
        let scopes = [
            Permission::ApiKeysChange,
            Permission::AccountsChange,
            Permission::RolesChange,
        ];
        let key = house.key(&scopes).await;
        let path = "/api/v1/api-keys";
        let more = json!({"name": "more", "scopes": ["payments.see"]});
        let answer = house.send("POST", &key, path, &more).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.json()["errors"]["scopes"].is_array());
        let fewer = json!({"name": "fewer", "scopes": ["roles.change"]});
        let made = house.send("POST", &key, path, &fewer).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert!(made.json()["key"].as_str().unwrap().starts_with("ph_"));
        let boss = json!({"name": "Boss", "email": "b@x.example", "level": "administrator"});
        let answer = house.send("POST", &key, "/api/v1/accounts", &boss).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let role = json!({"name": "Boss", "permissions": ["settings.change"]});
        let answer = house.send("POST", &key, "/api/v1/roles", &role).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn the_six_hundred_and_first_call_of_a_minute_waits() {
    for house in houses().await.into_iter().take(1) {
        let key = house.key(&[]).await;
        for _ in 0..600 {
            let answer = house.get(&key, "/api/v1/roles").await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        let answer = house.get(&key, "/api/v1/roles").await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(answer.headers.contains_key("retry-after"));
        house.world.advance(kit::Span::minutes(1));
        let answer = house.get(&key, "/api/v1/roles").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}
