//! GET /api/schedule

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use rishi_app::bookings::{BookingView, ListedBooking};
use rishi_app::schedule::{GroupBy, ScheduleQuery, ScheduleRow};
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Capability;
use rishi_domain::time::TimeRange;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::problem::Problem;
use crate::scoped;
use crate::shared::Shared;

/// The longest range.
const RANGE_MAX: SignedDuration = SignedDuration::from_hours(62 * 24);

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/api/schedule", get_with(handle, describe))
}

/// Which part of the calendar.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Parameters {
    /// Whose. Required for who sees several organizations.
    #[serde(default)]
    organization_id: Option<OrganizationId>,
    /// Its first instant.
    from: Timestamp,
    /// The first instant after; at most 62 days later.
    to: Timestamp,
    /// What the rows are.
    by: GroupBy,
    /// Only bookings in these states, and cancelled ones only if asked for; repeat or separate by commas.
    #[serde(default)]
    status: Vec<BookingStatus>,
    /// Which page of rows.
    #[serde(default)]
    page: Page,
    /// How many rows.
    #[serde(default)]
    limit: Limit,
}

/// A part of the calendar.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Schedule")]
struct Body {
    /// The bookings of the rows, as in a list, by start.
    #[schemars(with = "Vec<BookingView>")]
    bookings: Vec<Box<RawValue>>,
    /// By name, that of bookings without place or person last.
    rows: Vec<ScheduleRow>,
    /// Of the rows.
    pagination: Pagination,
}

fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readSchedule").tag("Schedule").summary("Read the calendar");
    let operation = operation.description(
        "The bookings of a range, as in lists, and the rows in which they stand: places (`by=location`, \
         empty ones too) or people (`by=staff`, everybody who works for the organization and whom the caller \
         sees, with assignments, declared time expanded and in order of precedence, approved leave, and \
         for who assigns staff when they work elsewhere). Declarations are told to those who decide about \
         the person's leave, and to oneself. 400 `too_many` at more than 2,000 bookings.",
    );
    let operation = document::answers::<Body>(operation, 200, "The calendar.");
    document::may_refuse(operation, &[404])
}

async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    let principal = &caller.principal;
    let scope = scoped::allowed(principal, Capability::ReadBookings, "read bookings")?;
    let organization = scoped::one_or_own(&scope, parameters.organization_id)?;
    let range = range(parameters.from, parameters.to)?;
    let (page, limit) = (parameters.page, parameters.limit);
    let query = ScheduleQuery {
        organization,
        range,
        by: parameters.by,
        statuses: parameters.status,
        paging: paging(page, limit),
    };
    let found = shared.app.schedule(principal, &query).await?;
    let bookings = found.bookings.iter().map(written).collect::<Result<_, _>>();
    let pagination =
        Pagination { page: Some(page.0), limit: limit.0, total: found.total, next: None };
    let bookings = bookings.map_err(answer::unwritable)?;
    answer::json(&Body { bookings, rows: found.rows, pagination })
}

fn range(from: Timestamp, to: Timestamp) -> Result<TimeRange, Problem> {
    scoped::range(Some(from), Some(to))?;
    if to.duration_since(from) > RANGE_MAX {
        return Err(Problem::field("to", "too_long", "a schedule covers at most 62 days"));
    }
    Ok(TimeRange { start: from, end: to })
}

/// A booking as lists write it.
fn written(booking: &ListedBooking) -> Result<Box<RawValue>, serde_json::Error> {
    let mut text = String::with_capacity(booking.length());
    booking.write(&mut text)?;
    RawValue::from_string(text)
}
