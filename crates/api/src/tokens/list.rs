//! GET /api/tokens

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::View;
use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::shared::Shared;

/// Which tokens.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Of this organization: everybody's, if the caller manages its integrations.
    organization_id: Option<OrganizationId>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of tokens.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TokenList")]
pub(super) struct List {
    tokens: Vec<View>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listTokens").tag(super::TAG).summary("List API tokens");
    let operation = operation.description(
        "One's own, newest first; of an organization whose integrations the caller manages, \
         everybody's. Never the secrets. Expired ones are listed too.",
    );
    let operation = document::answers::<List>(operation, 200, "The tokens.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(Parameters { organization_id, page, limit }): Query<Parameters>,
) -> Reply {
    let found = shared.app.tokens(&caller.principal, organization_id, paging(page, limit)).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { tokens: found.items.iter().map(View::from).collect(), pagination })
}
