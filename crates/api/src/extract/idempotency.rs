//! `Idempotency-Key`: how a repetition of a POST is recognised.

use aide::openapi::{Operation, Parameter};
use http::request::Parts;
use rishi_app::auth::{Caller, Idempotency, home};
use rishi_app::commit::ReceiptKey;
use sha2::{Digest, Sha256};

use crate::document;
use crate::problem::Problem;

const NAME: &str = "idempotency-key";

/// How to recognise a repetition of this request, if the caller wants that. Two callers, two
/// routes or two organizations never share a key.
pub(super) fn of(
    parts: &Parts,
    caller: &Caller,
    body: &[u8],
) -> Result<Option<Idempotency>, Problem> {
    let mut values = parts.headers.get_all(NAME).iter();
    let Some(first) = values.next() else { return Ok(None) };
    let printable = |byte: &u8| (b' '..=b'~').contains(byte);
    let bytes = first.as_bytes();
    if values.next().is_some() || !(1..=255).contains(&bytes.len()) || !bytes.iter().all(printable)
    {
        return Err(Problem::field(
            "Idempotency-Key",
            "invalid",
            "Idempotency-Key takes 1 to 255 printable ASCII characters, once",
        ));
    }
    let organization = home(&caller.principal).map(|id| id.to_string()).unwrap_or_default();
    let user = caller.principal.user_id();
    let (method, path) = (&parts.method, parts.uri.path());
    Ok(Some(Idempotency {
        key: ReceiptKey {
            scope: format!("{organization} {user} {method} {path}"),
            key: String::from_utf8_lossy(bytes).into_owned(),
        },
        request: Sha256::digest(body).into(),
    }))
}

/// Tells the document.
pub(super) fn describe(operation: &mut Operation) {
    let parameter: Parameter = document::header(
        "Idempotency-Key",
        "Makes a repetition safe: the same key and body get the same answer for 24 h, with one \
         effect. Another body is refused with 422.",
        false,
        schemars::json_schema!({
            "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$",
        }),
    );
    operation.parameters.push(aide::openapi::ReferenceOr::Item(parameter));
}
