//! The PIN flow, from the program's side and from the browser's.

use serde_json::{Value, json};

use super::party::Party;

fn new_pin(party: &Party) -> Value {
    let pin = party.program(&party.tv).order("/api/v2/pins?strong=true");
    assert_eq!(pin.status, 201, "{pin:?}");
    pin.json()
}

fn polled(party: &Party, pin: &Value) -> Value {
    let path = format!("/api/v2/pins/{}", pin["id"]);
    party.program(&party.tv).get(&path).good()["authToken"].clone()
}

#[test]
fn a_person_allows_a_program_on_the_page_and_is_sent_back() {
    let party = Party::new();
    let pin = new_pin(&party);
    assert_eq!(
        (&pin["authToken"], &pin["expiresIn"]),
        (&Value::Null, &json!(900))
    );
    assert_eq!(polled(&party, &pin), Value::Null);

    let browser = party.program(&party.tv);
    let code = pin["code"].as_str().unwrap();
    let page = browser.get(&format!(
        "/auth?code={code}&forwardUrl=http%3A%2F%2F127.0.0.1%2Fback"
    ));
    assert!(
        page.text.contains("Allow as mara") && page.text.contains(code),
        "{}",
        page.text
    );
    let form = format!("code={code}&forwardUrl=http%3A%2F%2F127.0.0.1%2Fback&as=mara");
    let sent_on = browser.form("POST", "/auth", &form);
    assert_eq!(sent_on.location.as_deref(), Some("http://127.0.0.1/back"));

    let token = polled(&party, &pin);
    let user = party
        .tv_as(token.as_str().unwrap())
        .get("/api/v2/user")
        .good();
    assert_eq!(user["username"], "mara");
}

#[test]
fn a_password_does_too_and_a_wrong_one_does_not() {
    let party = Party::new();
    let pin = new_pin(&party);
    let code = pin["code"].as_str().unwrap();
    let browser = party.program(&party.tv);
    let wrong = format!("code={code}&answer=allow&login=mara&password=no");
    assert!(
        browser
            .form("POST", "/auth", &wrong)
            .text
            .contains("not right")
    );
    assert_eq!(polled(&party, &pin), Value::Null);
    let right = format!("code={code}&answer=allow&login=mara&password=mara-password");
    assert!(
        browser
            .form("POST", "/auth", &right)
            .text
            .contains("signed in")
    );
    assert!(polled(&party, &pin).is_string());
}

#[test]
fn whoever_says_no_is_sent_back_without_a_token() {
    let party = Party::new();
    let pin = new_pin(&party);
    let form = format!(
        "code={}&answer=deny&forwardUrl=http%3A%2F%2F127.0.0.1%2Fback",
        pin["code"].as_str().unwrap()
    );
    assert_eq!(
        party.program(&party.tv).form("POST", "/auth", &form).status,
        303
    );
    assert_eq!(polled(&party, &pin), Value::Null);
}

#[test]
fn a_short_code_is_typed_off_a_television() {
    let party = Party::new();
    let pin = party.program(&party.tv).order("/api/v2/pins").json();
    let code = pin["code"].as_str().unwrap();
    assert_eq!(code.len(), 4);
    let typed = party
        .mara()
        .form("PUT", "/api/v2/pins/link", &format!("code={code}"));
    assert_eq!(typed.status, 204);
    assert!(polled(&party, &pin).is_string());
    assert_eq!(
        party
            .mara()
            .form("PUT", "/api/v2/pins/link", "code=ZZZZ")
            .status,
        404
    );
}

#[test]
fn a_pin_is_for_the_program_that_asked_and_ends_after_fifteen_minutes() {
    let party = Party::new();
    let pin = new_pin(&party);
    let path = format!("/api/v2/pins/{}", pin["id"]);
    let other = party
        .program(&party.tv)
        .with("X-Plex-Client-Identifier", "other");
    assert_eq!(other.get(&path).status, 404);
    party.clock.advance_ms(899_000);
    assert_eq!(party.program(&party.tv).get(&path).status, 200);
    party.clock.advance_ms(2_000);
    let late = party.program(&party.tv).get(&path);
    assert_eq!(
        (late.status, late.json()["errors"][0]["code"].clone()),
        (404, json!(1020))
    );
}
