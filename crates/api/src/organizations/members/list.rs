//! GET /api/organizations/{id}/members

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::View;
use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Id, Limit, Page, Query, Signed};
use crate::shared::Shared;

/// Which stretch of them.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of members.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MemberList")]
pub(super) struct List {
    members: Vec<View>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listMembers").tag(super::TAG);
    let operation = operation.summary("List an organization's members").description("By name.");
    document::answers::<List>(operation, 200, "The members.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<OrganizationId>,
    Query(Parameters { page, limit }): Query<Parameters>,
) -> Reply {
    let found = shared.app.members(&caller.principal, id, paging(page, limit)).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { members: found.items.iter().map(View::from).collect(), pagination })
}
