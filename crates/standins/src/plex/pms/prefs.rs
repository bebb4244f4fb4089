//! The server's settings. The limit of remote streams for a person is one for all of them here.

use axum::extract::State;
use serde_json::{Value, json};

use super::super::Pms;
use super::super::answer::{Answer, Refused, container, obeyed};
use super::super::asked::Asked;
use super::auth::Owner;

/// `GET /:/prefs`
pub async fn list(_: Owner, State(pms): State<Pms>) -> Answer {
    let world = pms.world();
    let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
    let rows: Vec<Value> = server
        .prefs
        .iter()
        .map(|(id, value)| {
            json!({
                "id": id, "label": id, "summary": "", "hidden": false, "advanced": false,
                "group": "general", "type": kind(value), "default": value, "value": value,
            })
        })
        .collect();
    container(json!({ "Setting": rows }))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "bool",
        Value::Number(_) => "int",
        _ => "text",
    }
}

/// `PUT /:/prefs?Name=value`; a setting that does not exist is 400.
pub async fn set(_: Owner, State(pms): State<Pms>, asked: Asked) -> Answer {
    let now = pms.now();
    let mut world = pms.world();
    let server = world.server_at_mut(pms.slot).ok_or(Refused::Server(503))?;
    for (name, value) in asked.own() {
        let held = server.prefs.get_mut(name).ok_or(Refused::Server(400))?;
        *held = match held {
            Value::Bool(_) => json!(matches!(value, "1" | "true")),
            Value::Number(_) => json!(value.parse::<i64>().map_err(|_| Refused::Server(400))?),
            _ => json!(value),
        };
        if name == "FriendlyName" {
            value.clone_into(&mut server.name);
        }
        server.remember(now, "prefs", json!({ "name": name, "value": value }));
    }
    obeyed()
}
