//! People at their screens: members whose streams start, pause and end while somebody looks.

use std::time::Duration;

use serde_json::{Value, json};

use super::error::DemoError;
use super::outside::Outside;

/// Somebody who watches on Aurora now and then.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub user: &'static str,
    device: &'static str,
    client: &'static str,
    item: &'static str,
    method: &'static str,
}

/// Everybody who watches, with what they watch; those who may not are refused by the server itself.
const VIEWERS: &[Viewer] = &[
    Viewer {
        user: "mara",
        device: "Living room",
        client: "Jellyfin Android TV",
        item: "Saltglass",
        method: "DirectPlay",
    },
    Viewer {
        user: "bram",
        device: "Kitchen tablet",
        client: "Jellyfin iOS",
        item: "A Door in the Orchard",
        method: "Transcode",
    },
    Viewer {
        user: "linh",
        device: "Firefox",
        client: "Jellyfin Web",
        item: "Cinder and Clay",
        method: "DirectPlay",
    },
    Viewer {
        user: "priya",
        device: "Projector",
        client: "Jellyfin Android TV",
        item: "Bread, a Slow History",
        method: "DirectStream",
    },
    Viewer {
        user: "ingrid",
        device: "Phone",
        client: "Finamp",
        item: "Copper Rain",
        method: "DirectPlay",
    },
];

/// Starts everybody's stream. Those who cannot watch are left out.
pub async fn start(outside: &Outside) -> Vec<Viewer> {
    let mut playing = Vec::new();
    for (viewer, minutes) in VIEWERS.iter().zip([34, 12, 61, 5, 2]) {
        match order(outside, viewer, "start", minutes * 60).await {
            Ok(_) => playing.push(viewer.clone()),
            Err(error) => tracing::info!(%error, "{} does not watch", viewer.user),
        }
    }
    playing
}

/// Ends what they watch.
pub async fn stop(outside: &Outside, viewers: &[Viewer]) -> Result<(), DemoError> {
    for viewer in viewers {
        order(outside, viewer, "stop", 0).await?;
    }
    Ok(())
}

/// Lets one of them do something every few seconds, until the task is ended.
pub async fn keep_playing(outside: Outside, viewers: Vec<Viewer>) {
    let mut pace = tokio::time::interval(Duration::from_secs(20));
    pace.tick().await;
    let acts = ["pause", "unpause", "stop", "start"];
    for turn in 0_usize.. {
        pace.tick().await;
        let Some(viewer) = viewers.get(turn % viewers.len().max(1)) else {
            return;
        };
        let act = acts[turn / viewers.len() % acts.len()];
        // A stream that the house has stopped meanwhile cannot be paused: so be it.
        if let Err(error) = order(&outside, viewer, act, 0).await {
            tracing::debug!(%error, "{} could not {act}", viewer.user);
        }
    }
}

async fn order(
    outside: &Outside,
    viewer: &Viewer,
    action: &str,
    position_s: i64,
) -> Result<Value, DemoError> {
    let body = json!({
        "action": action, "user": viewer.user, "device": viewer.device, "client": viewer.client,
        "device_id": format!("{}-{}", viewer.user, viewer.device.to_lowercase().replace(' ', "-")),
        "item": viewer.item, "method": viewer.method, "position_s": position_s,
    });
    outside.control(&outside.aurora, "play", &body).await
}
