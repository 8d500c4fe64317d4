//! GET /api/events

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::store::EventFilter;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::EventList;
use super::document::EventListDocument;
use super::filter::{About, Place, TypePattern, types};
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Limit, Query, Signed};
use crate::problem::Problem;
use crate::scoped;
use crate::shared::Shared;

/// Which events.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Of any of these types, `*` at the end for all that begin alike; repeat or separate by commas.
    #[serde(rename = "type")]
    kind: Vec<TypePattern>,
    /// About this: `booking/<id>`.
    subject: Option<About>,
    /// Of this workflow: for bookings the booking's id.
    correlation_id: Option<Uuid>,
    /// Of this organization.
    organization_id: Option<OrganizationId>,
    /// Only events after this position, oldest first.
    after: Option<Place>,
    /// Only events before this position, newest first; not together with `after`.
    before: Option<Place>,
    /// How many.
    limit: Limit,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listEvents").tag(super::TAG).summary("Read the event log");
    let operation = operation.description(
        "The log of the organizations whose log the caller may read, in order. \
         `pagination.next` is the position to read on from: as `after`, or as `before` when reading \
         backwards. What retention has removed is passed over: the first event after 0 is the first there is.",
    );
    let operation = document::answers::<EventListDocument>(operation, 200, "The events.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    let principal = &caller.principal;
    let named = parameters.organization_id;
    scoped::within(principal, Capability::ReadEvents, "read the event log", named)?;
    let limit = parameters.limit;
    let filter = filter(parameters)?;
    let found = shared.app.events(principal, &filter, limit.0).await?;
    answer::json(&EventList::new(&found, limit))
}

fn filter(from: Parameters) -> Result<EventFilter, Problem> {
    if from.after.is_some() && from.before.is_some() {
        let message = "read by after or by before, not by both";
        return Err(Problem::field("before", "conflicting", message));
    }
    Ok(EventFilter {
        types: types(from.kind),
        subject: from.subject.map(|about| about.0),
        correlation: from.correlation_id,
        organization: from.organization_id,
        after: from.after.map(|place| place.0),
        before: from.before.map(|place| place.0),
    })
}
