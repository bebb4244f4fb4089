//! Headers of every page: a strict content security policy and its companions.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// `form_targets`: origins of gateways' pay pages, to which a checkout form is redirected.
pub fn policy(form_targets: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; media-src 'self'; manifest-src 'self'; base-uri 'none'; object-src 'none'; \
         frame-ancestors 'none'; form-action 'self'{}{form_targets}",
        if form_targets.is_empty() { "" } else { " " }
    )
}

/// Puts the headers on an answer. Pages are never kept by caches: they show what only one person may see.
pub fn put(headers: &mut HeaderMap, policy: &str, is_safe: bool) {
    if let Ok(value) = HeaderValue::from_str(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if is_safe {
        let age = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, age);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
