//! The outermost middleware: gives a request its id, writes out problems, sets headers, and leaves
//! one line in the log, without payloads or query strings.

use std::any::Any;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};

use super::address;
use super::headers;
use super::trail::{REQUEST_ID, Trail, given_id};
use crate::limits::{Class, Key};
use crate::problem::{self, Code, Problem};
use crate::shared::Shared;

/// Frames a request.
pub(crate) async fn frame(
    State(shared): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = shared.app.clock.now();
    let id = given_id(request.headers()).unwrap_or_else(|| shared.app.ids.next());
    let address = address::of(&request, &shared.config.trusted_proxies);
    let trail = Arc::new(Trail::new(id, address));
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(Arc::clone(&trail));

    let mut response = next.run(request).await;

    // Whoever fails to sign in spends the address's allowance, so that guessing has an end.
    if response.status() == StatusCode::UNAUTHORIZED
        && let Some(limits) = shared.limits()
        && let Err(refused) = limits.spend(Class::General, Key::from(address))
    {
        response = refused.into_response();
    }

    problem::render(&mut response, &uri, id);
    headers::put(response.headers_mut(), shared.config.is_https());
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let finished = shared.app.clock.now();
    shared.tally().answered(response.status(), finished);
    let elapsed = finished.duration_since(started);
    tracing::info!(
        method = method.as_str(),
        route = route.as_ref().map_or("-", MatchedPath::as_str),
        status = response.status().as_u16(),
        micros = i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX),
        request = display(id),
        address = display(trail.address()),
        user = trail.user().map(display),
        organization = trail.organization().map(display),
        "request"
    );
    response
}

/// What is answered when a handler panics. The panic's own message stays in the log.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
pub(crate) fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let message = cause
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    tracing::error!(message, "a handler panicked");
    Problem::new(Code::Internal, "something went wrong on our side").into_response()
}
