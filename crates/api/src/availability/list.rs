//! GET /api/availability

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::availability::AvailabilityFilter;
use rishi_domain::availability::{Approval, AvailabilityBlock, BlockKind};
use rishi_domain::id::UserId;
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::scoped;
use crate::shared::Shared;

/// Which blocks.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Of this person.
    user_id: Option<UserId>,
    /// Of this kind.
    kind: Option<BlockKind>,
    /// Leave about which this was decided.
    approval: Option<Approval>,
    /// That may happen after this.
    from: Option<Timestamp>,
    /// That may happen before this.
    to: Option<Timestamp>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of blocks.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AvailabilityList")]
pub(super) struct List {
    availability: Vec<AvailabilityBlock>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listAvailability").tag(super::TAG);
    let operation = operation.summary("List what people declare of their time");
    let operation = operation.description(
        "One's own, and that of the people on whose leave one may decide. By when each first happens. \
         A block that recurs is there once.",
    );
    document::answers::<List>(operation, 200, "The blocks.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    let principal = &caller.principal;
    if scoped::allowed(principal, Capability::OwnAvailability, "").is_err() {
        scoped::allowed(principal, Capability::ApproveLeave, "read availability")?;
    }
    scoped::range(parameters.from, parameters.to)?;
    let (page, limit) = (parameters.page, parameters.limit);
    let filter = AvailabilityFilter {
        person: parameters.user_id,
        kind: parameters.kind,
        approval: parameters.approval,
        from: parameters.from,
        to: parameters.to,
    };
    let found = shared.app.availability_blocks(principal, &filter, paging(page, limit)).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { availability: found.items, pagination })
}
