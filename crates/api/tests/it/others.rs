//! Hooks, health and the document.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use people::role::Permission;

use crate::ground::{House, houses, request};

async fn hook(house: &House, body: Vec<u8>) -> StatusCode {
    let from: SocketAddr = "203.0.113.7:4000".parse().unwrap();
    let request = Request::post("/hooks/stripe/unknown").extension(ConnectInfo(from));
    house
        .call(request.body(Body::from(body)).unwrap())
        .await
        .status
}

#[tokio::test]
async fn a_hook_that_nobody_has_is_not_found_however_often_it_is_tried() {
    for house in houses().await {
        for _ in 0..40 {
            assert_eq!(hook(&house, b"{}".to_vec()).await, StatusCode::NOT_FOUND);
        }
        let huge = vec![b'x'; 256 * 1024 + 1];
        assert_eq!(hook(&house, huge).await, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn figures_are_for_this_machine_and_for_keys_that_see_settings() {
    for house in houses().await {
        let local: SocketAddr = "127.0.0.1:4000".parse().unwrap();
        let from_here = || Request::get("/metrics").extension(ConnectInfo(local));
        let answer = house.call(from_here().body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text.contains("playhouse_build_info{version="));
        let proxied = from_here().header("x-forwarded-for", "203.0.113.7");
        let answer = house.call(proxied.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let key = house.key(&[Permission::SettingsSee]).await;
        assert_eq!(house.get(&key, "/metrics").await.status, StatusCode::OK);
        let other = house.key(&[Permission::PlansSee]).await;
        assert_eq!(
            house.get(&other, "/metrics").await.status,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn a_house_with_its_database_is_alive_and_ready() {
    for house in houses().await {
        for path in ["/healthz", "/readyz", "/api/v1/openapi.json"] {
            let request = request("GET", "", path).body(Body::empty()).unwrap();
            assert_eq!(house.call(request).await.status, StatusCode::OK, "{path}");
        }
    }
}
