//! GET /api/users

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Capability;
use rishi_domain::user::User;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::scoped;
use crate::shared::Shared;

/// Which users.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Members of this organization.
    organization_id: Option<OrganizationId>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of users.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UserList")]
pub(super) struct List {
    users: Vec<User>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listUsers").tag(super::TAG).summary("List people");
    let operation = document::answers::<List>(operation, 200, "The users.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    let named = parameters.organization_id;
    scoped::within(&caller.principal, Capability::ReadUsers, "see people", named)?;
    let (page, limit) = (parameters.page, parameters.limit);
    let (organization, paging) = (parameters.organization_id, paging(page, limit));
    let found = shared.app.users(&caller.principal, organization, paging).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { users: found.items, pagination })
}
