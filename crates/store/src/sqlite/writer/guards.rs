//! What must be free, checked in the writer's transaction; triggers check it once more.

use std::collections::HashSet;

use rishi_app::commit::{CommitError, Conflict, Guard, Slot, TakenSlot};
use rishi_domain::id::{BookingId, OrganizationId, UserId};
use rishi_domain::time::TimeRange;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::apply::Refusal;
use crate::sqlite::columns::instant;
use crate::sqlite::error::StoreError;
use crate::sqlite::read::places;

/// Most conflicts that are named.
const MOST: usize = 50;

/// Bookings of one location are disjoint, so walking back from the new end the first one that ends in
/// time ends the walk.
const AT_LOCATION: &str = "SELECT id, organization_id, scheduled_start, scheduled_end FROM bookings
    WHERE location_id = ?1 AND status <> 'cancelled' AND scheduled_start < ?2 AND id <> ?3
    ORDER BY scheduled_start DESC";
/// The same of one person's live assignments.
const OF_STAFF: &str = "SELECT a.booking_id, b.organization_id, a.scheduled_start, a.scheduled_end
    FROM assignments a JOIN bookings b ON b.id = a.booking_id
    WHERE a.staff_id = ?1 AND a.live = 1 AND a.scheduled_start < ?2 AND a.booking_id <> ?3
    ORDER BY a.scheduled_start DESC";

pub(super) fn check(db: &Connection, guard: &Guard) -> Result<(), Refusal> {
    match guard {
        Guard::AdministratorRemains { without } => {
            let mut statement = db.prepare_cached(
                "SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
                  WHERE m.role = 'super_admin' AND u.status = 'active' AND u.id <> ?1",
            )?;
            if statement.exists([without.0])? {
                Ok(())
            } else {
                Err(CommitError::LastAdministrator.into())
            }
        }
        Guard::LocationFree { location, range, booking } => {
            let conflicts = walk(db, AT_LOCATION, location.0, *booking, *range)?;
            if conflicts.is_empty() {
                Ok(())
            } else {
                Err(CommitError::LocationTaken(conflicts).into())
            }
        }
        Guard::StaffFree { staff, range, booking } => {
            let conflicts = walk(db, OF_STAFF, staff.0, *booking, *range)?;
            if conflicts.is_empty() {
                Ok(())
            } else {
                Err(CommitError::StaffTaken { staff: *staff, conflicts }.into())
            }
        }
        Guard::TogetherFree(slots) => together(db, slots),
        Guard::NoInternalOrganization => match places::internal_organization(db)? {
            None => Ok(()),
            Some(_) => Err(CommitError::Duplicate("internal organization").into()),
        },
    }
}

fn together(db: &Connection, slots: &[Slot]) -> Result<(), Refusal> {
    let taken = taken(db, slots)?;
    if taken.is_empty() { Ok(()) } else { Err(CommitError::TogetherTaken(taken).into()) }
}

/// What is in the way of each slot beside the slots' own bookings, which are to move.
pub(in crate::sqlite) fn taken(
    db: &Connection,
    slots: &[Slot],
) -> Result<Vec<TakenSlot>, StoreError> {
    let own: HashSet<BookingId> = slots.iter().map(|slot| slot.booking).collect();
    let mut taken = Vec::new();
    for slot in slots {
        let location = slot.location.map(|id| (AT_LOCATION, id.0, None));
        let staff = slot.staff.iter().map(|id| (OF_STAFF, id.0, Some(*id)));
        for (sql, what, staff) in location.into_iter().chain(staff) {
            let mut conflicts = walk(db, sql, what, slot.booking, slot.range)?;
            conflicts.retain(|one| !own.contains(&one.booking_id));
            if !conflicts.is_empty() {
                let (number, range) = (slot.number, slot.range);
                taken.push(TakenSlot { number, range, staff, conflicts });
            }
        }
    }
    Ok(taken)
}

fn walk(
    db: &Connection,
    sql: &str,
    what: Uuid,
    booking: BookingId,
    range: TimeRange,
) -> Result<Vec<Conflict>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![what, range.end.as_microsecond(), booking.0])?;
    let mut conflicts = Vec::new();
    while let Some(row) = rows.next()? {
        let taken = TimeRange { start: instant(row, 2)?, end: instant(row, 3)? };
        if !taken.overlaps(&range) || conflicts.len() == MOST {
            break;
        }
        conflicts.push(Conflict {
            booking_id: BookingId(row.get(0)?),
            organization_id: OrganizationId(row.get(1)?),
            range: taken,
        });
    }
    conflicts.reverse();
    Ok(conflicts)
}

/// A refusal by the schema itself, in the door's words; nothing for what is no refusal.
pub(super) fn constraint(error: &rusqlite::Error) -> Option<CommitError> {
    let rusqlite::Error::SqliteFailure(failure, message) = error else { return None };
    if failure.code != rusqlite::ErrorCode::ConstraintViolation {
        return None;
    }
    let message = message.as_deref().unwrap_or_default();
    Some(match message {
        "location taken" => CommitError::LocationTaken(Vec::new()),
        "staff taken" => {
            CommitError::StaffTaken { staff: UserId(Uuid::nil()), conflicts: Vec::new() }
        }
        "foreign organization" => CommitError::UnknownReference("organizationId".to_owned()),
        "foreign series" => CommitError::UnknownReference("series".to_owned()),
        "foreign location" => CommitError::UnknownReference("locationId".to_owned()),
        _ if message.contains("users.email_key") => CommitError::Duplicate("email"),
        _ if message.contains("memberships.user_id") => CommitError::Duplicate("membership"),
        _ if message.contains("assignments.booking_id") => CommitError::Duplicate("assignment"),
        _ if message.contains("inbox.") => CommitError::Duplicate("message"),
        _ if message.contains("identities.") => CommitError::Duplicate("identity"),
        _ if message.contains("FOREIGN KEY") => {
            CommitError::UnknownReference("reference".to_owned())
        }
        _ => CommitError::Malformed(message.to_owned()),
    })
}
