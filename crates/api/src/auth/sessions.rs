//! GET /api/auth/sessions · DELETE /api/auth/sessions/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use http::header::SET_COOKIE;
use jiff::Timestamp;
use rishi_app::credentials::Session;
use rishi_domain::id::SessionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Id, Limit, Page, Query, Signed};
use crate::shared::Shared;

/// Which stretch of them.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A signed-in browser.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Session")]
struct View {
    id: SessionId,
    /// When the person signed in.
    created_at: Timestamp,
    /// When it was last used, up to a minute late.
    last_seen_at: Timestamp,
    /// When it ends whatever happens.
    expires_at: Timestamp,
    /// The address from which the person signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// What the browser calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

/// A page of sessions.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SessionList")]
pub(super) struct List {
    sessions: Vec<View>,
    pagination: Pagination,
}

pub(super) fn describe_list(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listSessions").tag(super::TAG);
    let operation = operation.summary("Where am I signed in?").description(
        "The caller's own sessions, newest first. For sessions only: 403 `session_required` for a token.",
    );
    document::answers::<List>(operation, 200, "The sessions.")
}

pub(super) async fn list(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(Parameters { page, limit }): Query<Parameters>,
) -> Reply {
    let found = shared.app.sessions(&caller.principal, paging(page, limit)).await?;
    let pagination = Pagination::page(page, limit, &found);
    let current = caller.principal.session();
    let view = |session: Session| View {
        id: session.id,
        created_at: session.created_at,
        last_seen_at: session.seen_at,
        expires_at: session.expires_at,
        address: session.whence.address,
        user_agent: session.whence.user_agent,
        current: Some(session.id) == current,
    };
    answer::json(&List { sessions: found.items.into_iter().map(view).collect(), pagination })
}

pub(super) fn describe_revoke(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("revokeSession").tag(super::TAG).summary("End one of my sessions");
    let operation =
        operation.description("At once. For sessions only: 403 `session_required` for a token.");
    document::answers_nothing(operation, "It has ended.")
}

pub(super) async fn revoke(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<SessionId>,
) -> Reply {
    let answer = shared.app.revoke_session(&caller, id, answer::nothing()).await?;
    let mut response = answer::send(answer);
    if caller.principal.session() == Some(id)
        && let Some(cookie) = shared.cookie().take()
    {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}
