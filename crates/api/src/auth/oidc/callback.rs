//! GET /api/auth/oidc/callback

use aide::transform::TransformOperation;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::SET_COOKIE;
use rishi_app::oidc::Return;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{onward, told};
use crate::document;
use crate::extract::{Guest, Query};
use crate::shared::Shared;

/// What the provider says. It may say more, which is not looked at.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(in crate::auth) struct Parameters {
    /// What the sign-in was begun with.
    state: Option<String>,
    /// What the provider gives its word for.
    code: Option<String>,
    /// Why it gives none.
    error: Option<String>,
    /// Who says so (RFC 9207).
    iss: Option<String>,
}

pub(in crate::auth) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("finishOidc").tag(crate::auth::TAG);
    let operation = operation.summary("Where the provider of identities sends browsers back").description(
        "Begins an ordinary session. Once only: 400 `sign_in_lost` for a sign-in that was begun by \
         another browser or too long ago, or was finished already; 403 `sign_in_refused` for who is \
         not let in, with the reason; 503 while the provider cannot be asked.",
    );
    let operation = document::may_refuse(operation, &[400, 403, 404]);
    document::respond::<()>(operation, 303, "text/html", "To where it was begun.", |response| {
        document::put(response, "Location", "A path of this site.", document::text());
        document::put(response, "Set-Cookie", "The session's secret.", document::text());
    })
}

pub(in crate::auth) async fn handle(
    State(shared): State<Shared>,
    Guest(visitor): Guest,
    headers: HeaderMap,
    Query(said): Query<Parameters>,
) -> Response {
    let cookie = shared.flow_cookie();
    let back = Return {
        flow: cookie.shown(&headers).map(str::to_owned),
        state: said.state,
        code: said.code,
        error: said.error,
        issuer: said.iss,
    };
    let finished = shared.app.finish_oidc(&visitor, back).await;
    let answer = finished
        .map_err(|error| told(error, &headers))
        .and_then(|(secret, to)| onward(&to, &[shared.cookie().give(&secret), cookie.take()]));
    answer.unwrap_or_else(|problem| {
        // Whatever came of it, that sign-in is over.
        let mut response = problem.into_response();
        if let Some(taken) = cookie.take() {
            response.headers_mut().append(SET_COOKIE, taken);
        }
        response
    })
}
