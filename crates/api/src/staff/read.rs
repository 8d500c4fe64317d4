//! GET /api/staff/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::staffing::StaffView;
use rishi_domain::id::UserId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfNoneMatch, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readStaffMember").tag(super::TAG);
    let operation = operation.summary("Read a staff profile").description(
        "The id is the person's. `defaultHourlyRate` is absent for who may not see pay.",
    );
    document::answers_entity::<StaffView>(operation, "The profile.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<UserId>,
    known: IfNoneMatch,
) -> Reply {
    let view = shared.app.staff_member(&caller.principal, id).await?;
    answer::entity(view.profile.version, &view, &known)
}
