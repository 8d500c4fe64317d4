//! The one table from a use case's refusal to HTTP.

use rishi_app::Error;
use rishi_app::error::{Busy, OccurrenceBusy};
use rishi_app::staffing::optimize::StalePlan;
use rishi_app::staffing::{Reason, StaffProblem, can_be_overridden, lack_skills_alone};
use rishi_domain::error::FieldError;
use rishi_domain::id::BookingId;
use rishi_domain::staffing::check::Finding;
use serde_json::{Value, json};

use super::{Code, Problem};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        let of = |code: Code| Self::new(code, detail.clone());
        match error {
            Error::Invalid(invalid) => Self::validation(invalid.0),
            Error::Unauthenticated => of(Code::Unauthenticated),
            Error::WrongCredentials => of(Code::InvalidCredentials),
            Error::LinkInvalid => of(Code::LinkInvalid),
            Error::SessionRequired => of(Code::SessionRequired),
            Error::Throttled(after) => of(Code::TooManyAttempts).retry_after(after),
            Error::NotFound(_) => of(Code::NotFound),
            Error::Forbidden(_) => of(Code::Forbidden),
            Error::UnknownReference(field) => of(Code::UnknownReference).with_errors(vec![field]),
            Error::LocationConflict(busy) => of(Code::LocationConflict).with_conflicts(&busy),
            Error::StaffConflict { staff, busy } => {
                of(Code::StaffUnavailable).with("staffId", staff.to_string()).with_conflicts(&busy)
            }
            Error::StaffProblems(problems) => {
                of(staff_code(&problems)).with_staff_problems(&problems)
            }
            Error::OccurrencesConflict(occurrences) => {
                let by_location = occurrences.iter().any(|one| one.staff.is_none());
                let code =
                    if by_location { Code::LocationConflict } else { Code::StaffUnavailable };
                let all: Vec<Busy> = occurrences.iter().flat_map(|one| one.busy.clone()).collect();
                let told: Vec<Value> = occurrences.iter().map(occurrence).collect();
                of(code).with("occurrences", told).with_conflicts(&all)
            }
            Error::OccurrenceProblems(problems) => {
                let on = |(booking, problem): &(BookingId, StaffProblem)| {
                    let mut told = staff_problem(problem);
                    told["bookingId"] = json!(booking);
                    told
                };
                let told: Vec<Value> = problems.iter().map(on).collect();
                let all: Vec<StaffProblem> = problems.into_iter().map(|(_, one)| one).collect();
                of(staff_code(&all)).with("problems", told).with("overridable", false)
            }
            Error::SeriesOver => of(Code::SeriesOver),
            Error::InvalidAssignmentStep { from, to, allowed } => {
                let words: Vec<&str> = allowed.iter().map(|status| status.as_str()).collect();
                of(Code::InvalidStatusTransition)
                    .with("from", from.as_str())
                    .with("to", to.as_str())
                    .with("allowed", words)
            }
            Error::BookingNotBegun => of(Code::BookingNotBegun),
            Error::InvalidTransition { from, to, allowed } => {
                let words: Vec<&str> = allowed.iter().map(|status| status.as_str()).collect();
                of(Code::InvalidStatusTransition)
                    .with("from", from.as_str())
                    .with("to", to.as_str())
                    .with("allowed", words)
            }
            Error::BookingClosed(_) => of(Code::BookingClosed),
            Error::LeaveDecided(_) => of(Code::LeaveDecided),
            Error::OrganizationSuspended => of(Code::OrganizationSuspended),
            Error::VersionConflict { current: Some(current) } => {
                of(Code::VersionConflict).with("currentVersion", current)
            }
            Error::VersionConflict { current: None } => of(Code::VersionConflict),
            Error::PreconditionFailed { current } => {
                of(Code::PreconditionFailed).with("currentVersion", current)
            }
            Error::LastAdministrator => of(Code::LastAdministrator),
            Error::Duplicate(what) if what.contains("mail") => of(Code::EmailInUse)
                .with_errors(vec![FieldError::new("email", "in_use", "this address is in use")]),
            Error::Duplicate(_) => of(Code::Duplicate),
            Error::ReceiptReused => of(Code::IdempotencyKeyReused),
            Error::WebhookDisabled => of(Code::WebhookDisabled),
            Error::TooManyWebhooks => of(Code::TooManyWebhooks),
            Error::TooManyTokens => of(Code::TooManyTokens),
            Error::SignInLost => of(Code::SignInLost),
            Error::SignInRefused(_) => of(Code::SignInRefused),
            Error::TooManyCalendarFeeds => of(Code::TooManyCalendarFeeds),
            Error::ImportRefused(rows) => {
                let rows: Vec<Value> = rows.iter().map(|row| json!(row)).collect();
                of(Code::ImportRefused).with("rowErrors", rows)
            }
            Error::OptimizationRunning(own) => {
                let problem = of(Code::OptimizationRunning);
                match own {
                    Some(id) => problem.with("optimizationId", id.to_string()),
                    None => problem,
                }
            }
            Error::PlanNotReady(_) => of(Code::PlanNotReady),
            Error::PlanStale(stale) => of(Code::PlanStale).with_changes(&stale),
            Error::OrderRefused(_) => of(Code::OrderRefused),
            Error::Unavailable(why) => {
                tracing::warn!(why, "unavailable");
                Self::new(Code::Unavailable, "the platform cannot do this right now; try again")
            }
            Error::CircuitOpen { retry_after } => {
                Self::new(Code::Unavailable, "the platform cannot do this right now; try again")
                    .retry_after(retry_after)
            }
            Error::Internal(source) => {
                tracing::error!(error = chain(source.as_ref()), "internal error");
                of(Code::Internal)
            }
        }
    }
}

impl Problem {
    /// Every booking in the way, and apart from them the bare ranges of those that the caller may
    /// not see.
    fn with_conflicts(self, busy: &[Busy]) -> Self {
        let hidden = busy.iter().filter(|one| one.booking_id.is_none());
        let hidden: Vec<Value> = hidden.map(range).collect();
        let all: Vec<Value> = busy.iter().map(conflict).collect();
        self.with("conflicts", all).with("busy", hidden)
    }

    /// What is at another version than a plan rests on, and who cannot be assigned by it any longer.
    fn with_changes(self, stale: &StalePlan) -> Self {
        let changed = stale.changed.iter().map(|one| {
            let mut value = json!({ "subject": one.subject, "plannedVersion": one.planned });
            if let Some(current) = one.current {
                value["currentVersion"] = json!(current);
            }
            value
        });
        let problems = stale.problems.iter().map(|one| {
            let mut value = staff_problem(&one.problem);
            value["bookingId"] = json!(one.booking_id);
            value
        });
        self.with("changed", changed.collect::<Vec<Value>>())
            .with("problems", problems.collect::<Vec<Value>>())
    }

    /// Everybody against whom something speaks, with every reason, and whether all of them are soft.
    fn with_staff_problems(self, problems: &[StaffProblem]) -> Self {
        let all: Vec<Value> = problems.iter().map(staff_problem).collect();
        self.with("problems", all).with("overridable", can_be_overridden(problems))
    }
}

/// Whether another time would help.
fn staff_code(problems: &[StaffProblem]) -> Code {
    if lack_skills_alone(problems) { Code::SkillsMissing } else { Code::StaffUnavailable }
}

/// What speaks against somebody in a role.
fn staff_problem(one: &StaffProblem) -> Value {
    let reasons: Vec<Value> = one.reasons.iter().map(reason).collect();
    json!({ "staffId": one.staff_id, "role": one.role, "reasons": reasons })
}

/// A reason against somebody, with the bookings in the way.
pub(crate) fn reason(one: &Reason) -> Value {
    let Finding { code, kind, message, .. } = &one.finding;
    let conflicts: Vec<Value> = one.busy.iter().map(conflict).collect();
    json!({ "code": code, "kind": kind, "message": message, "conflicts": conflicts })
}

/// An occurrence of a series with the bookings in its way.
fn occurrence(one: &OccurrenceBusy) -> Value {
    let conflicts: Vec<Value> = one.busy.iter().map(conflict).collect();
    let mut value = json!({
        "number": one.number,
        "scheduledStart": one.range.start,
        "scheduledEnd": one.range.end,
        "conflicts": conflicts,
    });
    if let Some(staff) = one.staff {
        value["staffId"] = json!(staff);
    }
    value
}

fn range(busy: &Busy) -> Value {
    json!({ "start": busy.range.start, "end": busy.range.end })
}

/// A booking in the way, with its id where the caller may see it.
fn conflict(busy: &Busy) -> Value {
    let mut value = range(busy);
    if let Some(id) = busy.booking_id {
        value["bookingId"] = json!(id);
    }
    value
}

/// An error and what lies under it, in one line for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}
