//! GET /api/schedule/optimize/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::staffing::optimize::PlanView;
use uuid::Uuid;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("getOptimization").tag(super::TAG);
    let operation = operation.summary("Look at a search and its plan").description(
        "With the plan and what stays open, and why, once it is over. For an hour from its end, to who \
         asked for it.",
    );
    document::answers::<PlanView>(operation, 200, "The search.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<Uuid>,
) -> Reply {
    answer::json(&shared.app.read_optimization(&caller.principal, id).await?)
}
