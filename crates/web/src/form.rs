//! Forms as they come in: size, cross-site token, and what was typed, kept for drawing the form again.

use std::collections::BTreeMap;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use kit::{FieldError, Text, field, t};
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;
use ui::CSRF_FIELD;

use crate::error::PageError;
use crate::guard::Guest;

/// Forms hold words, not books.
const LARGEST_FORM: usize = 128 * 1024;
/// With a file.
pub(crate) const LARGEST_UPLOAD: usize = 3 * 1024 * 1024;

/// What was typed, field by field. A field may come several times.
#[derive(Debug, Clone, Default)]
pub struct Posted(BTreeMap<String, Vec<String>>);

impl Posted {
    /// The first value of a field, as typed; empty if it is absent.
    pub fn text(&self, field: &str) -> &str {
        self.0
            .get(field)
            .and_then(|values| values.first())
            .map_or("", String::as_str)
    }

    /// Trimmed, with a length; [`FieldError::Required`] if empty.
    pub fn required(&self, name: &str, most: usize) -> Result<String, FieldError> {
        field::required(self.text(name), most)
    }

    /// Trimmed, with a length; `None` if empty.
    pub fn optional(&self, name: &str, most: usize) -> Result<Option<String>, FieldError> {
        field::optional(self.text(name), most)
    }

    /// Every value of a field: check boxes, multiple choice.
    pub fn all(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// Whether a check box is ticked.
    pub fn ticked(&self, field: &str) -> bool {
        matches!(self.text(field), "on" | "true" | "yes" | "1")
    }

    /// A whole number within bounds; `None` if empty.
    pub fn number(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, FieldError> {
        let typed = self.text(name).trim();
        if typed.is_empty() {
            return Ok(None);
        }
        match typed.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(FieldError::Invalid(t!(
                "Please enter a whole number from {least} to {most}.",
                least = least,
                most = most
            ))),
        }
    }

    pub fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    pub fn set(&mut self, field: &str, value: impl Into<String>) {
        self.0.insert(field.to_owned(), vec![value.into()]);
    }

    pub fn fields(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0
            .iter()
            .map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Reads the fields into a struct of a capability that declares its own form.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, PageError> {
        let pairs = self
            .0
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        let encoded = serde_html_form::to_string(pairs.collect::<Vec<_>>())
            .map_err(|error| PageError::broken(&error))?;
        serde_html_form::from_str(&encoded)
            .map_err(|error| PageError::Unprocessable(unreadable(&error.to_string())))
    }

    fn push(&mut self, name: String, mut value: String) {
        // Nobody types it, and PostgreSQL's texts cannot hold it.
        value.retain(|c| c != '\0');
        self.0.entry(name).or_default().push(value);
    }
}

fn unreadable(words: &str) -> Text {
    t!(
        "This form cannot be read: {words}. Go back, reload the page and try again.",
        words = words
    )
}

/// A posted form that came from our own page.
#[derive(Debug, Clone)]
pub struct CheckedForm(pub Posted);

impl std::ops::Deref for CheckedForm {
    type Target = Posted;

    fn deref(&self) -> &Posted {
        &self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for CheckedForm {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &S) -> Result<Self, PageError> {
        let guest = guest_of(&request)?;
        same_site(request.headers())?;
        let body = to_bytes(request.into_body(), LARGEST_FORM)
            .await
            .map_err(|_| PageError::TooLarge)?;
        let posted = urlencoded(&body)?;
        check_token(&guest, posted.text(CSRF_FIELD))?;
        Ok(Self(posted))
    }
}

/// A file that came with a form.
#[derive(Debug, Clone)]
pub struct Upload {
    /// As the browser named it; for showing only.
    pub name: String,
    pub bytes: Bytes,
}

/// A posted form with files, from our own page.
#[derive(Debug, Clone)]
pub struct CheckedUpload {
    pub form: Posted,
    pub files: BTreeMap<String, Upload>,
}

impl<S: Send + Sync> FromRequest<S> for CheckedUpload {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let guest = guest_of(&request)?;
        same_site(request.headers())?;
        let mut parts = Multipart::from_request(request, state)
            .await
            .map_err(|error| PageError::Unprocessable(unreadable(&error.body_text())))?;
        let mut upload = Self {
            form: Posted::default(),
            files: BTreeMap::new(),
        };
        let mut left = LARGEST_UPLOAD;
        while let Some(part) = parts.next_field().await.map_err(|_| PageError::TooLarge)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|_| PageError::TooLarge)?;
            left = left.checked_sub(bytes.len()).ok_or(PageError::TooLarge)?;
            match file {
                Some(_) if bytes.is_empty() => {}
                Some(file) => drop(upload.files.insert(name, Upload { name: file, bytes })),
                None => upload
                    .form
                    .push(name, String::from_utf8_lossy(&bytes).into_owned()),
            }
        }
        check_token(&guest, upload.form.text(CSRF_FIELD))?;
        Ok(upload)
    }
}

fn guest_of(request: &Request) -> Result<Guest, PageError> {
    request
        .extensions()
        .get::<Guest>()
        .cloned()
        .ok_or_else(|| PageError::broken(&"no guest was found"))
}

fn urlencoded(body: &[u8]) -> Result<Posted, PageError> {
    let pairs: Vec<(String, String)> = serde_html_form::from_bytes(body)
        .map_err(|error| PageError::Unprocessable(unreadable(&error.to_string())))?;
    let mut posted = Posted::default();
    for (name, value) in pairs {
        posted.push(name, value);
    }
    Ok(posted)
}

/// Browsers say where a request comes from; those that do not are held by the token alone.
fn same_site(headers: &HeaderMap) -> Result<(), PageError> {
    let from = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    let is_form = headers.get(header::CONTENT_TYPE).is_some();
    match from {
        None | Some("same-origin" | "none") if is_form => Ok(()),
        _ => Err(PageError::Stale),
    }
}

fn check_token(guest: &Guest, token: &str) -> Result<(), PageError> {
    let is_ours: bool = guest.csrf.as_bytes().ct_eq(token.as_bytes()).into();
    if is_ours {
        Ok(())
    } else {
        Err(PageError::Stale)
    }
}
