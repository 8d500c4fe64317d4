//! What a path that is no route of the API answers: a page of the web application, or a problem
//! document.
//!
//! Guarantee: a program that mistypes a path under `/api` is told so in the API's own words and never
//! gets a page; a page loads script, styles and data from here or from nowhere. Only what has a hash of its
//! content in its name, everything under `/assets/`, may be kept; the rest is asked for anew.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, Method};

use crate::config::MapTiles;
use crate::problem::{Code, Problem};

/// Mantine writes the theme's variables into the page as it runs; script comes from files alone, pictures from here and
/// from where the operator has the tiles of maps.
fn policy(map: Option<&MapTiles>) -> HeaderValue {
    let tiles = map.map(|map| format!(" {}", map.origin)).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:{tiles}; \
         font-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    );
    // An origin that is no text for a header was refused where it was configured.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// What keeps files for a start without a connection, and its own policy: what it fetches is bound by that, not by a page's.
const WORKER: &str = "/sw.js";
const OF_WORKER: HeaderValue =
    HeaderValue::from_static("default-src 'none'; connect-src 'self'; script-src 'self'");

/// Paths that programs use.
const OF_PROGRAMS: [&str; 3] = ["/api", "/calendar", "/metrics"];

/// The pages, for what no route of the API has taken.
pub(crate) fn beside_the_api(pages: Router, map: Option<&MapTiles>) -> Router {
    pages.layer(from_fn_with_state(policy(map), guard))
}

/// A process that serves no API.
pub(crate) async fn nowhere() -> Problem {
    Problem::new(
        Code::NotFound,
        "this process is a worker: it answers /livez, /readyz and /metrics",
    )
}

async fn guard(State(policy): State<HeaderValue>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let of_programs = OF_PROGRAMS.iter().any(|root| {
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if of_programs || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::new(Code::NotFound, "there is no such route").into_response();
    }
    let (hashed, is_worker) = (path.starts_with("/assets/"), path == WORKER);
    let mut answer = next.run(request).await;
    let is_page = answer
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page && hashed {
        // A file of another version than this one: a page in its place would be read as a script.
        return Problem::new(Code::NotFound, "this version has no such file; load the page again")
            .into_response();
    }
    if is_page {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    } else if is_worker {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, OF_WORKER);
    }
    if !hashed {
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    answer
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::response::Html;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn ask(method: Method, path: &str) -> Response {
        ask_with(None, method, path).await
    }

    async fn ask_with(map: Option<&MapTiles>, method: Method, path: &str) -> Response {
        let pages = Router::new().fallback(get(async || Html("<!doctype html>")));
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        beside_the_api(pages, map).oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_mistyped_route_of_the_api_is_never_answered_with_a_page() {
        for path in ["/api", "/api/bokings", "/calendar/x", "/metrics/x"] {
            let answer = ask(Method::GET, path).await;
            assert_eq!(answer.status(), 404, "{path}");
            // The frame around all routes writes it out.
            assert_eq!(crate::problem::code(&answer), Some(Code::NotFound), "{path}");
        }
        assert_eq!(ask(Method::POST, "/bookings").await.status(), 404);
    }

    #[tokio::test]
    async fn a_file_of_another_version_is_missing_and_no_page_stands_in_for_it() {
        let answer = ask(Method::GET, "/assets/schedule-1f2e3d.js").await;
        assert_eq!(answer.status(), 404);
        assert_eq!(ask(Method::GET, "/schedule").await.headers()[CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn a_page_runs_no_script_but_files_from_here() {
        let answer = ask(Method::GET, "/apiary").await;
        assert_eq!(answer.status(), 200);
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("script-src 'self';") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        assert!(policy.contains("img-src 'self' data: blob:;"), "{policy}");
    }

    #[tokio::test]
    async fn pictures_come_from_the_one_server_of_tiles_that_is_configured() {
        let map = MapTiles {
            template: "https://tiles.example.com/{z}/{x}/{y}.png".to_owned(),
            origin: "https://tiles.example.com".to_owned(),
            attribution: None,
        };
        let answer = ask_with(Some(&map), Method::GET, "/locations").await;
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        let pictures = "img-src 'self' data: blob: https://tiles.example.com;";
        assert!(policy.contains(pictures) && policy.contains("connect-src 'self';"), "{policy}");
    }
}
