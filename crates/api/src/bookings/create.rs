//! POST /api/bookings

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::bookings::BookingView;
use rishi_app::commit::Answer;
use rishi_domain::booking::create::CreateBooking;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("createBooking").tag(super::TAG).summary("Create a booking");
    let operation = operation.description(
        "Makes a booking in `draft`. 409 `location_conflict` when another booking of the location \
         overlaps, of whichever organization; back to back is fine.",
    );
    let operation = document::example(
        operation,
        json!({
            "organizationId": "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
            "title": "Harvest week",
            "scheduledStart": "2027-05-03T15:00:00Z",
            "scheduledEnd": "2027-05-03T23:00:00Z",
            "timezone": "America/Denver",
            "budget": 1250.5
        }),
    );
    let operation = document::creates::<BookingView>(operation, "The booking.");
    document::may_refuse(operation, &[404])
}

/// Dropping the future, because the client hung up or time ran out, cuts nothing in half: what
/// comes before the commit only reads, and [`rishi_app::Store::commit`] is one message to the
/// writer. So writes need no task of their own.
pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<CreateBooking>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let answer = shared.app.create_booking(&caller, body, created).await?;
    Ok(answer::send(answer))
}

fn created(view: &BookingView) -> Result<Answer, rishi_app::Error> {
    let booking = &view.booking;
    answer::created(format!("/api/bookings/{}", booking.id), booking.version, view)
}
