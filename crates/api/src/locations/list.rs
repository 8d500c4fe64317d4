//! GET /api/locations

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use rishi_domain::location::Location;
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::scoped;
use crate::shared::Shared;

/// Which locations.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Usable by this organization: its own and shared ones.
    organization_id: Option<OrganizationId>,
    /// With this text in the name, in any case.
    #[schemars(length(min = 1, max = 200))]
    search: Option<String>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of locations.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LocationList")]
pub(super) struct List {
    locations: Vec<Location>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation
        .id("listLocations")
        .tag(super::TAG)
        .summary("List locations, shared ones included");
    let operation = document::answers::<List>(operation, 200, "The locations.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    scoped::allowed(&caller.principal, Capability::ReadLocations, "read locations")?;
    scoped::search(parameters.search.as_deref())?;
    let (page, limit) = (parameters.page, parameters.limit);
    let (organization, paging) = (parameters.organization_id, paging(page, limit));
    let search = parameters.search.as_deref();
    let found = shared.app.locations(&caller.principal, organization, search, paging).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { locations: found.items, pagination })
}
