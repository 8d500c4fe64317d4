//! What policies decide on: the state as it is now, whatever the event says of then.
//!
//! An event is decided late after a retry, and again after a replay. So a policy takes from it whom it is
//! about, and from the store how things stand.

use rishi_bus::{Envelope, HandlerError};
use rishi_domain::assignment::{AssignmentStatus, Ended};
use rishi_domain::booking::Booking;
use rishi_domain::event::AssignedStaff;
use rishi_domain::id::{BookingId, UserId};
use rishi_domain::organization::{Organization, OrganizationStatus};
use uuid::Uuid;

use super::{SOURCE, failed};
use crate::bookings::BookingRecord;
use crate::bookings::load::expected;
use crate::commit::Change;
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit};

/// A booking with its organization.
pub(super) struct Present {
    pub(super) record: BookingRecord,
    pub(super) organization: Organization,
}

impl Present {
    /// The booking, unless it is gone.
    pub(super) async fn load(app: &App, id: BookingId) -> Result<Option<Self>, HandlerError> {
        let scope = Scope::system();
        let Some(record) = app.store.booking(&scope, id).await.map_err(failed)? else {
            return Ok(None);
        };
        let owner = record.booking.organization_id;
        let organization = app.store.organization(&scope, owner).await.map_err(failed)?;
        Ok(organization.map(|organization| Self { record, organization }))
    }

    pub(super) fn booking(&self) -> &Booking {
        &self.record.booking
    }

    /// Whether the organization may act at present; for one that may not nothing new is begun.
    pub(super) fn acts(&self) -> bool {
        self.organization.status == OrganizationStatus::Active
    }

    /// Who is on the booking and has not gone again.
    pub(super) fn live(&self) -> impl Iterator<Item = UserId> {
        self.record.staff.iter().filter(|one| one.status.is_live()).map(|one| one.staff.id)
    }

    /// Who is on a booking that is over, or was to the end.
    pub(super) fn worked(&self) -> impl Iterator<Item = UserId> {
        let worked = AssignmentStatus::counts;
        self.record.staff.iter().filter(move |one| worked(one.status)).map(|one| one.staff.id)
    }

    /// Who manages the organization's bookings.
    pub(super) async fn managers(&self, app: &App) -> Result<Vec<UserId>, HandlerError> {
        app.store.managers(self.organization.id).await.map_err(failed)
    }

    /// Everyone ever assigned, whole.
    pub(super) async fn staff(&self, app: &App) -> Result<Vec<AssignedStaff>, HandlerError> {
        let mut staff = Vec::with_capacity(self.record.staff.len());
        for brief in &self.record.staff {
            let found = app.store.assignment(self.booking().id, brief.id).await.map_err(failed)?;
            let name = || brief.staff.display_name.clone();
            staff.extend(found.map(|assignment| AssignedStaff::new(assignment, name())));
        }
        Ok(staff)
    }

    /// A commit that rests on the booking as it is: whoever changes it first has this decided again.
    pub(super) fn commit(&self) -> Commit {
        Commit { expected: vec![expected(self.booking())], ..Commit::default() }
    }
}

/// Where the events of what follows belong.
pub(super) fn about(booking: &Booking) -> Place {
    Place {
        source: SOURCE,
        subject: subject::booking(booking.id),
        organization: Some(booking.organization_id),
    }
}

/// On whose behalf something is done: whoever caused the event, else who made the booking.
pub(super) fn on_behalf_of(event: &Envelope, booking: &Booking) -> UserId {
    event.user_id.map_or(booking.created_by, |id: Uuid| UserId(id))
}

/// Adds assignments that ended, their booking and what tells of it.
pub(super) fn add(app: &App, commit: &mut Commit, cause: &Cause, ended: Ended) {
    let Ended { booking, assignments, fact } = ended;
    let (place, now) = (about(&booking), booking.updated_at);
    commit.changes.push(Change::Booking(Box::new(booking)));
    let rows = assignments.into_iter().map(|row| Change::Assignment(Box::new(row)));
    commit.changes.extend(rows);
    commit.events.extend(app.tell(&place, cause, now, vec![fact]));
}
