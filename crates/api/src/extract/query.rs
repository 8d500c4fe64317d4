//! The query string, read as strictly as a body: unknown and repeated parameters are refused, and
//! what is wrong is named by its parameter.
//!
//! A list may be written as `status=a&status=b`, `status[]=a&status[]=b` or `status=a,b`.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Parameter, QueryStyle, ReferenceOr};
use axum::extract::FromRequestParts;
use http::Uri;
use http::request::Parts;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::misread::misread;
use crate::document;
use crate::problem::Problem;

mod bare;
mod values;

pub(crate) use bare::{Bare, NoQuery};
use values::Values;

/// The typed query string. `T` denies unknown fields.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned + JsonSchema, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(&parts.uri).map(Self)
    }
}

fn read<T: DeserializeOwned + JsonSchema>(uri: &Uri) -> Result<T, Problem> {
    serde_path_to_error::deserialize(Values::grouped(pairs(uri)?)).map_err(|error| {
        let (path, message) = (error.path().clone(), error.into_inner().to_string());
        Problem::validation(vec![misread::<T>(&path, &message)])
    })
}

/// Names and values as they were sent.
fn pairs(uri: &Uri) -> Result<Vec<(String, String)>, Problem> {
    let pairs = axum::extract::Query::try_from_uri(uri);
    let unreadable = |_| Problem::field("", "invalid", "the query string cannot be read");
    pairs.map(|pairs| pairs.0).map_err(unreadable)
}

impl<T: JsonSchema> OperationInput for Query<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        // An inline copy, so that the struct itself does not become a component.
        let schema = T::json_schema(&mut ctx.schema);
        let required = |name: &str| {
            let names = schema.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|one| one == name))
        };
        for (name, property) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let mut property = property.clone();
            without_null(&mut property);
            let description = take_description(&mut property);
            let Ok(property) = Schema::try_from(property) else { continue };
            operation.parameters.push(ReferenceOr::Item(Parameter::Query {
                parameter_data: document::parameter(name, &description, required(name), property),
                allow_reserved: false,
                style: QueryStyle::Form,
                allow_empty_value: None,
            }));
        }
        document::refuses(ctx, operation, &[400]);
    }
}

/// An absent parameter is absent, never null.
fn without_null(schema: &mut Value) {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|one| one != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(options) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        options.retain(|one| one.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = options.as_slice() {
            let only = only.clone();
            if let Some(object) = schema.as_object_mut() {
                object.remove("anyOf");
                object.extend(only);
            }
        }
    }
    if let Some(object) = schema.as_object_mut()
        && object.get("default").is_some_and(Value::is_null)
    {
        object.remove("default");
    }
}

fn take_description(schema: &mut Value) -> String {
    let text = schema.as_object_mut().and_then(|object| object.remove("description"));
    text.and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
