//! The OpenAPI document, made from the tables.

use axum::http::{Method, StatusCode};
use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem, Paths,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Ref, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, RefOr, Required, Schema,
};

use crate::problem::ProblemShown;
use crate::table::{Schemas, Table};

/// Errors that a call may answer beside what is its own.
const ALWAYS: &[(u16, &str)] = &[
    (401, "No key, or one that is not good."),
    (404, "It does not exist, or is not yours to see."),
    (422, "What was sent cannot be taken; `errors` names fields."),
    (429, "Too many calls; see `Retry-After`."),
];
const ON_CHANGE: &[(u16, &str)] = &[
    (400, "What was sent is not JSON."),
    (409, "It cannot be done now."),
    (413, "The body is too large."),
    (415, "The body is not sent as JSON."),
];

/// The whole document.
pub fn openapi(table: Table) -> OpenApi {
    let mut paths = Paths::new();
    for line in table.lines {
        let method = method_of(&line.route.method);
        let item = PathItem::from_http_methods([method], line.operation);
        match paths.paths.get_mut(line.route.path) {
            Some(known) => known.merge_operations(item),
            None => {
                paths.paths.insert(line.route.path.to_owned(), item);
            }
        }
    }
    let mut schemas = table.schemas;
    schema_of::<ProblemShown>(&mut schemas);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key: `Authorization: Bearer ph_…`."))
        .build();
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme("key", SecurityScheme::Http(bearer))
        .build();
    OpenApiBuilder::new()
        .info(info())
        .paths(paths)
        .components(Some(components))
        .security(Some([key_needed()]))
        .build()
}

fn info() -> utoipa::openapi::Info {
    InfoBuilder::new()
        .title("Playhouse")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Ids are opaque. Times are RFC 3339 in UTC. Money is in minor units of its currency. A caller \
             sees only what its account may see; what it may not see is 404. Sentences come in the language \
             of `Accept-Language`. Calls are limited to 600 a minute for each key.",
        ))
        .build()
}

fn key_needed() -> SecurityRequirement {
    SecurityRequirement::new("key", Vec::<String>::new())
}

fn method_of(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// Names a type and all that it is made of; gives a reference to it.
pub(crate) fn schema_of<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    schemas.extend(parts);
    let name = T::name().into_owned();
    let known = schemas.insert(name.clone(), T::schema());
    debug_assert!(
        known.is_none_or(|known| known == T::schema()),
        "two types are called {name}"
    );
    Ref::from_schema_name(name).into()
}

/// A page of a list.
pub(crate) fn page_of(item: RefOr<Schema>) -> RefOr<Schema> {
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
        .description(Some("Begins the next page as `after`; null on the last."));
    ObjectBuilder::new()
        .property("data", ArrayBuilder::new().items(item))
        .property("next", next)
        .required("data")
        .required("next")
        .into()
}

pub(crate) fn page_parameters() -> Vec<Parameter> {
    let limit = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(1))
        .maximum(Some(500));
    vec![
        query("limit", "Rows of a page; 50 if absent.", limit),
        query(
            "after",
            "`next` of the page before.",
            ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)),
        ),
    ]
}

fn query(name: &str, words: &str, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(words))
        .schema(Some(schema))
        .build()
}

pub(crate) fn path_parameter(name: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(
            ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)),
        ))
        .build()
}

pub(crate) fn idempotency_parameter() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .min_length(Some(1))
        .max_length(Some(255));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The same call with the same key within a day is done once and answered alike.",
        ))
        .schema(Some(schema))
        .build()
}

/// What is sent. Where no field is needed, no body is.
pub(crate) fn body<T: ToSchema>(schemas: &mut Schemas) -> RequestBody {
    let needs_fields =
        matches!(T::schema(), RefOr::T(Schema::Object(object)) if !object.required.is_empty());
    let required = if needs_fields {
        Required::True
    } else {
        Required::False
    };
    RequestBodyBuilder::new()
        .content("application/json", content(schema_of::<T>(schemas)))
        .required(Some(required))
        .build()
}

fn content(schema: RefOr<Schema>) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(schema)).build()
}

/// An operation with its own answer.
pub(crate) fn answer(status: StatusCode, shown: Option<RefOr<Schema>>) -> OperationBuilder {
    let words = match status {
        StatusCode::CREATED => "It was made.",
        StatusCode::NO_CONTENT => "It was removed.",
        _ => "Done.",
    };
    let response = ResponseBuilder::new().description(words);
    let response = match shown {
        Some(schema) => response.content("application/json", content(schema)),
        None => response,
    };
    OperationBuilder::new().response(status.as_str(), response.build())
}

pub(crate) fn with_problems(mut operation: OperationBuilder, method: &Method) -> OperationBuilder {
    let on_change = if *method == Method::GET {
        &[]
    } else {
        ON_CHANGE
    };
    for (status, words) in ALWAYS.iter().chain(on_change) {
        operation = operation.response(status.to_string(), problem(words));
    }
    operation
}

fn problem(words: &str) -> Response {
    let schema = Ref::from_schema_name(ProblemShown::name()).into();
    ResponseBuilder::new()
        .description(words)
        .content("application/problem+json", content(schema))
        .build()
}

/// `get_plans_id`: stable as long as the path is.
pub(crate) fn operation_id(method: &Method, path: &str) -> String {
    let path = path.trim_start_matches("/api/v1/");
    let letters = path.chars().filter(|c| !matches!(c, '{' | '}'));
    let words: String = letters
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("{}_{words}", method.as_str().to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::resources;

    #[test]
    fn every_path_of_the_document_has_a_permission_and_the_other_way_round() {
        let document = openapi(resources::table());
        let mut documented = BTreeSet::new();
        for (path, item) in &document.paths.paths {
            let operations = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            for (method, operation) in operations {
                if operation.is_some() {
                    documented.insert(format!("{method} {path}"));
                }
            }
        }
        let table = resources::table().lines;
        let listed: BTreeSet<String> = table
            .iter()
            .map(|line| format!("{} {}", line.route.method, line.route.path))
            .collect();
        assert_eq!(
            table.len(),
            listed.len(),
            "a call stands in the table twice"
        );
        assert_eq!(documented, listed);
    }

    #[test]
    fn operations_have_names_of_their_own_and_references_lead_somewhere() {
        let document = openapi(resources::table());
        let text = document.to_json().expect("it prints");
        let schemas = &document
            .components
            .as_ref()
            .expect("there are some")
            .schemas;
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap_or_default();
            assert!(schemas.contains_key(name), "{name} is nowhere");
        }
        let lines = resources::table().lines;
        let names: BTreeSet<_> = lines
            .iter()
            .map(|line| line.operation.operation_id.clone())
            .collect();
        assert_eq!(names.len(), lines.len());
    }
}
