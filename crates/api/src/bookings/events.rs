//! GET /api/bookings/{id}/events

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::BookingId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::events::{EventList, EventListDocument, Place};
use crate::extract::{Id, Limit, Query, Signed};
use crate::shared::Shared;

/// Which stretch of the story.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Parameters {
    /// Only events after this position.
    #[serde(default)]
    after: Option<Place>,
    /// How many.
    #[serde(default)]
    limit: Limit,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listBookingEvents").tag(super::TAG);
    let operation = operation.summary("A booking's story").description(
        "Everything that happened to the booking, in order, to whoever may read the booking.",
    );
    document::answers::<EventListDocument>(operation, 200, "The events.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<BookingId>,
    Query(Parameters { after, limit }): Query<Parameters>,
) -> Reply {
    let found = shared
        .app
        .booking_events(&caller.principal, id, after.map(|place| place.0), limit.0)
        .await?;
    answer::json(&EventList::new(&found, limit))
}
