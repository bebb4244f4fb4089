//! Emby against the stand-in: the driver call by call, and what it makes of a server that fails.

mod bench;
mod calls;
mod faults;
mod passwords;
