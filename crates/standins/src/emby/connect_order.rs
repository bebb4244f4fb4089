//! `/_control/connect`: the person says yes to the mail, or no.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::Emby;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The user of this server.
    user: String,
    answer: Reply,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Accept,
    Refuse,
}

/// `POST /_control/connect`: 409 if nothing is pending. Answers with what a client needs to come in.
pub async fn order(State(emby): State<Emby>, Json(order): Json<Order>) -> Response {
    let mut state = emby.state();
    let id = state.users.named(&order.user).map(|user| user.id.clone());
    let user = id.and_then(|id| state.users.find_mut(&id));
    let Some(user) = user.filter(|user| user.link.as_ref().is_some_and(|link| link.is_pending))
    else {
        let why = json!({ "refused": "there is no pending link" });
        return (StatusCode::CONFLICT, Json(why)).into_response();
    };
    if order.answer == Reply::Refuse {
        user.link = None;
        return Json(json!({})).into_response();
    }
    let link = user.link.as_mut().map(|link| {
        link.is_pending = false;
        json!({ "connect_user_id": link.connect_id, "access_key": link.access_key })
    });
    Json(link).into_response()
}
