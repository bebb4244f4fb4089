//! Signing in and out.

use serde_json::json;

use super::party::Party;

#[test]
fn the_right_password_gives_a_token_that_works() {
    let party = Party::new();
    let result = party
        .try_sign_in("ottoline", "ottoline-password", "browser")
        .good();
    assert_eq!(result["User"]["Name"], "ottoline");
    assert_eq!(result["ServerId"], party.state()["server"]["id"]);
    let me = party
        .with_token(result["AccessToken"].as_str().unwrap())
        .get("/Users/Me")
        .good();
    assert_eq!(me["Id"], result["User"]["Id"]);
    assert!(me["LastLoginDate"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn a_name_is_found_in_any_case() {
    assert_eq!(
        Party::new()
            .try_sign_in("OTTOLINE", "ottoline-password", "d")
            .status,
        200
    );
}

#[test]
fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let party = Party::new();
    let wrong = party.try_sign_in("ottoline", "wrong", "d");
    let unknown = party.try_sign_in("nobody", "wrong", "d");
    assert_eq!((wrong.status, &wrong.text), (401, &unknown.text));
    assert_eq!(unknown.status, 401);
    let log = party
        .key()
        .get("/System/ActivityLog/Entries?limit=2")
        .good();
    assert_eq!(log["Items"][0]["Type"], "AuthenticationFailed");
    assert_eq!(log["Items"][0]["Severity"], "Error");
}

#[test]
fn signing_in_without_saying_the_device_is_refused() {
    let body = json!({ "Username": "ottoline", "Pw": "ottoline-password" });
    let reply = Party::new()
        .nobody()
        .post("/Users/AuthenticateByName", &body);
    assert_eq!(reply.status, 400);
}

#[test]
fn a_disabled_user_is_refused_with_the_right_password() {
    let party = Party::new();
    party
        .change_policy("ottoline", &json!({ "IsDisabled": true }))
        .good();
    assert_eq!(
        party
            .try_sign_in("ottoline", "ottoline-password", "d")
            .status,
        403
    );
    assert_eq!(party.try_sign_in("ottoline", "wrong", "d").status, 401);
}

#[test]
fn a_device_that_is_not_allowed_is_refused() {
    let party = Party::new();
    let changes = json!({ "EnableAllDevices": false, "EnabledDevices": ["kitchen"] });
    party.change_policy("ottoline", &changes).good();
    assert_eq!(
        party
            .try_sign_in("ottoline", "ottoline-password", "attic")
            .status,
        403
    );
    assert_eq!(
        party
            .try_sign_in("ottoline", "ottoline-password", "kitchen")
            .status,
        200
    );
}

#[test]
fn the_session_limit_counts_at_sign_in_and_never_later() {
    let party = Party::new();
    let first = party.signed_in("ottoline", "ottoline-password", "one");
    party
        .change_policy("ottoline", &json!({ "MaxActiveSessions": 1 }))
        .good();
    assert_eq!(
        party
            .try_sign_in("ottoline", "ottoline-password", "two")
            .status,
        403
    );
    assert_eq!(first.get("/Users/Me").status, 200);
}

#[test]
fn signing_in_again_on_a_device_replaces_its_token() {
    let party = Party::new();
    let old = party.signed_in("ottoline", "ottoline-password", "browser");
    let new = party.signed_in("ottoline", "ottoline-password", "browser");
    assert_eq!(old.get("/Users/Me").status, 401);
    assert_eq!(new.get("/Users/Me").status, 200);
}

#[test]
fn too_many_wrong_passwords_lock_the_user() {
    let party = Party::new();
    party
        .change_policy("ottoline", &json!({ "LoginAttemptsBeforeLockout": 2 }))
        .good();
    party.try_sign_in("ottoline", "wrong", "d");
    assert_eq!(
        party.user("ottoline")["Policy"]["InvalidLoginAttemptCount"],
        1
    );
    party.try_sign_in("ottoline", "wrong", "d");
    assert_eq!(party.user("ottoline")["Policy"]["IsDisabled"], true);
}

#[test]
fn logging_out_ends_the_token_and_the_session() {
    let party = Party::new();
    let client = party.signed_in("ottoline", "ottoline-password", "browser");
    assert_eq!(client.order("/Sessions/Logout").status, 204);
    assert_eq!(client.get("/Users/Me").status, 401);
    assert_eq!(
        party.key().get("/Sessions?deviceId=browser").good(),
        json!([])
    );
}

#[test]
fn keys_are_made_listed_and_revoked_and_have_no_user() {
    let party = Party::new();
    assert_eq!(party.key().order("/Auth/Keys?app=Playhouse").status, 204);
    let keys = party.key().get("/Auth/Keys").good();
    let made = keys["Items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["AppName"] == "Playhouse");
    let token = made.unwrap()["AccessToken"].as_str().unwrap().to_owned();
    let client = party.with_token(&token);
    assert_eq!(client.get("/Users").status, 200);
    assert_eq!(client.get("/Users/Me").status, 400);
    party.key().delete(&format!("/Auth/Keys/{token}")).good();
    assert_eq!(client.get("/Users").status, 401);
}

#[test]
fn what_is_for_administrators_is_closed_to_members() {
    let party = Party::new();
    let member = party.with_token("ottoline-token");
    for path in [
        "/Auth/Keys",
        "/Devices",
        "/Library/VirtualFolders",
        "/System/ActivityLog/Entries",
    ] {
        assert_eq!(member.get(path).status, 403, "{path}");
        assert_eq!(party.nobody().get(path).status, 401, "{path}");
    }
    assert_eq!(
        member.post("/Users/New", &json!({ "Name": "more" })).status,
        403
    );
}
