//! GET /api/organizations/{id}/notification-templates

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use schemars::JsonSchema;
use serde::Serialize;

use super::View;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Signed};
use crate::shared::Shared;

/// Everything that an organization has set.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotificationTemplateList")]
struct List {
    templates: Vec<View>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listNotificationTemplates").tag(super::TAG);
    let operation = operation.summary("An organization's own words for what people are told");
    let operation = operation
        .description("By kind and language; what is not there is told in the built-in words.");
    document::answers::<List>(operation, 200, "What it has set.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<OrganizationId>,
) -> Reply {
    let found = shared.app.notification_templates(&caller.principal, id).await?;
    answer::json(&List { templates: found.iter().map(View::from).collect() })
}
