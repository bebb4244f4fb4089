//! The policy: replaced as a whole, and what it keeps people from.

use serde_json::json;

use super::party::{Party, names};

#[test]
fn a_partial_policy_resets_what_it_leaves_out() {
    let party = Party::new();
    let path = format!("/emby/Users/{}/Policy", party.user_id("template"));
    party
        .key()
        .post(&path, &json!({ "EnableAllFolders": false }))
        .good();
    let policy = party.user("template")["Policy"].clone();
    assert_eq!(policy["AllowCameraUpload"], true, "back at the default");
    assert_eq!(policy["EnabledFolders"], json!([]));
}

#[test]
fn folders_are_opened_by_their_guid_and_not_by_their_id() {
    let party = Party::new();
    let folders = party
        .key()
        .get("/emby/Library/SelectableMediaFolders")
        .good();
    let (id, guid) = (&folders[0]["Id"], &folders[0]["Guid"]);
    assert_ne!(id, guid);
    let open = |with: &serde_json::Value| {
        let changes = json!({ "EnableAllFolders": false, "EnabledFolders": [with] });
        party.change_policy("anton", &changes).good();
        party.seen("anton")["libraries"].clone()
    };
    assert_eq!(
        open(id),
        json!([]),
        "taken without a word, and opens nothing"
    );
    assert_eq!(open(guid), json!(["Movies"]));
    let views = format!("/emby/Users/{}/Views", party.user_id("anton"));
    let member = party.with_token("anton-token");
    assert_eq!(names(&member.get(&views).good()), ["Movies"]);
}

#[test]
fn disabling_signs_out_and_says_so_at_the_door() {
    let party = Party::new();
    party
        .change_policy("anton", &json!({ "IsDisabled": true }))
        .good();
    assert_eq!(
        party
            .with_token("anton-token")
            .get("/emby/System/Info")
            .status,
        401
    );
    let refused = party.try_sign_in("anton", "anton-password", "d");
    assert_eq!(
        (refused.status, refused.text.contains("disabled")),
        (401, true)
    );
    let admin = party.change_policy("admin", &json!({ "IsDisabled": true }));
    assert_eq!(admin.status, 400);
}

#[test]
fn without_playback_a_device_stays_signed_in_and_nothing_plays() {
    let party = Party::new();
    party
        .change_policy("anton", &json!({ "EnableMediaPlayback": false }))
        .good();
    let member = party.with_token("anton-token");
    let items = member.get("/emby/Items").good();
    let path = format!(
        "/emby/Items/{}/PlaybackInfo",
        items["Items"][0]["Id"].as_str().unwrap()
    );
    assert_eq!(member.order(&path).good()["ErrorCode"], "NotAllowed");
}

#[test]
fn the_server_itself_keeps_the_limit_of_streams() {
    let party = Party::new();
    party
        .change_policy("anton", &json!({ "SimultaneousStreamLimit": 1 }))
        .good();
    let start = |device: &str| {
        let order = json!({ "action": "start", "user": "anton", "device_id": device });
        party.nobody().post("/_control/play", &order)
    };
    assert_eq!(start("sofa").status, 200);
    assert_eq!(start("sofa").status, 200, "the same device goes on");
    let refused = start("kitchen");
    assert_eq!(
        (refused.status, refused.json()["refused"].clone()),
        (409, json!("RateLimitExceeded"))
    );
}
