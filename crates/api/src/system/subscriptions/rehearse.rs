//! GET /api/system/subscriptions/{name}/rehearsal

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::Position;
use rishi_app::operations::{Decision, Rehearsed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::replay;
use crate::answer::{self, Reply};
use crate::document;
use crate::events::Place;
use crate::extract::{Limit, Name, Query, Signed};
use crate::shared::Shared;

/// From where: one of the two; and about how many events.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Parameters {
    /// About events after this position; 0 for all there is.
    #[serde(default)]
    after: Option<Place>,
    /// About events made at or after this instant.
    #[serde(default)]
    since: Option<Timestamp>,
    /// About how many events, of those that it wants.
    #[serde(default)]
    limit: Limit,
}

/// What a replay would do.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionRehearsal")]
struct Rehearsal {
    /// The subscription's name.
    name: String,
    /// About the events after this position.
    after: Position,
    /// The first of them.
    events: Vec<RehearsedView>,
}

/// What a subscription would do about an event.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RehearsedEvent")]
struct RehearsedView {
    /// Its position.
    position: Position,
    /// Its type.
    r#type: String,
    /// What would be done.
    decision: Word,
    /// The commit that would be made or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// Why it would be refused or fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The key under which the effect would be run.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

/// What would be done about an event.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "RehearsedDecision")]
enum Word {
    /// Nothing.
    Nothing,
    /// A commit would be made.
    Commit,
    /// A commit would be refused, and decided again.
    Refused,
    /// The handler would fail.
    Failed,
    /// The outside world would be touched.
    Effect,
}

impl From<Rehearsed> for RehearsedView {
    fn from(one: Rehearsed) -> Self {
        let (decision, commit, error, key) = match one.decision {
            Decision::Nothing => (Word::Nothing, None, None, None),
            Decision::Commit { commit } => (Word::Commit, Some(commit), None, None),
            Decision::Refused { commit, error } => (Word::Refused, Some(commit), Some(error), None),
            Decision::Failed { error } => (Word::Failed, None, Some(error), None),
            Decision::Effect { key } => (Word::Effect, None, None, Some(key)),
        };
        let (position, r#type) = (one.position, one.event_type.to_string());
        Self { position, r#type, decision, commit, error, key }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("rehearseSubscription").tag(super::TAG);
    let operation = operation.summary("What a replay would do").description(
        "Asks the handler, as it is in this program, and tries its commits in a transaction that is rolled \
         back. Nothing is written and no effect is run. 404 when the program has no such subscription.",
    );
    let operation = document::answers::<Rehearsal>(operation, 200, "What would be done.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Name(name): Name,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    shared.app.may_see(&caller.principal)?;
    let Parameters { after, since, limit } = parameters;
    let after = shared.app.replay_after(&name, replay::from(after, since)?).await?;
    let limit = usize::try_from(limit.0).unwrap_or(usize::MAX);
    let told = shared.app.rehearse(&*shared.log, &name, after, limit).await?;
    let events = told.into_iter().map(RehearsedView::from).collect();
    answer::json(&Rehearsal { name, after, events })
}
