//! The server that everybody starts with: "Zenith", with libraries whose titles exist nowhere else.

use serde_json::{Value, json};

use super::moment::Moment;
use super::seed::{self, Seed};
use super::state::State;

/// The key that tests and the demo know.
pub const API_KEY: &str = "standin-emby-key";

/// A fresh Zenith.
pub fn state(now: Moment) -> State {
    let mut state = State::empty();
    let seed: Seed = serde_json::from_value(json!({
        "libraries": libraries(),
        "users": users(),
        "api_keys": [{ "key": API_KEY, "name": "Stand-in" }],
        "connect_accounts": [{ "name": "hedda.lund", "email": "hedda@example.org" }],
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
            "configuration": { "SubtitleMode": "Always" },
            "policy": {
                "EnableLiveTvManagement": false,
                "AllowCameraUpload": false,
                "EnableSharedDeviceControl": false,
            },
        },
        { "name": "anton", "password": "anton-password", "tokens": ["anton-token"] },
        {
            "name": "Hedda Lund",
            "password": "hedda-password",
            "tokens": ["hedda-token"],
            "libraries": ["Movies", "Music"],
        },
        // Has no password, as many real servers have somebody: opens with an empty one.
        { "name": "kids", "libraries": ["Home videos"], "tokens": ["kids-token"] },
    ])
}

fn libraries() -> Value {
    json!([
        { "name": "Movies", "collection_type": "movies", "items": [
            { "name": "The Glass Orchard", "year": 2016, "minutes": 108 },
            { "name": "Seven Quiet Harbours", "year": 2019, "minutes": 95 },
            { "name": "Copper Weather", "year": 2021, "minutes": 122 },
        ] },
        { "name": "Series", "collection_type": "tvshows", "items": [
            { "name": "The First Ferry", "kind": "Episode", "part_of": "Low Water", "minutes": 48 },
            { "name": "The Second Ferry", "kind": "Episode", "part_of": "Low Water", "minutes": 51 },
        ] },
        { "name": "Music", "collection_type": "music", "items": [
            { "name": "Lantern Song", "kind": "Audio", "part_of": "Evenings", "minutes": 4 },
        ] },
        { "name": "4K", "collection_type": "movies", "items": [
            { "name": "Salt and Signal", "year": 2024, "minutes": 131, "height": 2160 },
        ] },
        { "name": "Home videos", "collection_type": "homevideos", "items": [
            { "name": "First snow", "kind": "Video", "minutes": 3 },
        ] },
    ])
}
