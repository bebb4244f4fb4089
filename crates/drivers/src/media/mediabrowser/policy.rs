//! A user's policy: read for what we decide, and written back whole with only that changed.
//!
//! A partial policy would reset everything that it leaves out to the server's defaults.

use std::collections::BTreeSet;

use media::remote::{Access, Door, Libraries, StreamLimit};
use serde_json::{Map, Value, json};

use super::wire::plain_id;

/// A whole policy as the server sent it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::media) struct Policy(pub Map<String, Value>);

impl Policy {
    /// `None`: the text is not a policy.
    pub(in crate::media) fn parse(original: &str) -> Option<Self> {
        serde_json::from_str(original).ok().map(Self)
    }

    pub(in crate::media) fn print(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// A switch; absent ones have the default of `UserPolicy` (10.11).
    fn is_on(&self, field: &str, default: bool) -> bool {
        self.0
            .get(field)
            .and_then(Value::as_bool)
            .unwrap_or(default)
    }

    pub(in crate::media) fn is_administrator(&self) -> bool {
        self.is_on("IsAdministrator", false)
    }

    fn ids(&self, field: &str) -> BTreeSet<String> {
        let list = self.0.get(field).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(plain_id)
            .collect()
    }

    /// What the policy comes to.
    pub(in crate::media) fn access(&self) -> Access {
        let door = if self.is_on("IsDisabled", false) {
            Door::Closed
        } else if self.is_on("EnableMediaPlayback", true) {
            Door::Open
        } else {
            Door::Withdrawn
        };
        // A list of blocked folders switches the list of enabled ones off: all others are open then.
        let all =
            self.is_on("EnableAllFolders", true) || !self.ids("BlockedMediaFolders").is_empty();
        Access {
            door,
            libraries: if all {
                Libraries::All
            } else {
                Libraries::Only(self.ids("EnabledFolders"))
            },
            video_transcoding: self.is_on("EnableVideoPlaybackTranscoding", true),
            downloads: self.is_on("EnableContentDownloading", true),
            streams: self.streams(),
        }
    }

    /// Emby's field alone; Jellyfin's `MaxActiveSessions` counts sign-ins, not streams, and is left alone.
    fn streams(&self) -> StreamLimit {
        let limit = self
            .0
            .get("SimultaneousStreamLimit")
            .and_then(Value::as_u64);
        match limit.map(u32::try_from) {
            None => StreamLimit::NotKept,
            Some(Ok(0) | Err(_)) => StreamLimit::Unlimited,
            Some(Ok(limit)) => StreamLimit::AtMost(limit),
        }
    }

    /// The same policy with this access. Everything else stays as it is.
    pub(in crate::media) fn with(mut self, access: &Access) -> Self {
        let mut set = |field: &str, value: Value| self.0.insert(field.to_owned(), value);
        set("IsDisabled", json!(access.door == Door::Closed));
        set("EnableMediaPlayback", json!(access.door == Door::Open));
        match &access.libraries {
            Libraries::All => {
                set("EnableAllFolders", json!(true));
            }
            Libraries::Only(ids) => {
                // The list is ignored while the switch is on.
                set("EnableAllFolders", json!(false));
                set("EnabledFolders", json!(ids));
            }
        }
        set("BlockedMediaFolders", json!([]));
        set(
            "EnableVideoPlaybackTranscoding",
            json!(access.video_transcoding),
        );
        set("EnableContentDownloading", json!(access.downloads));
        let keeps_a_limit = self.streams() != StreamLimit::NotKept;
        match access.streams {
            StreamLimit::Unlimited if keeps_a_limit => self.limit_streams(0),
            StreamLimit::AtMost(limit) if keeps_a_limit => self.limit_streams(limit),
            _ => {}
        }
        self
    }

    fn limit_streams(&mut self, limit: u32) {
        self.0
            .insert("SimultaneousStreamLimit".to_owned(), json!(limit));
    }

    /// What a member without a template begins with: the server's defaults without a hand in its affairs.
    pub(in crate::media) fn for_member(mut self) -> Self {
        for field in [
            "EnableLiveTvManagement",
            "EnableContentDeletion",
            "IsAdministrator",
        ] {
            self.0.insert(field.to_owned(), json!(false));
        }
        self.0.insert("IsHidden".to_owned(), json!(true));
        self
    }

    /// The template's policy for this user: how they sign in and where stays their own.
    pub(in crate::media) fn after(self, template: &Self) -> Self {
        const OWN: &[&str] = &[
            "AuthenticationProviderId",
            "PasswordResetProviderId",
            "EnabledDevices",
            "EnableAllDevices",
            "InvalidLoginAttemptCount",
            "LockedOutDate",
        ];
        let mut policy = template.0.clone();
        for field in OWN {
            match self.0.get(*field) {
                Some(own) => policy.insert((*field).to_owned(), own.clone()),
                None => policy.remove(*field),
            };
        }
        policy.insert("IsAdministrator".to_owned(), json!(false));
        Self(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(value: Value) -> Policy {
        let Value::Object(fields) = value else {
            panic!("a policy is an object");
        };
        Policy(fields)
    }

    fn open(ids: &[&str]) -> Access {
        Access {
            door: Door::Open,
            libraries: Libraries::Only(ids.iter().map(|id| (*id).to_owned()).collect()),
            video_transcoding: true,
            downloads: false,
            streams: StreamLimit::NotKept,
        }
    }

    #[test]
    fn streams_are_limited_only_where_the_server_keeps_a_limit() {
        let two = Access {
            streams: StreamLimit::AtMost(2),
            ..open(&[])
        };
        let emby = policy(json!({ "SimultaneousStreamLimit": 0 })).with(&two);
        assert_eq!(emby.0["SimultaneousStreamLimit"], json!(2));
        assert_eq!(emby.access().streams, StreamLimit::AtMost(2));
        let kept = emby.with(&Access::withdrawn());
        assert_eq!(kept.0["SimultaneousStreamLimit"], json!(2));
        let jellyfin = policy(json!({ "MaxActiveSessions": 0 })).with(&two);
        assert!(!jellyfin.0.contains_key("SimultaneousStreamLimit"));
    }

    #[test]
    fn what_we_do_not_know_goes_back_as_it_came() {
        let before = policy(json!({ "FutureField": { "a": [1] }, "MaxParentalRating": 12 }));
        let after = before.with(&open(&["aa"]));
        assert_eq!(after.0["FutureField"], json!({ "a": [1] }));
        assert_eq!(after.0["MaxParentalRating"], json!(12));
        assert_eq!(after.access(), open(&["aa"]));
    }

    #[test]
    fn blocked_folders_mean_that_the_list_of_enabled_ones_does_not_count() {
        let found = policy(json!({
            "EnableAllFolders": false, "EnabledFolders": ["aa"], "BlockedMediaFolders": ["bb"]
        }));
        assert_eq!(found.access().libraries, Libraries::All);
    }

    #[test]
    fn withdrawing_keeps_the_user_enabled_and_closing_does_not() {
        let withdrawn = policy(json!({})).with(&Access::withdrawn());
        assert_eq!(withdrawn.0["IsDisabled"], json!(false));
        assert_eq!(withdrawn.0["EnableMediaPlayback"], json!(false));
        assert_eq!(withdrawn.0["EnabledFolders"], json!([]));
        let closed = withdrawn.with(&Access::closed());
        assert_eq!(closed.0["IsDisabled"], json!(true));
    }

    /// Checklist: G36
    #[test]
    fn a_template_gives_its_rights_but_never_its_way_to_sign_in() {
        let own =
            policy(json!({ "AuthenticationProviderId": "default", "IsAdministrator": false }));
        let template = policy(json!({
            "AuthenticationProviderId": "ldap", "IsAdministrator": true, "MaxParentalRating": 16,
            "EnabledDevices": ["x"], "EnableAllDevices": false
        }));
        let made = own.after(&template);
        assert_eq!(made.0["AuthenticationProviderId"], json!("default"));
        assert_eq!(made.0["MaxParentalRating"], json!(16));
        assert!(!made.is_administrator());
        assert!(!made.0.contains_key("EnabledDevices"));
    }

    #[test]
    fn ids_are_the_same_with_and_without_dashes() {
        let found = policy(json!({ "EnableAllFolders": false, "EnabledFolders": ["A0-B1"] }));
        assert_eq!(
            found.access().libraries,
            Libraries::Only(BTreeSet::from(["a0b1".to_owned()]))
        );
    }
}
