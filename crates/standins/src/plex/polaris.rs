//! The world that everybody starts with: Orla (Plex Pass) owns Polaris, Bram (without) owns Vega.
//!
//! Mara and Jonas share Polaris; Ottoline is invited and has not answered; Pim is a managed user of Orla's
//! home, Lotte a full member of it; Teun is a friend without any access; Wout has no ties and accepts at once.

use serde_json::{Value, json};

use super::moment::Moment;
use super::seed::Seed;
use super::sow;
use super::world::World;

/// The tokens that tests and the demo know.
pub const ORLA_TOKEN: &str = "standin-plex-orla";
pub const BRAM_TOKEN: &str = "standin-plex-bram";
pub const MARA_TOKEN: &str = "standin-plex-mara";

/// A fresh world whose servers listen at these addresses.
pub fn world(addresses: &[String], now: Moment) -> World {
    let mut world = World::default();
    let places: Vec<(String, usize, String)> = ["Polaris", "Vega"]
        .iter()
        .zip(addresses)
        .enumerate()
        .map(|(slot, (name, url))| ((*name).to_owned(), slot, url.clone()))
        .collect();
    let seed: Seed = serde_json::from_value(json!({
        "accounts": accounts(),
        "servers": [
            { "name": "Polaris", "owner": "orla", "sections": polaris() },
            { "name": "Vega", "owner": "bram", "sections": vega() },
        ],
        "shares": [
            { "server": "Polaris", "with": "mara", "sections": ["Movies", "Series"], "accepted": true,
              "settings": { "allowSync": true } },
            { "server": "Polaris", "with": "jonas", "sections": ["Movies"], "accepted": true,
              "settings": { "filterMovies": "contentRating=G%2CPG|label!=Late" } },
            { "server": "Polaris", "with": "ottoline", "sections": ["Movies", "Music"] },
            { "server": "Polaris", "with": "Pim", "sections": ["Movies"] },
            { "server": "Vega", "with": "mara", "accepted": true },
        ],
    }))
    .expect("the seed is written here, and a test reads it");
    sow::sow(&mut world, seed, &places, now).expect("the seed is written here, and a test sows it");
    world
}

fn accounts() -> Value {
    json!([
        { "name": "orla", "id": 1001, "password": "orla-password", "plex_pass": true, "home_of": "orla",
          "tokens": [ORLA_TOKEN] },
        { "name": "bram", "id": 1002, "password": "bram-password", "tokens": [BRAM_TOKEN] },
        { "name": "mara", "id": 2001, "password": "mara-password", "tokens": [MARA_TOKEN] },
        { "name": "jonas", "id": 2002, "password": "jonas-password" },
        { "name": "ottoline", "id": 2003, "password": "ottoline-password" },
        { "name": "wout", "id": 2004, "password": "wout-password", "accepts": "at_once" },
        { "name": "teun", "id": 2005, "password": "teun-password", "friends_of": ["orla"] },
        { "name": "lotte", "id": 2006, "password": "lotte-password", "home_of": "orla" },
        { "name": "Pim", "id": 3001, "home_of": "orla", "restricted": true, "home_pin": "1234" },
    ])
}

fn polaris() -> Value {
    json!([
        { "title": "Movies", "items": [
            { "title": "The Tin Orchard", "year": 2019, "minutes": 104,
              "summary": "A beekeeper finds that her hives hum in morse." },
            { "title": "Slow Boat to Brill", "year": 2016, "minutes": 92,
              "summary": "Two brothers, one barge, and eleven locks." },
            { "title": "The Cartographer's Wife", "year": 2022, "minutes": 127,
              "summary": "She draws the places that he leaves out." },
            { "title": "Ash Wednesday Market", "year": 2012, "minutes": 88,
              "summary": "Everything on the last stall is for sale, and nothing has a price." },
        ] },
        { "title": "Series", "kind": "show", "items": [
            { "title": "High Water", "inside": ["The Ferrymen", "Season 1"], "year": 2021, "minutes": 47 },
            { "title": "Ropes", "inside": ["The Ferrymen", "Season 1"], "year": 2021, "minutes": 45 },
            { "title": "The Far Bank", "inside": ["The Ferrymen", "Season 2"], "year": 2023, "minutes": 51 },
            { "title": "Dial Tone", "inside": ["Exchange", "Season 1"], "year": 2018, "minutes": 28 },
        ] },
        { "title": "Music", "kind": "artist", "items": [
            { "title": "Lamp Oil", "inside": ["Vesper Street", "Rooms"], "year": 2015, "minutes": 4 },
            { "title": "Stairwell", "inside": ["Vesper Street", "Rooms"], "year": 2015, "minutes": 3 },
            { "title": "North Door", "inside": ["The Plain Speakers", "Hinges"], "year": 2020, "minutes": 5 },
        ] },
        { "title": "4K", "items": [
            { "title": "Basalt", "year": 2024, "minutes": 118, "height": 2160,
              "summary": "A sculptor and the island that will not hold still." },
        ] },
        { "title": "Renew", "items": [
            { "title": "Your membership is paused", "year": 2026, "minutes": 1 },
        ] },
    ])
}

fn vega() -> Value {
    json!([
        { "title": "Films", "items": [
            { "title": "A Kettle in the Rain", "year": 2014, "minutes": 95,
              "summary": "Three campers wait for the same bus." },
            { "title": "Second Hand", "year": 2020, "minutes": 101,
              "summary": "A clock repairer is an hour late for everything." },
        ] },
        { "title": "Documentaries", "items": [
            { "title": "Salt Roads", "year": 2017, "minutes": 74,
              "summary": "Where it came from, and who carried it." },
        ] },
    ])
}
