//! One call, read: method, path below `/v1`, parameters.

use super::answer::Refusal;
use super::params::Params;

#[derive(Debug)]
pub struct Call {
    method: String,
    path: Vec<String>,
    /// How many segments name the family: `customers` is one, `checkout/sessions` two.
    family: usize,
    pub params: Params,
}

/// Families whose name has two segments.
const IN_FOLDERS: [&str; 2] = ["checkout", "billing_portal"];

impl Call {
    /// `path` is what follows `/v1/`.
    pub fn new(method: &str, path: &str, params: Params) -> Self {
        let path: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let in_folder = path
            .first()
            .is_some_and(|first| IN_FOLDERS.contains(&first.as_str()));
        let family = if in_folder { 2 } else { 1 }.min(path.len());
        Self {
            method: method.to_owned(),
            path,
            family,
            params,
        }
    }

    pub fn method(&self) -> &str {
        &self.method
    }

    pub fn family(&self) -> String {
        self.path[..self.family].join("/")
    }

    /// The segments after the family: none for a list, an id, an id and a verb.
    pub fn segments(&self) -> Vec<&str> {
        self.path[self.family..]
            .iter()
            .map(String::as_str)
            .collect()
    }

    pub fn unknown_url(&self) -> Refusal {
        let message = format!(
            "Unrecognized request URL ({}: /v1/{}).",
            self.method,
            self.path.join("/")
        );
        Refusal::new(
            axum::http::StatusCode::NOT_FOUND,
            "invalid_request_error",
            message,
        )
    }
}
