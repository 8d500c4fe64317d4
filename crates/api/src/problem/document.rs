//! A problem as the API's description has it.

use jiff::Timestamp;
use rishi_app::exchange::RowError;
use rishi_domain::staffing::check;
use schemars::JsonSchema;
use uuid::Uuid;

use super::Code;

/// The media type of problem details.
pub(crate) const CONTENT_TYPE: &str = "application/problem+json";

/// What went wrong (RFC 9457).
#[derive(JsonSchema)]
#[schemars(rename = "Problem", rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `Problem` writes")]
pub(crate) struct ProblemDocument {
    /// A reference that names the kind of problem: `/problems/<code>`.
    #[schemars(rename = "type")]
    kind: String,
    /// What the code means, the same for every occurrence.
    title: String,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What happened this time, one sentence for people.
    detail: String,
    /// The path of the request.
    instance: String,
    /// A stable word for programs; more may come.
    #[schemars(extend("examples" = words()))]
    code: String,
    /// The request's id, as in `X-Request-Id`: the caller's own, when it sent one.
    request_id: String,
    /// `validation_failed`, `unknown_reference`: every field that is wrong.
    errors: Option<Vec<FieldDocument>>,
    /// `import_refused`: what is wrong with each row.
    row_errors: Option<Vec<RowError>>,
    /// `location_conflict`, `staff_unavailable`: every booking in the way.
    conflicts: Option<Vec<BusyDocument>>,
    /// `location_conflict`, `staff_unavailable`: when bookings that the caller may not see are in
    /// the way.
    busy: Option<Vec<RangeDocument>>,
    /// `location_conflict`, `staff_unavailable`: the occurrences of a series that are in conflict.
    occurrences: Option<Vec<OccurrenceDocument>>,
    /// `staff_unavailable`: who is taken.
    staff_id: Option<Uuid>,
    /// `optimization_running`: the search that runs, when it is the caller's own.
    optimization_id: Option<Uuid>,
    /// `plan_stale`: everything that is at another version than the plan rests on.
    changed: Option<Vec<ChangedDocument>>,
    /// `staff_unavailable`, `skills_missing`, `plan_stale`: everybody against whom something speaks.
    problems: Option<Vec<StaffProblemDocument>>,
    /// `staff_unavailable`: whether every reason is soft, so that `override` helps who may use it.
    overridable: Option<bool>,
    /// `invalid_status_transition`: where the booking or the assignment stands.
    from: Option<String>,
    /// `invalid_status_transition`: where it was to go.
    to: Option<String>,
    /// `invalid_status_transition`: where it may go.
    allowed: Option<Vec<String>>,
    /// `version_conflict`, `precondition_failed`: the entity's present version.
    current_version: Option<u64>,
}

fn words() -> Vec<&'static str> {
    Code::ALL.iter().map(|code| code.as_str()).collect()
}

/// A field that is wrong.
#[derive(JsonSchema)]
#[schemars(rename = "FieldError")]
#[expect(dead_code, reason = "describes what `FieldError` writes")]
struct FieldDocument {
    /// The field's path in the request.
    field: String,
    /// A stable word for programs.
    code: String,
    /// One sentence for people.
    message: String,
}

/// A booking in the way.
#[derive(JsonSchema)]
#[schemars(rename = "Conflict", rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what a conflict writes")]
struct BusyDocument {
    /// Which, when the caller may see it.
    booking_id: Option<Uuid>,
    /// Its first instant.
    start: Timestamp,
    /// The first instant after it.
    end: Timestamp,
}

/// An occurrence of a series that is in conflict.
#[derive(JsonSchema)]
#[schemars(rename = "OccurrenceConflict", rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what an occurrence in conflict writes")]
struct OccurrenceDocument {
    /// Its number in the series.
    number: u32,
    /// When it was to begin.
    scheduled_start: Timestamp,
    /// When it was to end.
    scheduled_end: Timestamp,
    /// Who is taken; absent when it is the location.
    staff_id: Option<Uuid>,
    /// The bookings in the way.
    conflicts: Vec<BusyDocument>,
}

/// What speaks against somebody in a role.
#[derive(JsonSchema)]
#[schemars(rename = "StaffProblem", rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what a staff problem writes")]
struct StaffProblemDocument {
    /// On which booking, when several are changed together.
    /// `plan_stale`: on which booking.
    booking_id: Option<Uuid>,
    /// Who.
    staff_id: Uuid,
    /// As what.
    role: String,
    /// Every reason.
    reasons: Vec<ReasonDocument>,
}

/// Something that has changed since a plan was made.
#[derive(JsonSchema)]
#[schemars(rename = "ChangedVersion", rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what a changed version writes")]
struct ChangedDocument {
    /// `booking/<id>` or `staff/<id>`.
    subject: String,
    /// The version that the plan rests on.
    planned_version: u64,
    /// The present one; absent when it is gone, or not for the caller to see.
    current_version: Option<u64>,
}

/// A reason against somebody.
#[derive(JsonSchema)]
#[schemars(rename = "Reason", rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what a reason writes")]
pub(crate) struct ReasonDocument {
    /// What it is.
    code: check::Code,
    /// Whether it can be overridden.
    kind: check::Kind,
    /// One sentence for people.
    message: String,
    /// The bookings in the way.
    conflicts: Vec<BusyDocument>,
}

/// A busy range of time.
#[derive(JsonSchema)]
#[schemars(rename = "BusyRange")]
#[expect(dead_code, reason = "describes what a busy range writes")]
struct RangeDocument {
    /// Its first instant.
    start: Timestamp,
    /// The first instant after it.
    end: Timestamp,
}
