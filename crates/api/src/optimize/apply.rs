//! POST /api/schedule/optimize/{id}/apply

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::staffing::optimize::PlanView;
use uuid::Uuid;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Id};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("applyOptimization").tag(super::TAG);
    let operation = operation.summary("Put a plan into force").description(
        "All of it or nothing. Everybody is checked again. When a booking or a profile is at another \
         version than the plan rests on, or something speaks against somebody by now, 409 `plan_stale` \
         names it in `changed` and `problems`: search again. 409 `plan_not_ready` while the search runs, \
         when its plan assigns nobody, or when it is in force already.",
    );
    document::answers::<PlanView>(operation, 200, "The search, its plan in force.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<Uuid>,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    Ok(answer::send(shared.app.apply_plan(&caller, id, answer::done).await?))
}
