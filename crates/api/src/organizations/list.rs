//! GET /api/organizations

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::organization::Organization;
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::scoped;
use crate::shared::Shared;

/// Which organizations.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of organizations.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OrganizationList")]
pub(super) struct List {
    organizations: Vec<Organization>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listOrganizations").tag(super::TAG).summary("List organizations");
    document::answers::<List>(operation, 200, "The organizations.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    scoped::allowed(&caller.principal, Capability::ReadOrganizations, "read organizations")?;
    let (page, limit) = (parameters.page, parameters.limit);
    let paging = paging(page, limit);
    let found = shared.app.organizations(&caller.principal, paging).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { organizations: found.items, pagination })
}
