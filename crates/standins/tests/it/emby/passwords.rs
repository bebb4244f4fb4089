//! Passwords: none at first, reset before another, and answers that say more than was done.

use serde_json::json;

use super::party::{Party, Reply};

fn set(party: &Party, name: &str, body: &serde_json::Value) -> Reply {
    let path = format!("/emby/Users/{}/Password", party.user_id(name));
    party.key().post(&path, body)
}

#[test]
fn a_user_without_a_password_takes_one_at_once() {
    let party = Party::new();
    assert_eq!(party.user("kids")["HasConfiguredPassword"], false);
    assert_eq!(
        set(&party, "kids", &json!({ "NewPw": "secret" })).status,
        204
    );
    assert_eq!(party.try_sign_in("kids", "", "d").status, 401);
    assert_eq!(party.try_sign_in("kids", "secret", "d").status, 200);
}

#[test]
fn a_password_that_is_there_must_be_reset_first() {
    let party = Party::new();
    let refused = set(&party, "anton", &json!({ "NewPw": "secret" }));
    assert_eq!(refused.status, 400);
    assert_eq!(party.seen("anton")["password"], "anton-password");
    set(&party, "anton", &json!({ "ResetPassword": true })).good();
    assert_eq!(
        party.try_sign_in("anton", "", "d").status,
        200,
        "open to anybody"
    );
    set(&party, "anton", &json!({ "NewPw": "secret" })).good();
    assert_eq!(party.seen("anton")["password"], "secret");
    assert_eq!(party.seen("anton")["tokens"], 0, "signed out everywhere");
}

#[test]
fn some_servers_take_another_password_at_once() {
    let party = Party::new();
    party.seed(&json!({ "password_needs_reset": false }));
    set(&party, "anton", &json!({ "NewPw": "secret" })).good();
    assert_eq!(party.seen("anton")["password"], "secret");
}

#[test]
fn an_ignored_password_looks_like_one_that_was_set() {
    let party = Party::new();
    party.fault(&json!({ "kind": "named", "name": "password_ignored", "times": 1 }));
    assert_eq!(
        set(&party, "kids", &json!({ "NewPw": "secret" })).status,
        204
    );
    assert_eq!(party.user("kids")["HasConfiguredPassword"], false);
}
