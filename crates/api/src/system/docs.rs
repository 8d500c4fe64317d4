//! GET /api/openapi.json, and GET /api/docs: a page that shows it without a network and without
//! inline script.
//!
//! The page's program is the Scalar build that aide carries inside its own page; it is cut out of
//! there and served as a file, so that the policy can refuse inline script.

use std::sync::LazyLock;

use aide::openapi::OpenApi;
use aide::scalar::Scalar;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};

use crate::extract::NoQuery;
use crate::shared::Shared;

const PAGE: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Rishi API</title>
  </head>
  <body>
    <script id="api-reference" type="application/json" data-configuration='{"url":"/api/openapi.json","withDefaultFonts":false}'></script>
    <script src="/api/docs/scalar.js"></script>
  </body>
</html>
"#;

/// Scalar writes styles into the page as it runs; everything else comes from here or nowhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; \
                      img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

static SCRIPT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(script_of(&Scalar::new("").html())));

/// The library's program: the text of the last script of aide's page.
fn script_of(page: &str) -> String {
    let setup_ends = "apiReference.dataset.configuration = JSON.stringify(configuration)";
    let after_setup = page.split_once(setup_ends).map_or("", |(_, rest)| rest);
    let program = after_setup.split_once("<script>").map_or("", |(_, rest)| rest);
    program.rsplit_once("</script>").map_or("", |(text, _)| text).trim().to_owned()
}

/// A route that serves the document, written out once.
pub(super) fn openapi(document: &OpenApi) -> MethodRouter<Shared> {
    let text = Bytes::from(serde_json::to_vec(document).unwrap_or_default());
    get(|_: NoQuery| async move { ([(CONTENT_TYPE, "application/json")], text) })
}

pub(super) async fn page() -> Response {
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)];
    (headers, PAGE).into_response()
}

pub(super) async fn script() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, SCRIPT.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_cut_out_whole() {
        let script = &*SCRIPT;
        assert!(script.len() > 1_000_000, "{} bytes", script.len());
        assert!(!script.starts_with(b"<"));
        assert!(!script.ends_with(b">"));
    }

    #[test]
    fn the_page_runs_no_inline_script_and_needs_no_network() {
        assert!(!POLICY.contains("script-src 'self' 'unsafe"));
        assert!(!PAGE.contains("http://") && !PAGE.contains("https://"));
    }
}
