//! What people work for an organization.

use rishi_app::staffing::Worked;
use rishi_domain::id::OrganizationId;
use rishi_domain::time::TimeRange;
use rusqlite::{Connection, params};

use super::staff;
use crate::rows::staff as rows;
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;

/// Who works for the organization in a time: by the people who may, so that it costs what they work and
/// not what the organization books.
pub(in crate::sqlite) fn worked(
    db: &Connection,
    organization: OrganizationId,
    range: TimeRange,
) -> Result<Vec<Worked>, StoreError> {
    let shifts = |kind: &str| {
        format!(
            "SELECT a.staff_id, a.booking_id, min(a.scheduled_end, ?3) - max(a.scheduled_start, ?2) AS planned,
                    coalesce(a.checked_out_at - a.checked_in_at, 0) AS present
               FROM staff_profiles p JOIN assignments a ON a.staff_id = p.user_id
              WHERE {kind} AND a.scheduled_start < ?3 AND a.scheduled_start > ?2 - {MONTH}
                AND a.scheduled_end > ?2 AND {}",
            staff::WORKS_FOR_FIRST
        )
    };
    let (live, done) = (shifts("a.live = 1"), shifts("a.live = 0 AND a.status = 'completed'"));
    let sql = format!(
        "SELECT s.staff_id, u.display_name, p.max_hours_per_week, count(*), sum(s.planned), sum(s.present)
           FROM ({live} UNION ALL {done}) s
           JOIN bookings b ON b.id = s.booking_id AND b.organization_id = ?1
           JOIN users u ON u.id = s.staff_id JOIN staff_profiles p ON p.user_id = s.staff_id
          GROUP BY s.staff_id ORDER BY 5 DESC, 1 LIMIT 200"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let (from, to) = (range.start.as_microsecond(), range.end.as_microsecond());
    let mut rows = statement.query(params![organization.0, from, to])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(in_table("assignments", row, rows::worked(row))?);
    }
    Ok(found)
}

/// 31 days, the longest that a booking lasts, and a microsecond.
const MONTH: i64 = 31 * 24 * 3_600 * 1_000_000 + 1;
