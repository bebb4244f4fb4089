//! The cases of Emby.

use serde_json::json;
use testkit::TestDb;

use super::bed::{Bed, Seen, status};

const KEY: &str = standins::emby::API_KEY;

pub async fn play(name: &str, on: TestDb) -> (Bed, Seen) {
    let is_on_the_form = [
        "emby-wrong-key",
        "emby-not-administrator",
        "emby-is-jellyfin",
        "emby-too-old",
        "emby-path",
        "emby-no-premiere",
    ]
    .contains(&name);
    let kind = if is_on_the_form { "jellyfin" } else { "emby" };
    let mut bed = Bed::on(&on, kind).await;
    let zenith = bed.site.outside.emby("");
    let seen = match name {
        "emby-wrong-key" => bed.test("emby", &zenith, "mistyped").await,
        "emby-not-administrator" => bed.test("emby", &zenith, "hedda-token").await,
        "emby-is-jellyfin" => {
            let aurora = bed.site.outside.jellyfin("");
            bed.test("emby", &aurora, KEY).await
        }
        "emby-too-old" => {
            bed.seed(&zenith, json!({ "version": "4.7.9.0" })).await;
            bed.test("emby", &zenith, KEY).await
        }
        "emby-path" => bed.test("emby", &format!("{zenith}/emby"), KEY).await,
        "emby-no-premiere" => {
            bed.seed(&zenith, json!({ "premiere": false })).await;
            bed.test("emby", &zenith, KEY).await
        }
        "emby-key-revoked" => {
            bed.sync_under(&zenith, status(401, "/VirtualFolders"))
                .await
        }
        "emby-starting" => bed.sync_under(&zenith, status(503, "/")).await,
        other => of_a_member(other, &mut bed, &zenith).await,
    };
    (bed, seen)
}

/// The cases that somebody meets who has bought.
async fn of_a_member(name: &str, bed: &mut Bed, zenith: &str) -> Seen {
    match name {
        "emby-user-401" => {
            bed.fault(zenith, status(401, "/Users/New")).await;
            bed.buy().await;
            bed.member_page().await
        }
        "emby-no-password" => {
            bed.buy().await;
            take_password(bed).await;
            bed.hours(3).await;
            bed.member_page().await
        }
        "emby-wrong-password" => {
            let other = json!({ "name": "mara", "password": "somebody else's" });
            bed.seed(zenith, json!({ "users": [other] })).await;
            bed.buy().await;
            let typed = [
                ("media", "existing"),
                ("media_name", "mara"),
                ("media_password", "the one of connect"),
            ];
            let path = "/account/choose".to_owned();
            let page = bed.mara().await.post(&path, &typed).await;
            Seen { path, page }
        }
        "emby-name-taken" => {
            let other = json!({ "name": "mara", "password": "somebody else's" });
            bed.seed(zenith, json!({ "users": [other] })).await;
            bed.buy().await;
            bed.member_page().await
        }
        other => panic!("nobody knows how to play {other}"),
    }
}

/// Somebody resets Mara's password on the server itself, and opens less there than the plan says.
async fn take_password(bed: &Bed) {
    let outside = &bed.site.outside;
    let state = outside
        .call("GET", &outside.emby("/_control/state"), None)
        .await;
    let users = state.1["users"].as_array().expect("users").clone();
    let mara = users
        .iter()
        .find(|user| user["name"] == "mara")
        .expect("is there");
    let id = mara["id"].as_str().expect("an id");
    let mut policy = mara["policy"].clone();
    policy["EnabledFolders"] = json!([]);
    for (path, body) in [
        ("Password", json!({ "ResetPassword": true })),
        ("Policy", policy),
    ] {
        let url = outside.emby(&format!("/emby/Users/{id}/{path}"));
        let headers = [("x-emby-token", KEY.to_owned())];
        let (status, answer) = outside.call_as("POST", &url, &headers, Some(body)).await;
        assert!(status < 300, "{status}: {answer}");
    }
}
