//! What is truly the same in Jellyfin and Emby, which grew out of one program: how a call is made and read, the
//! shapes that did not change, and the core of a policy.
//!
//! Where the two have parted (carriers, passwords, libraries' ids, statuses) each driver has its own.

pub(super) mod address;
pub(super) mod call;
pub(super) mod devices;
pub(super) mod items;
pub(super) mod key;
pub(super) mod listen;
pub(super) mod policy;
pub(super) mod scans;
pub(super) mod session;
pub(super) mod status;
pub(super) mod wire;
