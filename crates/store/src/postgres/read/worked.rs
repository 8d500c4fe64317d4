//! What people work for an organization.

use rishi_app::staffing::Worked;
use rishi_domain::id::OrganizationId;
use rishi_domain::time::TimeRange;

use super::{Conditions, all, staff};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::staff as rows;

/// Who works for the organization in a time: by the people who may, so that it costs what they work and
/// not what the organization books.
pub(in crate::postgres) async fn worked(
    db: &Db<'_>,
    organization: OrganizationId,
    range: TimeRange,
) -> Result<Vec<Worked>, StoreError> {
    let mut conditions = Conditions::default();
    let works = staff::work_for([organization.0], &mut conditions);
    let organization = conditions.value(organization.0);
    let from = conditions.value(range.start.as_microsecond());
    let to = conditions.value(range.end.as_microsecond());
    let shifts = |kind: &str| {
        format!(
            "SELECT a.staff_id, a.booking_id,
                    least(a.scheduled_end, {to}) - greatest(a.scheduled_start, {from}) AS planned,
                    coalesce(a.checked_out_at - a.checked_in_at, 0) AS present
               FROM staff_profiles p JOIN assignments a ON a.staff_id = p.user_id
              WHERE {kind} AND a.scheduled_start < {to} AND a.scheduled_start > {from} - {MONTH}
                AND a.scheduled_end > {from} AND {works}"
        )
    };
    let (live, done) = (shifts("a.live"), shifts("NOT a.live AND a.status = 'completed'"));
    let sql = format!(
        "SELECT s.staff_id, u.display_name, p.max_hours_per_week, count(*),
                sum(s.planned)::bigint, sum(s.present)::bigint
           FROM ({live} UNION ALL {done}) s
           JOIN bookings b ON b.id = s.booking_id AND b.organization_id = {organization}
           JOIN users u ON u.id = s.staff_id JOIN staff_profiles p ON p.user_id = s.staff_id
          GROUP BY s.staff_id, u.id, p.user_id ORDER BY 5 DESC, 1 LIMIT 200"
    );
    all("assignments", &db.query(&sql, &conditions.values()).await?, rows::worked)
}

/// 31 days, the longest that a booking lasts, and a microsecond.
const MONTH: i64 = 31 * 24 * 3_600 * 1_000_000 + 1;
