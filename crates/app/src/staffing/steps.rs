//! An assignment's life after it was made: accepted, declined, come, gone, taken back.

use jiff::Timestamp;
use rishi_domain::assignment::{
    Assignment, AssignmentStatus, CheckIn, StepError, StepGiven, Stepped, change_status, check_in,
    check_out, release,
};
use rishi_domain::id::{AssignmentId, BookingId};
use rishi_domain::organization::{Organization, OrganizationStatus};
use rishi_domain::permission::{Capability, permits};

use super::assign::{TRIES, overtaken};
use crate::auth::{Caller, Principal};
use crate::bookings::load::{expected, matches};
use crate::bookings::{AssignmentBrief, BookingRecord, BookingView};
use crate::commit::{Answer, Change, Guard};
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

/// What is to be done with an assignment.
#[derive(Debug, Clone)]
pub enum AssignmentStep {
    /// Accept it.
    Confirm(Option<String>),
    /// Refuse it.
    Decline(Option<String>),
    /// Find that nobody came.
    NoShow(Option<String>),
    /// Come.
    CheckIn(CheckIn),
    /// Go.
    CheckOut(CheckIn),
    /// Take it back, for a reason.
    Release(Option<String>),
}

impl AssignmentStep {
    const fn what(&self) -> &'static str {
        match self {
            Self::Confirm(_) => "confirm this assignment",
            Self::Decline(_) => "decline this assignment",
            Self::NoShow(_) => "report that nobody came",
            Self::CheckIn(_) => "check in for this assignment",
            Self::CheckOut(_) => "check out of this assignment",
            Self::Release(_) => "release staff from this booking",
        }
    }
}

impl App {
    /// Takes an assignment a step on. Whoever loses a race is decided about again.
    pub async fn step_assignment(
        &self,
        caller: &Caller,
        (booking, assignment): (BookingId, AssignmentId),
        if_match: Option<u64>,
        step: AssignmentStep,
        reply: fn(&BookingView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let both = (booking, assignment);
        let mut outcome = self.try_step(caller, both, if_match, step.clone(), reply).await;
        for _ in 1..TRIES {
            match outcome {
                Err(error) if overtaken(&error) => {
                    outcome = self.try_step(caller, both, if_match, step.clone(), reply).await;
                }
                decided => return decided,
            }
        }
        outcome
    }

    async fn try_step(
        &self,
        caller: &Caller,
        (booking, id): (BookingId, AssignmentId),
        if_match: Option<u64>,
        step: AssignmentStep,
        reply: fn(&BookingView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let principal = &caller.principal;
        let (mut record, organization) = self.visible_booking(principal, booking).await?;
        let row = self.store.assignment(booking, id).await?;
        let row = row.ok_or(Error::NotFound("assignment"))?;
        let manages = may(principal, &organization, &record, &row, &step, now)?;
        matches(if_match, record.booking.version)?;
        let brief = record.staff.iter().position(|one| one.id == id);
        let brief = brief.ok_or(Error::NotFound("assignment"))?;
        let staff = record.staff[brief].staff.clone();
        let given = StepGiven {
            now,
            actor: principal.user_id(),
            manages,
            booking: &record.booking,
            staff_name: &staff.display_name,
        };
        let Some(stepped) = self.decide(&given, &row, step).await? else {
            return reply(&BookingView::new(record, principal, &organization, now));
        };
        let Stepped { booking: after, assignment, fact } = stepped;
        let place = Place {
            source: super::SOURCE,
            subject: subject::booking(booking),
            organization: Some(organization.id),
        };
        let back = assignment.status.is_live() && !row.status.is_live();
        let guard = Guard::StaffFree { staff: row.staff_id, range: after.range(), booking };
        let commit = Commit {
            expected: vec![expected(&record.booking)],
            changes: vec![
                Change::Booking(Box::new(after.clone())),
                Change::Assignment(Box::new(assignment.clone())),
            ],
            events: self.tell(&place, &Cause::from(caller), now, vec![fact]),
            guards: back.then_some(guard).into_iter().collect(),
            ..Commit::default()
        };
        record.booking = after;
        record.staff[brief] = AssignmentBrief::new(&assignment, staff);
        let answer = reply(&BookingView::new(record, principal, &organization, now))?;
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }

    async fn decide(
        &self,
        given: &StepGiven<'_>,
        row: &Assignment,
        step: AssignmentStep,
    ) -> Result<Option<Stepped>, Error> {
        use AssignmentStatus::{Confirmed, Declined, NoShow};
        let decided = match step {
            AssignmentStep::Confirm(notes) => change_status(given, row, Confirmed, notes).map(Some),
            AssignmentStep::Decline(notes) => change_status(given, row, Declined, notes).map(Some),
            AssignmentStep::NoShow(notes) => change_status(given, row, NoShow, notes).map(Some),
            AssignmentStep::Release(reason) => release(given, row, reason).map(Some),
            AssignmentStep::CheckIn(command) => {
                let location = self.place_of(given.booking).await?;
                check_in(given, row, location.as_ref(), &command)
            }
            AssignmentStep::CheckOut(command) => {
                let location = self.place_of(given.booking).await?;
                check_out(given, row, location.as_ref(), &command)
            }
        };
        Ok(decided?)
    }
}

/// Whether the caller takes the step in somebody's stead, or for themselves; refuses who may neither.
fn may(
    principal: &Principal,
    organization: &Organization,
    record: &BookingRecord,
    row: &Assignment,
    step: &AssignmentStep,
    now: Timestamp,
) -> Result<bool, Error> {
    let assigned = record.involves(principal.user_id());
    let target = principal.target(organization, Some((&record.booking, assigned)), now);
    let target = target.with_person(row.staff_id);
    let has = |capability| permits(principal.grants(), capability, &target);
    let (may, manages) = match step {
        AssignmentStep::Release(_) => (has(Capability::AssignStaff), true),
        AssignmentStep::NoShow(_) => {
            let manages = has(Capability::OverridePresence);
            (manages, manages)
        }
        _ => {
            let manages = has(Capability::OverridePresence);
            (manages || has(Capability::Presence), manages)
        }
    };
    if !may {
        return Err(Error::Forbidden(step.what()));
    }
    if organization.status == OrganizationStatus::Suspended {
        return Err(Error::OrganizationSuspended);
    }
    Ok(manages)
}

impl From<StepError> for Error {
    fn from(error: StepError) -> Self {
        match error {
            StepError::InvalidTransition { from, to, allowed } => {
                Self::InvalidAssignmentStep { from, to, allowed: allowed.to_vec() }
            }
            StepError::BookingClosed(status) => Self::BookingClosed(status),
            StepError::NotBegun => Self::BookingNotBegun,
            StepError::ManagersOnly => Self::Forbidden("take this step for yourself"),
            StepError::Invalid(invalid) => Self::Invalid(invalid),
            StepError::Unwritable(error) => error.into(),
            lost @ StepError::Lost => Self::Internal(Box::new(lost)),
        }
    }
}
