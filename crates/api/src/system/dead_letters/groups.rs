//! GET /api/system/dead-letters/groups

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::Position;
use rishi_app::operations::LetterGroup;
use schemars::JsonSchema;
use serde::Serialize;

use super::Which;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Query, Signed};
use crate::shared::Shared;

/// Dead letters by what went wrong.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DeadLetterGroups")]
struct Groups {
    groups: Vec<Group>,
}

/// Dead letters of one subscription that share their error.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DeadLetterGroup")]
struct Group {
    /// Which subscription.
    subscription: String,
    /// The error that they share.
    error: String,
    /// How many they are.
    count: u64,
    /// The position of the first.
    first: Position,
    /// When the newest of them died.
    last: Timestamp,
}

impl From<LetterGroup> for Group {
    fn from(group: LetterGroup) -> Self {
        let LetterGroup { subscription, error, count, first, last } = group;
        Self { subscription, error, count, first, last }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation
        .id("groupDeadLetters")
        .tag(super::TAG)
        .summary("Dead letters by subscription and error, the most numerous first");
    document::answers::<Groups>(operation, 200, "The groups.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(which): Query<Which>,
) -> Reply {
    let filter = super::filter(which.subscription, which.error)?;
    let groups = shared.app.dead_letter_groups(&caller.principal, &filter).await?;
    answer::json(&Groups { groups: groups.into_iter().map(Group::from).collect() })
}
