//! Passwords, set and changed.

use serde_json::json;

use super::party::Party;

#[test]
fn a_key_sets_a_password_without_the_old_one_and_signs_the_devices_out() {
    let party = Party::new();
    let id = party.user_id("ottoline");
    let twins = [
        format!("/Users/Password?userId={id}"),
        format!("/Users/{id}/Password"),
    ];
    for (path, new) in twins.iter().zip(["first", "second"]) {
        let client = party.try_sign_in("ottoline", "ottoline-password", "tv");
        let old = if new == "first" {
            client.good()
        } else {
            json!({})
        };
        assert_eq!(party.key().post(path, &json!({ "NewPw": new })).status, 204);
        assert_eq!(party.try_sign_in("ottoline", new, "d").status, 200);
        if let Some(token) = old["AccessToken"].as_str() {
            assert_eq!(party.with_token(token).get("/Users/Me").status, 401);
        }
    }
}

#[test]
fn changing_ones_own_password_needs_the_old_one_and_keeps_this_device() {
    let party = Party::new();
    let here = party.signed_in("ottoline", "ottoline-password", "here");
    let there = party.signed_in("ottoline", "ottoline-password", "there");
    let wrong = here.post(
        "/Users/Password",
        &json!({ "CurrentPw": "wrong", "NewPw": "new" }),
    );
    assert_eq!(wrong.status, 403);
    let right = json!({ "CurrentPw": "ottoline-password", "NewPw": "new" });
    assert_eq!(here.post("/Users/Password", &right).status, 204);
    assert_eq!(here.get("/Users/Me").status, 200);
    assert_eq!(there.get("/Users/Me").status, 401);
}

#[test]
fn a_reset_leaves_no_password_and_the_devices_signed_in() {
    let party = Party::new();
    let path = format!("/Users/Password?userId={}", party.user_id("ottoline"));
    assert_eq!(
        party
            .key()
            .post(&path, &json!({ "ResetPassword": true }))
            .status,
        204
    );
    assert_eq!(party.user("ottoline")["HasPassword"], false);
    assert_eq!(
        party.with_token("ottoline-token").get("/Users/Me").status,
        200
    );
    assert_eq!(party.try_sign_in("ottoline", "", "d").status, 200);
}

#[test]
fn an_administrator_keeps_a_password_and_members_keep_to_themselves() {
    let party = Party::new();
    let admin = format!("/Users/Password?userId={}", party.user_id("admin"));
    assert_eq!(
        party.key().post(&admin, &json!({ "NewPw": "" })).status,
        400
    );
    let member = party.with_token("ottoline-token");
    assert_eq!(member.post(&admin, &json!({ "NewPw": "mine" })).status, 403);
    let nobody = "/Users/Password?userId=0123456789abcdef0123456789abcdef";
    assert_eq!(
        party.key().post(nobody, &json!({ "NewPw": "x" })).status,
        404
    );
}
