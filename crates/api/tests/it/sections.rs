//! Settings by section, with versions and secrets that never come back.

use axum::http::StatusCode;
use serde_json::json;

use crate::ground::houses;

#[tokio::test]
async fn a_section_is_changed_by_field_and_only_from_its_last_version() {
    for house in houses().await {
        let key = house.all_key().await;
        let path = "/api/v1/settings/mail";
        let change = json!({
            "version": 0, "values": {"host": "mail.example", "from_email": "house@x.example"},
            "secrets": {"password": "hunter2"},
        });
        let saved = house.send("PATCH", &key, path, &change).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
        assert_eq!(
            saved.json()["values"]["port"],
            587,
            "what is not sent stays"
        );
        assert_eq!(saved.json()["secrets_set"], json!(["password"]));
        assert!(!saved.text.contains("hunter2"));
        let stale = house.send("PATCH", &key, path, &change).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let wrong = json!({"version": 1, "values": {"colour": 1, "from_email": "nobody"}});
        let refused = house.send("PATCH", &key, path, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.json()["errors"]["colour"].is_array());
        assert!(refused.json()["errors"]["from_email"].is_array());
    }
}
