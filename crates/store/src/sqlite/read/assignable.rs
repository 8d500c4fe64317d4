//! People in question for a booking, with everything that decides whether they fit: a handful of
//! statements for all of them together.

use std::collections::HashMap;

use rishi_app::scope::Scope;
use rishi_app::staffing::{PeopleQuery, PersonRecord};
use rishi_domain::assignment::Assignment;
use rishi_domain::id::{AssignmentId, BookingId, UserId};
use rishi_domain::time::TimeRange;
use rusqlite::{Connection, params, params_from_iter};
use uuid::Uuid;

use super::{Conditions, availability, staff, value};
use crate::rows::bookings::{self as rows, ASSIGNMENT, SHIFT};
use crate::rows::staff::{self as staff_rows, PROFILE};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;

const DAY: i64 = 24 * 3_600 * 1_000_000;
/// How long ago an assignment still tells of a person's reliability, in days.
const REMEMBERED: i64 = 183;

/// The people of the query who have a profile and are in scope.
pub(in crate::sqlite) fn people(
    db: &Connection,
    scope: &Scope,
    query: &PeopleQuery,
) -> Result<Vec<PersonRecord>, StoreError> {
    let mut conditions = Conditions::default();
    staff::in_scope(scope, &mut conditions);
    if let Some(people) = &query.people {
        conditions.one_of("p.user_id", people.iter().map(|id| id.0));
    }
    let (serves, ids) = staff::work_for(&[query.organization.0]);
    let sql = format!(
        "SELECT {PROFILE}, u.display_name, u.status = 'active' AND {serves}
           FROM staff_profiles p JOIN users u ON u.id = p.user_id{}",
        conditions.sql()
    );
    let values = ids.into_iter().map(value).chain(conditions.into_values());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let (mut people, mut index) = (Vec::new(), HashMap::new());
    while let Some(row) = rows.next()? {
        let record = in_table("staff_profiles", row, staff_rows::person(row))?;
        index.insert(record.id.0, people.len());
        people.push(record);
    }
    if !people.is_empty() {
        shifts(db, &index, &mut people, query.around)?;
        reliability(db, &index, &mut people, query.around)?;
        let ids: Vec<UserId> = people.iter().map(|person| person.id).collect();
        for block in availability::declared(db, &ids, &query.around)? {
            if let Some(at) = index.get(&block.user_id.0) {
                people[*at].blocks.push(block);
            }
        }
    }
    Ok(people)
}

/// Fills in the shifts around a time: live ones, and those that were worked. Each kind has its index.
pub(in crate::sqlite) fn shifts(
    db: &Connection,
    index: &HashMap<Uuid, usize>,
    people: &mut [PersonRecord],
    around: TimeRange,
) -> Result<(), StoreError> {
    for kind in ["a.live = 1", "a.live = 0 AND a.status = 'completed'"] {
        shifts_of_kind(db, index, people, around, kind)?;
    }
    for person in people {
        person.shifts.sort_by_key(|shift| shift.range.start);
    }
    Ok(())
}

fn shifts_of_kind(
    db: &Connection,
    index: &HashMap<Uuid, usize>,
    people: &mut [PersonRecord],
    around: TimeRange,
    kind: &str,
) -> Result<(), StoreError> {
    let (from, to) = (around.start.as_microsecond(), around.end.as_microsecond());
    let mut conditions = Conditions::default();
    conditions.one_of("a.staff_id", index.keys().copied());
    // A booking lasts at most 31 days.
    conditions.and("a.scheduled_start > ?", [value(from.saturating_sub(31 * DAY + 1))]);
    conditions.and("a.scheduled_start < ?", [value(to)]);
    conditions.and("a.scheduled_end > ?", [value(from)]);
    conditions.and(kind, []);
    let sql = format!(
        "SELECT {SHIFT} FROM assignments a JOIN bookings b ON b.id = a.booking_id{}",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    while let Some(row) = rows.next()? {
        let shift = in_table("assignments", row, rows::shift(row))?;
        if let Some(at) = index.get(&row.get(1)?) {
            people[*at].shifts.push(shift);
        }
    }
    Ok(())
}

/// Fills in how assignments went that were before a time.
pub(in crate::sqlite) fn reliability(
    db: &Connection,
    index: &HashMap<Uuid, usize>,
    people: &mut [PersonRecord],
    around: TimeRange,
) -> Result<(), StoreError> {
    let to = around.start.as_microsecond();
    let mut conditions = Conditions::default();
    conditions.one_of("staff_id", index.keys().copied());
    conditions.and("scheduled_start > ?", [value(to.saturating_sub(REMEMBERED * DAY))]);
    conditions.and("scheduled_start < ?", [value(to)]);
    conditions.and("live = 0", []);
    let sql = format!(
        "SELECT staff_id, sum(status = 'completed'), sum(status = 'no_show') FROM assignments{}
          GROUP BY staff_id",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    while let Some(row) = rows.next()? {
        let (person, went) = in_table("assignments", row, staff_rows::reliability(row))?;
        if let Some(at) = index.get(&person.0) {
            people[*at].reliability = went;
        }
    }
    Ok(())
}

/// An assignment of a booking.
pub(in crate::sqlite) fn assignment(
    db: &Connection,
    booking: BookingId,
    id: AssignmentId,
) -> Result<Option<Assignment>, StoreError> {
    let sql = format!("SELECT {ASSIGNMENT} FROM assignments WHERE id = ?1 AND booking_id = ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(params![id.0, booking.0])?;
    let row = found.next()?;
    row.map(|row| in_table("assignments", row, rows::assignment(row))).transpose()
}
