//! A session: one client on one device, and what it plays. It lives while its sign-in does.

use serde_json::{Value, json};

use super::guid::Guid;
use super::items;
use super::moment::Moment;
pub use super::playing::Method;
use super::state::{Device, State};

/// What a session plays.
pub type Playing = super::playing::Playing<Guid>;

/// A client that reports for itself is taken to have stopped after this long without a report.
const SILENT_FOR_MS: i64 = 5 * 60_000;

#[derive(Debug, Clone)]
pub struct Session {
    pub id: Guid,
    pub user: Guid,
    pub device: Device,
    pub remote_end_point: String,
    pub last_activity: Moment,
    pub last_check_in: Option<Moment>,
    /// What the client said it can do, as it said it.
    pub capabilities: Option<Value>,
    /// How many sockets the client holds open: without one it hears no command.
    pub sockets: u32,
    pub playing: Option<Playing>,
}

impl Session {
    pub fn can_be_controlled(&self) -> bool {
        self.sockets > 0
            || self
                .playing
                .as_ref()
                .is_some_and(|playing| playing.is_simulated)
    }

    fn supports_media_control(&self) -> bool {
        let said = self
            .capabilities
            .as_ref()
            .map(|all| all["SupportsMediaControl"] == true);
        said.unwrap_or(false)
            || self
                .playing
                .as_ref()
                .is_some_and(|playing| playing.is_simulated)
    }
}

/// The id of a client's session: the same device and program are always the same session.
pub fn id_of(device: &Device) -> Guid {
    Guid::of(&["session", &device.client, &device.id])
}

/// Notes that a client was there; its first call begins the session.
pub fn touch(state: &mut State, user: &Guid, device: &Device, now: Moment) -> Guid {
    let id = id_of(device);
    if let Some(session) = state.sessions.get_mut(&id) {
        session.last_activity = now;
        session.user.clone_from(user);
        return id;
    }
    let session = Session {
        id: id.clone(),
        user: user.clone(),
        device: device.clone(),
        remote_end_point: "127.0.0.1".to_owned(),
        last_activity: now,
        last_check_in: None,
        capabilities: None,
        sockets: 0,
        playing: None,
    };
    state.sessions.insert(id.clone(), session);
    state.sessions_version += 1;
    let name = user_name(state, user);
    let text = format!("{name} is online from {}", device.name);
    state
        .activity
        .write(now, "SessionStarted", Some(user), text);
    id
}

/// Ends the session of a device, as when its sign-in is taken back.
pub fn end(state: &mut State, id: &Guid, now: Moment) {
    stop_playing(state, id, now);
    if let Some(session) = state.sessions.remove(id) {
        state.sessions_version += 1;
        let name = user_name(state, &session.user);
        let text = format!("{name} has disconnected from {}", session.device.name);
        state
            .activity
            .write(now, "SessionEnded", Some(&session.user), text);
    }
}

/// Begins to play; the log says so.
pub fn start_playing(state: &mut State, id: &Guid, playing: Playing, now: Moment) {
    let item = playing.item.clone();
    let Some(session) = state.sessions.get_mut(id) else {
        return;
    };
    session.playing = Some(playing);
    session.last_check_in = Some(now);
    session.last_activity = now;
    state.sessions_version += 1;
    tell_of_playback(state, id, &item, "is playing", now);
}

/// Stops what is playing; `None` if nothing is.
pub fn stop_playing(state: &mut State, id: &Guid, now: Moment) -> Option<Playing> {
    let session = state.sessions.get_mut(id)?;
    let playing = session.playing.take()?;
    session.last_check_in = Some(now);
    state.sessions_version += 1;
    tell_of_playback(state, id, &playing.item, "has finished playing", now);
    Some(playing)
}

/// Clients that report for themselves and fell silent have stopped; what ended has ended.
pub fn close_silent(state: &mut State, now: Moment) {
    let has_stopped = |session: &Session| {
        let Some(playing) = &session.playing else {
            return false;
        };
        let silent_for = session.last_check_in.map_or(0, |at| now.since(at));
        !playing.is_simulated && silent_for > SILENT_FOR_MS
    };
    let silent: Vec<Guid> = state
        .sessions
        .values()
        .filter(|session| has_stopped(session))
        .map(|session| session.id.clone())
        .collect();
    for id in silent {
        stop_playing(state, &id, now);
    }
}

fn tell_of_playback(state: &mut State, id: &Guid, item: &Guid, does: &str, now: Moment) {
    let Some(session) = state.sessions.get(id) else {
        return;
    };
    let Some(item) = state.find_item(item) else {
        return;
    };
    let kind = match (item.kind.as_str(), does) {
        ("Audio", "is playing") => "AudioPlayback",
        ("Audio", _) => "AudioPlaybackStopped",
        (_, "is playing") => "VideoPlayback",
        _ => "VideoPlaybackStopped",
    };
    let (user, device) = (session.user.clone(), &session.device.name);
    let text = format!(
        "{} {does} {} on {device}",
        user_name(state, &user),
        item.name
    );
    state.activity.write(now, kind, Some(&user), text);
}

fn user_name(state: &State, user: &Guid) -> String {
    state
        .users
        .find(user)
        .map(|user| user.name.clone())
        .unwrap_or_default()
}

/// `SessionInfoDto` of the published contract.
pub fn shown(state: &State, session: &Session, now: Moment) -> Value {
    let mut shown = json!({
        "PlayState": play_state(state, session, now),
        "AdditionalUsers": [],
        "Capabilities": capabilities(session),
        "RemoteEndPoint": session.remote_end_point,
        "PlayableMediaTypes": capabilities(session)["PlayableMediaTypes"],
        "Id": session.id,
        "UserId": session.user,
        "UserName": user_name(state, &session.user),
        "Client": session.device.client,
        "LastActivityDate": session.last_activity,
        "LastPlaybackCheckIn": session.last_check_in.map_or_else(
            || "0001-01-01T00:00:00.0000000Z".to_owned(),
            |at| at.to_string(),
        ),
        "DeviceName": state.device_names.get(&session.device.id).unwrap_or(&session.device.name),
        "DeviceId": session.device.id,
        "ApplicationVersion": session.device.version,
        "IsActive": true,
        "SupportsMediaControl": session.supports_media_control(),
        "SupportsRemoteControl": session.can_be_controlled(),
        "NowPlayingQueue": [],
        "HasCustomDeviceName": state.device_names.contains_key(&session.device.id),
        "ServerId": state.facts.id,
        "SupportedCommands": capabilities(session)["SupportedCommands"],
    });
    let playing = session
        .playing
        .as_ref()
        .and_then(|one| Some((one, state.find_item(&one.item)?)));
    if let Some((playing, item)) = playing {
        shown["NowPlayingItem"] = items::shown(item, &state.facts.id, None);
        shown["NowPlayingQueue"] = json!([{ "Id": item.id, "PlaylistItemId": "playlistItem0" }]);
        if let Some(paused) = playing.paused_since {
            shown["LastPausedDate"] = json!(paused);
        }
        if playing.method == Method::Transcode {
            shown["TranscodingInfo"] = transcoding(item);
        }
    }
    shown
}

fn play_state(state: &State, session: &Session, now: Moment) -> Value {
    let Some(playing) = &session.playing else {
        return json!({
            "CanSeek": false, "IsPaused": false, "IsMuted": false,
            "RepeatMode": "RepeatNone", "PlaybackOrder": "Default",
        });
    };
    let runtime = state
        .find_item(&playing.item)
        .map_or(i64::MAX, |item| item.runtime_ticks);
    json!({
        "PositionTicks": playing.position_at(now, runtime),
        "CanSeek": true,
        "IsPaused": playing.paused_since.is_some(),
        "IsMuted": false,
        "VolumeLevel": 100,
        "AudioStreamIndex": 1,
        "SubtitleStreamIndex": -1,
        "MediaSourceId": playing.item,
        "PlayMethod": playing.method,
        "RepeatMode": "RepeatNone",
        "PlaybackOrder": "Default",
    })
}

fn capabilities(session: &Session) -> Value {
    let simulated = session
        .playing
        .as_ref()
        .is_some_and(|playing| playing.is_simulated);
    session.capabilities.clone().unwrap_or_else(|| {
        json!({
            "PlayableMediaTypes": ["Audio", "Video"],
            "SupportedCommands": if simulated { vec!["DisplayMessage", "PlayState"] } else { vec![] },
            "SupportsMediaControl": simulated,
            "SupportsPersistentIdentifier": true,
        })
    })
}

fn transcoding(item: &super::library::Item) -> Value {
    json!({
        "AudioCodec": "aac",
        "VideoCodec": "h264",
        "Container": "ts",
        "IsVideoDirect": false,
        "IsAudioDirect": false,
        "Bitrate": 8_000_000,
        "Framerate": 24,
        "CompletionPercentage": 12.5,
        "Width": item.height.min(1080) * 16 / 9,
        "Height": item.height.min(1080),
        "AudioChannels": 2,
        "HardwareAccelerationType": "none",
        "TranscodeReasons": ["ContainerBitrateExceedsLimit"],
    })
}
