//! plex.tv: accounts and sign-in, the servers of an account, and who may use them.

pub mod auth;
pub mod auth_page;
pub mod devices;
pub mod geoip;
pub mod gone;
pub mod home;
pub mod invites;
pub mod jwt_auth;
pub mod pins;
pub mod resources;
pub mod rights;
pub mod routes;
pub mod servers;
pub mod servers_v1;
pub mod shared_servers;
pub mod shown;
pub mod sign_in;
pub mod user;
pub mod users_v1;
pub mod webhooks;
