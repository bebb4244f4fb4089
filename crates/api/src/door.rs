//! At the door of the REST interface: who asks, and how fast.

use axum::http::{HeaderMap, header};
use kit::Secret;

/// The key of an `Authorization: Bearer ph_…` header.
pub fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then(|| Secret::new(key))
}
