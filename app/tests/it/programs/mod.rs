//! What programs with a key do for staff: the same as the pages, and refused in the same sentences.

mod newcomers;

use people::role::{Permission, Permissions};
use serde_json::Value;

use crate::routes::{allow_keys, key};
use crate::support::TestSite;

/// A program of Robin's with a key for these permissions.
pub struct Program<'a> {
    site: &'a TestSite,
    key: String,
}

impl<'a> Program<'a> {
    pub async fn of(site: &'a TestSite, name: &str, scopes: &[Permission]) -> Self {
        let chief = site.administrator(name).await;
        allow_keys(site, &chief).await;
        let scopes: Permissions = scopes.iter().copied().collect();
        let key = key(site, &chief, &scopes).await;
        Self { site, key }
    }

    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        self.ask_once(method, path, body, None).await
    }

    /// With a name by which the house knows the call, should it come again.
    async fn ask_once(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        name: Option<&str>,
    ) -> (u16, Value) {
        let url = format!("{}/api/v1/{path}", self.site.address());
        let mut headers = vec![("authorization", format!("Bearer {}", self.key))];
        headers.extend(name.map(|name| ("idempotency-key", name.to_owned())));
        let outside = &self.site.outside;
        outside.call_as(method, &url, &headers, body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }
}
