//! Tables of calls: path, who may, what it does, handler. One line makes the route, its permission and its
//! page in the OpenAPI document, so that none of the three can drift from the others.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use people::role::Permission;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};
use web::{Access, Route};

use crate::call::{Answer, Call};
use crate::document;
use crate::given::Given;
use crate::problem::Problem;
use crate::sent::Sent;
use crate::values::Page;

pub(crate) type Doing = Pin<Box<dyn Future<Output = Result<Given, Problem>> + Send>>;
pub(crate) type Hand = Arc<dyn Fn(Call, Sent) -> Doing + Send + Sync>;
pub(crate) type Schemas = BTreeMap<String, RefOr<Schema>>;

/// One call.
#[derive(Clone)]
pub(crate) struct Line {
    pub route: Route,
    pub permission: Permission,
    pub hand: Hand,
    pub operation: Operation,
}

/// The calls of one resource, or of all.
#[derive(Default)]
pub struct Table {
    tag: &'static str,
    pub(crate) lines: Vec<Line>,
    pub(crate) schemas: Schemas,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.lines.iter().map(|line| &line.route);
        f.debug_list().entries(routes).finish()
    }
}

/// Who may, and what a call does in a few words.
pub type May = (Permission, &'static str);

impl Table {
    /// The calls of a resource; the tag groups them in the document.
    pub fn of(tag: &'static str) -> Self {
        Self {
            tag,
            ..Self::default()
        }
    }

    /// `GET` of a list, paged, with filters `Q`.
    #[must_use]
    pub fn list<Q, T, F, R>(mut self, path: &'static str, may: May, handler: F) -> Self
    where
        Q: DeserializeOwned + IntoParams + Send + 'static,
        T: Serialize + ToSchema + 'static,
        F: Fn(Call, Q) -> R + Send + Sync + 'static,
        R: Future<Output = Answer<Page<T>>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let hand: Hand = Arc::new(move |mut call, sent| {
            let handler = handler.clone();
            Box::pin(async move {
                let (page, filters) = sent.list::<Q>()?;
                call.page = page;
                Given::new(StatusCode::OK, &handler(call, filters).await?)
            })
        });
        let item = document::schema_of::<T>(&mut self.schemas);
        let mut operation = document::answer(StatusCode::OK, Some(document::page_of(item)));
        let mut parameters = document::page_parameters();
        parameters.extend(Q::into_params(|| Some(ParameterIn::Query)));
        operation = operation.parameters(Some(parameters));
        self.add(Method::GET, path, may, hand, operation)
    }

    /// `GET` of one thing.
    #[must_use]
    pub fn read<T, F, R>(mut self, path: &'static str, may: May, handler: F) -> Self
    where
        T: Serialize + ToSchema + 'static,
        F: Fn(Call) -> R + Send + Sync + 'static,
        R: Future<Output = Answer<T>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let hand: Hand = Arc::new(move |call, _| {
            let handler = handler.clone();
            Box::pin(async move { Given::new(StatusCode::OK, &handler(call).await?) })
        });
        let shown = document::schema_of::<T>(&mut self.schemas);
        let operation = document::answer(StatusCode::OK, Some(shown));
        self.add(Method::GET, path, may, hand, operation)
    }

    /// `POST` that makes something new.
    #[must_use]
    pub fn create<B, T, F, R>(self, path: &'static str, may: May, handler: F) -> Self
    where
        B: DeserializeOwned + ToSchema + Send + 'static,
        T: Serialize + ToSchema + 'static,
        F: Fn(Call, B) -> R + Send + Sync + 'static,
        R: Future<Output = Answer<T>> + Send + 'static,
    {
        self.write(Method::POST, StatusCode::CREATED, path, may, handler)
    }

    /// `POST` that does something with what is there.
    #[must_use]
    pub fn act<B, T, F, R>(self, path: &'static str, may: May, handler: F) -> Self
    where
        B: DeserializeOwned + ToSchema + Send + 'static,
        T: Serialize + ToSchema + 'static,
        F: Fn(Call, B) -> R + Send + Sync + 'static,
        R: Future<Output = Answer<T>> + Send + 'static,
    {
        self.write(Method::POST, StatusCode::OK, path, may, handler)
    }

    /// `PATCH`: what is not sent stays as it is.
    #[must_use]
    pub fn change<B, T, F, R>(self, path: &'static str, may: May, handler: F) -> Self
    where
        B: DeserializeOwned + ToSchema + Send + 'static,
        T: Serialize + ToSchema + 'static,
        F: Fn(Call, B) -> R + Send + Sync + 'static,
        R: Future<Output = Answer<T>> + Send + 'static,
    {
        self.write(Method::PATCH, StatusCode::OK, path, may, handler)
    }

    /// `PUT`: the whole as it shall be.
    #[must_use]
    pub fn replace<B, T, F, R>(self, path: &'static str, may: May, handler: F) -> Self
    where
        B: DeserializeOwned + ToSchema + Send + 'static,
        T: Serialize + ToSchema + 'static,
        F: Fn(Call, B) -> R + Send + Sync + 'static,
        R: Future<Output = Answer<T>> + Send + 'static,
    {
        self.write(Method::PUT, StatusCode::OK, path, may, handler)
    }

    /// `DELETE`
    #[must_use]
    pub fn remove<F, R>(self, path: &'static str, may: May, handler: F) -> Self
    where
        F: Fn(Call) -> R + Send + Sync + 'static,
        R: Future<Output = Answer<()>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let hand: Hand = Arc::new(move |call, _| {
            let handler = handler.clone();
            Box::pin(async move { handler(call).await.map(|()| Given::nothing()) })
        });
        let operation = document::answer(StatusCode::NO_CONTENT, None);
        self.add(Method::DELETE, path, may, hand, operation)
    }

    fn write<B, T, F, R>(
        mut self,
        method: Method,
        status: StatusCode,
        path: &'static str,
        may: May,
        handler: F,
    ) -> Self
    where
        B: DeserializeOwned + ToSchema + Send + 'static,
        T: Serialize + ToSchema + 'static,
        F: Fn(Call, B) -> R + Send + Sync + 'static,
        R: Future<Output = Answer<T>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let hand: Hand = Arc::new(move |call, sent| {
            let handler = handler.clone();
            Box::pin(async move { Given::new(status, &handler(call, sent.read()?).await?) })
        });
        let shown = document::schema_of::<T>(&mut self.schemas);
        let body = document::body::<B>(&mut self.schemas);
        let operation = document::answer(status, Some(shown));
        let operation = operation.request_body(Some(body));
        self.add(method, path, may, hand, operation)
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        (permission, summary): May,
        hand: Hand,
        operation: OperationBuilder,
    ) -> Self {
        let mut operation = operation
            .tag(self.tag)
            .summary(Some(summary))
            .description(Some(format!("Needs the scope `{}`.", permission.word())))
            .operation_id(Some(document::operation_id(&method, path)));
        for parameter in common_parameters(&method, path) {
            operation = operation.parameter(parameter);
        }
        let operation = document::with_problems(operation, &method).build();
        let route = Route {
            method,
            path,
            access: Access::Permission(permission),
        };
        self.lines.push(Line {
            route,
            permission,
            hand,
            operation,
        });
        self
    }

    /// Joins another table to this one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.lines.extend(other.lines);
        self.schemas.extend(other.schemas);
        self
    }
}

fn common_parameters(method: &Method, path: &str) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    if let Some((_, rest)) = path.split_once('{') {
        let name = rest.split('}').next().unwrap_or(rest);
        parameters.push(document::path_parameter(name));
    }
    if *method == Method::POST {
        parameters.push(document::idempotency_parameter());
    }
    parameters
}
