//! The media servers of the demo house: Aurora, Polaris and Zenith, which work, and Borealis, which will be lost.

use kit::Secret;
use kit::id::{GroupId, LibraryId, ServerId};
use media::adding::{self, Opening};
use media::server::{self, Choices};
use media::{group, library};
use people::account::Account;
use serde_json::json;

use super::Demo;
use super::error::DemoError;
use super::outside::JELLYFIN_KEY;
use super::platforms;

/// What plans refer to.
pub struct Servers {
    pub aurora: ServerId,
    pub borealis: ServerId,
    /// A Plex server.
    pub polaris: ServerId,
    /// An Emby server.
    pub zenith: ServerId,
    pub standard: GroupId,
    pub premium: GroupId,
    pub classics: GroupId,
}

/// Adds both servers as the operator does: by address and key, then switched on, libraries put into groups.
pub async fn add(demo: &Demo, operator: &Account) -> Result<Servers, DemoError> {
    prepare(demo).await?;
    let aurora = add_one(demo, operator, &demo.outside.aurora, 60).await?;
    let borealis = add_one(demo, operator, &demo.outside.borealis, 25).await?;
    let polaris = platforms::add_polaris(demo, operator).await?;
    let zenith = platforms::add_zenith(demo, operator).await?;
    let mut tx = demo.house.db.begin(operator.actor()).await?;
    let premium = group::create(&mut tx, "Premium 4K").await?.id;
    let classics = group::create(&mut tx, "Classics").await?.id;
    tx.save().await?;
    let standard = group::standard();
    let open = ["Movies", "Series", "Music", "Documentaries"];
    put(demo, operator, &aurora, &open, &standard).await?;
    put(demo, operator, &polaris, &open, &standard).await?;
    put(demo, operator, &zenith, &open, &standard).await?;
    put(demo, operator, &aurora, &["4K"], &premium).await?;
    put(
        demo,
        operator,
        &borealis,
        &["Silent films", "Radio plays"],
        &classics,
    )
    .await?;
    Ok(Servers {
        aurora,
        borealis,
        polaris,
        zenith,
        standard,
        premium,
        classics,
    })
}

/// What was on the servers before this house: people whom nobody linked, and a second collection.
async fn prepare(demo: &Demo) -> Result<(), DemoError> {
    let neighbours = [
        "Aunt Wilhelmina",
        "living-room",
        "tobias.k",
        "Ferdinand and Ruth",
        "guest",
    ];
    let users: Vec<_> = neighbours
        .iter()
        .map(|name| json!({ "name": name, "password": "a-neighbour", "libraries": ["Movies"] }))
        .collect();
    let before = json!({ "users": users });
    demo.outside
        .control(&demo.outside.aurora, "seed", &before)
        .await?;
    let second = json!({
        "empty": true, "name": "Borealis", "id": "b04ea115000000000000000000000001",
        "version": "10.11.3",
        "api_keys": [{ "key": JELLYFIN_KEY, "name": "Playhouse" }],
        "users": [{ "name": "admin", "password": "admin-password", "administrator": true },
                  { "name": "archivist", "password": "a-neighbour" }],
        "libraries": [
            { "name": "Silent films", "collection_type": "movies", "items": [
                { "name": "The Clockmaker's Shadow", "year": 1924, "minutes": 71 },
                { "name": "A Letter by Tram", "year": 1927, "minutes": 63 }] },
            { "name": "Radio plays", "collection_type": "music", "items": [
                { "name": "Fog over Pier Six", "kind": "Audio", "part_of": "Harbour Nights", "minutes": 42 }] },
        ],
    });
    demo.outside
        .control(&demo.outside.borealis, "seed", &second)
        .await?;
    Ok(())
}

async fn add_one(
    demo: &Demo,
    operator: &Account,
    address: &str,
    ceiling: i64,
) -> Result<ServerId, DemoError> {
    let tools = &demo.house.tools;
    let key = Opening::ApiKey(Secret::new(JELLYFIN_KEY));
    let examined = adding::examine(&tools.servers(), "jellyfin", address, key).await?;
    let mut tx = tools.db.begin(operator.actor()).await?;
    let added = adding::add(&mut tx, &tools.vault, &examined).await?;
    let template = examined.users.iter().find(|user| user.name == "template");
    let choices = Choices {
        enabled: true,
        ceiling: Some(ceiling),
        records_streams: true,
        template_user: template.map(|user| user.id.as_str().to_owned()),
        ..Choices::of(&added)
    };
    server::change(&mut tx, &added.id, choices).await?;
    tx.save().await?;
    Ok(added.id)
}

async fn put(
    demo: &Demo,
    operator: &Account,
    server: &ServerId,
    names: &[&str],
    into: &GroupId,
) -> Result<(), DemoError> {
    let mut tx = demo.house.db.begin(operator.actor()).await?;
    let all = library::list_of_server(&mut tx, server).await?;
    let named = all.iter().filter(|one| names.contains(&one.name.as_str()));
    let ids: Vec<LibraryId> = named.map(|one| one.id.clone()).collect();
    group::put_libraries(&mut tx, server, &ids, into).await?;
    Ok(tx.save().await?)
}
