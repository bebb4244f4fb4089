//! Facts about servers and shares that others may hear. Payloads are ids plus what was true then.

use chronicle::events;
use kit::id::{GroupId, MemberId, OwnerAccountId, ServerId, ShareId};
use kit::stored::stored_words;
use kit::{Text, t};

pub use crate::move_events::{MemberMoved, MoveChange, MoveChanged, MoveEnded};

stored_words! {
    /// What happened to a library group.
    pub enum GroupChange {
        Created = "created",
        Renamed = "renamed",
        Removed = "removed",
    }
}

events! {
    /// A server was added; it is off until somebody switches it on.
    ServerAdded = "media.server_added", Info {
        server: ServerId,
        name: String,
        address: String,
    }
    about(it) [it.server]
    says t!("The server {server} was added. It is off until it is switched on.", server = &it.name);

    /// The operator changed a server's settings.
    ServerChanged = "media.server_changed", Info {
        server: ServerId,
        name: String,
        /// Set if it was switched on or off.
        #[serde(default)]
        enabled: Option<bool>,
    }
    about(it) [it.server]
    says match it.enabled {
        Some(true) => t!("The server {server} was switched on.", server = &it.name),
        Some(false) => t!("The server {server} was switched off.", server = &it.name),
        None => t!("The settings of the server {server} were changed.", server = &it.name),
    };

    ServerRemoved = "media.server_removed", Info {
        server: ServerId,
        name: String,
    }
    about(it) [it.server]
    says t!("The server {server} was removed.", server = &it.name);

    /// Somebody had the server read at once; reads by the clock are not told.
    SyncAsked = "media.sync_asked", Info {
        server: ServerId,
        name: String,
    }
    about(it) [it.server]
    says t!("The server {server} was asked to be read now.", server = &it.name);

    GroupChanged = "media.group_changed", Info {
        group: GroupId,
        name: String,
        change: GroupChange,
    }
    about(it) [it.group]
    says match it.change {
        GroupChange::Created => t!("The library group {group} was made.", group = &it.name),
        GroupChange::Renamed => t!("A library group is called {group} now.", group = &it.name),
        GroupChange::Removed => t!("The library group {group} was removed.", group = &it.name),
    };

    /// Libraries were put into another group: who may see them follows.
    LibrariesGrouped = "media.libraries_grouped", Info {
        server: ServerId,
        group: GroupId,
        group_title: Text,
        libraries: i64,
    }
    about(it) [it.server, it.group]
    says Text::counted(
        it.libraries,
        "One library was put into the group {group}.",
        "{n} libraries were put into the group {group}.",
    ).with("group", it.group_title.clone());

    /// Told once per incident.
    ServerUnreachable = "media.server_unreachable", Bad {
        server: ServerId,
        name: String,
        reason: Text,
    }
    about(it) [it.server]
    says t!("The server {server} does not answer us. {reason}", server = &it.name, reason = it.reason.clone());

    /// The end of an incident.
    ServerBack = "media.server_back", Good {
        server: ServerId,
        name: String,
        down_ms: i64,
    }
    about(it) [it.server]
    says t!("The server {server} is back after {n} minutes.", server = &it.name, n = (it.down_ms + 59_999) / 60_000);

    LibrariesChanged = "media.libraries_changed", Info {
        server: ServerId,
        name: String,
        added: Vec<String>,
        gone: Vec<String>,
    }
    about(it) [it.server]
    says t!(
        "The libraries of {server} changed: {added} new, {gone} gone.",
        server = &it.name, added = it.added.len(), gone = it.gone.len()
    );

    /// Users appeared that no share names; they are shown and left alone.
    ForeignUsersSeen = "media.foreign_users_seen", Info {
        server: ServerId,
        name: String,
        users: Vec<String>,
    }
    about(it) [it.server]
    says Text::counted(
        i64::try_from(it.users.len()).unwrap_or(i64::MAX),
        "One user on {server} is new and not ours. It is left alone until you link it to a member.",
        "{n} users on {server} are new and not ours. They are left alone until you link them to members.",
    ).with("server", &it.name);

    /// The member can watch: everything the plan says was seen on the server.
    ShareInPlace = "media.share_in_place", Good {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
        /// Whether it is the first time.
        first: bool,
    }
    about(it) [it.member, it.server, it.share]
    says t!("{user} was let in on {server}.", user = &it.user_name, server = &it.server_name);

    /// Libraries and playback were withdrawn; sign-ins were kept.
    ShareWithdrawn = "media.share_withdrawn", Warn {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!(
        "{user} has no libraries on {server} any more; every device stays signed in.",
        user = &it.user_name, server = &it.server_name
    );

    /// What had been withdrawn or closed is open again.
    ShareRestored = "media.share_restored", Good {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("{user} is back on {server}.", user = &it.user_name, server = &it.server_name);

    /// The user was disabled on the server.
    ShareClosed = "media.share_closed", Warn {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("{user} was disabled on {server}.", user = &it.user_name, server = &it.server_name);

    /// The user was deleted on the server, by us.
    ShareRemoved = "media.share_removed", Warn {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("{user} was deleted on {server}.", user = &it.user_name, server = &it.server_name);

    /// Running streams were told why and stopped.
    StreamsStopped = "media.streams_stopped", Info {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        titles: Vec<String>,
    }
    about(it) [it.member, it.server, it.share]
    says Text::counted(
        i64::try_from(it.titles.len()).unwrap_or(i64::MAX),
        "One running stream on {server} was told why and stopped.",
        "{n} running streams on {server} were told why and stopped.",
    ).with("server", &it.server_name);

    /// Somebody had the access looked at and put right at once; looks by the clock are not told.
    LookAsked = "media.look_asked", Info {
        share: ShareId,
        member: MemberId,
        server: ServerId,
    }
    about(it) [it.member, it.server, it.share]
    says t!("The access was asked to be tried now.");

    /// The plan or its libraries changed, and the server follows.
    ShareChanged = "media.share_changed", Info {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("The rights of {user} on {server} follow the plan again.", user = &it.user_name, server = &it.server_name);

    /// Something on the server was not as it should be and was put right.
    ShareCorrected = "media.share_corrected", Info {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("The rights of {user} on {server} had been changed there, and were put right.", user = &it.user_name, server = &it.server_name);

    /// The server was asked and did not do it.
    ShareFailed = "media.share_failed", Bad {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        reason: Text,
    }
    about(it) [it.member, it.server, it.share]
    says t!("Access on {server} could not be set up. {reason}", server = &it.server_name, reason = it.reason.clone());

    /// The member has to choose a name and a password before a user can be made.
    CredentialsNeeded = "media.credentials_needed", Warn {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        /// Whether there had been a user that somebody deleted on the server.
        was_deleted: bool,
    }
    about(it) [it.member, it.server, it.share]
    says if it.was_deleted {
        t!("The user of this member on {server} was deleted there. They have to choose a name and a password again.", server = &it.server_name)
    } else {
        t!("This member has to choose a name and a password for {server}.", server = &it.server_name)
    };

    /// The member's account was invited; they accept with the platform.
    ShareInvited = "media.share_invited", Info {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("{user} was invited to {server}. The invitation waits to be accepted.", user = &it.user_name, server = &it.server_name);

    /// A member who was in is not any more, and not by us.
    ShareLeft = "media.share_left", Warn {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("{user} left {server}, or was removed there.", user = &it.user_name, server = &it.server_name);

    /// The member showed which account of a platform is theirs.
    IdentityLinked = "media.identity_linked", Info {
        member: MemberId,
        platform: String,
        name: String,
    }
    about(it) [it.member]
    says t!("The account {name} was shown to belong to this member.", name = &it.name);

    /// A flow writes to the member.
    AccountChangeAsked = "media.account_change_asked", Warn {
        member: MemberId,
        platform: String,
        reason: String,
    }
    about(it) [it.member]
    says t!("This member was asked to give another account. Reason: {reason}", reason = &it.reason);

    AccountChangeDropped = "media.account_change_dropped", Info {
        member: MemberId,
        platform: String,
    }
    about(it) [it.member]
    says t!("This member need not give another account any more.");

    /// A member who was asked to has given another account.
    AccountReplaced = "media.account_replaced", Good {
        member: MemberId,
        platform: String,
        name: String,
    }
    about(it) [it.member]
    says t!("This member uses the account {name} from now on. It is invited wherever they watch.", name = &it.name);

    OwnerSignedIn = "media.owner_signed_in", Info {
        owner: OwnerAccountId,
        platform: String,
        name: String,
        /// Whether nothing could be changed on its servers before. Absent in what was told earlier: not known.
        #[serde(default)]
        was_out: bool,
    }
    about(it) [it.owner]
    says t!("The owner account {name} was signed in.", name = &it.name);

    /// The operator took an owner account out of the house; its servers stay, switched off.
    OwnerRemoved = "media.owner_removed", Warn {
        owner: OwnerAccountId,
        platform: String,
        name: String,
        servers: Vec<String>,
    }
    about(it) [it.owner]
    says t!("The owner account {name} was removed.", name = &it.name);

    /// The platform takes the key of an owner account no longer: nothing on its servers can be changed.
    OwnerSignedOut = "media.owner_signed_out", Bad {
        owner: OwnerAccountId,
        platform: String,
        name: String,
        reason: Text,
    }
    about(it) [it.owner]
    says t!("The owner account {name} is signed out. {reason}", name = &it.name, reason = it.reason.clone());

    CredentialsChosen = "media.credentials_chosen", Info {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("The name {user} was chosen for the media server.", user = &it.user_name);

    MediaPasswordSet = "media.password_set", Info {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("The password on {server} was changed; devices there have to sign in again.", server = &it.server_name);

    DeviceApproved = "media.device_approved", Info {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("A device was let in on {server} by its code.", server = &it.server_name);

    /// An existing user of a server was linked to a member.
    UserLinked = "media.user_linked", Info {
        share: ShareId,
        member: MemberId,
        server: ServerId,
        server_name: String,
        user_name: String,
    }
    about(it) [it.member, it.server, it.share]
    says t!("The user {user} of {server} was linked to this member.", user = &it.user_name, server = &it.server_name);

    /// A server is to look again at something; `member`: who asked for themselves.
    ScanAsked = "media.scan_asked", Info {
        server: ServerId,
        server_name: String,
        #[serde(default)]
        member: Option<MemberId>,
        title: String,
    }
    about(it) [it.server]
    says t!("{server} was asked to look again at {title}.", server = &it.server_name, title = &it.title);

    /// A member signed one of their own devices out.
    DeviceSignedOut = "media.device_signed_out", Info {
        member: MemberId,
        server: ServerId,
        server_name: String,
        device: String,
    }
    about(it) [it.member, it.server]
    says t!("{device} was signed out of {server}.", device = &it.device, server = &it.server_name);

    /// Somebody gave a film or an episode subtitles; `member`: who did it for themselves.
    SubtitleGiven = "media.subtitle_given", Info {
        server: ServerId,
        server_name: String,
        #[serde(default)]
        member: Option<MemberId>,
        title: String,
        language: String,
    }
    about(it) [it.server]
    says t!("Subtitles ({language}) were given to {title} on {server}.", language = &it.language, title = &it.title, server = &it.server_name);

    /// A member's user was linked with an account of the platform, which has written to them.
    ConnectAsked = "media.connect_asked", Info {
        member: MemberId,
        server: ServerId,
        server_name: String,
        name: String,
    }
    about(it) [it.member, it.server]
    says t!("{server} asked Emby Connect to link «{name}».", server = &it.server_name, name = &it.name);

    ConnectEnded = "media.connect_ended", Info {
        member: MemberId,
        server: ServerId,
        server_name: String,
    }
    about(it) [it.member, it.server]
    says t!("The link with Emby Connect on {server} was taken back.", server = &it.server_name);
}
