//! Tables of routes: path, who may, handler. A route without its access does not compile.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use people::role::Permission;

use crate::error::PageError;
use crate::guard::{Guest, sign_in_first};
use crate::site::Site;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Public,
    SignedIn,
    /// Signed in, and the thing in the path is the visitor's own: the handler's statement carries the owner.
    Own(OwnKind),
    Permission(Permission),
}

/// What is the visitor's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnKind {
    Account,
    Membership,
    Payment,
    Session,
    Passkey,
    Attempt,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
}

/// The routes of a page crate.
#[derive(Default)]
pub struct Routes {
    table: Vec<Route>,
    router: Router<Site>,
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.table).finish()
    }
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.add(Method::GET, MethodFilter::GET, path, access, handler)
    }

    #[must_use]
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.add(Method::POST, MethodFilter::POST, path, access, handler)
    }

    /// Joins another table to this one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.table.extend(other.table);
        self.router = self.router.merge(other.router);
        self
    }

    /// The table, for the test that walks every route in every role.
    pub fn table(&self) -> &[Route] {
        &self.table
    }

    pub(crate) fn into_router(self) -> Router<Site> {
        self.router
    }

    fn add<H, T>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        let guarded =
            on(filter, handler).layer(from_fn(move |request, next| guard(access, request, next)));
        self.router = self.router.route(path, guarded);
        self.table.push(Route {
            method,
            path,
            access,
        });
        self
    }
}

/// Lets through who may. A visitor is sent to sign in; who lacks the permission learns nothing more than that.
async fn guard(access: Access, request: Request, next: Next) -> Response {
    let guest = request.extensions().get::<Guest>();
    let visit = guest.and_then(|guest| guest.visit.as_ref());
    match (access, visit) {
        (Access::Public, _) | (Access::SignedIn | Access::Own(_), Some(_)) => {
            next.run(request).await
        }
        (_, None) => sign_in_first(request.uri(), request.method()),
        (Access::Permission(permission), Some(visit)) if visit.may(permission) => {
            next.run(request).await
        }
        (Access::Permission(_), Some(_)) => PageError::Forbidden.into_response(),
    }
}
