//! GET /api/booking-series/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::series::SeriesView;
use rishi_domain::id::BookingSeriesId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readBookingSeries").tag(super::TAG).summary("Read a series");
    let operation = operation.description(
        "The series and those of its bookings that the caller may see, to whoever may see one of them.",
    );
    document::answers_entity::<SeriesView>(operation, "The series.")
}

/// Not answered by 304: the bookings change without the series.
pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<BookingSeriesId>,
) -> Reply {
    let view = shared.app.series(&caller.principal, id).await?;
    Ok(answer::send(super::changed(&view)?))
}
