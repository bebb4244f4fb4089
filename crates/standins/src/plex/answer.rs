//! What handlers answer, and what they refuse; the spelling is put on at the door ([`spell`]).
//!
//! plex.tv's second version refuses with `errors: [{code, message, status}]`, its first with one `Response`
//! element, the media server with a small HTML page.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::wire::{self, Format, Style};

/// What most routes answer.
pub type Answer = Result<Response, Refused>;

/// A body whose spelling the request's `Accept` decides.
#[derive(Debug, Clone)]
struct Said {
    root: &'static str,
    body: Value,
    style: Style,
}

/// Why not, in the words of whoever refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    V2 {
        status: u16,
        code: u32,
        message: String,
    },
    V1 {
        status: u16,
        message: String,
    },
    Server(u16),
}

impl Refused {
    pub fn v2(status: u16, code: u32, message: &str) -> Self {
        let message = message.to_owned();
        Self::V2 {
            status,
            code,
            message,
        }
    }

    pub fn v1(status: u16, message: &str) -> Self {
        let message = message.to_owned();
        Self::V1 { status, message }
    }

    /// As v2 says it, though a share that is not there is also what a wrong route is.
    pub fn unknown() -> Self {
        let words = "The requested resource or endpoint could not be found";
        Self::v2(404, 1002, words)
    }

    pub fn missing_v1() -> Self {
        Self::v1(404, "Not found")
    }

    /// The same refusal in the words of the first version.
    pub fn in_v1(self) -> Self {
        match self {
            Self::V2 {
                status: 422,
                message,
                ..
            } => Self::v1(400, &message),
            Self::V2 {
                status, message, ..
            } => Self::v1(status, &message),
            other => other,
        }
    }

    fn shown(self, format: Format) -> Response {
        match self {
            Self::V2 {
                status,
                code,
                message,
            } => {
                let errors = json!([{ "code": code, "message": message, "status": status }]);
                let body = match format {
                    Format::Json => json!({ "errors": errors }).to_string(),
                    Format::Xml => wire::xml("errors", &errors, Style::Wrapped),
                };
                typed(number(status), kind(format), body)
            }
            Self::V1 { status, message } => {
                let body = json!({ "code": status, "status": message });
                let body = wire::xml("Response", &body, Style::OnlyXml);
                typed(number(status), kind(Format::Xml), body)
            }
            Self::Server(status) => {
                let status = number(status);
                let name = status.canonical_reason().unwrap_or("Error");
                let body = format!(
                    "<html><head><title>{name}</title></head><body><h1>{} {name}</h1></body></html>",
                    status.as_u16()
                );
                typed(status, "text/html", body)
            }
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// 200 of plex.tv's second version.
pub fn v2(root: &'static str, body: Value) -> Answer {
    said(StatusCode::OK, root, body, Style::Wrapped)
}

/// 201 of plex.tv's second version.
pub fn v2_created(root: &'static str, body: Value) -> Answer {
    said(StatusCode::CREATED, root, body, Style::Wrapped)
}

/// 200 of plex.tv's first version: XML whatever is asked for.
pub fn v1(root: &'static str, body: Value) -> Answer {
    said(StatusCode::OK, root, body, Style::OnlyXml)
}

/// 200 of the media server; `size` is counted if it is not given.
pub fn container(mut body: Value) -> Answer {
    if body.get("size").is_none() {
        let lists = body.as_object().into_iter().flat_map(|it| it.values());
        let size: usize = lists.filter_map(Value::as_array).map(Vec::len).sum();
        body["size"] = json!(size);
    }
    said(StatusCode::OK, "MediaContainer", body, Style::Repeated)
}

/// 204.
#[expect(clippy::unnecessary_wraps, reason = "routes end with it")]
pub fn done() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// 200 without a body, as the media server answers orders.
#[expect(clippy::unnecessary_wraps, reason = "routes end with it")]
pub fn obeyed() -> Answer {
    Ok(StatusCode::OK.into_response())
}

#[expect(clippy::unnecessary_wraps, reason = "routes end with it")]
fn said(status: StatusCode, root: &'static str, body: Value, style: Style) -> Answer {
    let mut response = status.into_response();
    response.extensions_mut().insert(Said { root, body, style });
    Ok(response)
}

/// Spells what was said, or refused, as the caller accepts it.
pub async fn spell(request: Request, next: Next) -> Response {
    let format = Format::of(request.headers());
    let mut response = next.run(request).await;
    if let Some(refused) = response.extensions_mut().remove::<Refused>() {
        return with_headers_of(response, refused.shown(format));
    }
    let Some(said) = response.extensions_mut().remove::<Said>() else {
        return response;
    };
    let (kind, body) = match (said.style, format) {
        (Style::Wrapped, Format::Json) => (kind(Format::Json), said.body.to_string()),
        (Style::Repeated, Format::Json) => {
            let body = json!({ said.root: said.body });
            ("application/json", body.to_string())
        }
        (Style::Repeated, Format::Xml) => (
            "text/xml;charset=utf-8",
            wire::xml(said.root, &said.body, said.style),
        ),
        _ => (
            kind(Format::Xml),
            wire::xml(said.root, &said.body, said.style),
        ),
    };
    let spelled = typed(response.status(), kind, body);
    with_headers_of(response, spelled)
}

/// What was said beside the body (`Retry-After`, the paging) stays said.
fn with_headers_of(said: Response, mut spelled: Response) -> Response {
    let (said, _) = said.into_parts();
    for (name, value) in &said.headers {
        spelled.headers_mut().entry(name).or_insert(value.clone());
    }
    spelled
}

fn kind(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json; charset=utf-8",
        Format::Xml => "application/xml; charset=utf-8",
    }
}

fn typed(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut response = (status, body).into_response();
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn number(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
