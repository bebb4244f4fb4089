//! The policy: written whole, with the rules that keep a server in somebody's hands.

use serde_json::json;

use super::party::Party;

#[test]
fn a_policy_that_is_read_merged_and_written_comes_back_as_written() {
    let party = Party::new();
    let library = party.state()["libraries"][0]["id"].clone();
    let changes = json!({
        "EnableAllFolders": false,
        "EnabledFolders": [library],
        "EnableContentDownloading": false,
        "MaxParentalRating": 12,
        "BlockUnratedItems": ["Movie"],
        "SyncPlayAccess": "None",
    });
    assert_eq!(party.change_policy("ottoline", &changes).status, 204);
    let policy = &party.user("ottoline")["Policy"];
    for (field, value) in changes.as_object().unwrap() {
        assert_eq!(policy[field], *value, "{field}");
    }
}

#[test]
fn a_partial_policy_resets_the_rest_to_defaults() {
    let party = Party::new();
    let user = party.user("template");
    assert_eq!(user["Policy"]["EnableLiveTvManagement"], false);
    let partial = json!({
        "AuthenticationProviderId": user["Policy"]["AuthenticationProviderId"],
        "PasswordResetProviderId": user["Policy"]["PasswordResetProviderId"],
        "EnableMediaPlayback": false,
    });
    let path = format!("/Users/{}/Policy", user["Id"].as_str().unwrap());
    party.key().post(&path, &partial).good();
    let policy = &party.user("template")["Policy"];
    assert_eq!(policy["EnableLiveTvManagement"], true);
    assert_eq!(policy["EnableAllFolders"], true);
    assert_eq!(policy["EnableMediaPlayback"], false);
}

#[test]
fn a_policy_without_its_providers_is_refused() {
    let party = Party::new();
    let path = format!("/Users/{}/Policy", party.user_id("ottoline"));
    for field in ["AuthenticationProviderId", "PasswordResetProviderId"] {
        let mut policy = party.user("ottoline")["Policy"].clone();
        policy.as_object_mut().unwrap().remove(field);
        let reply = party.key().post(&path, &policy);
        assert_eq!(reply.status, 400);
        assert!(reply.json()["errors"][field].is_array(), "{reply:?}");
    }
    assert_eq!(party.key().order(&path).status, 400);
    assert_eq!(party.key().post_text(&path, "text/plain", "{}").status, 415);
}

#[test]
fn a_policy_of_nobody_is_not_found() {
    let party = Party::new();
    let policy = &party.user("ottoline")["Policy"];
    let path = "/Users/0123456789abcdef0123456789abcdef/Policy";
    assert_eq!(party.key().post(path, policy).status, 404);
}

#[test]
fn the_last_administrator_stays_one() {
    let party = Party::new();
    let demoted = party.change_policy("admin", &json!({ "IsAdministrator": false }));
    assert_eq!(demoted.status, 403);
    assert!(
        demoted
            .json()
            .as_str()
            .unwrap()
            .contains("administrative access")
    );
    assert_eq!(
        party
            .change_policy("admin", &json!({ "IsDisabled": true }))
            .status,
        403
    );

    party
        .change_policy("ottoline", &json!({ "IsAdministrator": true }))
        .good();
    assert_eq!(
        party
            .change_policy("admin", &json!({ "IsAdministrator": false }))
            .status,
        204
    );
}

#[test]
fn the_last_enabled_user_stays_enabled() {
    let party = Party::new();
    party.seed(&json!({
        "empty": true,
        "users": [{ "name": "only" }],
        "api_keys": [{ "key": standins::jellyfin::API_KEY, "name": "key" }],
    }));
    assert_eq!(
        party
            .change_policy("only", &json!({ "IsDisabled": true }))
            .status,
        403
    );
}

#[test]
fn disabling_takes_back_every_token_at_once_and_ends_the_sessions() {
    let party = Party::new();
    let member = party.signed_in("ottoline", "ottoline-password", "browser");
    party
        .change_policy("ottoline", &json!({ "IsDisabled": true }))
        .good();
    assert_eq!(member.get("/Users/Me").status, 401);
    assert_eq!(
        party.key().get("/Sessions?deviceId=browser").good(),
        json!([])
    );
    party
        .change_policy("ottoline", &json!({ "IsDisabled": false }))
        .good();
    assert_eq!(
        member.get("/Users/Me").status,
        401,
        "a token that was taken back stays so"
    );
}

#[test]
fn withdrawing_libraries_and_playback_keeps_every_token() {
    let party = Party::new();
    let member = party.signed_in("ottoline", "ottoline-password", "browser");
    let suspended = json!({
        "EnableAllFolders": false, "EnabledFolders": [], "EnableMediaPlayback": false,
    });
    party.change_policy("ottoline", &suspended).good();
    assert_eq!(member.get("/UserViews").good()["TotalRecordCount"], 0);
    let restored = json!({ "EnableAllFolders": true, "EnableMediaPlayback": true });
    party.change_policy("ottoline", &restored).good();
    assert_eq!(member.get("/UserViews").good()["TotalRecordCount"], 6);
}
