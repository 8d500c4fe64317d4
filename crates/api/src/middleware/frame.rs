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
use http::{HeaderValue, Method, StatusCode, Uri};
use rishi_app::trace::{Step, StepKind};
use tower::Service;

use super::address;
use super::headers;
use super::trail::{REQUEST_ID, Trail, given_name, id_of, traceparent};
use crate::denials::{Refused, reason};
use crate::limits::{Class, Key};
use crate::load::{AtWork, is_probe};
use crate::problem::{self, Code, Problem};
use crate::readiness::Stance;
use crate::shared::Shared;

/// When to ask again who comes while the process stops.
const RESTART: Duration = Duration::from_secs(5);

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
        // Events need a UUID as their cause; the answer repeats the caller's own word in any case.
        let given = given_name(request.headers());
        let id = given.as_deref().and_then(id_of).unwrap_or_else(|| shared.app.ids.next());
        let name = given.unwrap_or_else(|| id.to_string());
        let address = address::of(&request, &shared.config.trusted_proxies);
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let caller = traceparent(request.headers());
        let step = shared.app.begin(StepKind::Server, || method.to_string(), caller.as_deref());
        let context = step.as_ref().map(|step| step.traceparent()).or(caller);
        let trail = Arc::new(Trail::new(id, address, context));
        let credentials = headers::shows_credentials(request.headers());
        request.extensions_mut().insert(Arc::clone(&trail));

        let mut response = match admitted(&shared, &uri) {
            Ok(_at_work) => routed(router, request, shared.config.request_time).await,
            Err(refused) => refused.into_response(),
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
            && let Err(refused) = limits.spend(Class::General, Key::from(address)).await
        {
            response = refused.into_response();
        }

        if let Some(code) = problem::code(&response) {
            shared.tally().refused(code);
        }
        problem::render(&mut response, &uri, &name);
        head(&mut response, &name, shared.config.is_https());
        if let Some(step) = step {
            concluded(step, &method, &trail, &name, response.status());
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
            request = name.as_str(),
            cause = (name != id.to_string()).then(|| display(id)),
            address = display(trail.address()),
            user = trail.user().map(display),
            organization = trail.organization().map(display),
            "request"
        );
        response
    }
}

/// What every answer bears: what protects its reader, and the id of its request.
pub(crate) fn head(response: &mut Response, request: &str, https: bool) {
    headers::put(response.headers_mut(), https);
    if let Ok(value) = HeaderValue::try_from(request) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
}

/// A place for a request, unless there are too many or the process wants no more.
fn admitted<'s>(shared: &'s Shared, uri: &Uri) -> Result<AtWork<'s>, Problem> {
    if shared.readiness.stance() == Stance::Draining && !is_probe(uri.path()) {
        let detail = "the server is stopping; ask again once it is back";
        return Err(Problem::new(Code::Unavailable, detail).retry_after(RESTART));
    }
    shared.load().enter(uri)
}

/// Says of a request's step what came of it. A stream's step ends when it begins.
fn concluded(
    mut step: Box<dyn Step>,
    method: &Method,
    trail: &Trail,
    name: &str,
    status: StatusCode,
) {
    step.rename(format!("{method} {}", trail.route()));
    step.note("http.request.method", method.to_string());
    step.note("http.route", trail.route().to_owned());
    step.note("http.response.status_code", status.as_u16().to_string());
    step.note("rishi.request.id", name.to_owned());
    if let Some(user) = trail.user() {
        step.note("rishi.user.id", user.to_string());
    }
    if let Some(organization) = trail.organization() {
        step.note("rishi.organization.id", organization.to_string());
    }
    if status.is_server_error() {
        step.failed(status.canonical_reason().unwrap_or_default());
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
