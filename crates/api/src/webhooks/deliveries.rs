//! GET /api/webhooks/{id}/deliveries

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::webhooks::{DeliveryFilter, DeliveryStatus};
use rishi_domain::id::WebhookId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::View;
use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Id, Limit, Page, Query, Signed};
use crate::shared::Shared;

/// Which deliveries.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Those that stand there.
    status: Option<Status>,
    /// That of this event.
    event_id: Option<Uuid>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Status {
    Pending,
    Delivered,
    Failed,
}

impl From<Status> for DeliveryStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Delivered => Self::Delivered,
            Status::Failed => Self::Failed,
        }
    }
}

/// A page of deliveries.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookDeliveryList")]
pub(super) struct List {
    deliveries: Vec<View>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listWebhookDeliveries").tag(super::TAG);
    let operation = operation.summary("What was delivered, waits, or was given up").description(
        "The newest events first; they are remembered for 30 days. Of what the receiver answers only \
         the status is kept.",
    );
    document::answers::<List>(operation, 200, "The deliveries.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<WebhookId>,
    Query(Parameters { status, event_id, page, limit }): Query<Parameters>,
) -> Reply {
    let filter = DeliveryFilter { status: status.map(DeliveryStatus::from), event_id };
    let (app, paging) = (&shared.app, paging(page, limit));
    let found = app.webhook_deliveries(&caller.principal, id, filter, paging).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { deliveries: found.items.iter().map(View::from).collect(), pagination })
}
