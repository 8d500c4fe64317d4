//! POST /api/availability

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_domain::availability::{AvailabilityBlock, DeclareAvailability};
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation
        .id("declareAvailability")
        .tag(super::TAG)
        .summary("Declare when one can work, or ask for leave");
    let operation = operation.description(
        "For oneself. Approved leave stands above a single block, a single block above a recurring \
         one. What recurs keeps its time on the local clock: in a gap its start moves forward, in a \
         fold the first instance counts, and each occurrence takes the elapsed time of the first.",
    );
    let operation = document::example(
        operation,
        json!({
            "status": "available",
            "localStart": "2027-05-03T09:00:00",
            "localEnd": "2027-05-03T17:00:00",
            "timezone": "America/Denver",
            "recurrence": "FREQ=WEEKLY;BYDAY=MO,WE,FR"
        }),
    );
    document::creates::<AvailabilityBlock>(operation, "The block.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<DeclareAvailability>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let answer = shared.app.declare_availability(&caller, body, created).await?;
    Ok(answer::send(answer))
}

fn created(block: &AvailabilityBlock) -> Result<Answer, rishi_app::Error> {
    answer::created(format!("/api/availability/{}", block.id), block.version, block)
}
