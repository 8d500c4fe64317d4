//! What a path that is no route of the API answers: a page of the web application, or a problem
//! document.
//!
//! Guarantee: a program that mistypes a path under `/api` is told so in the API's own words and never
//! gets a page; a page loads script, styles and data from here or from nowhere. Only what has a hash of its
//! content in its name, everything under `/assets/`, may be kept; the rest is asked for anew.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, Method};

use crate::problem::{Code, Problem};

/// Mantine writes the theme's variables into the page as it runs; script comes from files alone.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     font-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);

/// Paths that programs use.
const OF_PROGRAMS: [&str; 3] = ["/api", "/calendar", "/metrics"];

/// The pages, for what no route of the API has taken.
pub(crate) fn beside_the_api(pages: Router) -> Router {
    pages.layer(from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let of_programs = OF_PROGRAMS.iter().any(|root| {
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if of_programs || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::new(Code::NotFound, "there is no such route").into_response();
    }
    let hashed = path.starts_with("/assets/");
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
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
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
        let pages = Router::new().fallback(get(async || Html("<!doctype html>")));
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        beside_the_api(pages).oneshot(request).await.unwrap()
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
    }
}
