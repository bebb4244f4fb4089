//! Sharing by the first version: XML out, JSON in, and the routes that are gone.

use serde_json::json;

use super::party::Party;

#[test]
fn a_share_is_made_changed_listed_and_removed() {
    let party = Party::new();
    let (machine, sections) = (party.machine("Polaris"), party.sections());
    let path = format!("/api/servers/{machine}/shared_servers");
    let body = json!({
        "server_id": machine,
        "shared_server": { "library_section_ids": [sections["Movies"]], "invited_email": "wout" },
        "sharing_settings": { "allowSync": "1", "allowChannels": "0", "filterMovies": "" },
    });
    let made = party.orla().call("POST", &path, &body);
    assert_eq!(made.status, 200, "{made:?}");
    assert!(made.text.contains("<SharedServer ") && made.text.contains("username=\"wout\""));
    let again = party.orla().call("POST", &path, &body);
    assert_eq!(again.status, 400);
    assert!(
        again.text.contains("already sharing this server with wout"),
        "{}",
        again.text
    );

    let share = party.share("Polaris", "wout");
    let one = format!("{path}/{}", share["id"]);
    let body =
        json!({ "shared_server": { "library_section_ids": [sections["Music"], sections["4K"]] } });
    assert_eq!(party.orla().call("PUT", &one, &body).status, 200);
    assert_eq!(
        party.share("Polaris", "wout")["sections"],
        json!(["Music", "4K"])
    );
    assert!(party.orla().get(&path).text.contains("shared=\"1\""));
    assert_eq!(party.orla().delete(&one).status, 200);
    assert_eq!(party.share("Polaris", "wout")["state"], "removed");
    assert_eq!(party.bram().get(&path).status, 404);
}

#[test]
fn the_list_of_users_has_friends_without_access_and_members_of_the_home() {
    let party = Party::new();
    let users = party.orla().get("/api/users").text;
    for known in ["mara", "jonas", "teun", "lotte"] {
        assert!(
            users.contains(&format!("username=\"{known}\"")),
            "{known}: {users}"
        );
    }
    assert!(users.contains("title=\"Pim\""));
    // Who has not answered, and who has no ties, is not in it.
    assert!(!users.contains("ottoline") && !users.contains("wout"));
    let teun = users
        .split("<User ")
        .find(|row| row.contains("\"teun\""))
        .unwrap();
    assert!(!teun.contains("<Server "));
    assert!(users.contains("filterMovies=\"contentRating=G%2CPG|label!=Late\""));
}

#[test]
fn what_was_taken_away_answers_410_in_either_spelling() {
    let party = Party::new();
    for (method, path) in [
        ("GET", "/api/v2/friends"),
        ("GET", "/api/v2/friends?status=accepted"),
        ("POST", "/api/v2/friends/invite"),
        ("GET", "/api/invites/requested"),
        ("DELETE", "/api/invites/requested/5"),
        ("GET", "/api/invites/requests"),
        ("PUT", "/api/invites/requests/5"),
        ("DELETE", "/api/friends/2001"),
        ("GET", "/pms/friends/all"),
    ] {
        let gone = party
            .orla()
            .send(method, path, None, String::new())
            .expect("an answer");
        assert_eq!(gone.status, 410, "{method} {path}");
        assert!(
            gone.text
                .contains("This endpoint was deprecated and removed")
        );
    }
}
