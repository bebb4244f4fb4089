//! Sharing by the second version: the whole way from nothing to removed, and its traps.

use serde_json::{Value, json};

use super::party::{Client, Party, Reply, each};

fn share(owner: &Client, machine: &str, with: &str, sections: &Value) -> Reply {
    let body = json!({
        "machineIdentifier": machine, "invitedEmail": with, "librarySectionIds": sections,
        "skipFriendship": false, "settings": { "allowSync": true, "filterMovies": "label!=Late" },
    });
    owner.call("POST", "/api/v2/shared_servers", &body)
}

#[test]
fn an_invitation_is_pending_until_the_person_accepts_with_their_own_token() {
    let party = Party::new();
    let (machine, sections) = (party.machine("Polaris"), party.sections());
    party.tell("wout", &json!({ "action": "accepts", "how": "by_hand" }));
    let made = share(
        &party.orla(),
        &machine,
        "wout@example.org",
        &json!([sections["Movies"]]),
    );
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    assert_eq!(
        (&made["accepted"], &made["invitedId"]),
        (&json!(false), &json!(2004))
    );
    assert_eq!(made["sharingSettings"]["filterMovies"], "label!=Late");
    let pending = party
        .orla()
        .get("/api/v2/shared_servers/owned/pending")
        .good();
    assert!(each(&pending, "id").contains(&made["id"]));
    let grouped = party
        .orla()
        .get("/api/v2/shared_servers/invites/owned/pending")
        .good();
    assert_eq!(
        each(&grouped[1]["sharedServers"], "id"),
        [made["id"].clone()]
    );

    let wout = party.tv_as(&party.token_of("wout"));
    let received = wout
        .get("/api/v2/shared_servers/invites/received/pending")
        .good();
    assert_eq!(received[0]["owner"]["username"], "orla");
    let id = &received[0]["sharedServers"][0]["id"];
    assert_eq!(
        wout.order(&format!("/api/v2/shared_servers/{id}/accept"))
            .status,
        200
    );
    assert_eq!(
        wout.order(&format!("/api/v2/shared_servers/{id}/accept"))
            .status,
        404
    );
    let accepted = party
        .orla()
        .get("/api/v2/shared_servers/owned/accepted")
        .good();
    let row = accepted
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == *id)
        .unwrap();
    assert_eq!(
        (&row["accepted"], &row["invited"]["status"]),
        (&json!(true), &json!("accepted"))
    );
    assert_eq!(each(&row["libraries"], "title"), ["Movies"]);
}

#[test]
fn no_sections_means_all_of_them() {
    let party = Party::new();
    let made = share(&party.orla(), &party.machine("Polaris"), "wout", &json!([])).good();
    assert_eq!(
        (&made["allLibraries"], &made["numLibraries"]),
        (&json!(true), &json!(5))
    );
}

#[test]
fn friends_and_members_of_the_home_are_not_asked_again() {
    let party = Party::new();
    let (machine, sections) = (party.machine("Polaris"), party.sections());
    for known in ["teun", "lotte"] {
        let made = share(&party.orla(), &machine, known, &json!([sections["Movies"]])).good();
        assert_eq!(made["accepted"], true, "{known}");
    }
}

#[test]
fn who_shares_already_oneself_and_unknown_people_and_sections_are_422() {
    let party = Party::new();
    let (machine, sections) = (party.machine("Polaris"), party.sections());
    let movies = json!([sections["Movies"]]);
    let again = share(&party.orla(), &machine, "mara", &movies);
    assert_eq!(again.status, 422);
    assert!(again.text.contains("already sharing"), "{}", again.text);
    assert_eq!(
        share(&party.orla(), &machine, "ottoline", &movies).status,
        422
    );
    assert_eq!(share(&party.orla(), &machine, "orla", &movies).status, 422);
    assert_eq!(
        share(&party.orla(), &machine, "nobody", &movies).status,
        422
    );
    assert_eq!(
        share(&party.orla(), &machine, "wout", &json!([1])).status,
        422
    );
    assert_eq!(share(&party.bram(), &machine, "wout", &movies).status, 404);
    // Restrictions are a matter of Plex Pass, and Bram has none.
    let films = party.machine("Vega");
    assert_eq!(share(&party.bram(), &films, "wout", &json!([])).status, 422);
}

#[test]
fn an_address_without_an_account_waits_for_one() {
    let party = Party::new();
    let made = share(
        &party.orla(),
        &party.machine("Polaris"),
        "New@example.org",
        &json!([]),
    )
    .good();
    assert_eq!(
        (&made["invitedId"], &made["invitedEmail"]),
        (&Value::Null, &json!("New@example.org"))
    );
    let account = json!({ "name": "nieuw", "email": "new@example.org" });
    party.control("seed", &json!({ "accounts": [account] }));
    party.tell("nieuw", &json!({ "action": "accept" }));
    assert_eq!(party.share("Polaris", "nieuw")["state"], "accepted");
}

#[test]
fn a_change_overwrites_all_rights_and_a_pending_share_takes_none() {
    let party = Party::new();
    let sections = party.sections();
    let id = party.share("Polaris", "jonas")["id"].clone();
    let body =
        json!({ "settings": { "allowSync": true }, "librarySectionIds": [sections["Music"]] });
    let changed = party
        .orla()
        .call("POST", &format!("/api/v2/shared_servers/{id}"), &body)
        .good();
    assert_eq!(each(&changed["libraries"], "title"), ["Music"]);
    assert_eq!(changed["sharingSettings"]["filterMovies"], "");
    assert_eq!(changed["sharingSettings"]["allowSync"], true);
    let pending = party.share("Polaris", "ottoline")["id"].clone();
    assert_eq!(
        party
            .orla()
            .call("POST", &format!("/api/v2/shared_servers/{pending}"), &body)
            .status,
        422
    );
}

#[test]
fn rights_are_read_and_written_by_themselves_and_kept_byte_for_byte() {
    let party = Party::new();
    let path = "/api/v2/sharing_settings?invitedId=2002";
    let settings = party.orla().get(path).good();
    assert_eq!(settings["filterMovies"], "contentRating=G%2CPG|label!=Late");
    let body =
        json!({ "invitedId": 2002, "settings": { "filterMovies": "label=A,B&contentRating=PG" } });
    party
        .orla()
        .call("POST", "/api/v2/sharing_settings", &body)
        .good();
    assert_eq!(
        party.orla().get(path).good()["filterMovies"],
        "label=A,B&contentRating=PG"
    );
    assert_eq!(
        party.orla().put("/api/v2/sharings/2002?allowSync=1").status,
        204
    );
    let settings = party.orla().get(path).good();
    assert_eq!(
        (&settings["allowSync"], &settings["filterMovies"]),
        (&json!(true), &json!("label=A,B&contentRating=PG"))
    );
}

#[test]
fn a_share_is_taken_back_alone_or_with_all_that_was_shared() {
    let party = Party::new();
    let token = party.access_token("standin-plex-mara", "Polaris");
    let id = party.share("Polaris", "mara")["id"].clone();
    assert_eq!(
        party
            .orla()
            .delete(&format!("/api/v2/shared_servers/{id}"))
            .status,
        204
    );
    assert_eq!(party.share("Polaris", "mara")["state"], "removed");
    assert_eq!(
        party.polaris_as(&token).get("/library/sections").status,
        401
    );
    // The friendship stays, so sharing anew needs no acceptance.
    let anew = share(&party.orla(), &party.machine("Polaris"), "mara", &json!([])).good();
    assert_eq!(anew["accepted"], true);
    assert_eq!(party.orla().delete("/api/v2/sharings/2001").status, 204);
    let anew = share(&party.orla(), &party.machine("Polaris"), "mara", &json!([])).good();
    assert_eq!(anew["accepted"], false);
    assert_eq!(party.orla().delete("/api/v2/sharings/2004").status, 404);
}

#[test]
fn who_leaves_is_listed_with_the_moment_of_leaving() {
    let party = Party::new();
    let id = party.share("Polaris", "mara")["id"].clone();
    assert_eq!(
        party
            .mara()
            .delete(&format!("/api/v2/shared_servers/{id}"))
            .status,
        204
    );
    assert_eq!(party.share("Polaris", "mara")["state"], "left");
    let accepted = party
        .orla()
        .get("/api/v2/shared_servers/owned/accepted")
        .good();
    let row = accepted
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == id)
        .unwrap();
    assert!(row["leftAt"].is_string());
}

#[test]
fn the_list_of_all_shares_is_not_to_be_had_at_the_door() {
    let party = Party::new();
    assert_eq!(party.orla().get("/api/v2/shared_servers").status, 405);
}

#[test]
fn an_owner_can_be_held_to_a_number_of_people() {
    let party = Party::new();
    party.control("seed", &json!({ "share_limit": 4 }));
    let refused = share(&party.orla(), &party.machine("Polaris"), "wout", &json!([]));
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("limit"));
}
