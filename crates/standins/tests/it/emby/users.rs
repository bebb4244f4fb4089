//! Users: made, named, renamed, removed.

use serde_json::json;

use super::party::{Party, names};

#[test]
fn a_new_user_has_no_password_whatever_was_sent() {
    let party = Party::new();
    let body = json!({ "Name": "mara", "Password": "secret" });
    let made = party.key().post("/emby/Users/New", &body).good();
    assert_eq!(made["HasPassword"], false);
    assert_eq!(made["Policy"]["EnableAllFolders"], true);
    assert_eq!(made["Policy"]["SimultaneousStreamLimit"], 0);
    assert!(made.get("LastLoginDate").is_none());
    assert_eq!(party.try_sign_in("mara", "secret", "d").status, 401);
    assert_eq!(
        party.try_sign_in("mara", "", "d").status,
        200,
        "anybody is let in"
    );
}

#[test]
fn a_user_is_made_after_another_as_far_as_asked() {
    let party = Party::new();
    let template = party.user("template");
    let mut body = json!({
        "Name": "mara",
        "CopyFromUserId": template["Id"],
        "UserCopyOptions": ["UserPolicy", "UserConfiguration"],
    });
    let made = party.key().post("/emby/Users/New", &body).good();
    assert_eq!(made["Policy"], template["Policy"]);
    assert_eq!(made["Configuration"]["SubtitleMode"], "Always");
    body["Name"] = json!("nele");
    body["UserCopyOptions"] = json!(["UserConfiguration"]);
    let made = party.key().post("/emby/Users/New", &body).good();
    assert_eq!(made["Policy"]["EnableAllFolders"], true);
    let admin = party.user_id("admin");
    body["Name"] = json!("olaf");
    body["CopyFromUserId"] = json!(admin);
    body["UserCopyOptions"] = json!(["UserPolicy"]);
    let made = party.key().post("/emby/Users/New", &body).good();
    assert_eq!(made["Policy"]["IsAdministrator"], false);
}

#[test]
fn names_are_unique_in_any_case() {
    let party = Party::new();
    let reply = party
        .key()
        .post("/emby/Users/New", &json!({ "Name": "ANTON" }));
    assert_eq!((reply.status, &*reply.kind), (400, "text/plain"));
    assert!(reply.text.contains("already exists"), "{}", reply.text);
    let reply = party.key().post("/emby/Users/New", &json!({}));
    assert_eq!((reply.status, reply.text.contains("'Name'")), (400, true));
}

#[test]
fn lists_come_in_pages_and_filtered() {
    let party = Party::new();
    let all = party.key().get("/emby/Users/Query").good();
    assert_eq!(
        names(&all),
        ["admin", "anton", "Hedda Lund", "kids", "template"]
    );
    let page = party
        .key()
        .get("/emby/Users/Query?StartIndex=1&Limit=2")
        .good();
    assert_eq!(names(&page), ["anton", "Hedda Lund"]);
    assert_eq!(page["TotalRecordCount"], 5);
    party
        .change_policy("kids", &json!({ "IsDisabled": true }))
        .good();
    let disabled = party.key().get("/emby/Users/Query?IsDisabled=true").good();
    assert_eq!(names(&disabled), ["kids"]);
    assert_eq!(
        names(&party.nobody().get("/emby/Users/Public").good()),
        ["admin"]
    );
}

#[test]
fn a_removed_user_is_gone_by_either_way() {
    let party = Party::new();
    let (anton, kids) = (party.user_id("anton"), party.user_id("kids"));
    assert_eq!(
        party.key().delete(&format!("/emby/Users/{anton}")).status,
        204
    );
    assert_eq!(
        party.key().delete(&format!("/emby/Users/{anton}")).status,
        404
    );
    let path = format!("/emby/Users/{kids}/Delete");
    assert_eq!(party.key().order(&path).status, 204);
    assert_eq!(
        party
            .with_token("anton-token")
            .get("/emby/System/Info")
            .status,
        401
    );
    assert_eq!(
        party.key().get("/emby/Users/Query").good()["TotalRecordCount"],
        3
    );
}

#[test]
fn ids_are_read_with_dashes_and_a_user_is_renamed() {
    let party = Party::new();
    let mut user = party.user("anton");
    let id = user["Id"].as_str().unwrap().to_owned();
    let dashed = format!(
        "{}-{}-{}-{}-{}",
        &id[..8],
        &id[8..12],
        &id[12..16],
        &id[16..20],
        &id[20..]
    );
    user["Name"] = json!("Anton B");
    let path = format!("/emby/Users/{dashed}");
    assert_eq!(party.key().post(&path, &user).status, 204);
    assert_eq!(party.key().get(&path).good()["Name"], "Anton B");
    assert_eq!(party.user("Anton B")["Policy"], user["Policy"]);
}

#[test]
fn ten_thousand_users_are_listed() {
    let party = Party::new();
    party.seed(&json!({ "crowd": { "count": 10_000, "prefix": "member" } }));
    let all = party.key().get("/emby/Users/Query").good();
    assert_eq!(all["Items"].as_array().unwrap().len(), 10_005);
}
