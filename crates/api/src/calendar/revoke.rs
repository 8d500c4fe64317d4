//! DELETE /api/calendar-feeds/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::CalendarFeedId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("revokeCalendarFeed").tag(super::TAG).summary("Revoke a calendar feed");
    let operation = operation.description("Its address answers 404 from then on.");
    document::answers_nothing(operation, "It is gone.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<CalendarFeedId>,
) -> Reply {
    let gone = answer::nothing();
    Ok(answer::send(shared.app.revoke_calendar_feed(&caller, id, gone).await?))
}
