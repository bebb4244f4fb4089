//! The cases of Jellyfin.

use serde_json::json;
use testkit::TestDb;

use super::bed::{Bed, Seen, status};

const KEY: &str = standins::jellyfin::API_KEY;
const ROOT: &str = r#"MediaBrowser Token="standin-jellyfin-key""#;

pub async fn play(name: &str, on: TestDb) -> (Bed, Seen) {
    // The form that adds a server refuses one that is here already, so those cases begin with another kind.
    let kind = match name {
        "jellyfin-wrong-key" | "jellyfin-too-old" | "jellyfin-strict" | "jellyfin-is-not" => "emby",
        _ => "jellyfin",
    };
    let mut bed = Bed::on(&on, kind).await;
    let aurora = bed.site.outside.jellyfin("");
    let seen = match name {
        "jellyfin-wrong-key" => bed.test("jellyfin", &aurora, "mistyped").await,
        "jellyfin-too-old" => {
            bed.seed(&aurora, json!({ "version": "10.8.13" })).await;
            bed.test("jellyfin", &aurora, KEY).await
        }
        "jellyfin-strict" => {
            let strict = json!({ "version": "12.0.0", "legacy_authorization": false });
            bed.seed(&aurora, strict).await;
            bed.test("jellyfin", &aurora, KEY).await
        }
        "jellyfin-is-not" => {
            let other = bed.site.outside.stripe("");
            bed.test("jellyfin", &other, KEY).await
        }
        "jellyfin-key-revoked" => {
            bed.sync_under(&aurora, status(401, "/VirtualFolders"))
                .await
        }
        "jellyfin-user-deleted" => {
            bed.buy().await;
            order(&bed, "DELETE", "").await;
            bed.hours(3).await;
            bed.member_page().await
        }
        "jellyfin-user-disabled" => {
            bed.buy().await;
            order(&bed, "POST", "/Policy").await;
            bed.hours(3).await;
            bed.member_page().await
        }
        "jellyfin-library-renamed" => {
            let state = bed.site.outside.jellyfin_state().await;
            let all = state["libraries"].as_array().expect("libraries");
            let films = all.iter().find(|one| one["name"] == "Movies").unwrap();
            let renamed = json!({ "libraries": [
                { "name": "Feature films", "id": films["id"], "collection_type": "movies" },
            ] });
            bed.seed(&aurora, renamed).await;
            bed.sync().await;
            bed.server_page().await
        }
        "jellyfin-name-taken" => {
            let other = json!({ "name": "mara", "password": "somebody else's" });
            bed.seed(&aurora, json!({ "users": [other] })).await;
            bed.buy().await;
            bed.member_page().await
        }
        other => panic!("nobody knows how to play {other}"),
    };
    (bed, seen)
}

/// Somebody changes or deletes Mara's user on the server itself.
async fn order(bed: &Bed, method: &str, path: &str) {
    let outside = &bed.site.outside;
    let user = outside.jellyfin_user("mara").await.expect("is there");
    let id = user["id"].as_str().expect("an id");
    let mut policy = user["policy"].clone();
    policy["IsDisabled"] = json!(true);
    let body = (method == "POST").then_some(policy);
    let url = outside.jellyfin(&format!("/Users/{id}{path}"));
    let headers = [("authorization", ROOT.to_owned())];
    let (status, answer) = outside.call_as(method, &url, &headers, body).await;
    assert!(status < 300, "{status}: {answer}");
}
