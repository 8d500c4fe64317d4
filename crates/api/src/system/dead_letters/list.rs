//! GET /api/system/dead-letters

use aide::transform::TransformOperation;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LetterView;
use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::shared::Shared;

/// Which dead letters.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Of this subscription.
    subscription: Option<String>,
    /// With this text in the error.
    #[schemars(length(min = 1, max = 1000))]
    error: Option<String>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of dead letters.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DeadLetterList")]
struct List {
    dead_letters: Vec<LetterView>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("listDeadLetters").tag(super::TAG).summary("List dead letters, oldest first");
    document::answers::<List>(operation, 200, "The dead letters.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    let Parameters { subscription, error, page, limit } = parameters;
    let filter = super::filter(subscription, error)?;
    let paging = paging(page, limit);
    let found = shared.app.dead_letters(&caller.principal, &filter, paging).await?;
    let pagination = Pagination::page(page, limit, &found);
    let dead_letters = found.items.iter().map(LetterView::from).collect();
    answer::json(&List { dead_letters, pagination })
}
