//! What must be free. Whoever asks takes the lock of the location or person first, so that two who want the same come
//! one after the other and the second is told who was first; the schema's constraints hold without it.

use std::collections::{BTreeSet, HashSet};

use rishi_app::commit::{CommitError, Conflict, Guard, Slot, TakenSlot};
use rishi_domain::id::{BookingId, OrganizationId, UserId};
use rishi_domain::time::TimeRange;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use super::transaction::Refusal;
use crate::postgres::columns::{Unreadable, get, in_table, instant};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::postgres::read::places;

/// Most conflicts that are named for each thing that is taken.
const MOST: i64 = 50;

/// The locks of what there is but one of.
const PLATFORM: i64 = 0x5249_5348_4900_0002;

/// Takes the locks of all that is to be free, in one order for everybody. Two things may share a lock, and wait for
/// each other for nothing.
pub(super) async fn lock(
    db: &Db<'_>,
    guards: impl IntoIterator<Item = &Guard>,
) -> Result<(), StoreError> {
    let mut locks = BTreeSet::new();
    for guard in guards {
        match guard {
            Guard::LocationFree { location, .. } => {
                locks.insert(lock_of(location.0, 1));
            }
            Guard::StaffFree { staff, .. } => {
                locks.insert(lock_of(staff.0, 2));
            }
            Guard::TogetherFree(slots) => {
                for slot in slots {
                    locks.extend(slot.location.map(|id| lock_of(id.0, 1)));
                    locks.extend(slot.staff.iter().map(|id| lock_of(id.0, 2)));
                }
            }
            Guard::AdministratorRemains { .. } | Guard::NoInternalOrganization => {
                locks.insert(PLATFORM);
            }
        }
    }
    if locks.is_empty() {
        return Ok(());
    }
    let locks: Vec<i64> = locks.into_iter().collect();
    db.execute("SELECT pg_advisory_xact_lock(lock) FROM unnest($1::bigint[]) AS lock", &[&locks])
        .await?;
    Ok(())
}

/// A thing's lock, from the bits of its id that are random, and its kind.
fn lock_of(id: Uuid, kind: u64) -> i64 {
    let (_, random) = id.as_u64_pair();
    random.wrapping_mul(4).wrapping_add(kind).cast_signed()
}

pub(super) async fn check(db: &Db<'_>, guard: &Guard) -> Result<(), Refusal> {
    match guard {
        Guard::AdministratorRemains { without } => {
            let sql = "SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
                        WHERE m.role = 'super_admin' AND u.status = 'active' AND u.id <> $1 LIMIT 1";
            match db.optional(sql, &[&without.0]).await? {
                Some(_) => Ok(()),
                None => Err(CommitError::LastAdministrator.into()),
            }
        }
        Guard::LocationFree { location, range, booking } => {
            let conflicts = at_location(db, location.0, *booking, *range).await?;
            if conflicts.is_empty() {
                Ok(())
            } else {
                Err(CommitError::LocationTaken(conflicts).into())
            }
        }
        Guard::StaffFree { staff, range, booking } => {
            let conflicts = of_staff(db, staff.0, *booking, *range).await?;
            if conflicts.is_empty() {
                Ok(())
            } else {
                Err(CommitError::StaffTaken { staff: *staff, conflicts }.into())
            }
        }
        Guard::TogetherFree(slots) => together(db, slots).await,
        Guard::NoInternalOrganization => match places::internal_organization(db).await? {
            None => Ok(()),
            Some(_) => Err(CommitError::Duplicate("internal organization").into()),
        },
    }
}

async fn together(db: &Db<'_>, slots: &[Slot]) -> Result<(), Refusal> {
    let taken = taken(db, slots).await?;
    if taken.is_empty() { Ok(()) } else { Err(CommitError::TogetherTaken(taken).into()) }
}

/// What is in the way of each slot beside the slots' own bookings, which are to move.
pub(in crate::postgres) async fn taken(
    db: &Db<'_>,
    slots: &[Slot],
) -> Result<Vec<TakenSlot>, StoreError> {
    let own: HashSet<BookingId> = slots.iter().map(|slot| slot.booking).collect();
    let mut taken = Vec::new();
    for slot in slots {
        let (number, range) = (slot.number, slot.range);
        let mut note = |staff, mut conflicts: Vec<Conflict>| {
            conflicts.retain(|one| !own.contains(&one.booking_id));
            if !conflicts.is_empty() {
                taken.push(TakenSlot { number, range, staff, conflicts });
            }
        };
        if let Some(location) = slot.location {
            note(None, at_location(db, location.0, slot.booking, range).await?);
        }
        for staff in &slot.staff {
            note(Some(*staff), of_staff(db, staff.0, slot.booking, range).await?);
        }
    }
    Ok(taken)
}

async fn at_location(
    db: &Db<'_>,
    location: Uuid,
    booking: BookingId,
    range: TimeRange,
) -> Result<Vec<Conflict>, StoreError> {
    // Behind the policies of the table no index of ranges is used, but one of numbers is; a booking lasts at most
    // 31 days.
    let sql = "SELECT id, organization_id, scheduled_start, scheduled_end FROM bookings
        WHERE location_id = $1 AND holds_location AND scheduled_start < $3 AND scheduled_end > $2
          AND scheduled_start > $2 - 2678400000001 AND id <> $4
        ORDER BY scheduled_start DESC LIMIT $5";
    walk(db, "bookings", sql, location, booking, range).await
}

async fn of_staff(
    db: &Db<'_>,
    staff: Uuid,
    booking: BookingId,
    range: TimeRange,
) -> Result<Vec<Conflict>, StoreError> {
    let sql = "SELECT a.booking_id, b.organization_id, a.scheduled_start, a.scheduled_end
         FROM assignments a JOIN bookings b ON b.id = a.booking_id
        WHERE uuid_hash_extended(a.staff_id, 0) = uuid_hash_extended($1, 0) AND a.staff_id = $1
          AND a.live AND int8range(a.scheduled_start, a.scheduled_end) && int8range($2, $3)
          AND a.booking_id <> $4
        ORDER BY a.scheduled_start DESC LIMIT $5";
    walk(db, "assignments", sql, staff, booking, range).await
}

async fn walk(
    db: &Db<'_>,
    table: &'static str,
    sql: &str,
    what: Uuid,
    booking: BookingId,
    range: TimeRange,
) -> Result<Vec<Conflict>, StoreError> {
    let (start, end) = (range.start.as_microsecond(), range.end.as_microsecond());
    let rows = db.query(sql, &[&what, &start, &end, &booking.0, &MOST]).await?;
    rows.iter().rev().map(|row| in_table(table, row, conflict(row))).collect()
}

fn conflict(row: &Row) -> Result<Conflict, Unreadable> {
    Ok(Conflict {
        booking_id: BookingId(get(row, 0)?),
        organization_id: OrganizationId(get(row, 1)?),
        range: TimeRange { start: instant(row, 2)?, end: instant(row, 3)? },
    })
}

/// A refusal by the schema itself, in the door's words; nothing for what is no refusal.
pub(super) fn constraint(error: &StoreError) -> Option<CommitError> {
    let StoreError::Postgres(error) = error else { return None };
    let said = error.as_db_error()?;
    if !said.code().code().starts_with("23") {
        return None;
    }
    let reference = |name: &str| CommitError::UnknownReference(name.to_owned());
    Some(match said.constraint() {
        Some("bookings_location_free") => CommitError::LocationTaken(Vec::new()),
        Some("assignments_staff_free") => {
            CommitError::StaffTaken { staff: UserId(Uuid::nil()), conflicts: Vec::new() }
        }
        Some("foreign_organization") => reference("organizationId"),
        Some("foreign_series") => reference("series"),
        Some("foreign_location") => reference("locationId"),
        Some("users_email_key") => CommitError::Duplicate("email"),
        Some("memberships_once") => CommitError::Duplicate("membership"),
        Some("assignments_live_once") => CommitError::Duplicate("assignment"),
        Some("inbox_once") => CommitError::Duplicate("message"),
        Some("identities_once" | "identities_by_user") => CommitError::Duplicate("identity"),
        _ if *said.code() == SqlState::FOREIGN_KEY_VIOLATION => reference("reference"),
        _ => CommitError::Malformed(said.message().to_owned()),
    })
}
