//! Libraries, scans, tasks, keys, the log, and downloads.

use serde_json::json;

use super::party::{Party, names};

#[test]
fn libraries_are_made_renamed_and_removed_by_body() {
    let party = Party::new();
    let new = json!({ "Name": "Opera", "CollectionType": "music", "Paths": ["/media/opera"] });
    party
        .key()
        .post("/emby/Library/VirtualFolders", &new)
        .good();
    let all = party.key().get("/emby/Library/VirtualFolders/Query").good();
    let opera = all["Items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&opera["Name"], &opera["CollectionType"]),
        (&json!("Opera"), &json!("music"))
    );
    let rename = json!({ "Id": opera["ItemId"], "NewName": "Operas" });
    party
        .key()
        .post("/emby/Library/VirtualFolders/Name", &rename)
        .good();
    let remove = json!({ "Id": opera["ItemId"] });
    let all = party.key().get("/emby/Library/MediaFolders").good();
    assert!(names(&all).contains(&"Operas".to_owned()));
    party
        .key()
        .post("/emby/Library/VirtualFolders/Delete", &remove)
        .good();
    assert_eq!(
        names(&party.key().get("/emby/Library/MediaFolders").good()).len(),
        5
    );
}

#[test]
fn a_scan_runs_as_a_task_and_ends() {
    let party = Party::new();
    assert_eq!(party.key().order("/emby/Library/Refresh").status, 204);
    let task = || party.key().get("/emby/ScheduledTasks").good()[0].clone();
    assert_eq!(
        (&task()["Key"], &task()["State"]),
        (&json!("RefreshLibrary"), &json!("Running"))
    );
    party.clock.advance_ms(5000);
    assert_eq!(task()["State"], "Idle");
    assert_eq!(task()["LastExecutionResult"]["Status"], "Completed");
    let item = party.key().get("/emby/Items?SearchTerm=copper").good()["Items"][0]["Id"].clone();
    let path = format!(
        "/emby/Items/{}/Refresh?Recursive=true",
        item.as_str().unwrap()
    );
    assert_eq!(party.key().order(&path).status, 204);
    let updates = json!({ "Updates": [{ "Path": "/media/movies/new", "UpdateType": "Created" }] });
    party
        .key()
        .post("/emby/Library/Media/Updated", &updates)
        .good();
    let scans = party.state()["scans"].clone();
    assert_eq!(scans[1]["what"], "Copper Weather");
    assert_eq!(scans[2]["kind"], "path");
}

#[test]
fn keys_are_made_listed_and_taken_back() {
    let party = Party::new();
    assert_eq!(
        party.key().order("/emby/Auth/Keys?App=Playhouse").status,
        204
    );
    let keys = party.key().get("/emby/Auth/Keys").good();
    let made = keys["Items"][1]["AccessToken"].as_str().unwrap().to_owned();
    assert_eq!(party.with_token(&made).get("/emby/Users/Query").status, 200);
    party
        .key()
        .order(&format!("/emby/Auth/Keys/{made}/Delete"))
        .good();
    assert_eq!(party.with_token(&made).get("/emby/Users/Query").status, 401);
}

#[test]
fn the_log_tells_of_failed_sign_ins_and_downloads_are_seen() {
    let party = Party::new();
    party.try_sign_in("anton", "guess", "d");
    let log = party
        .key()
        .get("/emby/System/ActivityLog/Entries?Limit=1")
        .good();
    assert_eq!(log["Items"][0]["Type"], "user.authenticationfailed");
    assert_eq!(log["Items"][0]["Severity"], "Error");
    party
        .seed(&json!({ "downloads": [{ "Id": 1, "Name": "Copper Weather", "Status": "Queued" }] }));
    let jobs = party.key().get("/emby/Sync/Jobs").good();
    assert_eq!(names(&jobs), ["Copper Weather"]);
}
