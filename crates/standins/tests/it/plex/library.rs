//! A server's sections: who sees which, scans, subtitles, settings.

use serde_json::json;
use standins::plex::{MARA_TOKEN, ORLA_TOKEN};

use super::party::{Party, each};

#[test]
fn the_identity_is_open_and_the_rest_is_not() {
    let party = Party::new();
    let nobody = party.program(&party.polaris);
    let identity = nobody.get("/identity").good();
    assert_eq!(
        identity["MediaContainer"]["machineIdentifier"],
        party.machine("Polaris")
    );
    assert_eq!(identity["MediaContainer"]["claimed"], true);
    assert_eq!(nobody.get("/").status, 401);
    let root = party.polaris_as(ORLA_TOKEN).get("/").good();
    assert_eq!(root["MediaContainer"]["friendlyName"], "Polaris");
    assert_eq!(root["MediaContainer"]["myPlexSubscription"], true);
}

#[test]
fn a_member_sees_the_shared_sections_with_the_token_for_this_server() {
    let party = Party::new();
    // The account's own token opens nothing here.
    assert_eq!(
        party.polaris_as(MARA_TOKEN).get("/library/sections").status,
        401
    );
    let token = party.access_token(MARA_TOKEN, "Polaris");
    let mara = party.polaris_as(&token);
    let sections = mara.get("/library/sections").good();
    assert_eq!(
        each(&sections["MediaContainer"]["Directory"], "title"),
        ["Movies", "Series"]
    );
    assert_eq!(mara.get("/library/sections/1/all").status, 200);
    assert_eq!(mara.get("/library/sections/3/all").status, 404);
    for owners_own in [
        "/status/sessions",
        "/accounts",
        "/:/prefs",
        "/library/sections/1/refresh",
    ] {
        assert_eq!(mara.get(owners_own).status, 403, "{owners_own}");
    }
    let vega = party.access_token(MARA_TOKEN, "Vega");
    assert_eq!(
        party
            .program(&party.vega)
            .with("X-Plex-Token", &vega)
            .get("/library/sections")
            .status,
        200
    );
    assert_eq!(party.polaris_as(&vega).get("/library/sections").status, 401);
}

#[test]
fn sections_hold_movies_shows_and_tracks() {
    let party = Party::new();
    let orla = party.polaris_as(ORLA_TOKEN);
    let movies = orla.get("/library/sections/1/all").good()["MediaContainer"].clone();
    assert_eq!(
        (&movies["totalSize"], &movies["librarySectionTitle"]),
        (&json!(4), &json!("Movies"))
    );
    let shows = orla.get("/library/sections/2/all").good()["MediaContainer"].clone();
    assert_eq!(each(&shows["Metadata"], "type"), ["show", "show"]);
    let key = shows["Metadata"][0]["ratingKey"].as_str().unwrap();
    let leaves = orla
        .get(&format!("/library/metadata/{key}/allLeaves"))
        .good();
    assert_eq!(leaves["MediaContainer"]["size"], 3);
    let episode = &leaves["MediaContainer"]["Metadata"][0];
    assert_eq!(episode["grandparentTitle"], "The Ferrymen");
    let seasons = orla
        .get(&format!("/library/metadata/{key}/children"))
        .good();
    assert_eq!(
        each(&seasons["MediaContainer"]["Metadata"], "title"),
        ["Season 1", "Season 2"]
    );
    let tracks = orla.get("/library/sections/3/all?type=10").good();
    assert_eq!(tracks["MediaContainer"]["size"], 3);
    let page = orla
        .with("X-Plex-Container-Start", "1")
        .with("X-Plex-Container-Size", "2")
        .get("/library/sections/1/all")
        .good();
    assert_eq!(
        (
            &page["MediaContainer"]["size"],
            &page["MediaContainer"]["totalSize"]
        ),
        (&json!(2), &json!(4))
    );
}

#[test]
fn a_scan_takes_a_section_or_a_path_inside_of_it() {
    let party = Party::new();
    let orla = party.polaris_as(ORLA_TOKEN);
    assert_eq!(orla.get("/library/sections/1/refresh").status, 200);
    assert_eq!(
        orla.order("/library/sections/1/refresh?path=%2Fmedia%2Fmovies%2FBasalt")
            .status,
        200
    );
    assert_eq!(
        orla.get("/library/sections/1/refresh?path=%2Fetc").status,
        400
    );
    assert_eq!(orla.get("/library/sections/99/refresh").status, 404);
    assert_eq!(orla.delete("/library/sections/1/refresh").status, 200);
    let orders = party.state()["servers"][0]["orders"].clone();
    assert_eq!(each(&orders, "what"), ["scan", "scan", "cancel_scan"]);
    assert_eq!(orders[1]["path"], "/media/movies/Basalt");
}

#[test]
fn a_subtitle_is_kept_with_what_was_said_of_it() {
    let party = Party::new();
    let orla = party.polaris_as(ORLA_TOKEN);
    let items = orla.get("/library/sections/1/all").good();
    let key = items["MediaContainer"]["Metadata"][0]["ratingKey"]
        .as_str()
        .unwrap()
        .to_owned();
    let path =
        format!("/library/metadata/{key}/subtitles?title=Dutch&language=nl&format=srt&forced=1");
    let file = "1\n00:00:01,000 --> 00:00:02,000\nBijen.\n".to_owned();
    assert_eq!(
        orla.send("POST", &path, Some("text/plain"), file.clone())
            .unwrap()
            .status,
        200
    );
    let strange = format!("/library/metadata/{key}/subtitles?format=exe");
    assert_eq!(
        orla.send("POST", &strange, Some("text/plain"), file.clone())
            .unwrap()
            .status,
        400
    );
    let item = orla.get(&format!("/library/metadata/{key}")).good();
    let streams = item["MediaContainer"]["Metadata"][0]["Media"][0]["Part"][0]["Stream"].clone();
    let subtitle = streams.as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&subtitle["streamType"], &subtitle["language"]),
        (&json!(3), &json!("nl"))
    );
    assert_eq!(subtitle["forced"], true);
    assert_eq!(orla.get(subtitle["key"].as_str().unwrap()).text, file);
}

#[test]
fn settings_are_read_and_written_and_unknown_ones_refused() {
    let party = Party::new();
    let orla = party.polaris_as(ORLA_TOKEN);
    assert_eq!(orla.put("/:/prefs?WanPerUserStreamCount=2").status, 200);
    let prefs = orla.get("/:/prefs").good()["MediaContainer"]["Setting"].clone();
    let held = prefs
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == "WanPerUserStreamCount");
    assert_eq!(held.unwrap()["value"], 2);
    assert_eq!(orla.put("/:/prefs?NoSuchThing=1").status, 400);
}

#[test]
fn the_server_counts_its_owner_as_one() {
    let party = Party::new();
    let accounts = party.polaris_as(ORLA_TOKEN).get("/accounts").good();
    let ids = each(&accounts["MediaContainer"]["Account"], "id");
    assert_eq!(ids, [0, 1, 2001, 2002, 3001]);
    let owner = party.polaris_as(ORLA_TOKEN).get("/myplex/account").good();
    assert_eq!(owner["MediaContainer"]["username"], "orla@example.org");
}
