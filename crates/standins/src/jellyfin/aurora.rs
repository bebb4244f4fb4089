//! The server that everybody starts with: "Aurora", with libraries whose titles exist nowhere else.

use serde_json::{Value, json};

use super::moment::Moment;
use super::seed::{self, Seed};
use super::state::State;

/// The key that tests and the demo know.
pub const API_KEY: &str = "standin-jellyfin-key";

/// A fresh Aurora.
pub fn state(now: Moment) -> State {
    let mut state = State::empty();
    let seed: Seed = serde_json::from_value(json!({
        "libraries": libraries(),
        "users": users(),
        "api_keys": [{ "key": API_KEY, "name": "Stand-in" }],
    }))
    .expect("the seed is written here, and a test reads it");
    seed::sow(&mut state, seed, now).expect("the seed is written here, and a test sows it");
    state
}

fn users() -> Value {
    json!([
        { "name": "admin", "password": "admin-password", "administrator": true },
        {
            "name": "template",
            "password": "template-password",
            "libraries": ["Movies", "Series"],
            "policy": {
                "EnableLiveTvManagement": false,
                "EnablePublicSharing": false,
                "EnableSharedDeviceControl": false,
            },
        },
        { "name": "ottoline", "password": "ottoline-password", "tokens": ["ottoline-token"] },
        {
            "name": "Jonas Feld",
            "password": "jonas-password",
            "tokens": ["jonas-token"],
            "libraries": ["Movies", "Music"],
        },
        { "name": "grandma", "password": "grandma-password", "libraries": ["Home videos"] },
    ])
}

fn libraries() -> Value {
    json!([
        { "name": "Movies", "collection_type": "movies", "items": movies() },
        { "name": "Series", "collection_type": "tvshows", "items": episodes() },
        { "name": "Music", "collection_type": "music", "items": songs() },
        { "name": "Documentaries", "collection_type": "movies", "items": documentaries() },
        { "name": "4K", "collection_type": "movies", "items": [
            { "name": "The Long Meridian", "year": 2023, "minutes": 131, "height": 2160,
              "overview": "A surveyor walks a line across a country that no longer wants to be measured." },
            { "name": "Saltglass", "year": 2024, "minutes": 108, "height": 2160,
              "overview": "Two glassblowers and the storm that took their kiln." },
        ] },
        { "name": "Home videos", "collection_type": "homevideos", "items": [
            { "name": "Lake, first swim", "kind": "Video", "year": 2019, "minutes": 7 },
            { "name": "Grandma's eightieth", "kind": "Video", "year": 2021, "minutes": 43 },
        ] },
    ])
}

fn movies() -> Value {
    json!([
        { "name": "The Lighthouse Keeper's Radio", "year": 2018, "minutes": 112,
          "overview": "A voice on the old set knows tomorrow's weather, and more than that." },
        { "name": "Cinder and Clay", "year": 2021, "minutes": 97,
          "overview": "A potter inherits a debt and a volcano." },
        { "name": "Nine Quiet Streets", "year": 2015, "minutes": 104,
          "overview": "A night watchman solves the only crime that his town ever had." },
        { "name": "Ferry to Nowhere Much", "year": 2022, "minutes": 89,
          "overview": "The last crossing of the season, and nobody wants to get off." },
    ])
}

fn documentaries() -> Value {
    json!([
        { "name": "Bread, a Slow History", "year": 2020, "minutes": 76,
          "overview": "Six bakers, six ovens, nine thousand years." },
        { "name": "What the Peat Remembers", "year": 2017, "minutes": 82,
          "overview": "A year with the people who read bogs like books." },
    ])
}

fn episodes() -> Value {
    json!([
        { "name": "A Door in the Orchard", "kind": "Episode", "part_of": "Harrow Lane", "year": 2023, "minutes": 48 },
        { "name": "The Second Key", "kind": "Episode", "part_of": "Harrow Lane", "year": 2023, "minutes": 51 },
        { "name": "Low Tide", "kind": "Episode", "part_of": "Station Nine Calling", "year": 2020, "minutes": 44 },
    ])
}

fn songs() -> Value {
    json!([
        { "name": "Paper Lanterns", "kind": "Audio", "part_of": "Small Hours", "year": 2016, "minutes": 4 },
        { "name": "Night Bus Home", "kind": "Audio", "part_of": "Small Hours", "year": 2016, "minutes": 5 },
        { "name": "Copper Rain", "kind": "Audio", "part_of": "Weather Songs", "year": 2019, "minutes": 3 },
    ])
}
