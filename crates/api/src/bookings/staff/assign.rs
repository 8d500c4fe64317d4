//! POST /api/bookings/{id}/staff

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::bookings::BookingView;
use rishi_domain::assignment::AssignStaff;
use rishi_domain::id::BookingId;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, Post};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("assignStaff").tag(super::super::TAG);
    let operation = operation.summary("Assign staff to a booking").description(
        "All or none. `problems` names every reason against each of them, with its code: 422 \
         `skills_missing` when every hard one is about skills, else 409 `staff_unavailable`. Soft \
         reasons are passed over with `override` by those who may act in others' stead; then the \
         reason stands in the event.",
    );
    let operation = document::example(
        operation,
        json!({
            "assignments": [
                {
                    "staffId": "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
                    "role": "host",
                    "hourlyRate": 28.5
                }
            ],
            "override": { "reason": "She confirmed by telephone." }
        }),
    );
    document::creates::<BookingView>(operation, "The booking with its staff.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<BookingId>,
    if_match: IfMatch,
    Post { caller, body }: Post<AssignStaff>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let version = if_match.version();
    let answer = shared.app.assign_staff(&caller, id, version, body, super::made).await?;
    Ok(answer::send(answer))
}
