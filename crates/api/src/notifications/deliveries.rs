//! GET /api/notification-deliveries

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use rishi_domain::notification::Delivery;
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::scoped;
use crate::shared::Shared;

/// Which deliveries.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// On behalf of this organization.
    organization_id: Option<OrganizationId>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of deliveries.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotificationDeliveryList")]
pub(super) struct List {
    deliveries: Vec<Delivery>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listNotificationDeliveries").tag(super::TAG);
    let operation = operation.summary("What became of sending notifications, newest first");
    let operation = operation.description(
        "For those who may change an organization's settings. There is a delivery for each notification \
         that was made while e-mail was configured; it does not show what was told.",
    );
    let operation = document::answers::<List>(operation, 200, "The deliveries.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    let principal = &caller.principal;
    let right = Capability::WriteOrganizationSettings;
    scoped::within(principal, right, "see deliveries", parameters.organization_id)?;
    let (page, limit) = (parameters.page, parameters.limit);
    let organization = parameters.organization_id;
    let found = shared.app.deliveries(principal, organization, paging(page, limit)).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { deliveries: found.items, pagination })
}
