//! What must be done about somebody who comes by invitation.

use crate::hand::{Change, Desired, Found, Observed};
use crate::remote::{Level, Standing};

/// What must be done, in order. Pure.
pub fn difference(desired: &Desired, observed: &Observed) -> Vec<Change> {
    let share = &observed.share;
    let is_full = share.level == Level::Full;
    let user = match &observed.found {
        Found::User(user) | Found::Unlinked(user) => user,
        Found::NoUser if !is_full || desired.access.is_none() => return vec![],
        Found::NoUser if share.seen_level == Some(Level::Full) => return vec![Change::NoteLeft],
        Found::NoUser => return vec![Change::Invite],
    };
    if user.is_administrator {
        return vec![Change::LeaveAdministrator(user.name.clone())];
    }
    let mut changes = Vec::new();
    // First the stream, then the share: a stream goes on when its library is gone.
    if share.level == Level::Withdrawn && share.seen_level != Some(Level::Withdrawn) {
        changes.push(Change::StopStreams(user.id.clone()));
    }
    match &desired.access {
        None => changes.push(Change::Delete(user.id.clone())),
        Some(access) if access.is_same_as(&user.access) => {
            if user.standing == Standing::Invited {
                changes.push(Change::AwaitAcceptance(user.clone()));
            } else if share.remote_id.is_none() {
                changes.push(Change::Welcome(user.clone()));
            }
        }
        // What an invitation opens cannot be changed while it waits.
        Some(_) if user.standing == Standing::Invited => {
            changes.extend([Change::Delete(user.id.clone()), Change::Invite]);
        }
        Some(_) if share.remote_id.is_none() => {
            changes.extend([
                Change::SetAccess(user.clone()),
                Change::Welcome(user.clone()),
            ]);
        }
        Some(_) => changes.push(Change::SetAccess(user.clone())),
    }
    changes
}

#[cfg(test)]
mod tests {
    use kit::id::{Id, IdentityId, MemberId, ServerId, ShareId};
    use kit::{Json, Timestamp};

    use super::*;
    use crate::custom::{Custom, wanted_access};
    use crate::entitlements::Entitlements;
    use crate::identity::Identity;
    use crate::maker::Entry;
    use crate::remote::{Access, Door, Libraries, RemoteRef, RemoteUser, StreamLimit};
    use crate::share::{Share, ShareState, UserStage};

    fn share(level: Level, remote: Option<&str>, seen: Option<Level>) -> Share {
        Share {
            id: ShareId::parse("shr_1").unwrap(),
            member_id: MemberId::parse("mem_1").unwrap(),
            server_id: ServerId::parse("srv_1").unwrap(),
            level,
            state: ShareState::BeingSetUp,
            takes_place: level.takes_place(),
            entitlements: Json(Entitlements::default()),
            remote_id: remote.map(RemoteRef::new),
            user_name: Some("mara".to_owned()),
            stage: if remote.is_some() {
                UserStage::Ready
            } else {
                UserStage::Named
            },
            seen_level: seen,
            reason: None,
            wanted_at: Timestamp::EPOCH,
            invited_at: Timestamp::NEVER,
            joined_at: Timestamp::NEVER,
            changed_at: Timestamp::EPOCH,
            edition: 1,
        }
    }

    fn guest(standing: Standing, libraries: &[&str]) -> RemoteUser {
        RemoteUser {
            id: RemoteRef::new("7"),
            name: "mara".to_owned(),
            email: None,
            is_administrator: false,
            standing,
            access: Access {
                door: Door::Open,
                libraries: Libraries::Only(libraries.iter().map(|id| (*id).to_owned()).collect()),
                video_transcoding: true,
                downloads: false,
                streams: StreamLimit::NotKept,
            },
            last_signed_in_at: None,
            last_active_at: None,
            original: String::new(),
        }
    }

    fn changes(share: Share, renew: Option<&str>, found: Found) -> Vec<Change> {
        let custom = Custom {
            entry: Entry::Invitation,
            renew_library: renew.map(str::to_owned),
        };
        let identity = Identity {
            id: IdentityId::parse("idn_1").unwrap(),
            member_id: share.member_id.clone(),
            platform: "plex".to_owned(),
            remote_id: RemoteRef::new("7"),
            name: "mara".to_owned(),
            email: None,
            accepts: false,
            linked_at: Timestamp::EPOCH,
            seen_at: Timestamp::EPOCH,
        };
        let desired = Desired {
            access: wanted_access(&share, &[], &custom),
            custom,
            account: None,
            identity: Some(identity),
            server_name: "Aurora".to_owned(),
            template: None,
            password: None,
            share: share.clone(),
        };
        difference(&desired, &Observed { share, found })
    }

    #[test]
    fn somebody_unknown_to_the_server_is_invited_once() {
        let new = share(Level::Full, None, None);
        assert_eq!(changes(new.clone(), None, Found::NoUser), [Change::Invite]);
        let pending = guest(Standing::Invited, &[]);
        assert_eq!(
            changes(new, None, Found::User(pending.clone())),
            [Change::AwaitAcceptance(pending)]
        );
    }

    #[test]
    fn what_a_waiting_invitation_opens_is_changed_by_inviting_anew() {
        let waiting = share(Level::Full, Some("7"), None);
        let found = guest(Standing::Invited, &["old"]);
        assert_eq!(
            changes(waiting, None, Found::User(found)),
            [Change::Delete(RemoteRef::new("7")), Change::Invite]
        );
    }

    #[test]
    fn a_friend_who_was_in_before_is_welcomed_and_not_invited_again() {
        let new = share(Level::Full, None, None);
        let friend = guest(Standing::In, &[]);
        assert_eq!(
            changes(new, None, Found::User(friend.clone())),
            [Change::Welcome(friend)]
        );
    }

    #[test]
    fn who_left_by_themselves_is_not_invited_against_their_will() {
        let was_in = share(Level::Full, Some("7"), Some(Level::Full));
        assert_eq!(changes(was_in, None, Found::NoUser), [Change::NoteLeft]);
        let was_suspended = share(Level::Full, Some("7"), Some(Level::Withdrawn));
        assert_eq!(
            changes(was_suspended, None, Found::NoUser),
            [Change::Invite]
        );
    }

    #[test]
    fn suspending_stops_the_stream_first_and_keeps_the_renew_library() {
        let suspended = share(Level::Withdrawn, Some("7"), Some(Level::Full));
        let found = guest(Standing::In, &["films"]);
        let stop = Change::StopStreams(RemoteRef::new("7"));
        assert_eq!(
            changes(suspended.clone(), Some("renew"), Found::User(found.clone())),
            [stop.clone(), Change::SetAccess(found.clone())]
        );
        assert_eq!(
            changes(suspended, None, Found::User(found)),
            [stop, Change::Delete(RemoteRef::new("7"))]
        );
    }

    #[test]
    fn nobody_is_invited_only_to_be_kept_out() {
        for level in [Level::Withdrawn, Level::Held, Level::Ended, Level::Deleted] {
            let past = share(level, Some("7"), Some(Level::Full));
            assert_eq!(changes(past, Some("renew"), Found::NoUser), []);
        }
    }
}
