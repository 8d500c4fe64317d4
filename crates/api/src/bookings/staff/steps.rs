//! POST /api/bookings/{id}/staff/{assignmentId}/confirm, decline, check-in, check-out, no-show
//!
//! One file, because they differ in nothing but the step.

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::auth::Caller;
use rishi_app::bookings::BookingView;
use rishi_app::staffing::AssignmentStep;
use rishi_domain::assignment::CheckIn;
use rishi_domain::assignment::step::StepNotes;
use serde_json::{Value, json};

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{IfMatch, OnBooking, OptionalBody};
use crate::shared::Shared;

macro_rules! steps {
    ($($name:ident $describe:ident $body:ident $step:expr, $id:literal, $summary:literal, $text:expr, $example:expr;)*) => {
        $(
            pub(super) async fn $name(
                State(shared): State<Shared>,
                on: OnBooking,
                if_match: IfMatch,
                OptionalBody { caller, body }: OptionalBody<$body>,
            ) -> Reply {
                take(&shared, &caller, on, if_match, $step(body)).await
            }

            pub(super) fn $describe(operation: TransformOperation) -> TransformOperation {
                describe(operation.id($id).summary($summary).description($text), $example)
            }
        )*
    };
}

const NOTES: &str = "The staff member, or in their stead somebody who may.";
const PRESENCE: &str = "The staff member, or in their stead somebody who may. A client that was offline \
    states the time as `at`; the same news again changes nothing. Outside the geofence it is \
    recorded and flagged, not refused.";

steps! {
    confirm describe_confirm StepNotes |body: StepNotes| AssignmentStep::Confirm(body.notes),
        "confirmAssignment", "Accept an assignment", NOTES, json!({ "notes": "Gladly." });
    decline describe_decline StepNotes |body: StepNotes| AssignmentStep::Decline(body.notes),
        "declineAssignment", "Decline an assignment", NOTES, json!({ "notes": "I am at a wedding." });
    check_in describe_check_in CheckIn AssignmentStep::CheckIn,
        "checkIn", "Come to work", PRESENCE, position();
    check_out describe_check_out CheckIn AssignmentStep::CheckOut,
        "checkOut", "Leave, the work done", PRESENCE, position();
    no_show describe_no_show StepNotes |body: StepNotes| AssignmentStep::NoShow(body.notes),
        "reportNoShow", "Report that nobody came",
        "By those who may act in others' stead, once the booking has begun.",
        json!({ "notes": "Not reachable by telephone." });
}

fn position() -> Value {
    json!({
        "latitude": 39.7392,
        "longitude": -104.9903,
        "accuracyMeters": 12,
        "at": "2027-05-03T14:58:30Z"
    })
}

fn describe(operation: TransformOperation, example: Value) -> TransformOperation {
    let operation = document::example(operation.tag(super::super::TAG), example);
    document::answers_entity::<BookingView>(operation, "The booking with its staff.")
}

async fn take(
    shared: &Shared,
    caller: &Caller,
    OnBooking(booking, assignment): OnBooking,
    if_match: IfMatch,
    step: AssignmentStep,
) -> Reply {
    if let Some(before) = shared.app.replay(caller).await? {
        return Ok(answer::send(before));
    }
    let (both, version) = ((booking, assignment), if_match.version());
    let changed = super::super::changed;
    let answer = shared.app.step_assignment(caller, both, version, step, changed).await?;
    Ok(answer::send(answer))
}
