//! Emby Connect: asked for, mailed, confirmed, exchanged.

use serde_json::{Value, json};

use super::party::{Party, Reply};

fn link(party: &Party, name: &str, connect: &str) -> Reply {
    let id = party.user_id(name);
    let path = format!("/emby/Users/{id}/Connect/Link?ConnectUsername={connect}");
    party.key().order(&path)
}

fn answer(party: &Party, user: &str, answer: &str) -> Reply {
    let order = json!({ "user": user, "answer": answer });
    party.nobody().post("/_control/connect", &order)
}

#[test]
fn a_link_is_pending_until_the_mail_was_answered() {
    let party = Party::new();
    let asked = link(&party, "Hedda Lund", "hedda.lund").good();
    assert_eq!(asked["IsPending"], true);
    assert_eq!(asked["IsNewUserInvitation"], false);
    assert_eq!(party.state()["connect_mails"][0]["to"], "hedda@example.org");
    assert!(party.user("Hedda Lund").get("ConnectUserName").is_none());
    let pending = party.key().get("/emby/Connect/Pending").good();
    assert_eq!(pending[0]["UserName"], "hedda.lund");

    let accepted = answer(&party, "Hedda Lund", "accept").good();
    assert_eq!(party.user("Hedda Lund")["ConnectUserName"], "hedda.lund");
    assert_eq!(party.user("Hedda Lund")["ConnectLinkType"], "LinkedUser");
    let text = |field: &str| accepted[field].as_str().unwrap().to_owned();
    let path = format!(
        "/emby/Connect/Exchange?ConnectUserId={}",
        text("connect_user_id")
    );
    let member = party.with_token(&text("access_key")).get(&path).good();
    assert_eq!(member["LocalUserId"], party.user_id("Hedda Lund").as_str());
    let token = member["AccessToken"].as_str().unwrap();
    assert_eq!(party.with_token(token).get("/emby/System/Info").status, 200);
}

#[test]
fn an_unknown_address_is_invited_and_an_unknown_name_breaks() {
    let party = Party::new();
    let invited = link(&party, "anton", "anton@example.org").good();
    assert_eq!(invited["IsNewUserInvitation"], true);
    assert_eq!(party.state()["connect_mails"][0]["kind"], "invitation");
    assert_eq!(link(&party, "kids", "nobody-knows").status, 500);
    assert_eq!(
        link(&party, "kids", "anton@example.org").status,
        400,
        "linked already"
    );
}

#[test]
fn a_link_is_taken_back_and_a_refused_one_leaves_nothing() {
    let party = Party::new();
    link(&party, "Hedda Lund", "hedda.lund").good();
    answer(&party, "Hedda Lund", "refuse").good();
    assert_eq!(answer(&party, "Hedda Lund", "accept").status, 409);
    link(&party, "Hedda Lund", "hedda.lund").good();
    answer(&party, "Hedda Lund", "accept").good();
    let path = format!("/emby/Users/{}/Connect/Link", party.user_id("Hedda Lund"));
    assert_eq!(party.key().delete(&path).status, 204);
    assert_eq!(party.seen("Hedda Lund")["connect"], Value::Null);
    party.fault(&json!({ "kind": "named", "name": "connect_down", "times": 1 }));
    assert_eq!(link(&party, "Hedda Lund", "hedda.lund").status, 500);
}
