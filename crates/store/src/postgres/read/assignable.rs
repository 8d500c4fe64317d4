//! People in question for a booking, with everything that decides whether they fit: a handful of
//! statements for all of them together.

use std::collections::HashMap;

use rishi_app::scope::Scope;
use rishi_app::staffing::{PeopleQuery, PersonRecord};
use rishi_domain::assignment::Assignment;
use rishi_domain::id::{AssignmentId, BookingId, UserId};
use rishi_domain::staffing::person::{Reliability, Shift};
use rishi_domain::time::TimeRange;
use uuid::Uuid;

use super::{Conditions, all, availability, first, staff};
use crate::postgres::columns::get;
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::bookings::{self as rows, ASSIGNMENT, SHIFT};
use crate::rows::staff::{self as staff_rows, PROFILE};

const DAY: i64 = 24 * 3_600 * 1_000_000;
/// How long ago an assignment still tells of a person's reliability, in days.
const REMEMBERED: i64 = 183;

/// The people of the query who have a profile and are in scope.
pub(in crate::postgres) async fn people(
    db: &Db<'_>,
    scope: &Scope,
    query: &PeopleQuery,
) -> Result<Vec<PersonRecord>, StoreError> {
    let mut conditions = Conditions::default();
    staff::in_scope(scope, &mut conditions);
    if let Some(people) = &query.people {
        conditions.one_of("p.user_id", people.iter().map(|id| id.0));
    }
    let serves = staff::work_for([query.organization.0], &mut conditions);
    let sql = format!(
        "SELECT {PROFILE}, u.display_name, u.status = 'active' AND {serves}
           FROM staff_profiles p JOIN users u ON u.id = p.user_id{}",
        conditions.sql()
    );
    let found = db.query(&sql, &conditions.values()).await?;
    let mut people = all("staff_profiles", &found, staff_rows::person)?;
    if people.is_empty() {
        return Ok(people);
    }
    let ids: Vec<UserId> = people.iter().map(|person| person.id).collect();
    let (live, done, went, blocks) = tokio::try_join!(
        shifts(db, &ids, query.around, "a.live"),
        shifts(db, &ids, query.around, "NOT a.live AND a.status = 'completed'"),
        reliability(db, &ids, query.around),
        availability::declared(db, &ids, &query.around),
    )?;
    let index: HashMap<UserId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    for (person, shift) in live.into_iter().chain(done) {
        if let Some(at) = index.get(&person) {
            people[*at].shifts.push(shift);
        }
    }
    for (person, went) in went {
        if let Some(at) = index.get(&person) {
            people[*at].reliability = went;
        }
    }
    for block in blocks {
        if let Some(at) = index.get(&block.user_id) {
            people[*at].blocks.push(block);
        }
    }
    for person in &mut people {
        person.shifts.sort_by_key(|shift| shift.range.start);
    }
    Ok(people)
}

fn raw(people: &[UserId]) -> Vec<Uuid> {
    people.iter().map(|id| id.0).collect()
}

/// The shifts of a kind around a time, with whose they are. Each kind has its index.
async fn shifts(
    db: &Db<'_>,
    people: &[UserId],
    around: TimeRange,
    kind: &str,
) -> Result<Vec<(UserId, Shift)>, StoreError> {
    // A booking lasts at most 31 days.
    let sql = format!(
        "SELECT {SHIFT} FROM assignments a JOIN bookings b ON b.id = a.booking_id
          WHERE a.staff_id = ANY($1) AND a.scheduled_start > $2 AND a.scheduled_start < $3
            AND a.scheduled_end > $4 AND {kind}"
    );
    let (from, to) = (around.start.as_microsecond(), around.end.as_microsecond());
    let earliest = from.saturating_sub(31 * DAY + 1);
    let found = db.query(&sql, &[&raw(people), &earliest, &to, &from]).await?;
    all("assignments", &found, |row| Ok((get(row, 1).map(UserId)?, rows::shift(row)?)))
}

/// How assignments went that were before a time; of whom there was none is not told.
async fn reliability(
    db: &Db<'_>,
    people: &[UserId],
    around: TimeRange,
) -> Result<Vec<(UserId, Reliability)>, StoreError> {
    let sql = "SELECT staff_id, count(*) FILTER (WHERE status = 'completed'),
                count(*) FILTER (WHERE status = 'no_show')
           FROM assignments
          WHERE staff_id = ANY($1) AND scheduled_start > $2 AND scheduled_start < $3 AND NOT live
          GROUP BY staff_id";
    let to = around.start.as_microsecond();
    let from = to.saturating_sub(REMEMBERED * DAY);
    let found = db.query(sql, &[&raw(people), &from, &to]).await?;
    all("assignments", &found, staff_rows::reliability)
}

/// An assignment of a booking.
pub(in crate::postgres) async fn assignment(
    db: &Db<'_>,
    booking: BookingId,
    id: AssignmentId,
) -> Result<Option<Assignment>, StoreError> {
    let sql = format!("SELECT {ASSIGNMENT} FROM assignments WHERE id = $1 AND booking_id = $2");
    let row = db.optional(&sql, &[&id.0, &booking.0]).await?;
    first("assignments", row.as_ref(), rows::assignment)
}
