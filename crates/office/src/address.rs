//! Addresses of lists: a path and the filters that are set, in a fixed order.

use std::fmt;

/// A path with its query. A filter that is empty is left out.
#[derive(Debug, Clone)]
pub struct Address {
    path: String,
    pairs: Vec<(&'static str, String)>,
}

impl Address {
    pub fn to(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            pairs: Vec::new(),
        }
    }

    /// The same address with one filter set anew; empty takes it away. Any page mark goes.
    #[must_use]
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut pairs = self.pairs.clone();
        pairs.retain(|(known, _)| *known != name && *known != "after");
        if !value.is_empty() {
            pairs.push((name, value.to_owned()));
        }
        Self {
            path: self.path.clone(),
            pairs,
        }
    }

    /// The same filters at another path, e.g. as a file.
    #[must_use]
    pub fn at(&self, path: &str) -> Self {
        Self {
            path: path.to_owned(),
            pairs: self.pairs.clone(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if !self.pairs.is_empty() {
            let query = serde_html_form::to_string(&self.pairs).map_err(|_| fmt::Error)?;
            write!(f, "?{query}")?;
        }
        Ok(())
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_a_filter_replaces_it_and_turns_back_to_the_first_page() {
        let list = Address::to("/office/members")
            .with("status", "active")
            .with("after", "x.y");
        assert_eq!(
            list.with("status", "past due").to_string(),
            "/office/members?status=past+due"
        );
        assert_eq!(list.with("status", "").to_string(), "/office/members");
    }
}
