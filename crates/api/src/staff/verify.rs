//! POST /api/staff/{id}/certifications/verify

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::staffing::StaffView;
use rishi_domain::id::UserId;
use rishi_domain::staffing::VerifyCertification;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, Post};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("verifyCertification").tag(super::TAG);
    let operation = operation.summary("Verify a certification").description(
        "Records that the caller has seen the certificate for a skill. Nobody verifies the own.",
    );
    let operation = document::example(operation, json!({ "skill": "budtender" }));
    document::answers_entity::<StaffView>(operation, "The profile.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<UserId>,
    if_match: IfMatch,
    Post { caller, body }: Post<VerifyCertification>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let version = if_match.version();
    let reply = |view: &StaffView| answer::changed(view.profile.version, view);
    let answer = shared.app.verify_certification(&caller, id, version, &body, reply).await?;
    Ok(answer::send(answer))
}
