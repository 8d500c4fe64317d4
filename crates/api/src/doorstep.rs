//! What is answered before the platform is there: while its database is opened and brought up to date.
//!
//! A supervisor that hears nothing for minutes would end a process that is in the middle of a migration.

use std::time::Duration;

use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::middleware;
use crate::problem::{self, Code, Problem};

/// When to ask again.
const SOON: Duration = Duration::from_secs(1);

/// Says that the process lives, and that everything else is still to come.
pub fn doorstep(request: &Request, request_id: Uuid) -> Response {
    let mut response = match request.uri().path() {
        "/livez" => Json(json!({ "status": "alive" })).into_response(),
        "/readyz" => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "starting" }))).into_response()
        }
        _ => {
            let detail = "the server is starting; ask again in a moment";
            let problem = Problem::new(Code::Unavailable, detail).retry_after(SOON);
            let mut response = problem.into_response();
            problem::render(&mut response, request.uri(), &request_id.to_string());
            response
        }
    };
    middleware::head(&mut response, &request_id.to_string(), false);
    response
}
