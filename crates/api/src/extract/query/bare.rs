//! Routes that take no query parameters refuse those that are sent, as all others refuse those that they do not
//! know: who misspells a filter, or takes a route for one that has filters, is told so.

use std::collections::HashMap;

use aide::openapi::{OpenApi, Operation, Parameter, ReferenceOr};
use axum::extract::{FromRequestParts, MatchedPath};
use http::request::Parts;
use http::{Method, Uri};
use rishi_domain::error::FieldError;

use super::super::misread::{MOST, shortened};
use super::pairs;
use crate::problem::Problem;

/// The link in a mail: what mail programs and those who count clicks add to it is no reason to send on what
/// was unwanted.
const FROM_MAILS: &str = "/api/unsubscribe/{name}";

/// The routes under `/api` that take no query parameters, as the API's description says.
#[derive(Default)]
pub(crate) struct Bare(HashMap<String, Vec<Method>>);

impl Bare {
    /// Those of a description.
    pub(crate) fn of(document: &OpenApi) -> Self {
        let paths = document.paths.iter().flat_map(|paths| &paths.paths);
        let of_api = paths.filter(|(path, _)| path.starts_with("/api/") && *path != FROM_MAILS);
        let bare = of_api.filter_map(|(path, item)| {
            let operations = item.as_item()?.iter();
            let bare = operations.filter(|(_, operation)| takes_none(operation));
            Some((path.clone(), bare.filter_map(|(method, _)| method_of(method)).collect()))
        });
        Self(bare.collect())
    }

    /// Refuses query parameters where the route takes none.
    pub(crate) fn refuse(&self, parts: &Parts) -> Result<(), Problem> {
        if !is_asked(&parts.uri) {
            return Ok(());
        }
        let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
        let route =
            parts.extensions.get::<MatchedPath>().and_then(|path| self.0.get(path.as_str()));
        if route.is_none_or(|methods| !methods.contains(method)) {
            return Ok(());
        }
        nothing(&parts.uri)
    }
}

/// What the API's own description takes, which stands beside it.
pub(crate) struct NoQuery;

impl<S: Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if is_asked(&parts.uri) { nothing(&parts.uri) } else { Ok(()) }.map(|()| Self)
    }
}

fn is_asked(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| !query.is_empty())
}

/// Refuses every parameter by its name.
fn nothing(uri: &Uri) -> Result<(), Problem> {
    let mut errors: Vec<FieldError> = Vec::new();
    for (name, _) in pairs(uri)? {
        let name = shortened(&name);
        if errors.iter().all(|known| known.field != name) && errors.len() < MOST {
            let message = format!("{name} is unknown; nothing is taken here");
            errors.push(FieldError::new(name, "unknown_field", message));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::validation(errors)) }
}

fn takes_none(operation: &Operation) -> bool {
    let is_query =
        |one: &ReferenceOr<Parameter>| matches!(one, ReferenceOr::Item(Parameter::Query { .. }));
    !operation.parameters.iter().any(is_query)
}

/// As the description writes it, in small letters.
fn method_of(name: &str) -> Option<Method> {
    name.to_ascii_uppercase().parse().ok()
}
