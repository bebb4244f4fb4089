//! Libraries, and that a member sees those of their policy and nothing else.

use serde_json::json;

use super::party::{Client, Party, names};

const JONAS_SEES: [&str; 2] = ["Movies", "Music"];

fn jonas(party: &Party) -> Client {
    party.with_token("jonas-token")
}

#[test]
fn folders_are_listed_with_the_ids_that_policies_take() {
    let party = Party::new();
    let folders = party.key().get("/Library/VirtualFolders").good();
    let all = [
        "Movies",
        "Series",
        "Music",
        "Documentaries",
        "4K",
        "Home videos",
    ];
    assert_eq!(names(&folders), all);
    assert_eq!(folders[0]["CollectionType"], "movies");
    let enabled = &party.user("Jonas Feld")["Policy"]["EnabledFolders"];
    assert_eq!(
        *enabled,
        json!([folders[0]["ItemId"], folders[2]["ItemId"]])
    );
    assert_eq!(names(&party.key().get("/Library/MediaFolders").good()), all);
}

#[test]
fn a_member_sees_only_their_libraries_by_every_way() {
    let party = Party::new();
    let jonas = jonas(&party);
    let id = party.user_id("Jonas Feld");
    let ways = [
        "/UserViews".to_owned(),
        format!("/Users/{id}/Views"),
        "/Items".to_owned(),
    ];
    for path in ways {
        assert_eq!(names(&jonas.get(&path).good()), JONAS_SEES, "{path}");
    }
    let for_him = format!("/UserViews?userId={id}");
    assert_eq!(names(&party.key().get(&for_him).good()), JONAS_SEES);
    let other = format!("/UserViews?userId={}", party.user_id("ottoline"));
    assert_eq!(jonas.get(&other).status, 403);
}

#[test]
fn items_of_other_libraries_are_not_there() {
    let party = Party::new();
    let jonas = jonas(&party);
    let found = names(&jonas.get("/Items?recursive=true").good());
    assert!(found.contains(&"Cinder and Clay".to_owned()));
    assert!(!found.contains(&"Saltglass".to_owned()));
    let hidden = &party.state()["libraries"][4]["items"][0]["id"];
    let path = format!("/Items/{}", hidden.as_str().unwrap());
    assert_eq!(jonas.get(&path).status, 404);
    assert_eq!(party.key().get(&path).status, 200);
    let kinds = jonas
        .get("/Items?recursive=true&includeItemTypes=Audio&limit=2")
        .good();
    assert_eq!(names(&kinds), ["Paper Lanterns", "Night Bus Home"]);
    assert_eq!(kinds["TotalRecordCount"], 3);
}

#[test]
fn blocked_libraries_are_hidden_while_all_are_open() {
    let party = Party::new();
    let series = party.state()["libraries"][1]["id"].clone();
    party
        .change_policy("ottoline", &json!({ "BlockedMediaFolders": [series] }))
        .good();
    let seen = names(&party.with_token("ottoline-token").get("/UserViews").good());
    assert!(!seen.contains(&"Series".to_owned()) && seen.len() == 5);
}

#[test]
fn playing_is_refused_to_who_may_only_browse() {
    let party = Party::new();
    let item = party.state()["libraries"][0]["items"][0]["id"].clone();
    let path = format!("/Items/{}/PlaybackInfo", item.as_str().unwrap());
    let good = jonas(&party).post(&path, &json!({})).good();
    assert_eq!(good["MediaSources"].as_array().unwrap().len(), 1);
    party
        .change_policy("Jonas Feld", &json!({ "EnableMediaPlayback": false }))
        .good();
    let refused = jonas(&party).get(&path).good();
    assert_eq!(
        refused,
        json!({ "MediaSources": [], "ErrorCode": "NotAllowed" })
    );
    let order = json!({ "action": "start", "user": "Jonas Feld" });
    let prevented = party.nobody().post("/_control/play", &order);
    assert_eq!(prevented.status, 409);
}

#[test]
fn posters_are_pictures_for_everybody() {
    let party = Party::new();
    let item = party.state()["libraries"][0]["items"][0]["id"].clone();
    let path = format!(
        "/Items/{}/Images/Primary?maxWidth=300",
        item.as_str().unwrap()
    );
    let picture = party.nobody().get(&path);
    assert_eq!(
        (picture.status, picture.kind.as_str()),
        (200, "image/svg+xml")
    );
    assert!(picture.text.contains("Lighthouse"));
}

#[test]
fn folders_are_added_renamed_and_removed() {
    let party = Party::new();
    let key = party.key();
    let add = "/Library/VirtualFolders?name=Operas&collectionType=music&paths=/media/operas";
    assert_eq!(key.order(add).status, 204);
    let rename = "/Library/VirtualFolders/Name?name=Operas&newName=Opera";
    assert_eq!(key.order(rename).status, 204);
    let folders = key.get("/Library/VirtualFolders").good();
    assert_eq!(folders[6]["Name"], "Opera");
    assert_eq!(folders[6]["Locations"], json!(["/media/operas"]));
    assert_eq!(key.delete("/Library/VirtualFolders?name=Opera").status, 204);
    assert_eq!(key.delete("/Library/VirtualFolders?name=Opera").status, 404);
    assert_eq!(key.order("/Library/Refresh").status, 204);
}

#[test]
fn paths_are_taken_in_any_case() {
    let party = Party::new();
    let info = party.nobody().get("/system/info/public").good();
    assert_eq!(info["ProductName"], "Jellyfin Server");
    assert_eq!(info["Version"], "10.11.5");
    assert_eq!(
        party.nobody().get("/SYSTEM/PING").good(),
        json!("Jellyfin Server")
    );
}
