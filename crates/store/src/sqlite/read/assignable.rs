//! People in question for a booking, with everything that decides whether they fit: a handful of
//! statements for all of them together.

use std::collections::HashMap;

use rishi_app::scope::Scope;
use rishi_app::staffing::{PeopleQuery, PersonRecord};
use rishi_domain::assignment::{Assignment, AssignmentStatus};
use rishi_domain::id::{AssignmentId, BookingId, OrganizationId, UserId};
use rishi_domain::staffing::person::{Reliability, Shift};
use rishi_domain::time::TimeRange;
use rusqlite::{Connection, Row, params, params_from_iter};
use uuid::Uuid;

use super::{Conditions, availability, staff, value};
use crate::sqlite::columns::{
    in_table, instant, json, money, optional_instant, optional_json, word,
};
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
        "SELECT {}, u.display_name, u.status = 'active' AND {serves}
           FROM staff_profiles p JOIN users u ON u.id = p.user_id{}",
        staff::COLUMNS,
        conditions.sql()
    );
    let values = ids.into_iter().map(value).chain(conditions.into_values());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let (mut people, mut index) = (Vec::new(), HashMap::new());
    while let Some(row) = rows.next()? {
        let record = in_table("staff_profiles", row, person(row))?;
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

fn person(row: &Row<'_>) -> Result<PersonRecord, rusqlite::Error> {
    let profile = staff::read(row)?;
    Ok(PersonRecord {
        id: profile.user_id,
        display_name: row.get(staff::COUNT)?,
        profile: Some(profile),
        serves: row.get(staff::COUNT + 1)?,
        shifts: Vec::new(),
        blocks: Vec::new(),
        reliability: Reliability::default(),
    })
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
        "SELECT a.id, a.staff_id, a.booking_id, b.organization_id, a.scheduled_start,
                a.scheduled_end, a.live
           FROM assignments a JOIN bookings b ON b.id = a.booking_id{}",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let read = |row: &Row<'_>| {
        Ok(Shift {
            booking_id: BookingId(row.get(2)?),
            organization_id: OrganizationId(row.get(3)?),
            range: TimeRange { start: instant(row, 4)?, end: instant(row, 5)? },
            live: row.get(6)?,
        })
    };
    while let Some(row) = rows.next()? {
        let shift = in_table("assignments", row, read(row))?;
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
        if let Some(at) = index.get(&row.get(0)?) {
            people[*at].reliability = Reliability { completed: row.get(1)?, no_shows: row.get(2)? };
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
    let mut statement = db.prepare_cached(
        "SELECT id, booking_id, staff_id, role, hourly_rate, special_requirements, status,
                checked_in_at, checked_out_at, check_in, check_out, created_at, updated_at, version
           FROM assignments WHERE id = ?1 AND booking_id = ?2",
    )?;
    let mut rows = statement.query(params![id.0, booking.0])?;
    let read = |row: &Row<'_>| {
        Ok(Assignment {
            id: AssignmentId(row.get(0)?),
            booking_id: BookingId(row.get(1)?),
            staff_id: UserId(row.get(2)?),
            role: row.get(3)?,
            hourly_rate: money(row, 4)?,
            special_requirements: json(row, 5)?,
            status: word(row, 6, AssignmentStatus::parse)?,
            checked_in_at: optional_instant(row, 7)?,
            checked_out_at: optional_instant(row, 8)?,
            check_in: optional_json(row, 9)?,
            check_out: optional_json(row, 10)?,
            created_at: instant(row, 11)?,
            updated_at: instant(row, 12)?,
            version: row.get(13)?,
        })
    };
    rows.next()?.map(|row| in_table("assignments", row, read(row))).transpose()
}
