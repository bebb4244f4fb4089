//! People whom a program brings in: invited, invited anew, taken back, and joined with another.

use serde_json::json;

use super::{Robot, id_of};
use crate::support::Shop;

pub async fn walk(robot: &mut Robot<'_>, shop: &Shop) {
    invited(robot, shop).await;
    joined(robot).await;
}

async fn invited(robot: &mut Robot<'_>, shop: &Shop) {
    let new = json!({
        "name": "Ida", "email": "ida@example.org", "gift": {"plan_id": shop.plan.as_str()},
        "server_ids": [shop.server.as_str()],
    });
    let id = id_of(&robot.call("POST invitations", "", new).await);
    robot.site.run_jobs().await;
    let again = "POST invitations/{id}/send-again";
    robot.call(again, &id, json!({})).await;
    let server = json!({"server_id": shop.server.as_str()});
    robot.call("POST invitations/{id}/retry", &id, server).await;
    let reason = json!({"reason": "She moved away"});
    robot
        .call("POST invitations/{id}/withdraw", &id, reason)
        .await;
    robot.site.run_jobs().await;
}

async fn joined(robot: &mut Robot<'_>) {
    let mut ids = Vec::new();
    for name in ["Cleo", "Cleo Marsh"] {
        let made = robot.call("POST members", "", json!({"name": name})).await;
        ids.push(id_of(&made));
    }
    let order = json!({"into_id": ids[1], "reason": "One person, entered twice"});
    robot.call("POST members/{id}/merge", &ids[0], order).await;
}
