//! Facts about viewing that others may hear.

use chronicle::events;
use kit::id::{MemberId, ServerId};
use kit::{Text, t};

events! {
    /// A server that forbids it was about to make a 4K picture smaller: the stream was told why and stopped.
    FourKStopped = "media.four_k_stopped", Info {
        member: MemberId,
        server: ServerId,
        server_name: String,
        title: String,
        device: String,
    }
    about(it) [it.member, it.server]
    says t!(
        "{title} on {device} was stopped: {server} converts no 4K.",
        title = &it.title, device = &it.device, server = &it.server_name
    );

    /// The same, but it goes on.
    FourKNotStopped = "media.four_k_not_stopped", Warn {
        member: MemberId,
        server: ServerId,
        server_name: String,
        title: String,
        device: String,
        reason: Text,
    }
    about(it) [it.member, it.server]
    says t!(
        "{title} on {device} makes {server} convert 4K, which is forbidden there, and could not be stopped. {reason}",
        title = &it.title, device = &it.device, server = &it.server_name, reason = it.reason.clone()
    );

    /// Staff stopped what somebody played.
    StreamEnded = "media.stream_ended", Info {
        #[serde(default)]
        member: Option<MemberId>,
        server: ServerId,
        server_name: String,
        user_name: String,
        title: String,
        /// In the words of whoever stopped it.
        reason: String,
    }
    about(it) [it.member, it.server]
    says t!(
        "{title}, which {user} played on {server}, was stopped: {reason}",
        title = &it.title, user = &it.user_name, server = &it.server_name, reason = &it.reason
    );
}
