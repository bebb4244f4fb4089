//! A session: one client on one device, and what it plays. It lives while its sign-in does.

use serde_json::{Value, json};

use super::guid::Guid;
use super::items;
use super::moment::Moment;
pub use super::playing::Method;
use super::state::{Device, State};

/// What a session plays: the number of an item.
pub type Playing = super::playing::Playing<u32>;

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
    fn is_simulated(&self) -> bool {
        self.playing
            .as_ref()
            .is_some_and(|playing| playing.is_simulated)
    }

    pub fn can_be_controlled(&self) -> bool {
        self.sockets > 0 || self.is_simulated()
    }
}

/// The id of a client's session: the same device and program are always the same session.
pub fn id_of(device: &Device) -> Guid {
    Guid::of(&["emby session", &device.client, &device.id])
}

/// Notes that a client was there; its first call begins the session.
pub fn touch(state: &mut State, user: &Guid, device: &Device, now: Moment) -> Guid {
    let id = id_of(device);
    state.devices.note(device, user, now);
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
    id
}

/// Ends the session of a device, as when its sign-in is taken back.
pub fn end(state: &mut State, id: &Guid, now: Moment) {
    stop_playing(state, id, now);
    if state.sessions.remove(id).is_some() {
        state.sessions_version += 1;
    }
}

/// Begins to play; the log says so.
pub fn start_playing(state: &mut State, id: &Guid, playing: Playing, now: Moment) {
    let item = playing.item;
    let Some(session) = state.sessions.get_mut(id) else {
        return;
    };
    session.playing = Some(playing);
    session.last_check_in = Some(now);
    session.last_activity = now;
    state.sessions_version += 1;
    tell_of_playback(state, id, item, "playback.start", now);
}

/// Stops what is playing, if anything is.
pub fn stop_playing(state: &mut State, id: &Guid, now: Moment) {
    let Some(session) = state.sessions.get_mut(id) else {
        return;
    };
    let Some(playing) = session.playing.take() else {
        return;
    };
    session.last_check_in = Some(now);
    state.sessions_version += 1;
    tell_of_playback(state, id, playing.item, "playback.stop", now);
}

/// Clients that report for themselves and fell silent have stopped.
pub fn close_silent(state: &mut State, now: Moment) {
    let has_stopped = |session: &Session| {
        let silent_for = session.last_check_in.map_or(0, |at| now.since(at));
        session.playing.is_some() && !session.is_simulated() && silent_for > SILENT_FOR_MS
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

fn tell_of_playback(state: &mut State, id: &Guid, item: u32, kind: &'static str, now: Moment) {
    let (Some(session), Some(item)) = (state.sessions.get(id), state.find_item(item)) else {
        return;
    };
    let does = if kind == "playback.start" {
        "is playing"
    } else {
        "has finished playing"
    };
    let user = session.user.clone();
    let name = user_name(state, &user);
    let text = format!("{name} {does} {} on {}", item.name, session.device.name);
    state.activity.write(now, kind, Some(&user), text);
}

fn user_name(state: &State, user: &Guid) -> String {
    let user = state.users.find(user);
    user.map(|user| user.name.clone()).unwrap_or_default()
}

/// `Session.SessionInfo` of the published contract.
pub fn shown(state: &State, session: &Session, now: Moment) -> Value {
    let known = state.devices.reported(&session.device.id);
    let custom_name = known.and_then(|known| known.custom_name.as_ref());
    let mut shown = json!({
        "PlayState": play_state(state, session, now),
        "AdditionalUsers": [],
        "RemoteEndPoint": session.remote_end_point,
        "Protocol": "HTTP/1.1",
        "PlayableMediaTypes": ["Audio", "Video"],
        "PlaylistIndex": 0,
        "PlaylistLength": 0,
        "Id": session.id,
        "ServerId": state.facts.id,
        "UserId": session.user,
        "UserName": user_name(state, &session.user),
        "Client": session.device.client,
        "LastActivityDate": session.last_activity,
        "DeviceName": custom_name.unwrap_or(&session.device.name),
        "InternalDeviceId": known.map_or(0, |known| known.internal_id),
        "DeviceId": session.device.id,
        "ApplicationVersion": session.device.version,
        "SupportedCommands": supported(session),
        "SupportsRemoteControl": session.can_be_controlled(),
    });
    let playing = session
        .playing
        .as_ref()
        .and_then(|one| Some((one, state.find_item(one.item)?)));
    if let Some((playing, item)) = playing {
        shown["NowPlayingItem"] = items::shown(item, &state.facts.id, None);
        if playing.method == Method::Transcode {
            shown["TranscodingInfo"] = transcoding(item.height);
        }
    }
    shown
}

fn supported(session: &Session) -> Value {
    match &session.capabilities {
        Some(said) => said["SupportedCommands"].clone(),
        None if session.is_simulated() => json!(["DisplayMessage"]),
        None => json!([]),
    }
}

fn play_state(state: &State, session: &Session, now: Moment) -> Value {
    let Some(playing) = &session.playing else {
        return json!({ "CanSeek": false, "IsPaused": false, "IsMuted": false, "RepeatMode": "RepeatNone" });
    };
    let runtime = state
        .find_item(playing.item)
        .map_or(i64::MAX, |item| item.runtime_ticks);
    json!({
        "PositionTicks": playing.position_at(now, runtime),
        "CanSeek": true,
        "IsPaused": playing.paused_since.is_some(),
        "IsMuted": false,
        "VolumeLevel": 100,
        "AudioStreamIndex": 1,
        "SubtitleStreamIndex": -1,
        "MediaSourceId": format!("mediasource_{}", playing.item),
        "PlayMethod": playing.method,
        "RepeatMode": "RepeatNone",
        "SubtitleOffset": 0,
        "Shuffle": false,
        "PlaybackRate": 1,
    })
}

fn transcoding(height: u32) -> Value {
    json!({
        "AudioCodec": "aac",
        "VideoCodec": "h264",
        "SubProtocol": "hls",
        "Container": "ts",
        "IsVideoDirect": false,
        "IsAudioDirect": false,
        "Bitrate": 8_000_000,
        "Framerate": 24,
        "CompletionPercentage": 12.5,
        "Width": height.min(1080) * 16 / 9,
        "Height": height.min(1080),
        "AudioChannels": 2,
        "TranscodeReasons": ["ContainerBitrateExceedsLimit"],
        "CurrentCpuUsage": 41.5,
        "AverageCpuUsage": 38.0,
    })
}
