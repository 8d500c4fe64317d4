//! POST /api/schedule/optimize/{id}/cancel

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::staffing::optimize::PlanView;
use uuid::Uuid;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Id};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("cancelOptimization").tag(super::TAG);
    let operation = operation.summary("End a search").description(
        "Answers once it has ended. Its best plan so far stays and can be put into force. A search that \
         is over stays as it is.",
    );
    document::answers::<PlanView>(operation, 200, "The search.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<Uuid>,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    Ok(answer::send(shared.app.cancel_optimization(&caller, id, answer::done).await?))
}
