//! POST /api/bookings/{id}/status

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::bookings::BookingView;
use rishi_domain::booking::transition::ChangeStatus;
use rishi_domain::id::BookingId;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, Post};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("changeBookingStatus").tag(super::TAG);
    let operation = operation.summary("Take a booking to another status").description(
        "409 `invalid_status_transition` names both states and the allowed ones. Approving checks \
         again that the location and everyone on the booking are free.",
    );
    let example = json!({ "status": "pending_approval", "notes": "ready for review" });
    let operation = document::example(operation, example);
    document::answers_entity::<BookingView>(operation, "The booking.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<BookingId>,
    if_match: IfMatch,
    Post { caller, body }: Post<ChangeStatus>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let version = if_match.version();
    let answer = shared.app.change_booking_status(&caller, id, version, body, super::changed);
    Ok(answer::send(answer.await?))
}
