//! GET /api/auth/oidc/start

use aide::transform::TransformOperation;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{onward, told};
use crate::document;
use crate::extract::{Guest, Query};
use crate::problem::Problem;
use crate::shared::Shared;

/// Where to go afterwards.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(in crate::auth) struct Parameters {
    /// A path of this site; the first page when absent, or when it is none.
    to: Option<String>,
}

pub(in crate::auth) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("startOidc").tag(crate::auth::TAG);
    let operation = operation.summary("Sign in by the provider of identities").description(
        "For browsers: sends them to the provider, which sends them back. The sign-in is to be finished \
         within ten minutes, by the same browser. 404 where no provider is configured, 503 while it \
         cannot be asked.",
    );
    let operation = document::may_refuse(operation, &[404]);
    document::respond::<()>(operation, 303, "text/html", "To the provider.", |response| {
        document::put(response, "Location", "The provider's address.", document::text());
        document::put(response, "Set-Cookie", "The sign-in, sealed.", document::text());
    })
}

pub(in crate::auth) async fn handle(
    State(shared): State<Shared>,
    Guest(_): Guest,
    headers: HeaderMap,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let departure = shared.app.begin_oidc(parameters.to.as_deref()).await;
    let departure = departure.map_err(|error| told(error, &headers))?;
    onward(&departure.address, &[shared.flow_cookie().give(&departure.flow)])
}
