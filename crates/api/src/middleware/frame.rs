//! What stands around all routes: gives a request its id, bounds its time, turns a panic into 500,
//! writes out problems, sets headers, and leaves one line in the log, without payloads or query
//! strings.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::{HeaderValue, StatusCode};
use tower::Service;

use super::address;
use super::headers;
use super::trail::{REQUEST_ID, Trail, given_id};
use crate::denials::{Refused, reason};
use crate::limits::{Class, Key};
use crate::problem::{self, Code, Problem};
use crate::shared::Shared;

/// The whole API: every route, framed. Cheap to clone.
///
/// The frame is no layer of the router: that would wrap and box every route of its own, and each
/// request would pay for it in allocations.
#[derive(Clone)]
pub struct Front {
    shared: Shared,
    router: Router,
}

impl Front {
    pub(crate) fn new(shared: Shared, router: Router) -> Self {
        Self { shared, router }
    }

    /// Answers a request.
    pub async fn answer(self, mut request: Request) -> Response {
        let Self { shared, router } = self;
        let started = shared.app.clock.now();
        let id = given_id(request.headers()).unwrap_or_else(|| shared.app.ids.next());
        let address = address::of(&request, &shared.config.trusted_proxies);
        let trail = Arc::new(Trail::new(id, address));
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let credentials = headers::shows_credentials(request.headers());
        request.extensions_mut().insert(Arc::clone(&trail));

        let mut response = match shared.load().enter(&uri) {
            Ok(_at_work) => routed(router, request, shared.config.request_time).await,
            Err(crowded) => crowded.into_response(),
        };

        if let Some(reason) = problem::code(&response).and_then(|code| reason(code, credentials)) {
            let refused = Refused {
                reason,
                route: format!("{method} {}", trail.route()),
                user: trail.user(),
                organization: trail.organization(),
                address,
            };
            shared.denials.note(refused, started);
        }
        // Whoever fails to sign in spends the address's allowance, so that guessing has an end.
        if response.status() == StatusCode::UNAUTHORIZED
            && let Some(limits) = shared.limits()
            && let Err(refused) = limits.spend(Class::General, Key::from(address))
        {
            response = refused.into_response();
        }

        if let Some(code) = problem::code(&response) {
            shared.tally().refused(code);
        }
        problem::render(&mut response, &uri, id);
        headers::put(response.headers_mut(), shared.config.is_https());
        if let Ok(value) = HeaderValue::try_from(id.to_string()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        let finished = shared.app.clock.now();
        shared.tally().answered(response.status(), finished);
        let elapsed = finished.duration_since(started);
        let took = Duration::try_from(elapsed).unwrap_or_default();
        shared.tally().routed(&method, trail.route(), response.status(), took);
        tracing::info!(
            method = method.as_str(),
            route = trail.route(),
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
}

/// What the router says, within a bound of time, panics turned into 500.
async fn routed(mut router: Router, request: Request, most: Duration) -> Response {
    let answering = async { tokio::time::timeout(most, router.call(request)).await };
    match AssertUnwindSafe(answering).catch_unwind().await {
        Ok(Ok(answered)) => answered.unwrap_or_else(|never| match never {}),
        Ok(Err(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(cause) => panicked(&*cause),
    }
}

/// What is answered when a handler panics. The panic's own message stays in the log.
fn panicked(cause: &(dyn Any + Send)) -> Response {
    let message = cause
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    tracing::error!(message, "a handler panicked");
    Problem::new(Code::Internal, "something went wrong on our side").into_response()
}
