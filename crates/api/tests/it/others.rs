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
async fn every_answer_is_counted_by_its_class() {
    for house in houses().await {
        let key = house.key(&[Permission::SettingsSee]).await;
        let before = counts(&house, &key).await;
        house.get(&key, "/healthz").await;
        for path in ["/nowhere", "/api/v1/nowhere"] {
            assert_eq!(house.get(&key, path).await.status, StatusCode::NOT_FOUND);
        }
        let after = counts(&house, &key).await;
        // The figures that were asked for before are an answer too.
        assert!(after[1] >= before[1] + 2, "{before:?} {after:?}");
        assert!(after[3] >= before[3] + 2, "{before:?} {after:?}");
    }
}

async fn counts(house: &House, key: &str) -> Vec<u64> {
    let figures = house.get(key, "/metrics").await.text;
    let lines = figures
        .lines()
        .filter(|line| line.starts_with("playhouse_http_answers_total{"));
    lines
        .map(|line| line.rsplit(' ').next().unwrap().parse().unwrap())
        .collect()
}

async fn readiness(house: &House) -> (StatusCode, String) {
    let request = request("GET", "", "/readyz").body(Body::empty()).unwrap();
    let answer = house.call(request).await;
    (answer.status, answer.text)
}

#[tokio::test]
async fn a_house_is_ready_while_its_database_answers_and_its_jobs_run() {
    for house in houses().await {
        for path in ["/healthz", "/api/v1/openapi.json"] {
            let request = request("GET", "", path).body(Body::empty()).unwrap();
            assert_eq!(house.call(request).await.status, StatusCode::OK, "{path}");
        }
        let (status, said) = readiness(&house).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(said.starts_with("No jobs run"), "{said}");
        let running = house.runner.start();
        for _ in 0..100 {
            if readiness(&house).await.0 == StatusCode::OK {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let ready = (StatusCode::OK, "ready\n".to_owned());
        assert_eq!(readiness(&house).await, ready);
        running.stop().await;
        let (status, said) = readiness(&house).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(said.starts_with("No jobs run"), "{said}");
        house.db.close().await;
        let (status, said) = readiness(&house).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(said.starts_with("The database does not answer."), "{said}");
    }
}
