//! What plays, as both kinds of server list it.

use media::RemoteRef;
use media::remote::{Decision, Frame, RemoteStream};
use serde::Deserialize;

use super::wire::plain_id;

/// A tick is 100 ns.
const TICKS_PER_MS: i64 = 10_000;

/// `SessionInfo` without the queue, which can be thousands of items long.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::media) struct Session {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    user_name: Option<String>,
    #[serde(default)]
    device_name: Option<String>,
    #[serde(default)]
    client: Option<String>,
    #[serde(default)]
    remote_end_point: Option<String>,
    #[serde(default)]
    now_playing_item: Option<PlayingItem>,
    #[serde(default)]
    play_state: PlayState,
    #[serde(default)]
    transcoding_info: Option<TranscodingInfo>,
    #[serde(default)]
    supports_media_control: bool,
    #[serde(default)]
    supports_remote_control: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PlayingItem {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    series_name: Option<String>,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    run_time_ticks: Option<i64>,
    #[serde(default)]
    width: Option<u32>,
    #[serde(default)]
    height: Option<u32>,
    #[serde(default)]
    media_streams: Vec<MediaStream>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MediaStream {
    #[serde(default, rename = "Type")]
    kind: Option<String>,
    #[serde(default)]
    width: Option<u32>,
    #[serde(default)]
    height: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct PlayState {
    position_ticks: Option<i64>,
    is_paused: bool,
    play_method: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TranscodingInfo {
    #[serde(default)]
    is_video_direct: bool,
    #[serde(default)]
    width: Option<u32>,
    #[serde(default)]
    height: Option<u32>,
}

impl Session {
    /// `None`: nothing plays there.
    pub(in crate::media) fn into_stream(self) -> Option<RemoteStream> {
        let item = self.now_playing_item?;
        let target = made_anew(&self.play_state, self.transcoding_info.as_ref(), &item);
        let title = item.title();
        Some(RemoteStream {
            id: self.id?,
            user: self
                .user_id
                .filter(|id| !id.is_empty())
                .map(|id| RemoteRef::new(plain_id(&id))),
            user_name: self.user_name.unwrap_or_default(),
            title,
            library: String::new(),
            device: self
                .device_name
                .or_else(|| self.client.clone())
                .unwrap_or_default(),
            app: self.client.unwrap_or_default(),
            address: self.remote_end_point.unwrap_or_default(),
            is_controllable: self.supports_media_control || self.supports_remote_control,
            decision: decision(&self.play_state, target.is_some(), item.is_video()),
            source: item.frame(),
            target,
            position_ms: self.play_state.position_ticks.unwrap_or(0) / TICKS_PER_MS,
            length_ms: item.run_time_ticks.unwrap_or(0) / TICKS_PER_MS,
            is_paused: self.play_state.is_paused,
            item: item.id.unwrap_or_default(),
        })
    }
}

impl PlayingItem {
    fn title(&self) -> String {
        let name = self.name.clone().unwrap_or_default();
        match &self.series_name {
            Some(series) => format!("{series}: {name}"),
            None => name,
        }
    }

    fn is_video(&self) -> bool {
        self.media_type.as_deref() != Some("Audio")
    }

    /// Of the version that plays, as far as the server says which.
    fn frame(&self) -> Frame {
        let is_video = |stream: &&MediaStream| stream.kind.as_deref() == Some("Video");
        let played = self.media_streams.iter().find(is_video);
        let width = played.and_then(|stream| stream.width).or(self.width);
        let height = played.and_then(|stream| stream.height).or(self.height);
        Frame {
            width: width.unwrap_or(0),
            height: height.unwrap_or(0),
        }
    }
}

/// `None`: the picture is sent as it is, or there is none.
fn made_anew(
    state: &PlayState,
    info: Option<&TranscodingInfo>,
    item: &PlayingItem,
) -> Option<Frame> {
    let info = info.filter(|info| !info.is_video_direct && item.is_video())?;
    (state.play_method.as_deref() == Some("Transcode")).then(|| Frame {
        width: info.width.unwrap_or(0),
        height: info.height.unwrap_or(0),
    })
}

fn decision(state: &PlayState, is_picture_new: bool, is_video: bool) -> Decision {
    match state.play_method.as_deref() {
        Some("Transcode") if is_picture_new || !is_video => Decision::Transcode,
        Some("Transcode" | "DirectStream") => Decision::Remux,
        _ => Decision::Direct,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(body: &str) -> RemoteStream {
        let session: Session = serde_json::from_str(body).unwrap();
        session.into_stream().unwrap()
    }

    #[test]
    fn other_sound_is_no_transcode_of_the_picture() {
        let body = |is_direct: bool| {
            format!(
                r#"{{"Id":"s","UserId":"A-1","NowPlayingItem":{{"Id":"i","Name":"Salt","MediaType":"Video",
                "MediaStreams":[{{"Type":"Audio"}},{{"Type":"Video","Width":3840,"Height":1600}}]}},
                "PlayState":{{"PlayMethod":"Transcode","PositionTicks":600000000}},
                "TranscodingInfo":{{"IsVideoDirect":{is_direct},"Width":1920,"Height":800}}}}"#
            )
        };
        let sound = stream(&body(true));
        assert_eq!(sound.decision, Decision::Remux);
        assert!(!sound.transcodes_four_k());
        let picture = stream(&body(false));
        assert_eq!(picture.decision, Decision::Transcode);
        assert!(picture.transcodes_four_k());
        assert_eq!(picture.position_ms, 60_000);
    }

    #[test]
    fn what_belongs_to_nobody_is_held_against_nobody() {
        let body = r#"{"Id":"s","NowPlayingItem":{"Name":"Salt"}}"#;
        assert_eq!(stream(body).user, None);
    }
}
