//! Quick Connect, from the six digits to the token.

use serde_json::{Value, json};

use super::party::{Client, Party};

fn television(party: &Party) -> Client {
    party.nobody().with(
        "Authorization",
        "MediaBrowser Client=\"TV\", Device=\"Bedroom\", DeviceId=\"tv-7\", Version=\"1\"",
    )
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[test]
fn a_key_approves_a_code_for_a_member_and_the_device_is_let_in() {
    let party = Party::new();
    assert_eq!(
        party.nobody().get("/QuickConnect/Enabled").good(),
        json!(true)
    );
    let television = television(&party);
    let asked = television.order("/QuickConnect/Initiate").good();
    assert_eq!(text(&asked["Code"]).len(), 6);
    assert_eq!(asked["Authenticated"], false);

    let secret = json!({ "Secret": asked["Secret"] });
    assert_eq!(
        television
            .post("/Users/AuthenticateWithQuickConnect", &secret)
            .status,
        404
    );

    let member = party.user_id("ottoline");
    let approve = format!(
        "/QuickConnect/Authorize?code={}&userId={member}",
        text(&asked["Code"])
    );
    assert_eq!(party.key().order(&approve).good(), json!(true));
    let path = format!("/QuickConnect/Connect?secret={}", text(&asked["Secret"]));
    assert_eq!(television.get(&path).good()["Authenticated"], true);

    let result = television
        .post("/Users/AuthenticateWithQuickConnect", &secret)
        .good();
    assert_eq!(result["User"]["Name"], "ottoline");
    let client = party.with_token(text(&result["AccessToken"]));
    assert_eq!(client.get("/Users/Me").good()["Id"], member.as_str());
}

#[test]
fn a_code_is_over_after_ten_minutes() {
    let party = Party::new();
    let asked = television(&party).order("/QuickConnect/Initiate").good();
    party.clock.advance_ms(10 * 60_000 + 1);
    let path = format!("/QuickConnect/Connect?secret={}", text(&asked["Secret"]));
    assert_eq!(party.nobody().get(&path).status, 404);
    let approve = format!("/QuickConnect/Authorize?code={}", text(&asked["Code"]));
    assert_eq!(
        party.with_token("ottoline-token").order(&approve).status,
        404
    );
}

#[test]
fn members_approve_for_themselves_only_and_keys_must_say_for_whom() {
    let party = Party::new();
    let asked = television(&party).order("/QuickConnect/Initiate").good();
    let path = format!("/QuickConnect/Authorize?code={}", text(&asked["Code"]));
    let for_another = format!("{path}&userId={}", party.user_id("grandma"));
    assert_eq!(
        party
            .with_token("ottoline-token")
            .order(&for_another)
            .status,
        403
    );
    assert_eq!(party.key().order(&path).status, 403);
    assert_eq!(party.with_token("ottoline-token").order(&path).status, 200);
}

#[test]
fn a_wrong_code_is_not_found() {
    let party = Party::new();
    let path = format!(
        "/QuickConnect/Authorize?code=000000&userId={}",
        party.user_id("ottoline")
    );
    assert_eq!(party.key().order(&path).status, 404);
}

#[test]
fn nothing_begins_while_it_is_off() {
    let party = Party::new();
    party.seed(&json!({ "quick_connect": false }));
    assert_eq!(
        party.nobody().get("/QuickConnect/Enabled").good(),
        json!(false)
    );
    assert_eq!(
        television(&party).order("/QuickConnect/Initiate").status,
        401
    );
}
