//! POST /api/organizations

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_domain::organization::{CreateOrganization, Organization};
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("createOrganization").tag(super::TAG).summary("Create an organization");
    let operation = operation.description("For those who act for the whole platform.");
    let operation = document::example(
        operation,
        json!({
            "name": "Green Leaf",
            "kind": "client",
            "tier": 2,
            "timezone": "America/Denver",
            "currency": "USD"
        }),
    );
    let operation = document::creates::<Organization>(operation, "The organization.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<CreateOrganization>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let answer = shared.app.create_organization(&caller, body, created).await?;
    Ok(answer::send(answer))
}

fn created(organization: &Organization) -> Result<Answer, rishi_app::Error> {
    let location = format!("/api/organizations/{}", organization.id);
    answer::created(location, organization.version, organization)
}
