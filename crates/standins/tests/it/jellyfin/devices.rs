//! Devices, and the two ways to delete them.

use serde_json::{Value, json};

use super::party::Party;

fn device_of(party: &Party, user: &str) -> String {
    let path = format!("/Devices?userId={}", party.user_id(user));
    let devices = party.key().get(&path).good();
    devices["Items"][0]["Id"]
        .as_str()
        .expect("a device")
        .to_owned()
}

#[test]
fn a_device_is_listed_named_and_found() {
    let party = Party::new();
    let id = device_of(&party, "ottoline");
    let info = party.key().get(&format!("/Devices/Info?id={id}")).good();
    assert_eq!(
        (&info["Name"], &info["LastUserName"]),
        (&json!("Living room"), &json!("ottoline"))
    );
    assert_eq!(info.get("AccessToken"), None::<&Value>);
    let options = format!("/Devices/Options?id={id}");
    assert_eq!(party.key().get(&options).status, 404);
    assert_eq!(
        party
            .key()
            .post(&options, &json!({ "CustomName": "Den" }))
            .status,
        204
    );
    assert_eq!(party.key().get(&options).good()["CustomName"], "Den");
    assert_eq!(party.key().get("/Devices/Info?id=none").status, 404);
}

#[test]
fn up_to_ten_eleven_one_device_goes_at_a_time() {
    let party = Party::new();
    let id = device_of(&party, "ottoline");
    assert_eq!(party.key().delete("/Devices?id=none").status, 404);
    assert_eq!(party.key().delete(&format!("/Devices?id={id}")).status, 204);
    assert_eq!(
        party.with_token("ottoline-token").get("/Users/Me").status,
        401
    );
}

#[test]
fn from_twelve_many_go_at_once_or_none() {
    let party = Party::at_version("12.0.0");
    let (one, other) = (
        device_of(&party, "ottoline"),
        device_of(&party, "Jonas Feld"),
    );
    let with_unknown = format!("/Devices?id={one}&id=none");
    assert_eq!(party.key().delete(&with_unknown).status, 400);
    assert_eq!(
        party.with_token("ottoline-token").get("/Users/Me").status,
        200
    );
    assert_eq!(
        party
            .key()
            .delete(&format!("/Devices?id={one}&id={other}"))
            .status,
        204
    );
    assert_eq!(party.with_token("jonas-token").get("/Users/Me").status, 401);
}
