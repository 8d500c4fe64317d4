//! GET /api/auth/oidc/start · GET /api/auth/oidc/callback
//!
//! Where a browser goes by itself, not a page's script: refusals are pages for whoever reads HTML.

use axum::response::Response;
use http::header::{ACCEPT, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use rishi_app::Error;

use crate::problem::Problem;

pub(super) mod callback;
pub(super) mod start;

/// Where a browser begins.
pub(super) const START: &str = "/api/auth/oidc/start";
/// Where the provider sends it back to.
pub(super) const CALLBACK: &str = "/api/auth/oidc/callback";

/// A problem as whoever asked can read it.
fn told(error: impl Into<Problem>, headers: &HeaderMap) -> Problem {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let reads_pages = accepted.flat_map(|text| text.split(',')).any(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
    });
    let problem = error.into();
    if reads_pages { problem.for_people() } else { problem }
}

/// Sends a browser on, with cookies.
fn onward(to: &str, cookies: &[Option<HeaderValue>]) -> Result<Response, Problem> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    let location = HeaderValue::try_from(to);
    let location = location.map_err(|error| Error::Internal(Box::new(error)))?;
    response.headers_mut().insert(LOCATION, location);
    for cookie in cookies.iter().flatten() {
        response.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    Ok(response)
}
