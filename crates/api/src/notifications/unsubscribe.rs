//! GET, POST /api/unsubscribe/{name}
//!
//! The link in a mail. Opening it changes nothing, because programs that look for harmful links open
//! them too; it shows a button. Mail programs send the POST themselves (RFC 8058, one click): without a
//! cookie, with a form as its body, which says nothing that the link does not.

use aide::transform::TransformOperation;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};

use crate::document;
use crate::extract::{Guest, Name};
use crate::problem::Problem;
use crate::shared::Shared;

const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; form-action 'self'";
const HTML: &str = "text/html; charset=utf-8";

const ASK: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Rishi</title>\
    <h1>Stop these e-mails?</h1><form method=\"post\"><button>Stop them</button></form></html>\n";
const DONE: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Rishi</title>\
    <h1>These e-mails have ended.</h1><p>Your notification preferences bring them back.</p></html>\n";

pub(super) fn describe_ask(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("askToUnsubscribe").tag(super::TAG);
    let operation = operation.summary("The page that a mail's unsubscribe link opens");
    document::respond::<String>(operation, 200, "text/html", "A page with a button.", |_| {})
}

/// Shows the same for every name: only the button asks whether it is one.
pub(super) async fn ask(Name(_): Name, Guest(_): Guest) -> Response {
    page(ASK)
}

pub(super) fn describe_end(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("unsubscribe").tag(super::TAG);
    let operation = operation.summary("End mails of a kind, or all, by the link in one of them").description(
        "One click (RFC 8058): nobody signs in, and the body is not looked at. Ending what has ended \
         is fine. 404 for what this platform did not sign.",
    );
    document::respond::<String>(operation, 200, "text/html", "They have ended.", |_| {})
}

pub(super) async fn end(
    State(shared): State<Shared>,
    Name(name): Name,
    Guest(visitor): Guest,
) -> Result<Response, Problem> {
    shared.app.unsubscribe(&visitor, &name).await?;
    Ok(page(DONE))
}

fn page(text: &'static str) -> Response {
    ([(CONTENT_TYPE, HTML), (CONTENT_SECURITY_POLICY, POLICY)], text).into_response()
}
