//! What was played: `accountID`, `librarySectionID`, `viewedAt>=`, paged; the owner sees everybody's.

use axum::extract::State;
use serde_json::{Value, json};

use super::super::Pms;
use super::super::answer::{Answer, Refused};
use super::super::asked::Asked;
use super::super::play::Played;
use super::super::server::Server;
use super::auth::Viewer;
use super::sections::paged;

/// `GET /status/sessions/history/all`
pub async fn list(viewer: Viewer, State(pms): State<Pms>, asked: Asked) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let is_owner = viewer.account == server.owner;
    // `viewedAt>=1700000000` arrives as the parameter `viewedAt>`.
    let since = asked
        .text("viewedAt>")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let account = asked.number("accountID");
    let section = asked.number("librarySectionID");
    let wanted = |play: &&Played| {
        (is_owner || play.account == viewer.account)
            && account.is_none_or(|account| server.local_id(play.account) == account)
            && section.is_none_or(|section| play.section == section)
            && play.at.seconds() >= since
    };
    let mut rows: Vec<Value> = server
        .history
        .iter()
        .filter(wanted)
        .map(|play| shown(server, play))
        .collect();
    if asked
        .text("sort")
        .is_some_and(|sort| sort.starts_with("viewedAt:desc"))
    {
        rows.reverse();
    }
    paged(rows, &asked, json!({}))
}

fn shown(server: &Server, play: &Played) -> Value {
    json!({
        "historyKey": format!("/status/sessions/history/{}", play.id),
        "key": format!("/library/metadata/{}", play.item),
        "ratingKey": play.item.to_string(),
        "librarySectionID": play.section.to_string(),
        "title": play.title,
        "type": play.kind,
        "viewedAt": play.at.seconds(),
        "accountID": server.local_id(play.account),
        "deviceID": play.device,
    })
}
