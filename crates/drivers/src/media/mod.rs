//! Media servers.
