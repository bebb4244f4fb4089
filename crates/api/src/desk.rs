//! The desk that every call of the REST interface passes: key, pace, permission, body, repetition, answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, any, on};
use kit::id::ApiKeyId;
use kit::{PageAsked, Reader, t};
use people::api_key::{self, KeyHolder};
use web::{PageError, Site};

use crate::call::Call;
use crate::door;
use crate::given::Given;
use crate::idempotency::{self, Begun, Once};
use crate::pace::Pace;
use crate::problem::Problem;
use crate::sent::Sent;
use crate::table::{Line, Table};

/// Calls of one key within a minute.
const CALLS_MOST: u32 = 600;
/// Wrong keys from one address within a minute.
const WRONG_KEYS_MOST: u32 = 60;
const LARGEST_BODY: usize = 256 * 1024;

/// How fast callers went lately.
#[derive(Debug)]
struct Desk {
    by_key: Pace<ApiKeyId>,
    wrong_keys: Pace<IpAddr>,
}

/// The routes of a table.
pub fn router(table: Table) -> Router<Site> {
    let desk = Arc::new(Desk {
        by_key: Pace::new(CALLS_MOST),
        wrong_keys: Pace::new(WRONG_KEYS_MOST),
    });
    let mut router = Router::new();
    for line in table.lines {
        let filter =
            MethodFilter::try_from(line.route.method.clone()).expect("tables hold usual methods");
        let path = line.route.path;
        let (desk, line) = (desk.clone(), Arc::new(line));
        let handler = move |State(site): State<Site>, path: RawPathParams, request: Request| {
            let id = path.iter().next().map(|(_, value)| value.to_owned());
            let (desk, line) = (desk.clone(), line.clone());
            async move {
                desk.serve(site, &line, id.unwrap_or_default(), request)
                    .await
            }
        };
        router = router.route(path, on(filter, handler));
    }
    router
        .method_not_allowed_fallback(wrong_method)
        .route("/api/v1", any(nothing))
        .route("/api/v1/", any(nothing))
        .route("/api/v1/{*rest}", any(nothing))
}

async fn nothing(State(site): State<Site>, headers: HeaderMap) -> Response {
    let reader = reader_of(&site, &headers, None);
    finished(Problem::not_found().into_response(&reader))
}

async fn wrong_method(State(site): State<Site>, headers: HeaderMap) -> Response {
    let reader = reader_of(&site, &headers, None);
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        t!("This cannot be done here"),
        t!("This address does not take this method. The header Allow names those that it takes."),
    );
    finished(problem.into_response(&reader))
}

impl Desk {
    async fn serve(&self, site: Site, line: &Line, id: String, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let holder = match self.holder(&site, &parts).await {
            Ok(holder) => holder,
            Err(problem) => {
                let reader = reader_of(&site, &parts.headers, None);
                return finished(problem.into_response(&reader));
            }
        };
        let reader = reader_of(&site, &parts.headers, Some(&holder));
        let call = Call {
            site,
            holder,
            reader: reader.clone(),
            page: PageAsked::first(50),
            id,
        };
        let answer = match self.answer(call, line, &parts, body).await {
            Ok(given) => given.into_response(),
            Err(problem) => problem.into_response(&reader),
        };
        finished(answer)
    }

    /// Whose key it is; a use is noted about once a minute.
    async fn holder(&self, site: &Site, parts: &Parts) -> Result<KeyHolder, Problem> {
        let source = web::client_address(site, parts);
        let found = match door::bearer(&parts.headers) {
            Some(key) => api_key::find(&site.db, &key).await?,
            None => None,
        };
        let Some(holder) = found else {
            let wait = self.wrong_keys.count(&source, site.now());
            return Err(wait.map_or_else(Problem::no_key, Problem::too_fast));
        };
        if let Some(wait) = self.by_key.count(&holder.key, site.now()) {
            return Err(Problem::too_fast(wait));
        }
        if holder.wants_touch(site.now()) {
            let mut tx = site.db.begin(holder.actor()).await?;
            api_key::touch(&mut tx, &holder.key).await?;
            tx.save().await?;
        }
        Ok(holder)
    }

    async fn answer(
        &self,
        call: Call,
        line: &Line,
        parts: &Parts,
        body: Body,
    ) -> Result<Given, Problem> {
        if !call.may(line.permission) {
            return Err(Problem::not_found());
        }
        let query = parts.uri.query().unwrap_or_default().to_owned();
        if line.route.method == Method::GET {
            let body = Bytes::new();
            return (line.hand)(call, Sent { query, body }).await;
        }
        let body = read_body(&parts.headers, body).await?;
        let once = repetition(&call, parts, &body)?;
        let doing = change(call, line.hand.clone(), Sent { query, body }, once);
        // A task of its own: a caller who hangs up leaves nothing half done.
        tokio::spawn(doing)
            .await
            .map_err(|error| PageError::broken(&error))?
    }
}

async fn read_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            t!("That is too large"),
            t!("Nothing was changed. A body may have 256 KiB."),
        )
    })?;
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if body.is_empty() || kind.eq_ignore_ascii_case("application/json") {
        return Ok(body);
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        t!("This cannot be read"),
        t!("Send JSON, with the header “Content-Type: application/json”."),
    ))
}

fn repetition(call: &Call, parts: &Parts, body: &[u8]) -> Result<Option<Once>, Problem> {
    let name = parts.headers.get("idempotency-key");
    let Some(name) = name.filter(|_| parts.method == Method::POST) else {
        return Ok(None);
    };
    let name = name.to_str().unwrap_or_default();
    let path = parts.uri.path().as_bytes();
    Once::new(call.actor(), &call.holder.key, name, &[path, body]).map(Some)
}

/// Does a change, once for each `Idempotency-Key`.
async fn change(
    call: Call,
    hand: crate::table::Hand,
    sent: Sent,
    once: Option<Once>,
) -> Result<Given, Problem> {
    let Some(once) = once else {
        return hand(call, sent).await;
    };
    let (site, reader) = (call.site.clone(), call.reader.clone());
    let vault = &site.tools.vault;
    if let Begun::Before(given) = idempotency::begin(&site.db, vault, &once).await? {
        return Ok(given);
    }
    match hand(call, sent).await {
        Err(problem) if problem.may_pass() => {
            idempotency::release(&site.db, &once).await?;
            Err(problem)
        }
        Err(problem) => {
            let given = Given::new(problem.status, &problem.shown(&reader))?;
            idempotency::keep(&site.db, vault, &once, &given).await?;
            Err(problem)
        }
        Ok(given) => {
            idempotency::keep(&site.db, vault, &once, &given).await?;
            Ok(given)
        }
    }
}

/// In the language that was asked for, else the account's.
fn reader_of(site: &Site, headers: &HeaderMap, holder: Option<&KeyHolder>) -> Reader {
    let asked = headers.get(header::ACCEPT_LANGUAGE);
    let asked = asked.and_then(|value| value.to_str().ok()).unwrap_or("");
    let wishes = asked
        .split(',')
        .filter_map(|part| part.split(';').next())
        .map(str::trim)
        .filter(|tag| !tag.is_empty());
    let own = holder.and_then(|holder| holder.account.locale.as_deref());
    let catalogue = site.catalogues.choose(wishes.chain(own));
    Reader::new(catalogue, kit::Zone::utc())
}

/// Answers are for this caller and this moment.
fn finished(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let sniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, sniff);
    response
}
