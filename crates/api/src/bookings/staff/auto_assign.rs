//! POST /api/bookings/{id}/auto-assign

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::staffing::AutoAssigned;
use rishi_domain::id::BookingId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Id, IfMatch};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("autoAssignStaff").tag(super::super::TAG);
    let operation = operation.summary("Assign the best people to what is open").description(
        "When they fill every open place and cover every skill that the team must; else nobody is \
         assigned, and the answer and `AUTO_STAFF_ASSIGNMENT_FAILED` tell why. Nobody is chosen \
         against whom anything speaks.",
    );
    document::answers_entity::<AutoAssigned>(operation, "What came of it.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<BookingId>,
    if_match: IfMatch,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let version = if_match.version();
    let reply = |done: &AutoAssigned| answer::changed(done.booking.booking.version, done);
    let answer = shared.app.auto_assign(&caller, id, version, reply).await?;
    Ok(answer::send(answer))
}
