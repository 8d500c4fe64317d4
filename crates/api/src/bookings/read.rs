//! GET /api/bookings/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::bookings::BookingView;
use rishi_domain::id::BookingId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfNoneMatch, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readBooking").tag(super::TAG).summary("Read a booking");
    document::answers_entity::<BookingView>(operation, "The booking.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<BookingId>,
    known: IfNoneMatch,
) -> Reply {
    let view = shared.app.booking(&caller.principal, id).await?;
    answer::entity(view.booking.version, &view, &known)
}
