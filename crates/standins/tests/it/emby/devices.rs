//! Devices: numbered by the server, counted for its licence.

use serde_json::json;

use super::party::Party;

#[test]
fn a_device_is_removed_by_its_number_and_signs_out() {
    let party = Party::new();
    let all = party.key().get("/emby/Devices").good();
    let device = all["Items"].as_array().unwrap();
    let device = device
        .iter()
        .find(|one| one["LastUserName"] == "anton")
        .unwrap();
    let reported = device["ReportedDeviceId"].as_str().unwrap();
    let by_report = party.key().delete(&format!("/emby/Devices?Id={reported}"));
    assert_eq!(by_report.status, 404, "not what the client calls itself");
    let path = format!("/emby/Devices?Id={}", device["Id"].as_str().unwrap());
    assert_eq!(party.key().delete(&path).status, 204);
    assert_eq!(
        party
            .with_token("anton-token")
            .get("/emby/System/Info")
            .status,
        401
    );
}

#[test]
fn a_device_that_signed_out_still_counts() {
    let party = Party::new();
    let before = party.state()["server"]["devices"].as_u64().unwrap();
    let member = party.signed_in("anton", "anton-password", "attic");
    member.order("/emby/Sessions/Logout").good();
    assert_eq!(party.state()["server"]["devices"], before + 1);
}

#[test]
fn devices_beyond_the_licence_are_signed_in_and_may_not_play() {
    let party = Party::new();
    party.seed(&json!({ "premiere": false }));
    assert_eq!(party.state()["server"]["devices_allowed"], 25);
    party.seed(&json!({ "device_limit": 3 }));
    party.signed_in("anton", "anton-password", "attic");
    let order =
        json!({ "action": "start", "user": "anton", "device_id": "attic", "client": "Web" });
    let refused = party.nobody().post("/_control/play", &order);
    assert_eq!(refused.json()["refused"], "NotAllowed");
}

#[test]
fn a_device_policy_is_kept_at_the_door() {
    let party = Party::new();
    let changes = json!({ "EnableAllDevices": false, "EnabledDevices": ["sofa"] });
    party.change_policy("anton", &changes).good();
    assert_eq!(
        party.try_sign_in("anton", "anton-password", "sofa").status,
        200
    );
    assert_eq!(
        party.try_sign_in("anton", "anton-password", "attic").status,
        401
    );
}
