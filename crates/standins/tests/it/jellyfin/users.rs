//! Users: made, named, renamed, removed.

use serde_json::json;

use super::party::{Party, names};

#[test]
fn a_new_user_has_the_defaults_of_a_fresh_server() {
    let party = Party::new();
    let made = party.key().post(
        "/Users/New",
        &json!({ "Name": "mara", "Password": "secret" }),
    );
    let made = made.good();
    assert_eq!(made["Id"].as_str().unwrap().len(), 32);
    assert_eq!(made["HasPassword"], true);
    assert_eq!(made["Policy"]["EnableAllFolders"], true);
    assert_eq!(made["Policy"]["EnableLiveTvManagement"], true);
    assert_eq!(made["Policy"]["IsHidden"], true);
    assert_eq!(made["Policy"]["LoginAttemptsBeforeLockout"], -1);
    assert_eq!(made["Configuration"]["SubtitleMode"], "Default");
    assert!(
        made.get("LastLoginDate").is_none(),
        "what has no value is left out"
    );
    assert_eq!(party.try_sign_in("mara", "secret", "d").status, 200);
}

#[test]
fn names_are_unique_in_any_case_and_of_allowed_signs() {
    let party = Party::new();
    for name in [
        "ottoline",
        "Ottoline",
        "",
        " front",
        "back ",
        "semi;colon",
        "a/b",
        "<b>",
    ] {
        let reply = party.key().post("/Users/New", &json!({ "Name": name }));
        assert_eq!(reply.status, 400, "{name:?}");
    }
    for name in [
        "O'Neill-Smith",
        "zoë@example.org",
        "a+b_c.d",
        "Jürgen Groß",
        "李雷",
    ] {
        let reply = party.key().post("/Users/New", &json!({ "Name": name }));
        assert_eq!(reply.status, 200, "{name:?}");
    }
}

#[test]
fn a_user_without_a_name_is_refused_with_the_field() {
    let reply = Party::new()
        .key()
        .post("/Users/New", &json!({ "Password": "x" }));
    assert_eq!(reply.status, 400);
    assert!(reply.kind.starts_with("application/problem+json"));
    assert!(reply.json()["errors"]["Name"].is_array());
}

#[test]
fn ids_are_read_with_and_without_dashes() {
    let party = Party::new();
    let id = party.user_id("ottoline");
    let dashed = format!(
        "{}-{}-{}-{}-{}",
        &id[..8],
        &id[8..12],
        &id[12..16],
        &id[16..20],
        &id[20..]
    );
    assert_eq!(
        party.key().get(&format!("/Users/{dashed}")).good()["Id"],
        id.as_str()
    );
    let unknown = party.key().get("/Users/0123456789abcdef0123456789abcdef");
    assert_eq!(
        (unknown.status, unknown.json()),
        (404, json!("User not found"))
    );
}

#[test]
fn the_sign_in_page_shows_only_who_is_neither_hidden_nor_disabled() {
    let party = Party::new();
    assert_eq!(
        names(&party.nobody().get("/Users/Public").good()),
        ["admin"]
    );
    party
        .change_policy("ottoline", &json!({ "IsHidden": false }))
        .good();
    assert_eq!(
        names(&party.nobody().get("/Users/Public").good()),
        ["admin", "ottoline"]
    );
}

#[test]
fn lists_are_in_order_of_names_and_filtered() {
    let party = Party::new();
    let all = names(&party.key().get("/Users").good());
    assert_eq!(
        all,
        ["admin", "grandma", "Jonas Feld", "ottoline", "template"]
    );
    party
        .change_policy("grandma", &json!({ "IsDisabled": true }))
        .good();
    assert_eq!(
        names(&party.key().get("/Users?isDisabled=true").good()),
        ["grandma"]
    );
}

#[test]
fn a_user_is_renamed_and_keeps_everything() {
    let party = Party::new();
    let mut user = party.user("ottoline");
    user["Name"] = json!("Ottoline B");
    let path = format!("/Users?userId={}", user["Id"].as_str().unwrap());
    assert_eq!(party.key().post(&path, &user).status, 204);
    assert_eq!(party.user("Ottoline B")["Policy"], user["Policy"]);
    assert_eq!(
        party.with_token("ottoline-token").get("/Users/Me").status,
        200
    );
    user["Name"] = json!("GRANDMA");
    assert_eq!(party.key().post(&path, &user).status, 400);
}

#[test]
fn members_change_their_own_configuration_and_nobody_elses() {
    let party = Party::new();
    let member = party.with_token("ottoline-token");
    let mut configuration = party.user("ottoline")["Configuration"].clone();
    configuration["SubtitleMode"] = json!("Always");
    assert_eq!(
        member.post("/Users/Configuration", &configuration).status,
        204
    );
    assert_eq!(party.user("ottoline")["Configuration"], configuration);
    let other = format!("/Users/Configuration?userId={}", party.user_id("grandma"));
    assert_eq!(member.post(&other, &configuration).status, 403);
}

#[test]
fn a_removed_user_is_gone_with_their_tokens() {
    let party = Party::new();
    let id = party.user_id("ottoline");
    assert_eq!(party.key().delete(&format!("/Users/{id}")).status, 204);
    assert_eq!(party.key().delete(&format!("/Users/{id}")).status, 404);
    assert_eq!(
        party.with_token("ottoline-token").get("/Users/Me").status,
        401
    );
    assert_eq!(
        party
            .key()
            .post("/Users/New", &json!({ "Name": "ottoline" }))
            .status,
        200
    );
}

#[test]
fn fields_are_read_in_either_case() {
    let made = Party::new()
        .key()
        .post("/Users/New", &json!({ "name": "mara", "password": "x" }));
    assert_eq!(made.good()["HasPassword"], true);
}
