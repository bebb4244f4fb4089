//! What a program does on servers for those who watch: scans, subtitles, and a device that is signed out.

use media::device;
use serde_json::json;

use super::{Robot, id_of};
use crate::support::Shop;

const FILE: &str = "1\n00:00:01,000 --> 00:00:02,500\nGood evening!\n";

pub async fn walk(robot: &mut Robot<'_>, shop: &Shop) {
    let site = robot.site;
    let path = format!("/api/v1/libraries?server_id={}", shop.server);
    let all = robot.ask("GET", &path, &json!({})).await;
    let rows = all["data"].as_array().unwrap();
    let movies = rows.iter().find(|row| row["name"] == "Movies").unwrap();
    let library = id_of(movies);
    let path = format!("/api/v1/libraries/{library}/items");
    let item = id_of(&robot.ask("GET", &path, &json!({})).await["data"][0]);
    let scan = json!({"library_id": library, "item_id": item});
    robot.call("POST scans", "", scan).await;
    let file = json!({"library_id": library, "item_id": item, "language": "en", "file": FILE});
    robot.call("POST subtitles", "", file).await;
    site.run_jobs().await;

    let signed_in = site.outside.jellyfin_sign_in("mara", "a quiet evening");
    signed_in.await.expect("she watches");
    let servers = site.house.tools.servers();
    device::read(&servers, &shop.server).await.unwrap();
    let all = robot.ask("GET", "/api/v1/devices", &json!({})).await;
    let rows = all["data"].as_array().unwrap();
    let hers = rows.iter().find(|row| row["user_name"] == "mara").unwrap();
    robot
        .call("POST devices/{id}/sign-out", &id_of(hers), json!({}))
        .await;
}
