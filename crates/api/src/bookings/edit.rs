//! PATCH /api/bookings/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::bookings::BookingView;
use rishi_domain::booking::edit::EditBooking;
use rishi_domain::id::BookingId;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Patch};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("editBooking").tag(super::TAG).summary("Edit a booking");
    let operation = operation.description(
        "Changes the fields that are given; `null` clears an optional one. A booking that is \
         completed or cancelled takes no edits.",
    );
    let example = json!({ "title": "Harvest week, second half", "notes": null });
    let operation = document::example(operation, example);
    let operation = document::answers_entity::<BookingView>(operation, "The booking.");
    document::may_refuse(operation, &[422])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<BookingId>,
    Patch { caller, version, body }: Patch<EditBooking>,
) -> Reply {
    let answer = shared.app.edit_booking(&caller, id, version, body, super::changed).await?;
    Ok(answer::send(answer))
}
