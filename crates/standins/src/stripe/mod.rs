//! The stripe stand-in.

use axum::Router;

use crate::stage::Stage;

/// The stand-in's routes.
pub fn router(_stage: Stage) -> Router {
    Router::new()
}
