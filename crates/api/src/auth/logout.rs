//! POST /api/auth/logout

use aide::transform::TransformOperation;
use axum::extract::State;
use http::header::SET_COOKIE;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Command;
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("logout").tag(super::TAG).summary("Sign out");
    let operation = operation.description(
        "Ends the session. A token is not signed out but revoked: 403 `session_required`.",
    );
    document::answers_nothing(operation, "The session has ended.")
}

pub(super) async fn handle(State(shared): State<Shared>, Command { caller }: Command) -> Reply {
    let answer = shared.app.sign_out(&caller, answer::nothing()).await?;
    let mut response = answer::send(answer);
    if let Some(cookie) = shared.cookie().take() {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}
