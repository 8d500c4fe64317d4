//! What must be free. Whoever asks takes the lock of the location or person first, so that two who want the same come
//! one after the other and the second is told who was first; the schema's constraints hold without it.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use rishi_app::commit::{CommitError, Conflict, Guard, Slot, TakenSlot};
use rishi_domain::id::{BookingId, OrganizationId, UserId};
use rishi_domain::time::TimeRange;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use crate::postgres::columns::{Unreadable, get, in_table, instant, number};
use crate::postgres::connection::{Db, Values};
use crate::postgres::error::StoreError;
use crate::postgres::read::places;

/// The locks of what there is but one of.
const PLATFORM: i64 = 0x5249_5348_4900_0002;

const LOCK: &str = "SELECT pg_advisory_xact_lock(lock) FROM unnest($1::bigint[]) AS lock";

/// Takes the locks of all that is to be free, in one order for everybody. Two things may share a lock, and wait for
/// each other for nothing.
pub(super) async fn lock(db: &Db<'_>, wanted: &[(usize, &Guard)]) -> Result<(), StoreError> {
    let mut locks = BTreeSet::new();
    for (_, guard) in wanted {
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
    db.execute(LOCK, &[&locks]).await?;
    Ok(())
}

/// What is sent together must not have to be prepared first.
pub(super) async fn ready(db: &Db<'_>) -> Result<(), StoreError> {
    for sql in [LOCK, &TAKEN_PLACES, &TAKEN_PEOPLE] {
        db.prepare(sql).await?;
    }
    Ok(())
}

/// A thing's lock, from the bits of its id that are random, and its kind.
fn lock_of(id: Uuid, kind: u64) -> i64 {
    let (_, random) = id.as_u64_pair();
    random.wrapping_mul(4).wrapping_add(kind).cast_signed()
}

/// Looks at what several want to be free or to hold; of those for which it is not so, the first reason.
pub(super) async fn check(
    db: &Db<'_>,
    wanted: &[(usize, &Guard)],
) -> Result<Vec<(usize, CommitError)>, StoreError> {
    let mut refused = Vec::new();
    let (mut places, mut people) = (Wanted::default(), Wanted::default());
    for (who, guard) in wanted {
        let who = *who;
        match guard {
            Guard::LocationFree { location, range, booking } => {
                places.add(who, location.0, *range, *booking);
            }
            Guard::StaffFree { staff, range, booking } => {
                people.add(who, staff.0, *range, *booking);
            }
            Guard::TogetherFree(slots) => {
                let taken = taken(db, slots).await?;
                if !taken.is_empty() {
                    refused.push((who, CommitError::TogetherTaken(taken)));
                }
            }
            Guard::AdministratorRemains { without } => {
                let sql = "SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
                    WHERE m.role = 'super_admin' AND u.status = 'active' AND u.id <> $1 LIMIT 1";
                if db.optional(sql, &[&without.0]).await?.is_none() {
                    refused.push((who, CommitError::LastAdministrator));
                }
            }
            Guard::NoInternalOrganization => {
                if places::internal_organization(db).await?.is_some() {
                    refused.push((who, CommitError::Duplicate("internal organization")));
                }
            }
        }
    }
    for (who, _, conflicts) in places.taken(db, &TAKEN_PLACES).await? {
        refused.push((who, CommitError::LocationTaken(conflicts)));
    }
    for (who, staff, conflicts) in people.taken(db, &TAKEN_PEOPLE).await? {
        refused.push((who, CommitError::StaffTaken { staff: UserId(staff), conflicts }));
    }
    Ok(refused)
}

/// What is in the way of each slot beside the slots' own bookings, which are to move.
pub(in crate::postgres) async fn taken(
    db: &Db<'_>,
    slots: &[Slot],
) -> Result<Vec<TakenSlot>, StoreError> {
    let own: HashSet<BookingId> = slots.iter().map(|slot| slot.booking).collect();
    let (mut places, mut people) = (Wanted::default(), Wanted::default());
    for (at, slot) in slots.iter().enumerate() {
        if let Some(location) = slot.location {
            places.add(at, location.0, slot.range, slot.booking);
        }
        for staff in &slot.staff {
            people.add(at, staff.0, slot.range, slot.booking);
        }
    }
    let places = places.taken(db, &TAKEN_PLACES).await?.into_iter().map(|one| (one.0, None, one.2));
    let people = people.taken(db, &TAKEN_PEOPLE).await?.into_iter();
    let people = people.map(|one| (one.0, Some(UserId(one.1)), one.2));
    let mut taken: Vec<_> = places.chain(people).collect();
    // By slot; of each the location first, and then people in the slot's order.
    taken.sort_by_key(|one| one.0);
    let taken = taken.into_iter().filter_map(|(at, staff, mut conflicts)| {
        conflicts.retain(|one| !own.contains(&one.booking_id));
        let Slot { number, range, .. } = slots[at];
        (!conflicts.is_empty()).then_some(TakenSlot { number, range, staff, conflicts })
    });
    Ok(taken.collect())
}

/// Bookings at a location that `w` is in the way of.
// Behind the policies of the table no index of ranges is used, but one of numbers is; a booking lasts at most
// 31 days.
const AT_LOCATION: &str = "SELECT b.id, b.organization_id, b.scheduled_start, b.scheduled_end FROM bookings b
    WHERE b.location_id = w.what AND b.holds_location AND b.scheduled_start < w.until
      AND b.scheduled_end > w.since AND b.scheduled_start > w.since - 2678400000001 AND b.id <> w.booking
    ORDER BY b.scheduled_start DESC LIMIT 50";
/// The same of a person.
const OF_STAFF: &str = "SELECT a.booking_id, b.organization_id, a.scheduled_start, a.scheduled_end
     FROM assignments a JOIN bookings b ON b.id = a.booking_id
    WHERE uuid_hash_extended(a.staff_id, 0) = uuid_hash_extended(w.what, 0) AND a.staff_id = w.what
      AND a.live AND int8range(a.scheduled_start, a.scheduled_end) && int8range(w.since, w.until)
      AND a.booking_id <> w.booking
    ORDER BY a.scheduled_start DESC LIMIT 50";

static TAKEN_PLACES: LazyLock<String> = LazyLock::new(|| each(AT_LOCATION));
static TAKEN_PEOPLE: LazyLock<String> = LazyLock::new(|| each(OF_STAFF));

/// What is in the way of each of many.
fn each(way: &str) -> String {
    format!(
        "SELECT way.*, w.number FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::uuid[])
            WITH ORDINALITY AS w (what, since, until, booking, number)
           CROSS JOIN LATERAL ({way}) AS way ORDER BY w.number, way.scheduled_start"
    )
}

/// Things that are to be free for a time, each for somebody's booking.
#[derive(Default)]
struct Wanted {
    who: Vec<usize>,
    what: Vec<Uuid>,
    since: Vec<i64>,
    until: Vec<i64>,
    booking: Vec<Uuid>,
}

impl Wanted {
    fn add(&mut self, who: usize, what: Uuid, range: TimeRange, booking: BookingId) {
        self.who.push(who);
        self.what.push(what);
        self.since.push(range.start.as_microsecond());
        self.until.push(range.end.as_microsecond());
        self.booking.push(booking.0);
    }

    /// Of those that are not free: who wants them, and the bookings in the way, in order of time.
    async fn taken(
        &self,
        db: &Db<'_>,
        sql: &str,
    ) -> Result<Vec<(usize, Uuid, Vec<Conflict>)>, StoreError> {
        if self.who.is_empty() {
            return Ok(Vec::new());
        }
        let values: &Values<'_> = &[&self.what, &self.since, &self.until, &self.booking];
        let mut taken: Vec<(usize, Uuid, Vec<Conflict>)> = Vec::new();
        let mut last = 0;
        for row in db.query(sql, values).await? {
            let read = || Ok((conflict(&row)?, number::<_, usize>(&row, 4)?));
            let (conflict, number) = in_table("bookings", &row, read())?;
            match taken.last_mut().filter(|_| number == last) {
                Some((_, _, conflicts)) => conflicts.push(conflict),
                None => taken.push((self.who[number - 1], self.what[number - 1], vec![conflict])),
            }
            last = number;
        }
        Ok(taken)
    }
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
