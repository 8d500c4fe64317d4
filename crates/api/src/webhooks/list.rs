//! GET /api/webhooks

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Capability;
use rishi_domain::webhook::WebhookEndpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::scoped;
use crate::shared::Shared;

/// Which endpoints.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Of this organization.
    organization_id: Option<OrganizationId>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of endpoints.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookList")]
pub(super) struct List {
    webhooks: Vec<WebhookEndpoint>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listWebhooks").tag(super::TAG).summary("List webhook endpoints");
    let operation = operation.description(
        "Of organizations whose integrations the caller manages, newest first. Never the secrets.",
    );
    let operation = document::answers::<List>(operation, 200, "The endpoints.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(Parameters { organization_id, page, limit }): Query<Parameters>,
) -> Reply {
    let what = "read webhooks";
    let right = Capability::ManageIntegrations;
    scoped::within(&caller.principal, right, what, organization_id)?;
    let found =
        shared.app.webhooks(&caller.principal, organization_id, paging(page, limit)).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { webhooks: found.items, pagination })
}
