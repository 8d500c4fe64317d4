//! Why a use case refused, by what the caller can do about it.

use rishi_bus::LedgerError;
use rishi_domain::Refusal;
use rishi_domain::assignment::AssignmentStatus;
use rishi_domain::availability::LeaveError;
use rishi_domain::booking::BookingStatus;
use rishi_domain::booking::create::CreateError;
use rishi_domain::booking::edit::EditError;
use rishi_domain::booking::transition::TransitionError;
use rishi_domain::error::{FieldError, Invalid};
use rishi_domain::event::Unwritable;
use rishi_domain::id::{BookingId, UserId};
use rishi_domain::series::{CreateSeriesError, SeriesError};
use rishi_domain::staffing::{PutError, VerifyError};
use rishi_domain::time::TimeRange;
use uuid::Uuid;

use crate::commit::{CommitError, Conflict, TakenSlot};
use crate::scope::Scope;
use crate::staffing::StaffProblem;
use crate::staffing::optimize::StalePlan;
use crate::store::QueryError;

/// A booking in the way, as far as the caller may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// Which, when the caller may see it.
    pub booking_id: Option<BookingId>,
    /// When.
    pub range: TimeRange,
}

impl Busy {
    pub(crate) fn seen_by(scope: &Scope, conflicts: Vec<Conflict>) -> Vec<Self> {
        let seen = |conflict: Conflict| Self {
            booking_id: scope.covers(conflict.organization_id).then_some(conflict.booking_id),
            range: conflict.range,
        };
        conflicts.into_iter().map(seen).collect()
    }
}

/// An occurrence of a series that cannot be as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OccurrenceBusy {
    /// Its number in the series, from 1.
    pub number: u32,
    /// When it was to be.
    pub range: TimeRange,
    /// The person who is taken; nothing when it is the location.
    pub staff: Option<UserId>,
    /// By what.
    pub busy: Vec<Busy>,
}

/// A refused or failed use case. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Rules of the input are broken; each is named.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Nobody is signed in, or the token is not (or no longer) good.
    #[error("sign in to do this")]
    Unauthenticated,
    /// E-mail address and password do not belong together.
    #[error("e-mail address or password is wrong")]
    WrongCredentials,
    /// Too many attempts to sign in.
    #[error("too many attempts to sign in; try again later")]
    Throttled(std::time::Duration),
    /// A token cannot do what concerns the account itself.
    #[error("a token cannot do this; sign in with your password")]
    SessionRequired,
    /// A one-time link that does not work, for whatever reason.
    #[error("this link was used, is too old, or was followed by a newer one; ask for another")]
    LinkInvalid,
    /// What was asked for is not there, or not for this caller to see.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The caller may see it but not do this.
    #[error("you are not allowed to {0}")]
    Forbidden(&'static str),
    /// A field names something that is not there or not usable.
    #[error("{} refers to something that does not exist", .0.field)]
    UnknownReference(FieldError),
    /// The location is taken.
    #[error("the location is already booked in this time")]
    LocationConflict(Vec<Busy>),
    /// A staff member of the booking is taken by another one.
    #[error("a staff member of this booking is already taken in this time")]
    StaffConflict {
        /// Who.
        staff: UserId,
        /// By what.
        busy: Vec<Busy>,
    },
    /// Occurrences of a series are in conflict with other bookings.
    #[error("{} of the occurrences are in conflict with other bookings", .0.len())]
    OccurrencesConflict(Vec<OccurrenceBusy>),
    /// Something speaks against staff members of occurrences of a series, each with its booking.
    #[error("something speaks against {} of the staff on these bookings", .0.len())]
    OccurrenceProblems(Vec<(BookingId, StaffProblem)>),
    /// Nothing of a series that is meant is still to come.
    #[error("no occurrence that is meant is still to come; change single bookings instead")]
    SeriesOver,
    /// Something speaks against staff members; each is named with every reason.
    #[error("{} of the staff cannot be on this booking", .0.len())]
    StaffProblems(Vec<StaffProblem>),
    /// An assignment's life has no such step.
    #[error("an assignment that is {from} cannot become {to}")]
    InvalidAssignmentStep {
        /// Where it stands.
        from: AssignmentStatus,
        /// Where it was to go.
        to: AssignmentStatus,
        /// Where it may go.
        allowed: Vec<AssignmentStatus>,
    },
    /// It takes a booking that has begun.
    #[error("the booking has not begun")]
    BookingNotBegun,
    /// The lifecycle has no such step.
    #[error("a booking that is {} cannot become {}", .from.as_str(), .to.as_str())]
    InvalidTransition {
        /// Where it stands.
        from: BookingStatus,
        /// Where it was to go.
        to: BookingStatus,
        /// Where it may go.
        allowed: Vec<BookingStatus>,
    },
    /// The booking is final and takes no edits.
    #[error("a booking that is {} cannot be changed", .0.as_str())]
    BookingClosed(BookingStatus),
    /// A leave cannot be ruled on as things stand.
    #[error("{0}")]
    LeaveDecided(String),
    /// The organization is suspended.
    #[error("the organization is suspended")]
    OrganizationSuspended,
    /// Somebody else changed it since it was read.
    #[error("it was changed by somebody else since it was read")]
    VersionConflict {
        /// Its present version.
        current: Option<u64>,
    },
    /// `If-Match` names another version than the present one.
    #[error("the version in If-Match is not the present one")]
    PreconditionFailed {
        /// Its present version.
        current: u64,
    },
    /// Nobody would be left to run the platform.
    #[error("this is the last super administrator; make another first")]
    LastAdministrator,
    /// A value that must be unique is in use.
    #[error("{0} is already in use")]
    Duplicate(&'static str),
    /// The idempotency key came with another body before.
    #[error("this idempotency key was used for another request")]
    ReceiptReused,
    /// An operator's order cannot be carried out as things stand.
    #[error("{0}")]
    OrderRefused(String),
    /// A search for a plan is running that this one would get in the way of; which, when it is the
    /// caller's own.
    #[error("a plan is being searched by you or for one of these organizations; wait or cancel it")]
    OptimizationRunning(Option<Uuid>),
    /// A plan cannot be put into force as things stand.
    #[error("{0}")]
    PlanNotReady(&'static str),
    /// What a plan rests on has changed.
    #[error("the plan does not fit what is there now; search again")]
    PlanStale(Box<StalePlan>),
    /// Try again later.
    #[error("the platform cannot do this right now: {0}")]
    Unavailable(String),
    /// Something that it takes is known to be down; nothing was tried.
    #[error("the platform cannot do this right now: what it takes is known to be down")]
    CircuitOpen {
        /// When it is worth asking again.
        retry_after: std::time::Duration,
    },
    /// A webhook endpoint that is told nothing at present.
    #[error("the endpoint is disabled; enable it first")]
    WebhookDisabled,
    /// A sign-in by a provider that cannot be gone on with.
    #[error(
        "this sign-in was begun too long ago or elsewhere, or was finished already; begin again"
    )]
    SignInLost,
    /// The provider said who it is, and that person is not let in.
    #[error("{}", .0.why())]
    SignInRefused(crate::oidc::Refused),
    /// The person has as many tokens as there may be.
    #[error(
        "you have {} tokens, as many as there may be; revoke one",
        crate::credentials::MOST_TOKENS
    )]
    TooManyTokens,
    /// The organization has as many webhook endpoints as there may be.
    #[error(
        "the organization has {} webhook endpoints, as many as there may be",
        crate::webhooks::MOST
    )]
    TooManyWebhooks,
    /// The person has as many calendar feeds as there may be.
    #[error("you have {} calendar feeds, as many as there may be", crate::calendar::MOST)]
    TooManyCalendarFeeds,
    /// Rows of a table cannot be taken; none was.
    #[error("{} errors in the rows; nothing was imported", .0.len())]
    ImportRefused(Vec<crate::exchange::RowError>),
    /// A fault of ours.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Unavailable(why) => Self::Unavailable(why),
            QueryError::CircuitOpen { retry_after } => Self::CircuitOpen { retry_after },
            QueryError::Storage(source) => Self::Internal(source),
        }
    }
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<Unwritable> for Error {
    fn from(error: Unwritable) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(invalid) => Self::Invalid(invalid),
            Refusal::OrganizationSuspended => Self::OrganizationSuspended,
            Refusal::Unwritable(error) => error.into(),
        }
    }
}

impl From<LeaveError> for Error {
    fn from(error: LeaveError) -> Self {
        match error {
            LeaveError::Own => Self::Forbidden("decide about your own leave"),
            LeaveError::NotALeave | LeaveError::Decided(_) => Self::LeaveDecided(error.to_string()),
            LeaveError::Invalid(invalid) => Self::Invalid(invalid),
            LeaveError::Unwritable(error) => error.into(),
        }
    }
}

/// A location that a booking cannot have.
fn location(code: &'static str, message: &str) -> Error {
    Error::UnknownReference(FieldError::new("locationId", code, message))
}

impl From<CreateError> for Error {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Invalid(invalid) => Self::Invalid(invalid),
            CreateError::UnknownLocation => Self::unknown_location(),
            CreateError::LocationInactive => Self::inactive_location(),
            CreateError::OrganizationSuspended => Self::OrganizationSuspended,
            CreateError::Unwritable(error) => error.into(),
        }
    }
}

impl From<EditError> for Error {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Closed(status) => Self::BookingClosed(status),
            EditError::Invalid(invalid) => Self::Invalid(invalid),
            EditError::UnknownLocation => Self::unknown_location(),
            EditError::LocationInactive => Self::inactive_location(),
            EditError::OrganizationSuspended => Self::OrganizationSuspended,
            EditError::Unwritable(error) => error.into(),
        }
    }
}

impl From<CreateSeriesError> for Error {
    fn from(error: CreateSeriesError) -> Self {
        match error {
            CreateSeriesError::Booking(error) => error.into(),
            CreateSeriesError::Invalid(invalid) => Self::Invalid(invalid),
            CreateSeriesError::Unwritable(error) => error.into(),
        }
    }
}

impl From<SeriesError> for Error {
    fn from(error: SeriesError) -> Self {
        match error {
            SeriesError::Invalid(invalid) => Self::Invalid(invalid),
            SeriesError::Over => Self::SeriesOver,
            SeriesError::Edit(error) => error.into(),
            SeriesError::Transition(error) => error.into(),
            SeriesError::Unreadable(error) => Self::Internal(Box::new(error)),
            SeriesError::Unwritable(error) => error.into(),
        }
    }
}

impl From<TransitionError> for Error {
    fn from(error: TransitionError) -> Self {
        match error {
            TransitionError::InvalidTransition { from, to, allowed } => {
                Self::InvalidTransition { from, to, allowed: allowed.to_vec() }
            }
            TransitionError::Invalid(invalid) => Self::Invalid(invalid),
            TransitionError::Unwritable(error) => error.into(),
        }
    }
}

impl From<PutError> for Error {
    fn from(error: PutError) -> Self {
        match error {
            PutError::Invalid(invalid) => Self::Invalid(invalid),
            PutError::NotOnesOwn => Self::Forbidden("set one's own status or pay"),
            PutError::Unwritable(error) => error.into(),
        }
    }
}

impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Oneself => Self::Forbidden("verify one's own certifications"),
            VerifyError::Unknown => Self::unknown_reference(
                "skill",
                "the profile states no certification for this skill",
            ),
            VerifyError::Unwritable(error) => error.into(),
        }
    }
}

impl Error {
    /// A field that names something which is not there.
    pub(crate) fn unknown_reference(field: &str, message: &str) -> Self {
        Self::UnknownReference(FieldError::new(field, "unknown_reference", message))
    }

    /// One field that breaks a rule.
    pub(crate) fn invalid(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(Invalid(vec![FieldError::new(field, code, message)]))
    }

    pub(crate) fn unknown_location() -> Self {
        location("unknown_location", "there is no such location for this organization")
    }

    fn inactive_location() -> Self {
        location("location_inactive", "this location takes no new bookings; choose another")
    }

    /// A refusal by the store, in the eyes of a caller with `scope`; `precondition` when the
    /// caller sent `If-Match`.
    pub(crate) fn refused(error: CommitError, scope: &Scope, precondition: bool) -> Self {
        match error {
            CommitError::VersionConflict { actual: Some(current), .. } if precondition => {
                Self::PreconditionFailed { current }
            }
            CommitError::VersionConflict { actual, .. } => {
                Self::VersionConflict { current: actual }
            }
            CommitError::LocationTaken(conflicts) => {
                Self::LocationConflict(Busy::seen_by(scope, conflicts))
            }
            CommitError::StaffTaken { staff, conflicts } => {
                Self::StaffConflict { staff, busy: Busy::seen_by(scope, conflicts) }
            }
            CommitError::TogetherTaken(slots) => {
                let seen = |slot: TakenSlot| OccurrenceBusy {
                    number: slot.number,
                    range: slot.range,
                    staff: slot.staff,
                    busy: Busy::seen_by(scope, slot.conflicts),
                };
                Self::OccurrencesConflict(slots.into_iter().map(seen).collect())
            }
            CommitError::LastAdministrator => Self::LastAdministrator,
            CommitError::TooManyTokens => Self::TooManyTokens,
            CommitError::Duplicate(what) => Self::Duplicate(what),
            CommitError::ReceiptReused => Self::ReceiptReused,
            CommitError::Refused(why) => Self::OrderRefused(why),
            CommitError::UnknownReference(what) => Self::UnknownReference(FieldError::new(
                what,
                "unknown_reference",
                "this refers to something that does not exist",
            )),
            CommitError::Unavailable(why) => Self::Unavailable(why),
            CommitError::CircuitOpen { retry_after } => Self::CircuitOpen { retry_after },
            other @ (CommitError::Malformed(_) | CommitError::Storage(_)) => {
                Self::Internal(Box::new(other))
            }
        }
    }
}
