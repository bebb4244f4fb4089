//! Facts about moves that others may hear.

use chronicle::events;
use kit::id::{MemberId, MoveId, ServerId};
use kit::stored::stored_words;
use kit::t;

stored_words! {
    /// What somebody did with a move.
    pub enum MoveChange {
        Begun = "begun",
        Paused = "paused",
        Resumed = "resumed",
        /// Those who failed were sent once more.
        Retried = "retried",
        /// Everybody is to be brought back.
        Undone = "undone",
    }
}

events! {
    /// Somebody began, paused, resumed or took back a move of members from one server to another.
    MoveChanged = "media.move_changed", Info {
        moving: MoveId,
        source: ServerId,
        source_name: String,
        target: ServerId,
        target_name: String,
        change: MoveChange,
        /// In the words of whoever began it; empty otherwise.
        reason: String,
    }
    about(it) [it.moving, it.source, it.target]
    says match it.change {
        MoveChange::Begun => t!(
            "Members are moved from {source} to {target}: {reason}",
            source = &it.source_name, target = &it.target_name, reason = &it.reason
        ),
        MoveChange::Paused => t!("The move from {source} to {target} was paused.", source = &it.source_name, target = &it.target_name),
        MoveChange::Resumed => t!("The move from {source} to {target} goes on.", source = &it.source_name, target = &it.target_name),
        MoveChange::Retried => t!("In the move from {source} to {target}, those who failed are tried again.", source = &it.source_name, target = &it.target_name),
        MoveChange::Undone => t!("The move from {source} to {target} is taken back.", source = &it.source_name, target = &it.target_name),
    };

    /// Nothing of ours is left to do in a move; some may still have to act themselves.
    MoveEnded = "media.move_ended", Good {
        moving: MoveId,
        source: ServerId,
        source_name: String,
        target: ServerId,
        target_name: String,
        /// Whether it was the way back.
        undone: bool,
        moved: i64,
        already: i64,
        /// Invited and not accepted, or asked for a name and a password.
        waits: i64,
        failed: i64,
        left_out: i64,
        returned: i64,
    }
    about(it) [it.moving, it.source, it.target]
    says if it.undone {
        t!("The move from {source} to {target} was taken back: {n} are where they were.", source = &it.source_name, target = &it.target_name, n = it.returned)
    } else {
        t!(
            "The move from {source} to {target} is done: {moved} moved, {failed} failed, {waits} have to act themselves.",
            source = &it.source_name, target = &it.target_name,
            moved = it.moved + it.already, failed = it.failed, waits = it.waits
        )
    };

    /// The member is on the other server now, and no longer on the one before.
    MemberMoved = "media.member_moved", Good {
        moving: MoveId,
        member: MemberId,
        from: ServerId,
        from_name: String,
        to: ServerId,
        to_name: String,
    }
    about(it) [it.member, it.moving]
    says t!("Was moved from {source} to {target}.", source = &it.from_name, target = &it.to_name);
}
