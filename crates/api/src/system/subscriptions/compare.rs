//! GET /api/system/subscriptions/{name}/comparison

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::Position;
use rishi_app::operations::{Difference, Stretch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Reply};
use crate::document;
use crate::events::Place;
use crate::extract::{Limit, Name, Query, Signed};
use crate::shared::Shared;

/// With whom, and about which events.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Parameters {
    /// The name of the other subscription.
    with: String,
    /// About events after this position; from the beginning when absent.
    #[serde(default)]
    after: Option<Place>,
    /// About events up to this position; to the end when absent.
    #[serde(default)]
    through: Option<Place>,
    /// About how many events, of those that either wants.
    #[serde(default)]
    limit: Limit,
}

/// Where two subscriptions decide differently.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionComparison")]
struct Comparison {
    /// The name of one.
    name: String,
    /// The name of the other.
    with: String,
    /// About how many events both were asked.
    compared: usize,
    /// The last position that was looked at, at most 10,000 on: go on after it.
    through: Position,
    /// Where they differ, in order of position.
    differences: Vec<DifferenceView>,
}

/// An event about which two subscriptions decide differently.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionDifference")]
struct DifferenceView {
    /// Its position.
    position: Position,
    /// Its type.
    r#type: String,
    /// What the one would do: `nothing`, `failed: …`, or its commit. Ids that it would make are numbered.
    left: String,
    /// What the other would do.
    right: String,
}

impl From<Difference> for DifferenceView {
    fn from(found: Difference) -> Self {
        let Difference { position, event_type, left, right } = found;
        Self { position, r#type: event_type.to_string(), left, right }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("compareSubscriptions").tag(super::TAG);
    let operation = operation.summary("Where two subscriptions decide differently").description(
        "Asks both handlers, as they are in this program, about the same events, with the database as it \
         is now; nothing is written and no effect is run, so two effects never differ. For a new version \
         of a handler that runs beside the old one. 404 when the program lacks either.",
    );
    document::answers::<Comparison>(operation, 200, "What was compared.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Name(name): Name,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    shared.app.may_see(&caller.principal)?;
    let Parameters { with, after, through, limit } = parameters;
    let stretch = Stretch {
        after: after.map_or(0, |place| place.0),
        through: through.map_or(Position::MAX, |place| place.0),
        limit: usize::try_from(limit.0).unwrap_or(usize::MAX),
    };
    let found = shared.app.compare(&*shared.log, [&name, &with], stretch).await?;
    let differences = found.differences.into_iter().map(DifferenceView::from).collect();
    let (compared, through) = (found.compared, found.through);
    answer::json(&Comparison { name, with, compared, through, differences })
}
